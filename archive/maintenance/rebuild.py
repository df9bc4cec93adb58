"""Make the database of an archive anew from its WARC files and profiles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from archive.errors import DatabaseError, UsageError
from archive.home import require_archive
from archive.library import CaughtUp, IntakeProgress, open_archive
from archive.locks import ARCHIVE, lock
from archive.settings import read_settings
from archive.sql.crawls import copy_crawls
from archive.sql.schema import view_tables

UNREADABLE_SUFFIX = ".unreadable"
"""Added to the name of a database that cannot be read and is kept."""


def rebuild(
    home: Path,
    into: str | None = None,
    report: Callable[[IntakeProgress], None] = lambda _: None,
) -> CaughtUp:
    """Make the database anew from the WARC files and profiles of *home*.

    With *into* (a SQLAlchemy URL) the rows are written into that database, which must be empty.
    Otherwise a new database is built beside the archive's own SQLite database and replaces it at
    the end; the rows of past crawls are copied. An old database that cannot be read is kept under
    another name, and the result says so. Raises ``LockedError`` while a crawl is running.
    """
    require_archive(home)
    with lock(home, ARCHIVE, busy="a crawl is running; rebuild when it has ended"):
        if into is not None:
            return _build(home, into, report)
        address = make_url(read_settings(home).database)
        if address.get_backend_name() != "sqlite":
            raise UsageError(
                f"{home}: its database is no SQLite file, so there is no place beside it to build;"
                " give an empty database with --into"
            )
        old = home / str(address.database)
        new = old.with_name(old.name + ".rebuild")
        _delete(new)
        caught_up = _build(home, f"sqlite:///{new.absolute()}", report, carry_over=old)
        # The log of the old database first: SQLite would read it as that of the new one.
        for suffix in ("-wal", "-shm"):
            old.with_name(old.name + suffix).unlink(missing_ok=True)
        new.replace(old)
        return caught_up


def _build(
    home: Path,
    url: str,
    report: Callable[[IntakeProgress], None],
    carry_over: Path | None = None,
) -> CaughtUp:
    with open_archive(home, database=url) as archive:
        with archive.database.reading() as connection:
            if connection.scalar(select(func.count()).select_from(view_tables.capture)):
                raise UsageError(
                    f"{url}: holds captures already; a rebuild needs an empty database"
                )
        caught_up = archive.catch_up(report)
        if carry_over is not None and carry_over.exists():
            try:
                copy_crawls(archive.database, carry_over)
            except DatabaseError as error:
                aside = carry_over.with_name(carry_over.name + UNREADABLE_SUFFIX)
                carry_over.rename(aside)
                problem = f"{error}; it is kept as {aside}, and its account of past crawls is lost"
                caught_up = replace(caught_up, problems=(*caught_up.problems, problem))
    return caught_up


def _delete(database: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
