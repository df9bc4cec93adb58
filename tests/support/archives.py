"""Read an archive that a command has made, only from its tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from archive.sql import views
from archive.sql.database import open_database
from archive.sql.schema import view_tables

ARTICLE_COLUMNS = (
    "canonical_url",
    "in_language",
    "headline",
    "text",
    "description",
    "author",
    "date_published",
    "date_modified",
    "section",
    "keywords",
    "word_count",
)
"""What an article says; the other columns of ``articles`` say when and where it was archived."""

Row = dict[str, Any]


@contextmanager
def reading(home: Path) -> Iterator[Connection]:
    """Yield a connection to the database of *home*."""
    database = open_database("sqlite:///archive.db", home)
    try:
        with database.reading() as connection:
            yield connection
    finally:
        database.close()


def rows(home: Path, statement: Select[Any]) -> list[Row]:
    """Return the rows of *statement*."""
    with reading(home) as connection:
        return [dict(row) for row in connection.execute(statement).mappings()]


def count(home: Path, table: Table) -> int:
    """Return how many rows *table* has."""
    with reading(home) as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def articles(home: Path) -> dict[str, Row]:
    """Return the rows of the view ``articles`` by canonical URL; no URL may come twice."""
    found = rows(home, select(views.articles))
    by_url = {row["canonical_url"]: row for row in found}
    assert len(by_url) == len(found)
    return by_url


def sayings(home: Path) -> dict[str, Row]:
    """Return what each article says, by canonical URL, without when and where it was archived."""
    return {
        url: {name: row[name] for name in ARTICLE_COLUMNS} for url, row in articles(home).items()
    }


def addresses(home: Path) -> dict[str, tuple[str, str]]:
    """Return (canonical URL of the article, role) for each address."""
    statement = select(
        view_tables.address.c.url, view_tables.address.c.role, view_tables.article.c.canonical_url
    ).join(view_tables.article)
    return {row["url"]: (row["canonical_url"], row["role"]) for row in rows(home, statement)}


def outcomes(home: Path) -> dict[str, list[Row]]:
    """Return outcome, reason, flags, truncation, error and status of each capture, by URL."""
    capture, extraction = view_tables.capture, view_tables.extraction
    statement = (
        select(
            capture.c.url,
            capture.c.http_status,
            capture.c.truncated,
            capture.c.error,
            extraction.c.outcome,
            extraction.c.reason,
            extraction.c.flags,
        )
        .join(extraction)
        .order_by(capture.c.fetched_at, capture.c.id)
    )
    found: dict[str, list[Row]] = {}
    for row in rows(home, statement):
        found.setdefault(row["url"], []).append(row)
    return found


def frontier(home: Path) -> dict[str, Row]:
    """Return the rows of the frontier by URL."""
    return {row["url"]: row for row in rows(home, select(views.url))}


def captures(home: Path) -> int:
    """Return how many captures are committed; 0 while there is no database yet.

    It skips the schema check, so it does not disturb a crawl that is creating the database.
    """
    import sqlite3

    file = home / "archive.db"
    if not file.exists():
        return 0
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30)
    try:
        (number,) = connection.execute("SELECT count(*) FROM capture").fetchone()
    except sqlite3.OperationalError:
        return 0  # its tables are not there yet
    finally:
        connection.close()
    return int(number)
