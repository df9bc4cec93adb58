"""The frontier: which URLs of a publisher are fetched, and in which order.

A URL is leased in memory only, so a killed crawl has no leases. The row of a URL changes in the
transaction that stores its capture; ``archive.revisit.url_updates`` writes when it is due again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    Row,
    and_,
    case,
    func,
    not_,
    or_,
    select,
    true,
)

from archive.model import OF_FEEDS, Kind, Via
from archive.model.reason import Reason
from archive.sql.chunks import chunks
from archive.sql.database import upsert_on
from archive.sql.frontier.since import says_since
from archive.sql.known_urls import IS_WANTED, ids_for, lookups_of
from archive.sql.schema.state_tables import FRONTIER_SOURCES, IS_PENDING, SOURCE
from archive.sql.schema.state_tables import frontier as table
from archive.sql.schema.view_tables import known_url
from archive.urls import is_robots_txt

UNKNOWN_PRIORITY = 1_000_000
"""Priority of a URL that only a WARC file has; a source that names it gives a better one."""


class State(StrEnum):
    """What a crawl does with a URL."""

    PENDING = "pending"
    """To be fetched by a running crawl."""
    FETCHED = "fetched"
    """Rests until it is due again."""
    RETRY = "retry"
    """Failed, by our side or theirs; tried again when due, in this crawl or a later one."""
    DISALLOWED = "disallowed"
    """robots.txt forbids it; asked again when due, since that file may change."""
    SKIPPED = "skipped"
    """Out of scope; the reason is in ``skip_reason``."""
    HELD_BACK = "held_back"
    """Its pattern yields nothing new; pending again when that does."""


RESTING = (State.FETCHED, State.RETRY, State.DISALLOWED)
"""States of URLs that are asked for again when they are due; a pending one is due already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A URL to add; *skip_reason* says why it is out of scope, None if it is in scope."""

    url: str
    kind: Kind
    via: Via
    priority: int
    depth: int
    redirects: int = 0
    source_url: str | None = None
    lastmod: str | None = None
    lastmod_via: Via | None = None
    modified_at: datetime | None = None
    published_at: datetime | None = None
    skip_reason: str | None = None
    held_by: str | None = None
    is_twin: bool = False
    due_reason: Reason = Reason.NEW


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A URL that the engine has been given to fetch."""

    url: str
    kind: Kind
    via: Via
    depth: int
    redirects: int
    fail_count: int
    source_url: str | None
    lastmod: str | None
    fetched_at: datetime | None
    due_reason: Reason | None = None
    is_twin: bool = False


_LEASE = (
    known_url.c.url,
    table.c.kind,
    table.c.via,
    table.c.depth,
    table.c.redirects,
    table.c.fail_count,
    SOURCE.c.url.label("source_url"),
    table.c.lastmod,
    table.c.fetched_at,
    table.c.due_reason,
    table.c.is_twin,
    table.c.state,
)
_LEASES = select(*_LEASE).select_from(FRONTIER_SOURCES).where(IS_WANTED)
NEVER_HELD = frozenset({Via.SEED, Via.ROBOTS, Via.WELL_KNOWN, *OF_FEEDS, Via.PART})
"""Sources that name few URLs on purpose; the news of a feed show that a pattern yields again."""


def add(connection: Connection, publisher_id: int, entries: Iterable[Entry]) -> None:
    """Add URLs. A known URL keeps its state, but gets the smallest depth that any source gives.

    It also gets the latest modification date and the first publication date. A URL that was skipped
    (because it was too deep, say) becomes pending when a source names it within scope. Its kind is
    the one that the most urgent source gives. A robots.txt is left out: it is fetched for its rules
    before any page, so that a row of it would never be done.
    """
    for some in chunks(entry for entry in entries if not is_robots_txt(entry.url)):
        named_by = (entry.source_url for entry in some if entry.source_url is not None)
        ids = ids_for(connection, publisher_id, [*(entry.url for entry in some), *named_by])
        rows = [_row(publisher_id, entry, ids) for entry in some]
        connection.execute(_adding(connection.dialect.name), rows)


def _row(publisher_id: int, entry: Entry, ids: Mapping[str, int]) -> dict[str, Any]:
    return {
        "id": ids[entry.url],
        "publisher_id": publisher_id,
        "kind": entry.kind,
        "via": entry.via,
        "state": _state(entry),
        "skip_reason": entry.skip_reason,
        "priority": entry.priority,
        "depth": entry.depth,
        "redirects": entry.redirects,
        "source_id": None if entry.source_url is None else ids[entry.source_url],
        "lastmod": entry.lastmod,
        "lastmod_via": entry.lastmod_via,
        "modified_at": entry.modified_at,
        "published_at": entry.published_at,
        "due_reason": entry.due_reason,
        "fail_count": 0,
        "held_by": entry.held_by,
        "is_twin": entry.is_twin,
    }


def _state(entry: Entry) -> State:
    if entry.skip_reason is not None:
        return State.SKIPPED
    return State.PENDING if entry.held_by is None else State.HELD_BACK


@cache
def _adding(engine: str) -> Insert:
    statement = upsert_on(engine, table)
    new = statement.excluded
    is_ours = new.state == State.PENDING
    is_meant = or_(*(new.via == via for via in sorted(NEVER_HELD)))
    freed = and_(table.c.state == State.HELD_BACK, is_ours, is_meant)
    revived = or_(and_(table.c.state == State.SKIPPED, is_ours), freed)
    urgent = new.priority < table.c.priority
    # Two sources of one URL must not take turns: of what can be read as a date, the later counts.
    dated = or_(
        new.modified_at > table.c.modified_at,
        and_(new.modified_at.is_not(None), table.c.modified_at.is_(None)),
        and_(new.lastmod.is_not(None), table.c.lastmod.is_(None)),
    )
    published = and_(new.published_at.is_not(None), table.c.published_at.is_(None))
    return statement.on_conflict_do_update(
        index_elements=[table.c.id],
        set_={
            "state": case((revived, new.state), else_=table.c.state),
            "skip_reason": case((revived, None), else_=table.c.skip_reason),
            "held_by": case((revived, None), else_=table.c.held_by),
            "via": case((freed, new.via), else_=table.c.via),
            "kind": case((or_(revived, urgent), new.kind), else_=table.c.kind),
            "priority": case((urgent, new.priority), else_=table.c.priority),
            "depth": case((new.depth < table.c.depth, new.depth), else_=table.c.depth),
            **{
                name: case((dated, new[name]), else_=table.c[name])
                for name in ("lastmod", "lastmod_via", "modified_at")
            },
            "published_at": func.coalesce(table.c.published_at, new.published_at),
            "due_reason": case((revived, new.due_reason), else_=table.c.due_reason),
            "redirects": case(
                (new.redirects < table.c.redirects, new.redirects), else_=table.c.redirects
            ),
        },
        where=or_(
            revived,
            urgent,
            new.depth < table.c.depth,
            new.redirects < table.c.redirects,
            dated,
            published,
        ),
    )


def pending(
    connection: Connection,
    publisher_id: int,
    leased: Collection[str],
    limit: int,
    since: datetime | None = None,
    held: Collection[str] = (),
    among: ColumnElement[bool] | None = None,
) -> list[Lease]:
    """Return at most *limit* pending URLs that are not among *leased*, most urgent first.

    *among* says which to look at; none is of the servers whose origins are *held*. With *since*,
    only what ``says_since`` lets pass.
    """
    statement = (
        select(*_LEASE)
        .select_from(FRONTIER_SOURCES)
        .where(
            table.c.publisher_id == publisher_id,
            IS_PENDING,
            not_of_origins(held),
        )
        .order_by(table.c.priority, table.c.id)
        .limit(limit + len(leased))
    )
    if since is not None:
        statement = statement.where(says_since(since))
    if among is not None:
        statement = statement.where(among)
    found = [_lease(row) for row in connection.execute(statement)]
    return [lease for lease in found if lease.url not in leased][:limit]


def not_of_origins(held: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a ``known_url`` is of none of the origins in *held*."""
    return not_(of_origins(held)) if held else true()


def of_origins(origins: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a ``known_url`` is of one of *origins* ("http://news.test")."""
    return or_(*(known_url.c.url.startswith(f"{origin}/", autoescape=True) for origin in origins))


def leases(
    connection: Connection, publisher_id: int, urls: Sequence[str], state: State | None = None
) -> list[Lease]:
    """Return leases for those of *urls* that are in *state* (None: any), in their order."""
    found: dict[str, Lease] = {}
    for some in lookups_of(publisher_id, urls):
        rows = connection.execute(_LEASES, some)
        found.update((row.url, _lease(row)) for row in rows if state in {None, row.state})
    return [found[url] for url in urls if url in found]


def counts(connection: Connection, publisher_id: int) -> dict[str, int]:
    """Return how many URLs are in each state; states without any are absent."""
    statement = (
        select(table.c.state, func.count().label("number"))
        .where(table.c.publisher_id == publisher_id)
        .group_by(table.c.state)
    )
    return {row.state: row.number for row in connection.execute(statement)}


def _lease(row: Row[*tuple[Any, ...]]) -> Lease:
    return Lease(
        url=row.url,
        kind=Kind(row.kind),
        via=Via(row.via),
        depth=row.depth,
        redirects=row.redirects,
        fail_count=row.fail_count,
        source_url=row.source_url,
        lastmod=row.lastmod,
        fetched_at=row.fetched_at,
        due_reason=None if row.due_reason is None else Reason(row.due_reason),
        is_twin=row.is_twin,
    )
