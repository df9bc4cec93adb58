"""The view of an archive as values that can be compared, without surrogate ids."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, select

from archive.sql.database import Database
from archive.sql.schema import view_tables
from archive.sql.schema.columns import REFERS_TO

View = dict[str, list[tuple[Any, ...]]]
"""Rows by table; each row is (column, value) pairs, with natural keys in place of ids."""


def dump_view(database: Database) -> View:
    """Return every row of every view table, sorted, without what differs between builds."""
    with database.reading() as connection:
        keys = _Keys(connection)
        return {
            table.name: sorted(
                (_values(row, table, keys) for row in connection.execute(select(table))), key=repr
            )
            for table in view_tables.VIEW_TABLES
        }


def assert_same_view(here: View, there: View) -> None:
    """Fail with rows that are in only one of the views, a few of each table."""
    complaints = []
    for table in here:
        in_both = set(here[table]) & set(there[table])
        only_here = [row for row in here[table] if row not in in_both]
        only_there = [row for row in there[table] if row not in in_both]
        if only_here or only_there or len(here[table]) != len(there[table]):
            complaints.append(f"{table}: {len(here[table])} rows and {len(there[table])}")
            complaints += _differences(only_here, only_there)
    assert not complaints, "the views differ\n" + "\n".join(complaints)


def _differences(here: list[tuple[Any, ...]], there: list[tuple[Any, ...]]) -> list[str]:
    """Return the differences: by column for rows with a partner, otherwise whole rows."""
    lines = []
    if len(here) == len(there):
        for one, other in list(zip(here, there, strict=True))[:5]:
            same = [f"{a[0]}={a[1]!r}" for a, b in zip(one, other, strict=True) if a == b]
            lines.append("  in the row " + ", ".join(same)[:300])
            lines += [
                f"    {a[0]}: {a[1]!r} and {b[1]!r}"[:500]
                for a, b in zip(one, other, strict=True)
                if a != b
            ]
        return lines
    lines += [f"  only here: {row!r}"[:700] for row in here[:5]]
    lines += [f"  only there: {row!r}"[:700] for row in there[:5]]
    return lines


class _Keys:
    """The natural keys of the rows of each table, by surrogate id."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.of = cache(self._of)

    def _of(self, table: Table) -> dict[int, tuple[Any, ...]]:
        (primary,) = table.primary_key
        names = view_tables.NATURAL_KEYS[table.name]
        return {
            row._mapping[primary.name]: tuple(
                self.value(table.c[name], row._mapping[name]) for name in names
            )
            for row in self._connection.execute(select(table))
        }

    def value(self, column: Column[Any], value: Any) -> Any:
        """Return *value*, or for an id the key of the row that it refers to."""
        if value is None:
            return None
        referred = [key.column.table for key in column.foreign_keys]
        for table in (*referred, column.info.get(REFERS_TO)):
            if table is not None:
                return self.of(table)[value]
        # JSON values are lists and dicts, which cannot be sorted or be in a set.
        return json.dumps(value, sort_keys=True) if isinstance(value, list | dict) else value


def _values(row: Row[Any], table: Table, keys: _Keys) -> tuple[Any, ...]:
    return tuple(
        (column.name, keys.value(column, row._mapping[column.name]))
        for column in table.columns
        if column.name != "id"
    )
