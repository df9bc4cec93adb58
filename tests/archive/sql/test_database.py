"""The database: made and brought up to date, on both engines, and what it refuses."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import StatementError

from archive.errors import DatabaseError
from archive.sql import views
from archive.sql.captures.store import publisher_id
from archive.sql.database import Database, open_database
from archive.sql.rows import insert_ids
from archive.sql.schema import state_tables, view_tables

NOON = datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC)
SEARCH_OWN = ("article_fts", "ix_article_text_document", "document")
"""What the migration adds for full-text search, which differs between the engines."""


def crawl_row(owner: int, **values: object) -> dict[str, object]:
    row: dict[str, object] = {
        "publisher_id": owner,
        "command": "pressmark crawl demo",
        "started_at": NOON,
        "profile_digest": "sha256:0",
        "software": {},
        "counts": {},
    }
    return {**row, **values}


def stored(database: Database, **values: object) -> dict[str, object]:
    """Store a row of ``crawl`` with *values* and read it back."""
    with database.writing() as connection:
        owner = publisher_id(connection, "demo", None, None)
        connection.execute(state_tables.crawl.insert(), [crawl_row(owner, **values)])
    with database.reading() as connection:
        return dict(connection.execute(select(state_tables.crawl)).mappings().one())


# On SQLite, an index of an expression cannot be compared.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings(
    "ignore:autogenerate skipping metadata-specified expression-based index"
)
def test_the_migrations_add_up_to_the_schema_in_code(database):
    def ours(item: object, name: str, kind: str, reflected: bool, _: object) -> bool:
        return not any(own in str(name) for own in SEARCH_OWN)

    with database.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": ours}
        )
        differences = compare_metadata(context, state_tables.ALL_TABLES)

    assert differences == []


@pytest.mark.parametrize(
    "view",
    [views.articles, views.pages, views.article_history, views.url, views.discovery],
    ids=str,
)
def test_a_view_has_the_columns_that_the_code_reads(database, view):
    columns = [column["name"] for column in inspect(database.engine).get_columns(view.name)]

    assert columns == [column.name for column in view.columns]


def test_an_up_to_date_database_is_opened_again_as_it_is(new_url, tmp_path):
    url = new_url()
    first = open_database(url, tmp_path)
    stored(first)
    first.close()

    second = open_database(url, tmp_path)

    with second.reading() as connection:
        assert connection.scalar(select(view_tables.publisher.c.name)) == "demo"
    second.close()


def test_a_database_of_a_newer_pressmark_is_refused_with_what_to_do(new_url, tmp_path):
    url = new_url()
    opened = open_database(url, tmp_path)
    with opened.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    opened.close()

    with pytest.raises(DatabaseError, match=r"9999.*upgrade Pressmark, or delete the database"):
        open_database(url, tmp_path)


def test_a_database_of_something_else_is_refused_and_left_alone(new_url, tmp_path):
    url = new_url()
    opened = open_database(url, tmp_path)
    with opened.writing() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    opened.close()

    with pytest.raises(DatabaseError, match=r"is no archive's, and holds .*publisher"):
        open_database(url, tmp_path)


def test_a_file_that_is_no_database_is_refused_in_one_line(tmp_path):
    (tmp_path / "archive.db").write_text("this is a text, and no database at all\n" * 40)

    with pytest.raises(DatabaseError, match=r"cannot be opened: file is not a database") as raised:
        open_database("sqlite:///archive.db", tmp_path)

    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("url", ["nonsense", "oracle:///x", "mongodb://host/x", ""])
def test_a_url_of_no_known_engine_is_refused_with_examples(url, tmp_path):
    with pytest.raises(DatabaseError, match=r"expected sqlite:///FILE or postgresql\+psycopg"):
        open_database(url, tmp_path)


def test_a_server_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DatabaseError, match="cannot be opened") as raised:
        open_database(f"postgresql+psycopg://postgres@/x?host={tmp_path}", tmp_path)

    assert "\n" not in str(raised.value)


def test_a_password_is_in_no_message(tmp_path):
    with pytest.raises(DatabaseError) as raised:
        open_database(f"postgresql+psycopg://me:s3cret@/x?host={tmp_path}", tmp_path)

    assert "s3cret" not in str(raised.value)


def test_a_relative_sqlite_path_lies_in_the_home_folder(tmp_path):
    open_database("sqlite:///archive.db", tmp_path).close()

    assert (tmp_path / "archive.db").is_file()


def test_a_database_that_cannot_be_read_is_named_in_one_line(tmp_path):
    opened = open_database("sqlite:///archive.db", tmp_path)
    with sqlite3.connect(tmp_path / "archive.db") as raw:
        raw.execute("DROP VIEW articles")
    raw.close()

    def read() -> None:
        with opened.reading() as connection:
            connection.execute(select(views.articles))

    with pytest.raises(DatabaseError, match=r"cannot be read: no such table"):
        read()
    opened.close()


def test_two_processes_may_open_a_new_database_at_once(new_url, tmp_path):
    url = new_url()
    code = (
        "import sys; from pathlib import Path; from archive.sql.database import open_database;"
        "sys.stdin.read(1); open_database(sys.argv[1], Path(sys.argv[2])).close()"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, url, str(tmp_path)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[3],
        )
        for _ in range(2)
    ]

    for process in processes:
        assert process.stdin is not None
        process.stdin.write("g")
        process.stdin.flush()
    errors = [process.communicate(timeout=60)[1] for process in processes]

    assert [process.returncode for process in processes] == [0, 0], errors


def test_writers_take_turns_so_that_what_one_read_still_holds_when_it_writes(database):
    with database.writing() as connection:
        owner = publisher_id(connection, "demo", None, None)
        (row,) = insert_ids(connection, state_tables.crawl, [crawl_row(owner, counts={"n": 0})])

    def add_one() -> None:
        with database.writing() as connection:
            counts = connection.scalar(select(state_tables.crawl.c.counts).filter_by(id=row))
            connection.execute(state_tables.crawl.update().values(counts={"n": counts["n"] + 1}))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: add_one(), range(20)))

    with database.reading() as connection:
        assert connection.scalar(select(state_tables.crawl.c.counts)) == {"n": 20}


def test_a_writing_block_that_fails_leaves_nothing_behind(database):
    def fail() -> None:
        with database.writing() as connection:
            publisher_id(connection, "demo", None, None)
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        fail()

    with database.reading() as connection:
        assert connection.execute(select(view_tables.publisher)).all() == []


def test_a_naive_datetime_is_refused(database):
    with pytest.raises(StatementError, match="a naive datetime cannot be stored"):
        stored(database, started_at=NOON.replace(tzinfo=None))


def test_an_aware_datetime_comes_back_as_the_same_instant_in_utc(database):
    hanoi = NOON.astimezone(timezone(timedelta(hours=7)))

    row = stored(database, started_at=hanoi)

    assert row["started_at"] == NOON
    assert row["started_at"].utcoffset() == timedelta(0)


@pytest.mark.parametrize("instant", [NOON.replace(year=1), NOON.replace(year=9999)])
def test_dates_at_the_ends_of_the_calendar_are_kept(database, instant):
    row = stored(database, started_at=instant)

    assert row["started_at"] == instant


def test_dates_at_the_ends_of_the_calendar_are_kept_in_any_zone_of_the_server(postgres, tmp_path):
    name = postgres.create()
    postgres.execute(f"ALTER DATABASE {name} SET timezone TO 'Asia/Ho_Chi_Minh'")
    opened = open_database(postgres.url(name), tmp_path)

    last = datetime.max.replace(tzinfo=UTC)
    row = stored(opened, started_at=last)
    opened.close()
    postgres.drop(name)

    assert row["started_at"] == last


def test_json_is_stored_as_letters_and_not_as_escapes(database):
    stored(database, counts={"tác giả": ["Nguyễn", "📌", None, 1.5, True]})

    with database.reading() as connection:
        (raw,) = connection.execute(text("SELECT CAST(counts AS TEXT) FROM crawl")).one()
    assert raw == '{"tác giả":["Nguyễn","📌",null,1.5,true]}'


def test_neither_nul_nor_lone_surrogates_reach_the_database(database):
    row = stored(
        database,
        command="a\x00b\ud800c",
        counts={"k\x00": ["x\x00y", {"z": "\udfff\\u0000"}]},
    )

    assert row["command"] == "ab\ufffdc"
    assert row["counts"] == {"k": ["xy", {"z": "\ufffd\\u0000"}]}


def test_a_letter_outside_the_basic_plane_is_no_lone_surrogate(database):
    row = stored(database, command="📌 résumé")

    assert row["command"] == "📌 résumé"


def test_ids_come_in_the_order_of_the_rows(database):
    with database.writing() as connection:
        owner = publisher_id(connection, "demo", None, None)
        rows = [crawl_row(owner, command=str(number)) for number in range(300)]
        ids = insert_ids(connection, state_tables.crawl, rows)
        found = connection.execute(
            select(state_tables.crawl.c.id, state_tables.crawl.c.command)
        ).all()

    assert {row.id: row.command for row in found} == dict(
        zip(ids, map(str, range(300)), strict=True)
    )


def test_what_refers_to_a_publisher_goes_with_it(database):
    stored(database)

    with database.writing() as connection:
        connection.execute(view_tables.publisher.delete())

    with database.reading() as connection:
        assert connection.execute(select(state_tables.crawl)).all() == []


def test_sqlite_keeps_a_log_so_that_readers_and_the_writer_do_not_wait(tmp_path):
    opened = open_database("sqlite:///archive.db", tmp_path)

    with opened.reading() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
    opened.close()
