"""Write into the frontier when URLs are due, and make pending what is due."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    TextClause,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    true,
)

from archive.model import Kind, Outcome, Via
from archive.model.reason import Reason
from archive.revisit.inputs import UNTESTED, Due, LastmodAccuracy
from archive.revisit.rule import disallowed_until, retry_at
from archive.revisit.url_rows import in_states
from archive.sql.chunks import batches
from archive.sql.database import upsert_on
from archive.sql.frontier.store import RESTING, UNKNOWN_PRIORITY, State
from archive.sql.known_urls import ids_for, ids_of
from archive.sql.schema.state_tables import IS_SOURCE
from archive.sql.schema.state_tables import frontier as table
from archive.sql.schema.view_tables import IS_PART_EDGE, edge


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a capture does to the row of its URL.

    *due* is when to fetch the URL again; None for never. *accuracy* counts what the modification
    date of its source proved to be worth this time. *published_at* is the date that the page gives;
    it is used when no source gives one. A URL with a *skip_reason* is not fetched again by itself.
    """

    url: str
    fetched_at: datetime
    due: Due | None
    failed: bool
    outcome: Outcome
    accuracy: LastmodAccuracy = UNTESTED
    published_at: datetime | None = None
    skip_reason: str | None = None


def fetched(connection: Connection, owner: int, captures: Iterable[Fetched]) -> None:
    """Note that URLs were fetched; the newest capture of each decides, in whatever order they come.

    A URL that is not in the frontier (a rebuild into an empty database) is added. A pending URL is
    not pending afterwards, even if its row has a later capture: a clock may be set back.
    """
    captures = list(captures)
    ids = ids_for(connection, owner, [item.url for item in captures])
    rows = [
        {
            "id": ids[item.url],
            "publisher_id": owner,
            "kind": Kind.PAGE,
            "via": Via.SEED,
            "state": _state_after(item),
            "skip_reason": item.skip_reason,
            "priority": UNKNOWN_PRIORITY,
            "depth": 0,
            "redirects": 0,
            "fail_count": int(item.failed),
            "is_twin": False,
            "outcome": item.outcome,
            "next_due_at": None if item.due is None else item.due.at,
            "due_reason": None if item.due is None else item.due.reason,
            "fetched_at": item.fetched_at,
            "published_at": item.published_at,
            "lastmod_kept": item.accuracy.correct,
            "lastmod_false": item.accuracy.false_positives,
            "lastmod_missed": item.accuracy.missed,
        }
        for item in captures
    ]
    if rows:
        connection.execute(_fetching(connection.dialect.name), rows)


def _state_after(item: Fetched) -> State:
    if item.skip_reason is not None:
        return State.SKIPPED
    return State.RETRY if item.failed else State.FETCHED


@cache
def _fetching(engine: str) -> Insert:
    statement = upsert_on(engine, table)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=[table.c.id],
        set_={
            "state": new.state,
            "skip_reason": new.skip_reason,
            "held_by": None,
            "fail_count": case((new.fail_count > 0, table.c.fail_count + 1), else_=0),
            "outcome": new.outcome,
            "next_due_at": new.next_due_at,
            "due_reason": new.due_reason,
            "fetched_at": new.fetched_at,
            "modified_at_fetched": table.c.modified_at,
            "published_at": func.coalesce(table.c.published_at, new.published_at),
            **{
                name: table.c[name] + new[name]
                for name in ("lastmod_kept", "lastmod_false", "lastmod_missed")
            },
        },
        where=or_(
            table.c.fetched_at.is_(None),
            table.c.fetched_at < new.fetched_at,
            table.c.state == State.PENDING,
        ),
    )


def disallow(connection: Connection, owner: int, url: str, reason: str, at: datetime) -> None:
    """Note that robots.txt forbade *url* at the time *at*; it is asked for again later."""
    _rest(connection, owner, url, State.DISALLOWED, reason, disallowed_until(at))


def postpone(
    connection: Connection, owner: int, url: str, reason: str, at: datetime, fail_count: int
) -> None:
    """Note that *url*, which had failed *fail_count* times before, was not even asked for *at*."""
    _rest(connection, owner, url, State.RETRY, reason, retry_at(at, fail_count + 1))


def _rest(
    connection: Connection, owner: int, url: str, state: State, reason: str, until: datetime
) -> None:
    connection.execute(
        table.update()
        .where(
            table.c.id.in_(ids_of(connection, owner, [url]).values()),
            # Done once, though the caller may repeat it: the answer to a commit can be lost.
            or_(table.c.state != state, table.c.next_due_at.is_distinct_from(until)),
        )
        .values(
            state=state,
            skip_reason=reason,
            next_due_at=until,
            due_reason=Reason.RETRY,
            fail_count=table.c.fail_count + 1,
        )
    )


def set_due(connection: Connection, owner: int, dues: Mapping[str, Due | None]) -> None:
    """Set anew when resting URLs are due.

    A URL made pending only because it had vanished goes back to ``fetched``.
    """
    ids = ids_of(connection, owner, dues)
    rows = [
        {
            "wanted": ids[url],
            "due_at": None if due is None else due.at,
            "reason": None if due is None else due.reason,
        }
        for url, due in dues.items()
        if url in ids
    ]
    if rows:
        connection.execute(_RESCHEDULING, rows)


_RESCHEDULING = (
    table.update()
    .where(
        table.c.id == bindparam("wanted"),
        table.c.fetched_at.is_not(None),
        or_(
            table.c.state == State.FETCHED,
            and_(table.c.state == State.PENDING, table.c.due_reason == Reason.VANISHED),
        ),
    )
    .values(state=State.FETCHED, next_due_at=bindparam("due_at"), due_reason=bindparam("reason"))
)


def make_due_pending(
    connection: Connection,
    owner: int,
    now: datetime,
    states: Collection[State],
    *,
    not_since: datetime | None = None,
    at_once: bool = False,
) -> int:
    """Make pending the URLs in *states* that are due by *now*; return how many.

    With *at_once*, sources and failed URLs count as due whenever this is called. URLs that were
    fetched at or after *not_since* stay as they are, except failed ones: a crawl fetches no URL
    twice because it is due.
    """
    # A statement for each way to be due has its index; one for all would look at every row.
    ways: list[tuple[Collection[State], ColumnElement[bool] | TextClause]] = [
        (states, table.c.next_due_at <= now)
    ]
    if at_once:
        ways.append((states, IS_SOURCE))
        ways.append(({*states} & {State.RETRY}, true()))
    made = 0
    for some, due in ways:
        wanted: list[ColumnElement[bool] | TextClause] = [in_states(owner, some), due]
        if not_since is not None:
            new = or_(table.c.fetched_at.is_(None), table.c.fetched_at < not_since)
            wanted.append(or_(table.c.state == State.RETRY, new))
        statement = table.update().where(*wanted).values(_PENDING_AGAIN)
        made += connection.execute(statement).rowcount
    return made + _make_parts_pending(connection, owner, states, not_since)


def _make_parts_pending(
    connection: Connection, owner: int, states: Collection[State], not_since: datetime | None
) -> int:
    """Make pending the URLs in *states* of articles of which another part is pending.

    So the parts of an article are fetched together. The first page is asked for first, and then the
    others with it.
    """
    made = 0
    pairs = connection.execute(_PARTS, {"owner": owner}).all()
    ids = ids_of(connection, owner, (url for pair in pairs for url in pair))
    for here, there in ((0, 1), (1, 0)):
        pending: set[int] = set()
        others = {ids[pair[there]] for pair in pairs if pair[there] in ids}
        for some in batches(others):
            pending.update(connection.execute(_PENDING, {"ids": some}).scalars())
        theirs = {ids[p[here]] for p in pairs if p[here] in ids and ids.get(p[there]) in pending}
        for some in batches(theirs):
            wanted = [in_states(owner, states), table.c.id.in_(some)]
            if not_since is not None:
                wanted.append(or_(table.c.fetched_at.is_(None), table.c.fetched_at < not_since))
            statement = table.update().where(*wanted).values(**_PENDING_AGAIN)
            made += connection.execute(statement).rowcount
    return made


_PARTS = (
    select(edge.c.target_url, edge.c.source_url)
    .distinct()
    .where(IS_PART_EDGE, edge.c.publisher_id == bindparam("owner"))
)
"""Each first page with a later one, as addresses."""
_PENDING = select(table.c.id).where(
    table.c.id.in_(bindparam("ids", expanding=True)), table.c.state == State.PENDING
)


def make_all_pending(connection: Connection, owner: int) -> int:
    """Make pending every URL that is known and not skipped; return how many rested before."""
    statement = (
        table.update()
        .where(in_states(owner, RESTING))
        .values(**_PENDING_AGAIN, due_reason=Reason.REFRESH)
    )
    return connection.execute(statement).rowcount


_PENDING_AGAIN = {"state": State.PENDING, "skip_reason": None}
