"""Fill a database with the rows of many copies, in bulk; the indexes are made at the end.

On PostgreSQL, rows are copied, and foreign keys are not checked: the first copy satisfies them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from archive.sql.database import open_database
from archive.sql.types import inflated
from benchmarks.scaling.copies import Copies, Row
from benchmarks.scaling.sources import source_rows

WORDS_IN_MEMORY, WORDS_AS_ALWAYS = 256 * 1024 * 1024, 1024 * 1024
"""How many bytes of words SQLite gathers before it writes them; the second is its own choice."""


def fill(url: str, home: Path, base: str, copies: Copies, share: float) -> None:
    """Fill the new database *url* with *copies* of *base*, and *share* of five years of sources."""
    open_database(url, home).close()
    (_fill_sqlite if make_url(url).get_backend_name() == "sqlite" else _fill_postgresql)(
        url, home, base, copies, share
    )
    filled = open_database(url, home)
    filled.gather_statistics()  # as after an import
    filled.close()


def _tables(base: str, copies: Copies, share: float) -> Iterable[tuple[str, Iterable[Row]]]:
    for table in copies.tables:
        yield table, copies.rows(table)
    by_table = groupby(source_rows(base, copies, share), key=lambda each: each[0])
    for table, some in by_table:
        yield table, (row for _, row in some)


def _fill_sqlite(url: str, home: Path, base: str, copies: Copies, share: float) -> None:
    path = home / str(make_url(url).database)
    connection = sqlite3.connect(path, isolation_level=None)
    for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1000000"):
        connection.execute(f"PRAGMA {setting}")
    made_later = connection.execute(
        "SELECT type, name, sql FROM sqlite_master"
        " WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
    ).fetchall()
    for kind, name, _ in made_later:
        connection.execute(f"DROP {kind} {name}")
    connection.execute("BEGIN")
    for table, rows in _tables(base, copies, share):
        columns = copies.columns(table)
        places = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"
        connection.executemany(statement, rows)
    connection.execute("COMMIT")
    for _, _, statement in made_later:
        connection.execute(statement)
    connection.create_function("inflated", 1, inflated, deterministic=True)
    set_words = "INSERT INTO article_fts(article_fts, rank) VALUES('hashsize', ?)"
    # Words are gathered in memory: merged by the megabyte, those of a million take ten minutes.
    connection.execute(set_words, (WORDS_IN_MEMORY,))
    connection.execute(
        "INSERT INTO article_fts(rowid, headline, author, text)"
        " SELECT article_id, headline, author, inflated(text) FROM article_text"
    )
    connection.execute(set_words, (WORDS_AS_ALWAYS,))
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


def _fill_postgresql(url: str, home: Path, base: str, copies: Copies, share: float) -> None:
    del home
    address = make_url(url)
    conninfo = f"host={address.query['host']} user={address.username} dbname={address.database}"
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # no check of foreign keys
        connection.execute("SET TIME ZONE 'UTC'")
        connection.execute("SET maintenance_work_mem = '512MB'")
        indexes = connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        ).fetchall()
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}".encode())
        for table, rows in _tables(base, copies, share):
            columns = ", ".join(copies.columns(table))
            _copy(connection, f"COPY {table} ({columns}) FROM STDIN", rows)
        for _, definition in indexes:
            connection.execute(definition.encode())
        for table in copies.tables:
            if "id" in copies.columns(table):
                connection.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'),"
                    f" (SELECT coalesce(max(id), 0) + 1 FROM {table}))".encode()
                )


def _copy(connection: psycopg.Connection[Any], statement: str, rows: Iterable[Row]) -> None:
    # SQLite has 0 and 1 for false and true; in the text format PostgreSQL takes these as well.
    with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        for row in rows:
            copy.write_row(row)
