"""When URLs of the frontier are due: what their rows tell of it, and making pending what is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, func, or_, select

from archive.model import Outcome, Via
from archive.model.schedule import Due, LastmodAccuracy, Reason
from archive.revisit import failing_hosts
from archive.sql.chunks import batches
from archive.sql.frontier.store import RESTING, State, not_of_origins
from archive.sql.schema import url as table


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlRow:
    """What the row of a URL tells of when to look at it again."""

    url: str
    via: Via
    state: State
    depth: int
    fail_count: int
    outcome: Outcome | None
    fetched_at: datetime | None
    due_reason: Reason | None
    modified_at: datetime | None
    modified_at_fetched: datetime | None
    modified_says: Reason
    published_at: datetime | None
    claims: LastmodAccuracy


_KNOWN = (
    table.c.url,
    table.c.via,
    table.c.state,
    table.c.depth,
    table.c.fail_count,
    table.c.outcome,
    table.c.fetched_at,
    table.c.due_reason,
    table.c.lastmod_via,
    table.c.modified_at,
    table.c.modified_at_fetched,
    table.c.published_at,
    table.c.lastmod_kept,
    table.c.lastmod_false,
    table.c.lastmod_missed,
)


def frontier_rows(
    connection: Connection, publisher_id: int, urls: Collection[str]
) -> dict[str, UrlRow]:
    """Return what the rows of *urls* tell, by URL, as far as there are rows."""
    found: dict[str, UrlRow] = {}
    for some in batches(urls):
        statement = select(*_KNOWN).where(
            table.c.publisher_id == publisher_id, table.c.url.in_(some)
        )
        found.update((row.url, _known(row)) for row in connection.execute(statement))
    return found


def set_due(connection: Connection, publisher_id: int, dues: Mapping[str, Due | None]) -> None:
    """Set anew when URLs at rest are due; one that was waked for an older reason lies down."""
    rows = [
        {
            "owner": publisher_id,
            "wanted": url,
            "due_at": None if due is None else due.at,
            "reason": None if due is None else due.reason,
        }
        for url, due in dues.items()
    ]
    if rows:
        connection.execute(_RESCHEDULING, rows)


_RESCHEDULING = (
    table.update()
    .where(
        table.c.publisher_id == bindparam("owner"),
        table.c.url == bindparam("wanted"),
        table.c.fetched_at.is_not(None),
        or_(
            table.c.state == State.FETCHED,
            and_(table.c.state == State.PENDING, table.c.due_reason == Reason.VANISHED),
        ),
    )
    .values(state=State.FETCHED, next_due_at=bindparam("due_at"), due_reason=bindparam("reason"))
)


def wake(
    connection: Connection,
    publisher_id: int,
    now: datetime,
    states: Collection[State],
    *,
    not_since: datetime | None = None,
    at_once: bool = False,
) -> int:
    """Make pending what is due by *now* among URLs in *states*; how many that were.

    With *at_once*, what names new URLs is due whenever it is asked, and so is what failed. What was
    fetched at or after *not_since* is left alone, but for failures: a crawl fetches nothing twice
    for being due.
    """
    due = table.c.next_due_at <= now
    if at_once:
        due = or_(due, table.c.due_reason == Reason.SOURCE, table.c.state == State.RETRY)
    if not_since is not None:
        not_in_this_one = or_(table.c.fetched_at.is_(None), table.c.fetched_at < not_since)
        due = and_(due, or_(table.c.state == State.RETRY, not_in_this_one))
    statement = table.update().where(_resting(publisher_id, states), due).values(_PENDING_AGAIN)
    return connection.execute(statement).rowcount


def refresh(connection: Connection, publisher_id: int) -> int:
    """Make pending every URL that is known and not skipped; how many rested until now."""
    statement = (
        table.update()
        .where(_resting(publisher_id, RESTING))
        .values(**_PENDING_AGAIN, due_reason=Reason.REFRESH)
    )
    return connection.execute(statement).rowcount


_PENDING_AGAIN = {"state": State.PENDING, "skip_reason": None}


def _resting(publisher_id: int, states: Collection[State]) -> ColumnElement[bool]:
    return and_(
        table.c.publisher_id == publisher_id, table.c.state.in_([str(state) for state in states])
    )


def is_due(connection: Connection, publisher_id: int, now: datetime) -> bool:
    """Return whether a crawl of the publisher would have anything to fetch at *now*.

    Of one that was never crawled, its front page. What waits for a failing server is not due.
    """
    held = [h.origin for h in failing_hosts.failing(connection, publisher_id) if h.retry_at > now]
    pending_row = select(table.c.id).where(
        _resting(publisher_id, (State.PENDING,)), not_of_origins(held)
    )
    due_row = select(table.c.id).where(
        _resting(publisher_id, RESTING), table.c.next_due_at <= now, not_of_origins(held)
    )
    any_row = select(table.c.id).where(table.c.publisher_id == publisher_id)
    found = [connection.scalar(statement.limit(1)) for statement in (pending_row, due_row, any_row)]
    return found[0] is not None or found[1] is not None or found[2] is None


def next_retry(connection: Connection, publisher_id: int) -> datetime | None:
    """Return when the first failed URL is due again; None when there is none."""
    statement = select(func.min(table.c.next_due_at)).where(
        table.c.publisher_id == publisher_id, table.c.state == State.RETRY
    )
    due: datetime | None = connection.scalar(statement)
    return due


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """URLs that are not asked for since something failed: how many, until when, and why."""

    urls: int
    until: datetime
    reason: str


def waiting(connection: Connection, publisher_id: int, now: datetime) -> list[Waiting]:
    """Return which URLs wait at *now* after a failure: by failing server, then those of their own.

    Of the latter, *until* and *reason* are those of the first that will be asked for again.
    """
    found = []
    for host in failing_hosts.failing(connection, publisher_id):
        number = failing_hosts.count_waiting(connection, publisher_id, host.origin)
        if number and host.retry_at > now:
            found.append(Waiting(urls=number, until=host.retry_at, reason=host.reason))
    failed = (_resting(publisher_id, (State.RETRY,)), table.c.next_due_at > now)
    number = connection.scalar(select(func.count()).where(*failed)) or 0
    columns = (table.c.url, table.c.outcome, table.c.skip_reason, table.c.next_due_at)
    statement = select(*columns).where(*failed).order_by(table.c.next_due_at, table.c.id).limit(1)
    for row in connection.execute(statement):
        reason = f"{row.url}: {row.skip_reason or row.outcome}"
        found.append(Waiting(urls=number, until=row.next_due_at, reason=reason))
    return found


def _known(row: Row[*tuple[Any, ...]]) -> UrlRow:
    return UrlRow(
        url=row.url,
        via=Via(row.via),
        state=State(row.state),
        depth=row.depth,
        fail_count=row.fail_count,
        outcome=None if row.outcome is None else Outcome(row.outcome),
        fetched_at=row.fetched_at,
        due_reason=None if row.due_reason is None else Reason(row.due_reason),
        modified_at=row.modified_at,
        modified_at_fetched=row.modified_at_fetched,
        modified_says=Reason.FEED if row.lastmod_via == Via.FEED else Reason.LASTMOD,
        published_at=row.published_at,
        claims=LastmodAccuracy(row.lastmod_kept, row.lastmod_false, row.lastmod_missed),
    )
