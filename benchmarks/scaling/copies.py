"""Multiply the rows of the first copy of the site, as SQLite has them, with other names.

A row is multiplied if it has the mark of the copy in a text, or refers to a row that is. So each
copy has its own articles with their captures, addresses and edges, and its own sitemaps; the front
page, the feed, the rules and the publisher are those of all copies. Digests and record ids are
replaced by others of their kind, so that no two copies have an equal text. The keys of blocks that
several articles have stay as they are.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from archive.sql.known_urls import fold, fold_number
from archive.sql.schema.columns import REFERS_TO
from archive.sql.schema.state_tables import ALL_TABLES
from archive.sql.types import CompressedJson, CompressedText, ShortUtcDateTime, deflated, inflated
from benchmarks.scaling.site import MARK, mark_of

_DIGESTS = frozenset({"warc_record_id", "refers_to", "payload_digest", "text_sha256"})
_OF_TABLES = {"end_block": "key", "block_list": "digest"}
_LEARNED = frozenset({"boilerplate", "pattern", "template_place"})
_DATES = frozenset({"dated_at", "date_published"})
_LATER = timedelta(hours=7)
"""How much later each copy of an article is published, so that no day has all copies of one."""
_SHARED = 3
"""A key of a block that so many articles of a copy have is that of all copies."""
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001
_MOMENT = "%Y-%m-%d %H:%M:%S.%f"
_PREFIXES = ("<urn:uuid:", "sha1:")

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """How the rows of a table are multiplied: those that stay, those that do not, and by what."""

    columns: list[str]
    once: list[Row]
    many: list[tuple[Row, list[int], list[int], list[int]]]
    """A row, and its columns with the mark, with a digest, and with an id to be moved."""
    strides: list[int]
    """By how much the id in each column is moved from one copy to the next; 0 for no id."""
    fold: int | None
    url: int | None
    """The columns of a URL's number and its text."""
    dates: list[int]
    """Columns with a date that each copy has later."""
    packed: dict[int, Callable[[str], Any]]
    """Columns that are compressed, and how."""


class Copies:
    """The rows of *number* copies of the archive in the SQLite database *base*, for *engine*."""

    def __init__(self, base: str, number: int, engine: str) -> None:
        self.number = number
        with sqlite3.connect(base) as connection:
            shared = {
                key
                for (key,) in connection.execute(
                    "SELECT key FROM end_block GROUP BY key HAVING count(*) >= ?", (_SHARED,)
                )
            }
            names = [table.name for table in ALL_TABLES.sorted_tables]
            self._strides = {name: _most(connection, name) for name in names}
            multiplied: dict[str, set[int]] = {}
            self._plans = {
                name: _plan(connection, name, self._strides, multiplied, shared, engine)
                for name in names
            }

    @property
    def tables(self) -> list[str]:
        """Name the tables, each after those that it refers to."""
        return list(self._plans)

    def columns(self, table: str) -> list[str]:
        """Return the names of the columns of *table*, as its rows have them."""
        return self._plans[table].columns

    def next_id(self, table: str) -> int:
        """Return the first id of *table* that no copy has."""
        return self._strides[table] * self.number + 1

    def rows(self, table: str) -> Iterator[Row]:
        """Yield the rows of all copies of *table*."""
        plan = self._plans[table]
        for row in plan.once:
            yield _packed(plan, list(row))
        for number in range(self.number):
            yield from _copied(plan, number)


def _most(connection: sqlite3.Connection, table: str) -> int:
    if not any(column.name == "id" for column in ALL_TABLES.tables[table].columns):
        return 0
    return int(connection.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0])


def _plan(
    connection: sqlite3.Connection,
    name: str,
    strides: dict[str, int],
    multiplied: dict[str, set[int]],
    shared: set[str],
    engine: str,
) -> _Plan:
    cursor = connection.execute(f"SELECT * FROM {name}")
    columns = [each[0] for each in cursor.description]
    table = ALL_TABLES.tables[name]
    referred = {columns.index(key.parent.name): key.column.table.name for key in table.foreign_keys}
    referred |= {
        columns.index(column.name): column.info[REFERS_TO].name
        for column in table.columns
        if REFERS_TO in column.info
    }
    digests = [at for at, column in enumerate(columns) if column in _DIGESTS]
    if name in _OF_TABLES:
        digests = [columns.index(_OF_TABLES[name])]
    packed = {
        at: deflated if engine == "sqlite" or isinstance(kind, CompressedJson) else str
        for at, kind in enumerate(table.c[column].type for column in columns)
        if isinstance(kind, CompressedJson | CompressedText)
    }
    # Where both engines do not store a time alike, it is copied as a text.
    times = {
        at
        for at, column in enumerate(columns)
        if engine != "sqlite" and isinstance(table.c[column].type, ShortUtcDateTime)
    }
    own = columns.index("id") if "id" in columns else None
    own = None if own in referred else own
    moved = multiplied[name] = set()
    once: list[Row] = []
    many = []
    for stored in cursor:
        row = tuple(
            inflated(each) if at in packed else _written(each) if at in times else each
            for at, each in enumerate(stored)
        )
        marks = [at for at, value in enumerate(row) if isinstance(value, str) and MARK in value]
        ids = [at for at, other in referred.items() if row[at] in multiplied[other]]
        if name in _LEARNED or not (marks or ids):
            once.append(row)
            continue
        if own is not None:
            moved.add(row[own])
            ids.append(own)
        here = [at for at in digests if row[at] is not None and row[at] not in shared]
        many.append((row, marks, here, ids))
    by_column = [strides[referred[at]] if at in referred else 0 for at in range(len(columns))]
    if own is not None:
        by_column[own] = strides[name]
    number = columns.index("fold") if "fold" in columns else None
    url = columns.index("url") if number is not None else None
    dates = [at for at, column in enumerate(columns) if column in _DATES]
    return _Plan(columns, once, many, by_column, number, url, dates, packed)


def _copied(plan: _Plan, number: int) -> Iterator[Row]:
    if number == 0:
        yield from (_packed(plan, list(row)) for row, *_ in plan.many)
        return
    mark, salt = mark_of(number), number.to_bytes(4, "big")
    strides = [number * stride for stride in plan.strides]
    for row, marks, digests, ids in plan.many:
        new = list(row)
        for at in marks:
            new[at] = row[at].replace(MARK, mark)
        for at in digests:
            new[at] = _other_digest(row[at], salt)
        for at in ids:
            new[at] += strides[at]
        if plan.url in marks:
            assert plan.fold is not None
            assert plan.url is not None
            new[plan.fold] = fold_number(fold(new[plan.url]))
        for at in plan.dates:
            new[at] = _later(row[at], number)
        yield _packed(plan, new)


def _written(microseconds: int | None) -> str | None:
    if microseconds is None:
        return None
    return f"{_EPOCH + timedelta(microseconds=microseconds):{_MOMENT}}"


def _later(moment: str | None, number: int) -> str | None:
    if moment is None:
        return None
    return f"{datetime.fromisoformat(moment) + number * _LATER:{_MOMENT}}"


def _packed(plan: _Plan, row: list[Any]) -> Row:
    for at, pack in plan.packed.items():
        row[at] = pack(row[at])
    return tuple(row)


def _other_digest(value: str | bytes, salt: bytes) -> str | bytes:
    """Return another digest or record id of the same kind and length; *salt* says which."""
    if isinstance(value, bytes):
        return blake2b(value, digest_size=len(value), salt=salt).digest()
    prefix = next((each for each in _PREFIXES if value.startswith(each)), "")
    rest = value[len(prefix) :]
    new = blake2b(rest.encode(), digest_size=32, salt=salt).hexdigest()
    if prefix == "<urn:uuid:":
        return f"{prefix}{new[:8]}-{new[8:12]}-{new[12:16]}-{new[16:20]}-{new[20:32]}>"
    return prefix + new[: len(rest)]
