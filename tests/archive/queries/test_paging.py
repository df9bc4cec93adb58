"""Pages of every query: together they are all results in order, also when results are added."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import UsageError
from archive.model import ChangeKind
from archive.pipeline.ingest import Ingest
from archive.profile import Profile
from archive.queries import (
    CursorError,
    ExportFilter,
    ResultPage,
    article_changes,
    every,
    export_page,
    export_rows,
    publisher_histories,
    search_articles,
    translation_groups,
)
from archive.queries.paging import from_cursor, scope_of, to_cursor
from archive.sql.database import Database
from tests.support.graphs import Seen
from tests.support.settled import new_profile, store

Paged = Callable[..., ResultPage[Any]]


class Newsroom:
    """An archive of one publisher that grows by one article, edit or translation at a time."""

    def __init__(self, ingest: Ingest) -> None:
        self._ingest = ingest
        self.profile: Profile = new_profile()
        self._minute = 0

    def add(self, name: str) -> None:
        """Add an article with a translation, and an edit of it."""
        url, other = f"/{name}/", f"/fr/{name}/"
        words = f"The bridge of {name}. " + "bridge " * (len(name) % 5) + "water " * len(name)
        self._see(Seen(url, self._next(), text=words, alternates=(("fr", other),)))
        self._see(Seen(other, self._next(), text=f"Le pont {name}", alternates=(("en", url),)))
        self._see(Seen(url, self._next(), text=f"{words} edited", alternates=(("fr", other),)))

    def _next(self) -> int:
        self._minute += 1
        return self._minute

    def _see(self, item: Seen) -> None:
        store(self._ingest, self.profile, [(self._minute, item)])
        self._ingest.settle_all(self.profile)


@pytest.fixture
def newsroom(ingest: Ingest) -> Newsroom:
    made = Newsroom(ingest)
    for name in ("d", "bb", "ffff", "a", "ccc", "e"):
        made.add(name)
    return made


def search(connection: Any, _name: str, **page: Any) -> ResultPage[Any]:
    return search_articles(connection, "bridge", **page)


def newest(connection: Any, _name: str, **page: Any) -> ResultPage[Any]:
    return search_articles(connection, "bridge", newest=True, **page)


def articles(connection: Any, name: str, **page: Any) -> ResultPage[Any]:
    return export_page(connection, ExportFilter(publisher=name), **page)


def versions(connection: Any, name: str, **page: Any) -> ResultPage[Any]:
    return export_page(connection, ExportFilter(publisher=name, history=True), **page)


def changes(connection: Any, name: str, **page: Any) -> ResultPage[Any]:
    return article_changes(connection, publisher_name=name, **page)


def histories(connection: Any, name: str, **page: Any) -> ResultPage[Any]:
    return publisher_histories(connection, name, **page)


def groups(connection: Any, name: str, **page: Any) -> ResultPage[Any]:
    return translation_groups(connection, publisher_name=name, **page)


QUERIES = (search, newest, articles, versions, changes, histories, groups)
COUNTS = {search: 6, newest: 6, articles: 12, versions: 18, changes: 6, histories: 12, groups: 6}


def key(item: Any) -> tuple[Any, ...]:
    """What names a result, whatever is added to the archive."""
    match item:
        case _ if hasattr(item, "story"):
            return (item.story.canonical_url,)
        case _ if hasattr(item, "members"):
            return (item.translation_group,)
        case _ if hasattr(item, "after"):
            return (item.after.warc_record_id,)
        case _:
            return (item.canonical_url, item.seen_from)


def paged(
    database: Database,
    newsroom: Newsroom,
    query: Paged,
    limit: int,
    between: Callable[[int], None] = lambda _: None,
) -> list[tuple[Any, ...]]:
    """The keys of all results, page by page; *between* is called after each page."""
    found: list[tuple[Any, ...]] = []
    cursor, number = None, 0
    while True:
        with database.reading() as connection:
            page = query(connection, newsroom.profile.name, limit=limit, cursor=cursor)
        assert 0 < len(page.items) <= limit
        found += map(key, page.items)
        cursor, number = page.next_cursor, number + 1
        if cursor is None:
            return found
        assert len(page.items) == limit
        between(number)


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.__name__)
def test_all_pages_together_are_all_results_in_order_and_none_twice(database, newsroom, query):
    whole = paged(database, newsroom, query, 100)

    assert len(whole) == len(set(whole)) == COUNTS[query]
    for limit in (1, 4, COUNTS[query] - 1, COUNTS[query]):
        assert paged(database, newsroom, query, limit) == whole


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.__name__)
def test_what_is_added_between_pages_moves_no_other_result(database, newsroom, query):
    before = paged(database, newsroom, query, 100)

    def add(number: int) -> None:
        if number < 4:
            newsroom.add("abcd"[number] * number * 3)
            newsroom.add("zyxw"[number] * number * 3)

    found = paged(database, newsroom, query, 2, add)

    assert len(found) == len(set(found))
    assert set(before) <= set(found)
    if query is not search:  # how good a hit is depends on all that the archive holds
        assert [each for each in found if each in set(before)] == before


def test_every_goes_through_all_pages(database, newsroom):
    with database.reading() as connection:
        name = newsroom.profile.name
        found = [*every(lambda cursor: versions(connection, name, limit=5, cursor=cursor))]
        streamed = [*export_rows(connection, ExportFilter(publisher=name, history=True))]

    assert found == streamed


def test_pages_of_articles_are_what_an_export_has(database, newsroom):
    wanted = ExportFilter(publisher=newsroom.profile.name, language="en")
    with database.reading() as connection:
        found = [*every(lambda cursor: export_page(connection, wanted, limit=2, cursor=cursor))]
        streamed = [*export_rows(connection, wanted)]

    assert found == streamed
    assert found


def test_changes_are_the_newest_first_and_may_be_of_some_kinds(database, newsroom):
    with database.reading() as connection:
        page = changes(connection, newsroom.profile.name)
        bodies = changes(connection, newsroom.profile.name, kinds=[ChangeKind.BODY])
        headlines = changes(connection, newsroom.profile.name, kinds=[ChangeKind.HEADLINE])
        late, early = (
            changes(connection, newsroom.profile.name, **{name: page.items[2].after.seen_from})
            for name in ("since", "before")
        )

    found = [change.after.seen_from for change in page.items]
    assert found == sorted(found, reverse=True)
    assert all(
        (change.before.seq, change.after.seq, change.before.canonical_url)
        == (1, 2, change.after.canonical_url)
        for change in page.items
    )
    assert bodies.items == page.items
    assert headlines.items == ()
    assert (late.items, early.items) == (page.items[:3], page.items[3:])


def test_a_history_has_the_versions_addresses_and_events_of_its_article(database, newsroom):
    with database.reading() as connection:
        page = histories(connection, newsroom.profile.name, limit=1)

    (history,) = page.items
    assert [entry.version.seq for entry in history.entries] == [1, 2]
    assert (history.entries[1].words_added, history.entries[1].changed) == (1, {})
    assert [place.url for place in history.addresses] == [history.story.canonical_url]


# --- cursors --------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.__name__)
def test_a_cursor_of_another_query_is_refused(database, newsroom, query):
    with database.reading() as connection:
        cursors = {
            other: other(connection, newsroom.profile.name, limit=1).next_cursor
            for other in QUERIES
        }
        foreign = [cursors[other] for other in QUERIES if other is not query]
        for cursor in [*foreign, "", "nonsense", "é", cursors[query] + "AAAA"]:
            with pytest.raises(CursorError, match="expected the next_cursor of a page"):
                query(connection, newsroom.profile.name, cursor=cursor)


@pytest.mark.parametrize("query", [search, articles], ids=lambda query: query.__name__)
def test_a_cursor_belongs_to_the_filters_too(database, newsroom, query):
    with database.reading() as connection:
        cursor = query(connection, newsroom.profile.name, limit=1).next_cursor
        with pytest.raises(CursorError):
            search_articles(connection, "bridge", language="en", cursor=cursor)
        with pytest.raises(CursorError):
            export_page(connection, ExportFilter(language="en"), cursor=cursor)


@pytest.mark.parametrize(
    "values",
    [
        ["news", "http://a/", "2026-03-01T06:00:00+00:00"],
        ["news", "http://a/", "2026-03-01T06:00:00", 1],
        ["news", "http://a/", "never", 1],
        ["news", "http://a/", None, 1],
        ["news", 1, "2026-03-01T06:00:00+00:00", 1],
        ["news", "http://a/", "2026-03-01T06:00:00+00:00", True],
        {},
        7,
    ],
)
def test_a_cursor_that_somebody_has_changed_is_refused(database, newsroom, values):
    with database.reading() as connection:
        cursor = articles(connection, newsroom.profile.name, limit=1).next_cursor
        assert cursor is not None
        scope = base64.urlsafe_b64decode(cursor + "==")[:6]
        with pytest.raises(CursorError):
            articles(
                connection,
                newsroom.profile.name,
                cursor=to_cursor(scope, json.dumps(values).encode()),
            )


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.__name__)
def test_a_limit_is_at_least_one(database, query):
    with (
        database.reading() as connection,
        pytest.raises(UsageError, match="limit: is 0; expected 1 or more"),
    ):
        query(connection, "news", limit=0)


@given(data=st.binary(max_size=60), name=st.text(max_size=9), other=st.text(max_size=9))
def test_a_cursor_holds_its_data_for_its_own_query_only(data, name, other):
    cursor = to_cursor(scope_of(name), data)

    assert from_cursor(scope_of(name), cursor) == data
    assert set(cursor) <= {*map(chr, range(128))} - {*"=+/ "}
    if name != other:
        with pytest.raises(CursorError):
            from_cursor(scope_of(other), cursor)
