"""The engine: open a database, bring its schema up to date, and the few dialect differences."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, inspect, text
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite import insert as insert_into_sqlite
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    OperationalError,
    StatementError,
)

from archive.errors import (
    DatabaseAwayError,
    DatabaseError,
    NoDatabaseError,
    StorageError,
    how_to_install,
)
from archive.sql.newest import newest_schema, schema_of
from archive.sql.read_only import (
    memory_options,
    postgresql_options,
    require_unchanged,
    sqlite_options,
)
from archive.sql.schema.state_tables import ALL_TABLES
from archive.sql.statistics import gather_statistics, is_time
from archive.sql.types import inflated, to_json

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert

_T = TypeVar("_T")

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_MS = 30_000
WRITERS_LOCK = 20_261_124
"""Key of the advisory lock that PostgreSQL's writers hold in turn; any number, but always this."""
PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.25
"""How often a server that is away is looked for."""
CONNECTION = {
    "connect_timeout": "5",
    # A host that vanished answers nothing at all, and TCP alone would wait two hours for it.
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "2",
    "tcp_user_timeout": "15000",  # milliseconds
}
"""Parameters of psycopg's connections (libpq's names), where the URL does not give others."""
GOING_AWAY = frozenset({"57P01", "57P02", "57P03"})
"""PostgreSQL's codes for a server that shuts down, has crashed, or does not take anyone yet."""


class Database:
    """One SQLAlchemy engine on an archive's database, its schema at the newest revision.

    *patience_seconds* is how long to wait for a server that went away. After a wait without success
    it is 0, so that nobody waits as long again. It may be changed at any time.
    """

    def __init__(
        self,
        engine: Engine,
        patience_seconds: float = PATIENCE_SECONDS,
        *,
        read_only: bool = False,
    ) -> None:
        self.engine = engine
        self.patience_seconds = patience_seconds
        self.read_only = read_only
        self.losses = 0
        """How often a connection was found lost: what was not committed by then is not there."""
        self._commits = 0

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a transaction that will write; writers of one database take turns, on either engine.

        What is written depends on what was read before, and two processes may take in one file.
        Raises ``DatabaseError`` when the database was opened for reading only.
        """
        self.require_writable()
        with self.engine.connect() as connection:
            _begin(connection)
            yield connection
            connection.commit()  # without this line, leaving the block rolls back
        self._commits += 1
        if self.engine.dialect.name == "sqlite" and is_time(self._commits):
            self.gather_statistics()

    def gather_statistics(self) -> None:
        """Gather the statistics that queries are planned by; other connections are opened anew."""
        with self.engine.connect() as connection:
            _begin(connection)
            gather_statistics(connection)
            connection.commit()
        if self.engine.url.database not in {None, "", ":memory:"}:
            self.engine.dispose()  # SQLite reads statistics only when it opens a database

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection for reading. ``DatabaseError`` where the database cannot be read."""
        try:
            with self.engine.connect() as connection:
                yield connection
                require_unchanged(connection)
        except DBAPIError as error:
            kind = DatabaseAwayError if _is_loss(error) else DatabaseError
            raise kind(
                f"database {_name(self.engine)!r} cannot be read: {_cause(error)}"
            ) from error

    def read(self, work: Callable[[Connection], _T]) -> _T:
        """Return what *work* reads; *work* runs again if its connection is lost.

        This waits for the server, so do not call it on a thread that must not block.
        """
        began = monotonic()
        while True:
            try:
                with self.reading() as connection:
                    return work(connection)
            except DatabaseAwayError as error:
                if not self.comes_back(error, began):
                    raise

    def comes_back(self, error: BaseException, since: float) -> bool:
        """Return whether *error* was a lost connection and the server is there again.

        It is waited for, until its patience has run out, which began at *since* (in seconds of
        ``time.monotonic``). No error of ours, such as a violated constraint, is worth a wait.
        """
        cause = error if isinstance(error, DBAPIError) else error.__cause__
        if not isinstance(cause, DBAPIError) or not _is_loss(cause):
            return False
        self.losses += 1
        while monotonic() - since < self.patience_seconds:
            try:
                self.engine.connect().close()
            except OperationalError:
                sleep(LOOK_SECONDS)
            else:
                return True
        self.patience_seconds = 0.0
        return False

    def require_writable(self) -> None:
        """Raise ``DatabaseError`` when the database was opened for reading only."""
        if self.read_only:
            raise DatabaseError(f"database {_name(self.engine)!r} was opened for reading only")

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def open_database(
    url: str,
    home: Path,
    *,
    patience_seconds: float = PATIENCE_SECONDS,
    read_only: bool = False,
) -> Database:
    """Open *url* (a relative SQLite path is relative to *home*) and bring its schema up to date.

    *patience_seconds*: see ``Database``; a server that is away now is not waited for. With
    *read_only*, nothing is made or changed: no file, no schema, no row.

    Raises ``DatabaseError`` when the database cannot be reached, is no archive's, or was made by
    a newer Pressmark. With *read_only*, raises it also when an older Pressmark made the database,
    and ``NoDatabaseError`` when there is no database yet.
    """
    engine = _engine(url, home, read_only=read_only)
    address = engine.url
    if address.get_backend_name() == "sqlite":
        if read_only and address.database and not Path(address.database).exists():
            raise NoDatabaseError(f"database {_name(engine)!r} does not exist")
        if not read_only:
            event.listen(engine, "connect", _prepare_sqlite)
    else:
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "handle_error", _drop_connections)
    try:
        _upgrade(engine, read_only=read_only)
    except DBAPIError as error:
        engine.dispose()
        raise DatabaseError(
            f"database {_name(engine)!r} cannot be opened: {_cause(error)}"
        ) from error
    except DatabaseError:
        engine.dispose()
        raise
    return Database(engine, patience_seconds, read_only=read_only)


def _engine(url: str, home: Path, *, read_only: bool) -> Engine:
    """Return the engine of *url*, not connected yet; ``DatabaseError`` for what is none of ours."""
    expected = "expected sqlite:///FILE or postgresql+psycopg://…"
    shown = url.rpartition("@")[2]
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise DatabaseError(f"database {shown!r} is no SQLAlchemy URL; {expected}") from error
    backend = address.get_backend_name()
    if backend not in {"sqlite", "postgresql"}:
        raise DatabaseError(
            f"database {shown!r}: Pressmark keeps its database in SQLite or PostgreSQL, and does"
            f" not know {backend!r}; {expected}"
        )
    if backend == "sqlite" and address.database not in {None, "", ":memory:"}:
        address = address.set(database=str(home / str(address.database)))
    try:
        options = _options(address, read_only=read_only)
        return create_engine(address, json_serializer=to_json, **options)
    except ModuleNotFoundError as error:
        raise DatabaseError(
            f"database {shown!r} needs the package {error.name}, which is not installed; {expected}"
            f" (for PostgreSQL, {how_to_install('postgresql')})"
        ) from error
    except (ArgumentError, NoSuchModuleError) as error:
        raise DatabaseError(f"database {shown!r} cannot be used ({error}); {expected}") from error


def upsert(connection: Connection, table: Table) -> SqliteInsert | PostgresqlInsert:
    """Return an INSERT that knows ON CONFLICT on this connection's engine."""
    return upsert_on(connection.dialect.name, table)


def upsert_on(engine: str, table: Table) -> SqliteInsert | PostgresqlInsert:
    """Return the same for an engine by its name, for a statement that is built once and kept."""
    if engine == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_into_postgresql

        return insert_into_postgresql(table)
    return insert_into_sqlite(table)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # Transactions begin when we say so: the driver's own begin would come too late for a read
    # that decides what is written.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    # The WARC files are synced before each commit and can give every row again, so a commit need
    # not wait for the disk: after a power cut the newest rows are ingested again.
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    # Triggers of article_text call a function of ours.
    cursor.execute("PRAGMA trusted_schema = ON")
    cursor.close()
    connection.create_function("inflated", 1, inflated, deterministic=True)


def _prepare_postgresql(connection: Any, _record: object) -> None:
    # In the server's own zone, the last day of the calendar may be one of the year 10,000, which
    # Python has no date for. Without a transaction, there is no commit whose answer can be lost.
    connection.autocommit = True
    connection.execute("SET TIME ZONE 'UTC'")
    connection.autocommit = False


def _options(address: URL, *, read_only: bool) -> dict[str, Any]:
    if address.get_backend_name() == "sqlite":
        if address.database in {None, "", ":memory:"}:
            return memory_options()
        return sqlite_options(address) if read_only else {}
    parameters = {key: value for key, value in CONNECTION.items() if key not in address.query}
    if read_only:
        parameters["options"] = postgresql_options(address)
    # No column is an hstore; to look for that type takes a transaction of each connection.
    return {"connect_args": parameters, "use_native_hstore": False}


def _name(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)


def _drop_connections(context: ExceptionContext) -> None:
    """Replace every connection of the pool, even if the loss of one is noticed late."""
    if getattr(context.original_exception, "sqlstate", None) in GOING_AWAY:
        context.is_disconnect = True


def is_of_the_data(error: BaseException) -> bool:
    """Return whether the data are the cause of *error*: a value, its encoding, a key.

    The disk, a lock, the connection, a wrong statement and a defect of our code are other causes.
    """
    if isinstance(error, DBAPIError):
        # Class 54 of PostgreSQL's codes is "program limit exceeded": too large for an index.
        state = getattr(error.orig, "sqlstate", None) or ""
        return isinstance(error, DataError | IntegrityError) or state.startswith("54")
    # An error in binding a value is a StatementError; what a driver cannot bind may come as it is.
    return isinstance(error, StatementError | ValueError | ArithmeticError | RecursionError)


def is_of_the_database(error: BaseException) -> bool:
    """Return whether *error* concerns all that is written: the disk, a lock, the connection."""
    if isinstance(error, DBAPIError):
        return not is_of_the_data(error)
    kinds = DatabaseError | StorageError | OSError | MemoryError
    return isinstance(error, kinds) or not isinstance(error, Exception)


def _is_loss(error: DBAPIError) -> bool:
    """Return whether the server was lost with *error*, or could not be connected to."""
    if isinstance(error.orig, sqlite3.Error):
        return False  # a file is there, or is not
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return state in GOING_AWAY or state.startswith("08")  # class 08: connection exceptions
    if error.connection_invalidated:
        return True
    # A connection that cannot be made has neither a statement nor, from libpq, a code.
    return isinstance(error, OperationalError) and error.statement is None


def _cause(error: DBAPIError) -> str:
    return " ".join(str(error.orig).split())


def _upgrade(engine: Engine, *, read_only: bool) -> None:
    with engine.connect() as connection:
        at = schema_of(connection)
    if at == newest_schema():
        return
    # Alembic takes a third of a second to load, and few commands need it.
    from archive.sql.upgrading import is_known, upgrade

    if at is not None and not is_known(at):
        raise DatabaseError(
            f"database {_name(engine)!r} has schema {at}, which this Pressmark does not know:"
            " a newer one made it; upgrade Pressmark, or delete the database and run"
            " `pressmark rebuild`"
        )
    if read_only:
        _refuse_older(engine, at)
    with engine.connect() as connection:
        _begin(connection)  # two processes may open a new archive at once
        if schema_of(connection) is None:
            _refuse_foreign(connection)
        upgrade(connection)
        gather_statistics(connection)  # new indexes have none
        connection.commit()


def _refuse_older(engine: Engine, at: str | None) -> NoReturn:
    """Raise the error for a database that would have to be changed before it can be read."""
    if at is None:
        with engine.connect() as connection:
            _refuse_foreign(connection)
        raise NoDatabaseError(f"database {_name(engine)!r} is empty")
    raise DatabaseError(
        f"database {_name(engine)!r} has schema {at}, which an older Pressmark made; a command that"
        " only reads does not change it: run `pressmark upgrade` first"
    )


def _begin(connection: Connection) -> None:
    """Begin a transaction that no other writer of this database can come between."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(text(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})"))


def _refuse_foreign(connection: Connection) -> None:
    taken = {*ALL_TABLES.tables, "articles"} & {
        *inspect(connection).get_table_names(),
        *inspect(connection).get_view_names(),
    }
    if taken:
        raise DatabaseError(
            f"database {_name(connection.engine)!r} is no archive's, and holds"
            f" {', '.join(sorted(taken))} already; give one that is empty"
        )
