"""The account of crawls: a row for each run, written as it begins and completed as it ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select

from archive.sql.database import Database, open_database
from archive.sql.schema.state_tables import crawl
from archive.sql.schema.view_tables import publisher


def begin(
    connection: Connection,
    publisher_id: int,
    started_at: datetime,
    *,
    command: str,
    profile_digest: str,
    software: Mapping[str, str],
) -> int:
    """Return the id of the row of the crawl that began at *started_at*, adding it once.

    A publisher has one crawl at a time, so that time identifies the crawl.
    """
    key = {"publisher_id": publisher_id, "started_at": started_at}
    there = connection.scalar(select(crawl.c.id).filter_by(**key))
    if there is not None:
        return int(there)
    values = {"command": command, "profile_digest": profile_digest, "software": dict(software)}
    statement = crawl.insert().values(**key, **values, counts={}).returning(crawl.c.id)
    return int(connection.execute(statement).scalar_one())


def end_as_noted(
    connection: Connection,
    publisher_id: int,
    started_at: datetime,
    ended_at: datetime,
    exit_state: str | None,
) -> None:
    """Complete the row of a crawl that could not do so itself, if there is such a row."""
    connection.execute(
        crawl.update()
        .where(
            crawl.c.publisher_id == publisher_id,
            crawl.c.started_at == started_at,
            crawl.c.ended_at.is_(None),
        )
        .values(ended_at=ended_at, exit_state=exit_state)
    )


def running_since(connection: Connection, name: str) -> datetime | None:
    """Return when the last crawl of publisher *name* began, if it has not noted its end."""
    statement = (
        select(crawl.c.started_at, crawl.c.ended_at)
        .join(publisher)
        .where(publisher.c.name == name)
        .order_by(crawl.c.id.desc())
        .limit(1)
    )
    row = connection.execute(statement).first()
    return None if row is None or row.ended_at is not None else row.started_at


def end(
    connection: Connection,
    row_id: int,
    ended_at: datetime,
    counts: Mapping[str, int],
    exit_state: str | None,
) -> None:
    """Complete the row of a crawl: what it counted, and how it ended."""
    connection.execute(
        crawl.update()
        .where(crawl.c.id == row_id)
        .values(ended_at=ended_at, counts=dict(counts), exit_state=exit_state)
    )


def copy_crawls(database: Database, old: Path) -> None:
    """Copy the rows of past crawls from the SQLite file *old*, since no WARC file has them.

    Only crawls of publishers that are in *database* are copied.
    """
    earlier = open_database(f"sqlite:///{old.absolute()}", old.parent)
    names = select(publisher.c.name.label("name"), crawl)
    try:
        with earlier.reading() as connection:
            rows = connection.execute(names.join(publisher)).mappings().all()
    finally:
        earlier.close()
    with database.writing() as connection:
        ids = {row.name: row.id for row in connection.execute(select(publisher))}
        for row in rows:
            values = {key: value for key, value in row.items() if key not in {"name", "id"}}
            if row["name"] in ids:
                values["publisher_id"] = ids[row["name"]]
                connection.execute(crawl.insert().values(values))
