"""Write many rows at once: new ones whose ids are needed, and all that belong to some parents.

Rows that belong to parents are compared with what is stored, and only what differs is written: one
query and at most three writes for each table. A row that stays keeps its id.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Delete,
    Insert,
    RowMapping,
    Select,
    Table,
    Update,
    bindparam,
    delete,
    func,
    select,
)

from archive.sql.chunks import batches
from archive.sql.schema.view_tables import NATURAL_KEYS

Row = Mapping[str, Any]
NaturalKey = tuple[Any, ...]
Stored = dict[NaturalKey, RowMapping]
"""Rows of a table by their natural keys."""


def insert_ids(connection: Connection, table: Table, rows: Sequence[Row]) -> list[int]:
    """Insert *rows* and return their new ids, in the order of *rows*; in a writing transaction."""
    if not rows:
        return []
    if connection.dialect.name == "sqlite":
        # RETURNING would take a statement for each row. SQLite numbers them from the largest id on
        # ("Rowids and the Autoincrement feature"), and nobody else writes.
        connection.execute(_inserting(table), list(rows))
        last = connection.scalar(_last_id(table)) or 0
        return list(range(last - len(rows) + 1, last + 1))
    statement = _inserting(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(connection.execute(statement, list(rows)).scalars())


def replace_rows(
    connection: Connection,
    table: Table,
    column: str,
    parents: Collection[int],
    wanted: Iterable[Row],
) -> None:
    """Make *wanted* the rows of *table*, in place of those with one of *parents* in *column*."""
    there: Stored = {}
    for some in batches(parents):
        rows = connection.execute(_selecting(table, column), {"parents": some}).mappings()
        there.update((_key(table, row), row) for row in rows)
    write_rows(connection, table, there, wanted)


def write_rows(connection: Connection, table: Table, there: Stored, wanted: Iterable[Row]) -> None:
    """Make *wanted* the rows of *table* in place of *there*; write only what differs."""
    new, changed, kept = [], [], set()
    for row in wanted:
        key = _key(table, row)
        before = there.get(key)
        if before is None:
            new.append(row)
            continue
        kept.add(key)
        if any(before[name] != value for name, value in row.items()):
            changed.append({**_with_key(table, before), **row})
    gone = [_with_key(table, row) for key, row in there.items() if key not in kept]
    for statement, rows in (
        (_deleting, gone),
        (_updating, changed),
        (_inserting, new),
    ):
        if rows:
            connection.execute(statement(table), rows)


def _key(table: Table, row: Row | RowMapping) -> NaturalKey:
    return tuple(row[name] for name in NATURAL_KEYS[table.name])


def _with_key(table: Table, row: RowMapping) -> dict[str, Any]:
    return {f"key_{column.name}": row[column.name] for column in table.primary_key}


# Statements are built once: SQLAlchemy takes longer to build one than SQLite takes to run it.


@cache
def _selecting(table: Table, column: str) -> Select[Any]:
    return select(table).where(table.c[column].in_(bindparam("parents", expanding=True)))


@cache
def _inserting(table: Table) -> Insert:
    return table.insert()


@cache
def _last_id(table: Table) -> Select[Any]:
    return select(func.max(table.c.id))


@cache
def _deleting(table: Table) -> Delete:
    return delete(table).where(*_is_row(table))


@cache
def _updating(table: Table) -> Update:
    return table.update().where(*_is_row(table))


def _is_row(table: Table) -> Sequence[Any]:
    return [column == bindparam(f"key_{column.name}") for column in table.primary_key]
