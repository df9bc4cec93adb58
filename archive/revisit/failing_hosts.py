"""Servers whose robots.txt could not be fetched: their URLs wait, by one row for all of them.

The URLs themselves keep their state. A server that fails again and again is asked less and less
often. A server that answers has no row.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from archive.revisit.rule import retry_at
from archive.sql.database import upsert
from archive.sql.frontier.store import of_origins
from archive.sql.schema.state_tables import FRONTIER_URLS, IS_PENDING, frontier
from archive.sql.schema.state_tables import host as table


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingHost:
    """A server that cannot be asked.

    *origin* is its scheme, host and port ("http://news.test:8080"). *fail_count* counts its
    failures in a row. The last one was at *failed_at*, for *reason*. The server is not asked again
    before *retry_at*.
    """

    origin: str
    fail_count: int
    reason: str
    failed_at: datetime
    retry_at: datetime


def host_failed(
    connection: Connection, owner: int, origin: str, reason: str, at: datetime
) -> FailingHost:
    """Note once that the server at *origin* could not be asked at the time *at*; return its row."""
    known = next((host for host in failing(connection, owner) if host.origin == origin), None)
    if known is not None and known.failed_at >= at:
        return known
    fail_count = 1 if known is None else known.fail_count + 1
    found = FailingHost(
        origin=origin,
        fail_count=fail_count,
        reason=reason,
        failed_at=at,
        retry_at=retry_at(at, fail_count),
    )
    values = asdict(found)
    statement = upsert(connection, table).values(publisher_id=owner, **values)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[table.c.publisher_id, table.c.origin], set_=values
        )
    )
    return found


def answered(connection: Connection, owner: int, origin: str) -> None:
    """Note that *origin* answers again."""
    connection.execute(delete(table).where(table.c.publisher_id == owner, table.c.origin == origin))


def failing(connection: Connection, owner: int) -> list[FailingHost]:
    """Return the publisher's servers that cannot be asked, by the time when they may be again."""
    columns = [table.c[name] for name in FailingHost.__dataclass_fields__]
    statement = (
        select(*columns)
        .where(table.c.publisher_id == owner)
        .order_by(table.c.retry_at, table.c.origin)
    )
    return [FailingHost(**row) for row in connection.execute(statement).mappings()]


def count_waiting(connection: Connection, owner: int, origin: str) -> int:
    """Return how many URLs of *origin* would be fetched if the server could be asked."""
    statement = (
        select(func.count())
        .select_from(FRONTIER_URLS)
        .where(frontier.c.publisher_id == owner, IS_PENDING, of_origins([origin]))
    )
    return int(connection.scalar(statement) or 0)
