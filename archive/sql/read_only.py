"""Connections that cannot write: SQLite files and PostgreSQL sessions for reading only.

SQLite writes even when it only reads: in a folder with a WAL database it makes the files ``-wal``
and ``-shm``, and the last connection removes them. The connections here leave the folder as it is,
so they also work where the folder cannot be written:

- While a writer has the database open, or after a writer was killed, ``-shm`` exists. It is opened
  for reading only (https://www.sqlite.org/wal.html, "Read-Only Databases").
- Otherwise the file itself holds everything and is opened as ``immutable``. SQLite then takes no
  lock and does not notice a writer that starts later. Therefore the file's size and time of
  modification are compared before and after a block that reads.
"""

from __future__ import annotations

import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, NullPool, StaticPool

from archive.errors import DatabaseError

BUSY_SECONDS = 30.0
ATTEMPTS = 3
"""How often a file is opened again when a writer came or went in between."""
READ_ONLY_SESSION = "-c default_transaction_read_only=on"
"""An option of libpq for each session of PostgreSQL."""


class StillConnection(sqlite3.Connection):
    """A connection to a file that nobody writes to, as far as could be seen when it was opened."""

    file: Path
    before: tuple[int, int]

    def require_unchanged(self) -> None:
        """Raise ``DatabaseError`` when the file was written to since the connection was opened."""
        if _state(self.file) != self.before:
            raise DatabaseError(
                f"database {str(self.file)!r} was changed while it was read; run the command again"
            )


def require_unchanged(connection: Connection) -> None:
    """Raise ``DatabaseError`` when what *connection* has read may be a mixture of two states."""
    if not connection.closed and not connection.invalidated:
        driver = connection.connection.driver_connection
        if isinstance(driver, StillConnection):
            driver.require_unchanged()


def sqlite_options(address: URL) -> dict[str, Any]:
    """Return the options of ``create_engine`` with which the file at *address* is only read.

    Each block that reads has a connection of its own, since the way to open the file depends on
    whether somebody writes to it at that moment.
    """
    return {"creator": partial(_connect, Path(str(address.database))), "poolclass": NullPool}


def memory_options() -> dict[str, Any]:
    """Return the options with which all threads share one database in memory."""
    return {"connect_args": {"check_same_thread": False}, "poolclass": StaticPool}


def postgresql_options(address: URL) -> str:
    """Return libpq's ``options`` for sessions at *address* in which no transaction may write."""
    given = address.query.get("options", "")
    return " ".join([*([given] if isinstance(given, str) else given), READ_ONLY_SESSION]).strip()


def _connect(file: Path) -> sqlite3.Connection:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _checked(_opened(file))
        except sqlite3.OperationalError:
            # A writer that comes or goes makes and removes the files that were looked at.
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("the last attempt returns or raises")


def _checked(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Return *connection* when it can read; otherwise close it and raise what SQLite says."""
    try:
        connection.execute("PRAGMA query_only = ON").close()
        connection.execute("SELECT 1 FROM sqlite_master").close()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _opened(file: Path) -> sqlite3.Connection:
    before = _state(file)
    log, index = (file.with_name(file.name + suffix) for suffix in ("-wal", "-shm"))
    uri = f"{file.absolute().as_uri()}?mode=ro"
    if index.exists():
        return _sqlite(f"{uri}&readonly_shm=1", sqlite3.Connection)
    if (log.exists() and log.stat().st_size) or file.with_name(file.name + "-journal").exists():
        return _sqlite(uri, sqlite3.Connection)
    still = _sqlite(f"{uri}&immutable=1", StillConnection)
    assert isinstance(still, StillConnection), "the factory makes this kind"
    still.file, still.before = file, before
    return still


def _sqlite(uri: str, factory: type[sqlite3.Connection]) -> sqlite3.Connection:
    return sqlite3.connect(
        uri, uri=True, timeout=BUSY_SECONDS, check_same_thread=False, factory=factory
    )


def _state(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return (0, 0)  # opening the file says what is wrong
    return (found.st_size, found.st_mtime_ns)
