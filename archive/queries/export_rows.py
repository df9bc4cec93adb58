"""Articles and versions for other tools: as one stream, or page by page, in the same order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, func, select

from archive.queries.articles import (
    IS_LATEST,
    ArchivedArticle,
    ArticleVersion,
    current_article,
    record_of,
    version_rows,
)
from archive.queries.paging import PAGE_SIZE, Keyset, ResultPage, scope_of
from archive.queries.search import speaks
from archive.sql.schema.view_tables import article, publisher, version
from archive.sql.views import article_history, articles

ROWS_IN_MEMORY = 200
"""Rows that are in memory; a text may have 1 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFilter:
    """Which articles are wanted; by default all of them, as their latest versions say them."""

    publisher: str | None = None
    """The name of a publisher; None for all publishers."""
    language: str | None = None
    """A language with its narrower tags, such as ``fr``; None for all languages."""
    since: datetime | None = None
    """Published at this instant or later; see *before*."""
    before: datetime | None = None
    """Published before this instant. An article without a publication date counts by its
    *seen_from*. None leaves the time open."""
    history: bool = False
    """All versions of each article, each by its own date."""

    @property
    def view(self) -> Table:
        """The SQL view that has the rows."""
        return article_history if self.history else articles

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in the view's order."""
        return tuple(column.name for column in self.view.c)


def export_rows(connection: Connection, wanted: ExportFilter) -> Iterator[ArchivedArticle]:
    """Yield the articles that are *wanted*, by publisher, canonical URL and *seen_from*.

    With *history*, yield each version as an ``ArticleVersion``. One statement reads all rows, so
    that they are of one moment; only a few are in memory at a time.
    """
    view, kind = wanted.view, ArticleVersion if wanted.history else ArchivedArticle
    conditions = _conditions(
        wanted, view.c.publisher, view.c.in_language, view.c.date_published, view.c.seen_from
    )
    # Stories that shared an address were seen one after the other, and so were versions.
    statement = (
        select(*view.c)
        .where(*conditions)
        .order_by(view.c.publisher, view.c.canonical_url, view.c.seen_from)
    )
    result = connection.execution_options(yield_per=ROWS_IN_MEMORY).execute(statement)
    for row in result.mappings():
        yield record_of(kind, row)


def export_page(
    connection: Connection,
    wanted: ExportFilter,
    *,
    limit: int = PAGE_SIZE,
    cursor: str | None = None,
) -> ResultPage[ArchivedArticle]:
    """Return a page of what ``export_rows`` yields.

    *cursor* is the *next_cursor* of the page before. Raises ``CursorError`` and ``UsageError``.
    """
    seen_from = version.c.seen_from if wanted.history else article.c.seen_from
    last = version.c.seq if wanted.history else article.c.ordinal
    order = Keyset(
        columns=(publisher.c.name, article.c.canonical_url, seen_from, last),
        scope=scope_of("export_page", wanted),
    )
    statement: Select[Any] = (
        select(version.c.id, *order.columns)
        .select_from(publisher)
        .join(article, article.c.publisher_id == publisher.c.id)
        .join(version, version.c.article_id == article.c.id)
        .where(
            *_conditions(
                wanted,
                publisher.c.name,
                article.c.in_language,
                version.c.date_published,
                seen_from,
            )
        )
    )
    if not wanted.history:
        statement = statement.where(IS_LATEST)
    rows, following = order.rows_after(connection, statement, cursor, limit)
    ids = [row.id for row in rows]
    found: dict[int, ArchivedArticle] = {
        row["version_id"]: record_of(ArticleVersion, row)
        if wanted.history
        else current_article(row)
        for row in version_rows(connection, version.c.id.in_(sorted(ids)))
    }
    items = tuple(found[key] for key in ids if key in found)
    return ResultPage(items=items, next_cursor=following)


def _conditions(
    wanted: ExportFilter,
    publisher_name: ColumnElement[Any],
    in_language: ColumnElement[Any],
    date_published: ColumnElement[Any],
    seen_from: ColumnElement[Any],
) -> Iterator[ColumnElement[bool]]:
    at = func.coalesce(date_published, seen_from)
    if wanted.publisher is not None:
        yield publisher_name == wanted.publisher
    if wanted.language is not None:
        yield speaks(in_language, wanted.language)
    if wanted.since is not None:
        yield at >= wanted.since
    if wanted.before is not None:
        yield at < wanted.before
