"""A database that is opened for reading only can be read at any time, and is never written."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from archive.errors import DatabaseError, NoDatabaseError
from archive.sql.captures.store import publisher_id
from archive.sql.database import Database, open_database
from archive.sql.schema import view_tables

FILLED = 3_000
"""Rows of some 500 bytes: more than the pages after which SQLite writes its log into the file."""


@pytest.fixture
def url(new_url: Callable[[], str], tmp_path: Path) -> str:
    """A database on each engine that knows the publisher "demo"."""
    made = new_url()
    with opened(made, tmp_path) as database:
        add(database, "demo")
    return made


@contextmanager
def opened(url: str, home: Path, *, read_only: bool = False) -> Iterator[Database]:
    database = open_database(url, home, read_only=read_only)
    try:
        yield database
    finally:
        database.close()


def add(database: Database, *names: str) -> None:
    with database.writing() as connection:
        for name in names:
            publisher_id(connection, name, None, None)


def publishers(database: Database) -> int:
    with database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(view_tables.publisher)) or 0


def state(folder: Path) -> dict[str, tuple[int, int, int]]:
    return {
        path.name: (path.stat().st_ino, path.stat().st_size, path.stat().st_mtime_ns)
        for path in [folder, *folder.iterdir()]
    }


def test_a_write_is_refused_by_the_database_itself(url, tmp_path):
    with opened(url, tmp_path, read_only=True) as database:
        for statement in (
            view_tables.publisher.insert().values(name="other"),
            view_tables.publisher.update().values(name="other"),
            view_tables.publisher.delete(),
            text("DROP TABLE crawl"),
            text("CREATE TABLE other (x integer)"),
        ):
            with (
                pytest.raises(DatabaseError, match=r"read.?only|attempt to write") as raised,
                database.reading() as connection,
            ):
                connection.execute(statement)
            assert isinstance(raised.value.__cause__, DBAPIError)

        assert publishers(database) == 1


def test_a_transaction_that_will_write_is_refused_before_it_begins(url, tmp_path):
    with (
        opened(url, tmp_path, read_only=True) as database,
        pytest.raises(DatabaseError, match="was opened for reading only"),
        database.writing(),
    ):
        pass


def test_what_a_writer_commits_meanwhile_is_read(url, tmp_path):
    with opened(url, tmp_path, read_only=True) as reader:
        with opened(url, tmp_path) as writer:
            counts = []
            for name in ("second", "third"):
                add(writer, name)
                counts.append(publishers(reader))
        counts.append(publishers(reader))
        with opened(url, tmp_path) as writer:
            add(writer, "fourth")
        counts.append(publishers(reader))

    assert counts == [2, 3, 3, 4]


def test_a_reader_does_not_wait_for_a_writer(url, tmp_path):
    with (
        opened(url, tmp_path, read_only=True) as reader,
        opened(url, tmp_path) as writer,
        writer.writing() as connection,
    ):
        publisher_id(connection, "second", None, None)

        assert publishers(reader) == 1


def test_options_of_a_postgresql_url_stay_beside_ours(url, tmp_path, engine):
    if engine == "sqlite":
        pytest.skip("a file has no such options")

    with (
        opened(f"{url}&options=-c%20work_mem%3D5MB", tmp_path, read_only=True) as database,
        database.reading() as connection,
    ):
        settings = [
            connection.scalar(text(f"SHOW {name}"))
            for name in ("work_mem", "default_transaction_read_only", "TimeZone")
        ]

    assert settings == ["5MB", "on", "UTC"]


def test_a_database_of_an_older_schema_is_refused_with_the_command_that_upgrades_it(url, tmp_path):
    with opened(url, tmp_path) as database, database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0010'"))

    with (
        pytest.raises(DatabaseError, match=r"has schema 0010.*run `pressmark upgrade` first"),
        opened(url, tmp_path, read_only=True),
    ):
        pass


def test_an_empty_database_is_none_and_stays_empty(new_url, tmp_path):
    empty = new_url()
    if empty.startswith("sqlite"):
        Path(empty.removeprefix("sqlite:///")).touch()

    with pytest.raises(NoDatabaseError, match="is empty"), opened(empty, tmp_path, read_only=True):
        pass

    with pytest.raises(NoDatabaseError), opened(empty, tmp_path, read_only=True):
        pass


def test_a_file_that_does_not_exist_is_not_made(tmp_path):
    with (
        pytest.raises(NoDatabaseError, match="does not exist"),
        opened("sqlite:///archive.db", tmp_path, read_only=True),
    ):
        pass

    assert list(tmp_path.iterdir()) == []


# --- SQLite's files -------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with opened("sqlite:///archive.db", tmp_path) as database:
        add(database, "demo")
    return tmp_path


def kill_a_writer(home: Path) -> None:
    """Let a process commit a row and end without closing the database."""
    write = "INSERT INTO publisher (name) VALUES ('killed')"
    program = (
        "import os, sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        f"connection.execute({write!r})\n"
        "os._exit(9)\n"
    )
    subprocess.run([sys.executable, "-c", program, home / "archive.db"], check=False)


@pytest.mark.parametrize("is_killed", [False, True], ids=["at rest", "after a kill"])
def test_reading_changes_no_file_not_even_for_a_moment(home, is_killed):
    if is_killed:
        kill_a_writer(home)
    before = state(home)

    with (
        opened("sqlite:///archive.db", home, read_only=True) as database,
        database.reading() as connection,
    ):
        names = connection.execute(select(view_tables.publisher.c.name)).scalars().all()
        meanwhile = state(home)

    assert names == (["demo", "killed"] if is_killed else ["demo"])
    assert (meanwhile, state(home)) == (before, before)


def test_reading_beside_a_writer_changes_no_file(home):
    with opened("sqlite:///archive.db", home) as writer:
        add(writer, "second")
        before = state(home)

        with opened("sqlite:///archive.db", home, read_only=True) as reader:
            assert publishers(reader) == 2

        assert state(home) == before


def test_a_log_without_its_index_is_read_as_well(home):
    kill_a_writer(home)
    (home / "archive.db-shm").unlink()

    with opened("sqlite:///archive.db", home, read_only=True) as database:
        assert publishers(database) == 2


def test_a_file_that_is_changed_while_it_is_read_is_said_to_be(home):
    def read_while_somebody_writes(reader: Database) -> None:
        with reader.reading(), opened("sqlite:///archive.db", home) as writer:
            add(writer, *(f"{number:0500}" for number in range(FILLED)))

    with (
        opened("sqlite:///archive.db", home, read_only=True) as reader,
        pytest.raises(DatabaseError, match="was changed while it was read; run the command again"),
    ):
        read_while_somebody_writes(reader)


def test_a_path_may_hold_any_character(tmp_path):
    home = tmp_path / "a?b#c%41 d"
    home.mkdir()
    with opened("sqlite:///archive.db", home) as database:
        add(database, "demo")

    with opened("sqlite:///archive.db", home, read_only=True) as database:
        assert publishers(database) == 1


def test_threads_may_read_at_the_same_time_as_a_crawl_writes(home):
    with (
        opened("sqlite:///archive.db", home) as writer,
        opened("sqlite:///archive.db", home, read_only=True) as reader,
        closing(sqlite3.connect(home / "archive.db")) as other,
    ):
        counts = []
        for number in range(50):
            add(writer, *(f"{number}-{each:0500}" for each in range(100)))
            counts.append(publishers(reader))
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        counts.append(publishers(reader))

    assert counts == [*range(101, 5_002, 100), 5_001]
