"""Parameters that name a visit, learned from pages that were read, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, select

from archive.crawl_traps import session_parameters
from archive.extract.payload import extract
from archive.model import Capture, Payload, RecordType
from archive.revisit import url_updates
from archive.sql import views
from archive.sql.captures.store import Ingestible
from archive.sql.frontier import store as frontier
from archive.sql.frontier.store import State
from archive.sql.schema import state_tables
from tests.support.frontier import entry, fetched
from tests.support.sites import listing, page

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOST = "news.test"
SITE = f"http://{HOST}"
STORIES = range(1, 6)


def shown(url: str, html: str) -> Ingestible:
    """The capture of *url* that showed *html*, as a crawl takes it in."""
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    payload = Payload(url=url, status=200, headers=headers, body=html.encode(), captured_at=NOON)
    capture = Capture(
        url=url,
        fetched_at=NOON,
        http_status=200,
        warc_file="a.warc.gz",
        warc_offset=0,
        warc_length=1,
        warc_record_id=url,
        record_type=RecordType.RESPONSE,
    )
    return Ingestible(capture, extract(payload), "")


def story(number: int, parameter: str, *, linked: str | None = None, text: str = "") -> Ingestible:
    """A story, asked for with *parameter*, whose links bear *linked* or the same."""
    links = tuple(f"/story-{n}?{linked or parameter}" for n in STORIES)
    html = page(f"Story {number}{text}", links=("/about", *links))
    return shown(f"{SITE}/story-{number}?{parameter}", html)


def learned(connection: Connection, owner: int, *items: Ingestible) -> dict[str, frozenset[str]]:
    """What is learned of *items*, each taken in by itself."""
    for item in items:
        found, _ = session_parameters.learn_parameters(connection, owner, [item])
    assert session_parameters.learned_parameters(connection, owner) == found
    return dict(found.names)


def test_a_parameter_is_learned_when_three_pages_say_the_same_under_two_values(connection, owner):
    first = [story(n, "visit=a1") for n in STORIES]
    second = [story(n, "visit=b2") for n in STORIES]

    assert learned(connection, owner, *first, *second[:2]) == {}
    assert learned(connection, owner, second[2]) == {HOST: frozenset({"visit"})}
    assert connection.execute(select(state_tables.session_page)).all() == []


def test_a_parameter_of_the_path_and_one_that_changes_with_each_page_are_learned(connection, owner):
    items = [
        shown(
            f"{SITE}/story-{n};v={value}",
            page(f"Story {n}", links=tuple(f"/story-{m};v={value}{n}" for m in STORIES)),
        )
        for value in "xy"
        for n in STORIES
    ]

    assert learned(connection, owner, *items) == {HOST: frozenset({"v"})}


def test_an_article_s_id_is_not_learned(connection, owner):
    """Not even where each page links one other story, and all bear one path."""
    texts = [
        shown(f"{SITE}/read?id={n}", page(f"Story {n}", links=(f"/read?id={n + 1}", "/")))
        for n in range(30)
    ]

    assert learned(connection, owner, *texts) == {}


def test_categories_that_show_the_same_stories_are_not_learned(connection, owner):
    links = tuple(f"/story-{n}?cat={cat}" for n in STORIES for cat in "ab")
    stories = [
        shown(f"{SITE}/story-{n}?cat={cat}", page(f"Story {n}", links=links))
        for n in STORIES
        for cat in "ab"
    ]
    lists = [shown(f"{SITE}/?cat={cat}", listing(*links)) for cat in "ab"]

    assert learned(connection, owner, *lists, *stories) == {}


def test_a_language_that_each_page_bears_is_not_learned_where_texts_differ(connection, owner):
    items = [
        story(n, f"lang={language}", text=f" in {language}" if n < 4 else "")
        for language in ("en", "vi")
        for n in STORIES
    ]

    assert learned(connection, owner, *items) == {}


def test_a_link_that_an_editor_pasted_with_its_session_id_proves_nothing(connection, owner):
    pasted = shown(f"{SITE}/", listing(*(f"/story-{n}?visit={v}" for n in STORIES for v in "aZ")))
    items = [story(n, f"visit={value}") for value in "ab" for n in range(1, 9)]

    assert learned(connection, owner, pasted, *items) == {HOST: frozenset({"visit"})}


@pytest.mark.parametrize("kept", ["fetched", "urgent"])
def test_rows_that_differ_by_what_is_learned_become_one(connection, owner, kept):
    urls = [f"{SITE}/a?x=1&visit={value}" for value in "123"]
    other, elsewhere = f"{SITE}/b?id=1", "http://other.test/a?visit=1"
    entries = [entry(url, priority=103 - n) for n, url in enumerate(urls)]
    frontier.add(connection, owner, [*entries, entry(other), entry(elsewhere)])
    if kept == "fetched":
        frontier.add(connection, owner, [entry(f"{SITE}/a?x=1")])
        url_updates.fetched(connection, owner, [fetched(urls[0])])

    session_parameters.teach(connection, owner, HOST, ["visit"])

    table = views.url
    rows = connection.execute(select(table.c.url, table.c.state, table.c.priority)).all()
    state, priority = (State.FETCHED, 103) if kept == "fetched" else (State.PENDING, 101)
    assert (f"{SITE}/a?x=1", state, priority) in rows
    assert {row.url for row in rows} == {f"{SITE}/a?x=1", other, elsewhere}


def test_what_many_pages_contradict_is_not_looked_at_any_more(connection, owner):
    links = tuple(f"/read?id={n}" for n in range(5))
    for number in range(session_parameters.PAGES_AGAINST + 5):
        session_parameters.learn_parameters(
            connection, owner, [shown(f"{SITE}/read?id={number}", listing(*links))]
        )

    (row,) = connection.execute(select(state_tables.session_parameter)).all()
    assert (row.name, row.mixed) == ("id", session_parameters.PAGES_AGAINST)
