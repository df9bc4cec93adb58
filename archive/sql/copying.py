"""A copy of a database to try something out on, while others go on with the database itself.

The copy is a SQLite file, whichever engine the archive is on: both give the same rows, and a file
can be thrown away. It holds the rows of one moment, also while a crawl is writing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from sqlalchemy import Connection, inspect, select
from sqlalchemy.exc import DBAPIError

from archive.errors import DatabaseError, StorageError
from archive.sql.chunks import ROWS_AT_ONCE, chunks
from archive.sql.database import Database, open_database
from archive.sql.schema.columns import metadata

PREFIX = "pressmark-rehearsal-"


@contextmanager
def copied(database: Database) -> Iterator[Database]:
    """Yield a copy of *database*, which is deleted at the end of the block.

    The copy is in the folder for temporary files (``TMPDIR``). Raises ``StorageError`` if there is
    no room for it.
    """
    with TemporaryDirectory(prefix=PREFIX) as folder:
        copy = _copy(database, Path(folder))
        try:
            yield copy
        finally:
            copy.close()


def _copy_rows(source: Connection, target: Connection) -> None:
    """Copy every row of the archive's tables, ids and all, in the columns that both sides have."""
    names = [{*inspect(side).get_table_names()} for side in (source, target)]
    for table in metadata.sorted_tables:
        if not all(table.name in side for side in names):
            continue
        sides = [
            {column["name"] for column in inspect(side).get_columns(table.name)}
            for side in (source, target)
        ]
        columns = [column for column in table.c if all(column.name in side for side in sides)]
        rows = source.execute(select(*columns).execution_options(yield_per=ROWS_AT_ONCE)).mappings()
        for some in chunks(rows):
            target.execute(table.insert(), [dict(row) for row in some])


def _copy(database: Database, folder: Path) -> Database:
    is_file = database.engine.dialect.name == "sqlite"
    try:
        if is_file:
            _back_up(database, folder / "archive.db")
        copy = open_database("sqlite:///archive.db", folder)
        if not is_file:
            with database.reading() as source, copy.writing() as target:
                source.execution_options(isolation_level="REPEATABLE READ")
                _copy_rows(source, target)
    except (sqlite3.Error, DBAPIError, DatabaseError) as error:
        cause = error.__cause__ if isinstance(error, DatabaseError) else error
        cause = cause.orig if isinstance(cause, DBAPIError) else cause
        if not isinstance(cause, sqlite3.Error):
            raise
        raise StorageError(
            f"{gettempdir()}: a copy of the database cannot be kept here ({cause}); make room for"
            " it, or name another folder with TMPDIR"
        ) from error
    return copy


def _back_up(database: Database, file: Path) -> None:
    with database.reading() as connection:
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        target = sqlite3.connect(file)
        try:
            source.backup(target)
        finally:
            target.close()
