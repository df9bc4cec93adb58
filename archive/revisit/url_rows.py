"""What the rows of the frontier say about when URLs are due, and what a publisher has due."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select

from archive.model import OF_FEEDS, Outcome, Via
from archive.model.reason import Reason
from archive.revisit import failing_hosts
from archive.revisit.inputs import LastmodAccuracy
from archive.sql.frontier.store import RESTING, State, not_of_origins
from archive.sql.known_urls import IS_WANTED, lookups_of
from archive.sql.schema.state_tables import FRONTIER_URLS, IS_PENDING
from archive.sql.schema.state_tables import frontier as table
from archive.sql.schema.view_tables import known_url


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlRow:
    """What the row of a URL says about when to fetch it again; None where nothing is known."""

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
    modified_reason: Reason
    published_at: datetime | None
    accuracy: LastmodAccuracy


_KNOWN = (
    known_url.c.url,
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
_ROWS = select(*_KNOWN).select_from(FRONTIER_URLS).where(IS_WANTED)


def frontier_rows(connection: Connection, owner: int, urls: Collection[str]) -> dict[str, UrlRow]:
    """Return the rows of *urls*, by URL; a URL without a row is absent."""
    found: dict[str, UrlRow] = {}
    for some in lookups_of(owner, urls):
        rows = connection.execute(_ROWS, some)
        found.update((row.url, _known(row)) for row in rows)
    return found


def in_states(owner: int, states: Collection[State]) -> ColumnElement[bool]:
    """Return whether a row is one of publisher *owner* in one of *states*."""
    return and_(table.c.publisher_id == owner, table.c.state.in_([str(state) for state in states]))


def is_due(connection: Connection, owner: int, now: datetime) -> bool:
    """Return whether a crawl of the publisher would have anything to fetch at *now*.

    A publisher that was never crawled has its front page to fetch. URLs that wait for a failing
    server are not due.
    """
    held = [h.origin for h in failing_hosts.failing(connection, owner) if h.retry_at > now]
    some_row = select(table.c.id).select_from(FRONTIER_URLS if held else table)
    some_row = some_row.where(not_of_origins(held))
    pending_row = some_row.where(table.c.publisher_id == owner, IS_PENDING)
    due_row = some_row.where(in_states(owner, RESTING), table.c.next_due_at <= now)
    any_row = select(table.c.id).where(table.c.publisher_id == owner)
    found = [connection.scalar(statement.limit(1)) for statement in (pending_row, due_row, any_row)]
    return found[0] is not None or found[1] is not None or found[2] is None


def next_retry(connection: Connection, owner: int) -> datetime | None:
    """Return when the first failed URL is due again; None when there is none."""
    statement = select(func.min(table.c.next_due_at)).where(
        table.c.publisher_id == owner, table.c.state == State.RETRY
    )
    due: datetime | None = connection.scalar(statement)
    return due


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many URLs wait because something failed, until when, and why."""

    urls: int
    until: datetime
    reason: str


def waiting(connection: Connection, owner: int, now: datetime) -> list[Waiting]:
    """Return which URLs wait at *now*: those of each failing server, then those that failed.

    For URLs that failed themselves, *until* and *reason* are those of the first to be tried again.
    """
    found = []
    for host in failing_hosts.failing(connection, owner):
        number = failing_hosts.count_waiting(connection, owner, host.origin)
        if number and host.retry_at > now:
            found.append(Waiting(urls=number, until=host.retry_at, reason=host.reason))
    failed = (in_states(owner, (State.RETRY,)), table.c.next_due_at > now)
    number = connection.scalar(select(func.count()).where(*failed)) or 0
    columns = (known_url.c.url, table.c.outcome, table.c.skip_reason, table.c.next_due_at)
    first = select(*columns).select_from(FRONTIER_URLS).where(*failed)
    statement = first.order_by(table.c.next_due_at, table.c.id).limit(1)
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
        modified_reason=Reason.FEED if row.lastmod_via in OF_FEEDS else Reason.LASTMOD,
        published_at=row.published_at,
        accuracy=LastmodAccuracy(row.lastmod_kept, row.lastmod_false, row.lastmod_missed),
    )
