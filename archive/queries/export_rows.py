"""The views ``articles`` and ``article_history``, a row at a time, for whoever takes them whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, select

from archive.queries.search import speaks
from archive.sql.schema.view_tables import publisher
from archive.sql.views import article_history, articles

ROWS_IN_MEMORY = 200
"""Rows that are in memory; a text may have 1 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows: of a publisher, in a language, published from *since* until before *before*.

    An article without a publication date counts by when it was first seen. With *history*, all
    versions of each article, each by its own date.
    """

    publisher: str | None = None
    language: str | None = None
    since: datetime | None = None
    before: datetime | None = None
    history: bool = False

    @property
    def view(self) -> Table:
        """The view that the rows are of."""
        return article_history if self.history else articles

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in the view's order."""
        return tuple(column.name for column in self.view.c)


def rows(connection: Connection, wanted: Wanted) -> Iterator[tuple[Any, ...]]:
    """Yield the rows, by publisher, canonical URL and date; only a few are ever in memory."""
    view = wanted.view
    statement = select(*view.c)
    if wanted.publisher is not None:
        statement = statement.where(view.c.publisher == wanted.publisher)
    if wanted.language is not None:
        statement = statement.where(speaks(view.c.in_language, wanted.language))
    at = func.coalesce(view.c.date_published, view.c.seen_from)
    if wanted.since is not None:
        statement = statement.where(at >= wanted.since)
    if wanted.before is not None:
        statement = statement.where(at < wanted.before)
    # Stories that shared an address were seen one after the other, and so were versions.
    statement = statement.order_by(view.c.publisher, view.c.canonical_url, view.c.seen_from)
    result = connection.execution_options(yield_per=ROWS_IN_MEMORY).execute(statement)
    for row in result:
        yield tuple(row)


def has_publisher(connection: Connection, name: str) -> bool:
    """Return whether anything is archived of the publisher *name*."""
    return connection.scalar(select(publisher.c.id).filter_by(name=name)) is not None
