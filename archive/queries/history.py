"""An article over time: its versions, what each changes, and what was found between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, select

from archive.queries.articles import VersionDetail
from archive.queries.events import Event, article_events
from archive.queries.paging import PAGE_SIZE, Keyset, ResultPage, scope_of
from archive.queries.stories import ArticleAddress, FoundArticle, article_addresses, found_articles
from archive.queries.versions import compare_versions, versions_of
from archive.sql.schema.view_tables import article, publisher


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """A version of an article, what it changes in the one before, and what followed it."""

    version: VersionDetail
    changed: Mapping[str, tuple[Any, Any]]
    """The fields that the version changes: by name, the value before and the value after."""
    words_removed: int
    """Words of the text before that are gone; 0 for the first version."""
    words_added: int
    """Words of the text that are new; 0 for the first version."""
    events: tuple[Event, ...]
    """What captures found from the version's first capture until the next version's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleHistory:
    """An article with all its versions, the first one first, and all its addresses."""

    story: FoundArticle
    addresses: tuple[ArticleAddress, ...]
    """The canonical address first."""
    entries: tuple[HistoryEntry, ...]


def article_histories(
    connection: Connection, found: Sequence[FoundArticle]
) -> list[ArticleHistory]:
    """Return the history of each article in *found*, in that order."""
    of_articles = versions_of(connection, [story.article_id for story in found])
    histories = []
    for story in found:
        found_events = article_events(connection, story)
        history = ArticleHistory(
            story=story,
            addresses=tuple(article_addresses(connection, story)),
            entries=_entries(of_articles.get(story.article_id, []), found_events),
        )
        histories.append(history)
    return histories


def publisher_histories(
    connection: Connection,
    publisher_name: str,
    *,
    limit: int = PAGE_SIZE,
    cursor: str | None = None,
) -> ResultPage[ArticleHistory]:
    """Return the histories of a publisher's articles, by canonical URL and then by time.

    *limit* counts articles. *cursor* is the *next_cursor* of the page before. The page is empty
    when nothing is archived of the publisher. Raises ``CursorError`` and ``UsageError``.
    """
    order = Keyset(
        columns=(article.c.canonical_url, article.c.seen_from, article.c.ordinal),
        scope=scope_of("publisher_histories", publisher_name),
    )
    statement = (
        select(article.c.id, *order.columns)
        .join(publisher, publisher.c.id == article.c.publisher_id)
        .where(publisher.c.name == publisher_name)
    )
    rows, following = order.rows_after(connection, statement, cursor, limit)
    found = found_articles(connection, [row.id for row in rows])
    stories = [found[row.id] for row in rows if row.id in found]
    return ResultPage(items=tuple(article_histories(connection, stories)), next_cursor=following)


def _entries(
    versions: Sequence[VersionDetail], found_events: Sequence[Event]
) -> tuple[HistoryEntry, ...]:
    entries = []
    for number, (before, version) in enumerate(pairwise([None, *versions])):
        assert version is not None, "only the first of the pairs has nothing before it"
        change = compare_versions(before, version) if before is not None else None
        begins = version.seen_from if number else None
        ends = versions[number + 1].seen_from if number + 1 < len(versions) else None
        entries.append(
            HistoryEntry(
                version=version,
                changed=change.changed if change else {},
                words_removed=change.words.words_removed if change else 0,
                words_added=change.words.words_added if change else 0,
                events=tuple(
                    event
                    for event in found_events
                    if (begins is None or event.at >= begins) and (ends is None or event.at < ends)
                ),
            )
        )
    return tuple(entries)
