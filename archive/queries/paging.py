"""Pages of results, and the cursors that lead from one page to the next.

A cursor says after which row the next page begins, not how many rows come before it. Rows that are
added in between therefore move nothing: no row comes twice, and none is left out. A cursor belongs
to one query with all its filters; the number of results on a page may change. A cursor contains no
secret and gives no right, and it is no name for a page that lasts: its form may change with any
release.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Select, TypeDecorator, literal, tuple_

from archive.errors import UsageError

_T = TypeVar("_T")

PAGE_SIZE = 20
"""How many results a page has when the caller names no limit."""
SCOPE_BYTES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPage(Generic[_T]):
    """Some results of a query, in the query's order."""

    items: tuple[_T, ...]
    next_cursor: str | None
    """What gives the page after this one; None when there is none."""


class CursorError(UsageError):
    """The cursor is not one that this query has given; begin again without a cursor."""

    def __init__(self) -> None:
        super().__init__(
            "cursor: is not of this query; expected the next_cursor of a page of the same query"
            " with the same filters"
        )


def every(page_after: Callable[[str | None], ResultPage[_T]]) -> Iterator[_T]:
    """Yield the results of all pages; *page_after* returns the page that a cursor leads to."""
    page = page_after(None)
    yield from page.items
    while page.next_cursor is not None:
        page = page_after(page.next_cursor)
        yield from page.items


def scope_of(query: str, *filters: object) -> bytes:
    """Return the mark that the cursors of *query* with *filters* share."""
    return blake2b(repr((query, *filters)).encode(), digest_size=SCOPE_BYTES).digest()


def to_cursor(scope: bytes, data: bytes) -> str:
    """Return the cursor that holds *data*: letters, digits, ``-`` and ``_``."""
    return urlsafe_b64encode(scope + data).decode().rstrip("=")


def from_cursor(scope: bytes, cursor: str) -> bytes:
    """Return what *cursor* holds. Raises ``CursorError`` when *scope* has not made it."""
    try:
        found = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError as error:
        raise CursorError from error
    if found[:SCOPE_BYTES] != scope:
        raise CursorError
    return found[SCOPE_BYTES:]


def require_limit(limit: int) -> None:
    """Raise ``UsageError`` when *limit* is no number of results."""
    if limit < 1:
        raise UsageError(f"limit: is {limit}; expected 1 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyset:
    """The order of a query: *columns* that no two rows share, and whether they descend.

    The columns must be among those that the query selects, and none of them may be null.
    """

    columns: tuple[ColumnElement[Any], ...]
    scope: bytes
    descending: bool = False

    def rows_after(
        self, connection: Connection, statement: Select[Any], cursor: str | None, limit: int
    ) -> tuple[Sequence[Row[*tuple[Any, ...]]], str | None]:
        """Return up to *limit* rows of *statement* after *cursor*, and the cursor behind them."""
        require_limit(limit)
        if cursor is not None:
            here, there = tuple_(*self.columns), tuple_(*self.bounds(cursor))
            statement = statement.where(here < there if self.descending else here > there)
        order = [column.desc() if self.descending else column for column in self.columns]
        rows = connection.execute(statement.order_by(*order).limit(limit + 1)).all()
        if len(rows) <= limit:
            return rows, None
        last = rows[limit - 1]._mapping
        key = [_plain(last[column]) for column in self.columns]
        data = json.dumps(key, ensure_ascii=False, separators=(",", ":")).encode()
        return rows[:limit], to_cursor(self.scope, data)

    def bounds(self, cursor: str) -> list[ColumnElement[Any]]:
        """Return the values of the columns behind which *cursor* leads.

        Raises ``CursorError``.
        """
        data = from_cursor(self.scope, cursor)
        try:
            key = json.loads(data)
            return [
                literal(_value(value, _kind(column)), column.type)
                for value, column in zip(key, self.columns, strict=True)
            ]
        except (ValueError, TypeError) as error:
            raise CursorError from error


def _kind(column: ColumnElement[Any]) -> type:
    """Return the type of the values of *column* in Python."""
    kind = column.type
    return (kind.impl_instance if isinstance(kind, TypeDecorator) else kind).python_type


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _value(value: Any, kind: type) -> Any:
    """Return *value* of a cursor as *kind*. ``ValueError`` or ``TypeError`` for another kind."""
    if kind is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("a moment without its offset")
        return moment
    if type(value) is not kind:
        raise TypeError(f"expected {kind.__name__}")
    return value
