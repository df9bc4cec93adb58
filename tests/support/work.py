"""Count what a database is asked to do: statements, rows that come back, commits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from archive.sql.database import Database


@dataclass(slots=True)
class Work:
    """How much was done. A statement that is run for many rows at once counts once."""

    statements: int = 0
    rows: int = 0
    commits: int = 0


@contextmanager
def counted(database: Database) -> Iterator[Work]:
    """Count what is done to *database*, on either engine, in the block."""
    work, engine = Work(), database.engine

    def statement(*_: Any) -> None:
        work.statements += 1

    def commit(*_: Any) -> None:
        work.commits += 1

    def checkout(connection: Any, *_: Any) -> None:
        is_sqlite = engine.dialect.name == "sqlite"
        connection.row_factory = row_of_sqlite if is_sqlite else rows_of_postgresql

    def checkin(connection: Any, *_: Any) -> None:
        if connection is not None:
            connection.row_factory = before

    def row_of_sqlite(_: Any, row: tuple[Any, ...]) -> tuple[Any, ...]:
        work.rows += 1
        return row

    def rows_of_postgresql(_: Any) -> Callable[[Any], tuple[Any, ...]]:
        return lambda values: row_of_sqlite(None, tuple(values))

    with engine.connect() as connection:
        before = connection.connection.dbapi_connection.row_factory  # type: ignore[union-attr]
    listeners = {
        "before_cursor_execute": statement,
        "commit": commit,
        "checkout": checkout,
        "checkin": checkin,
    }
    for name, listener in listeners.items():
        event.listen(engine, name, listener)
    try:
        yield work
    finally:
        for name, listener in listeners.items():
            event.remove(engine, name, listener)
