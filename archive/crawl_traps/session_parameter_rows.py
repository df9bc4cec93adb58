"""Parameters that may name a visit: the evidence for each, and the rows that they multiply."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, case, delete, func, select

from archive.session_ids import without_sessions
from archive.sql.chunks import batches
from archive.sql.database import upsert
from archive.sql.frontier.store import State
from archive.sql.known_urls import ids_for, ids_of
from archive.sql.schema.state_tables import (
    FRONTIER_URLS,
    frontier,
    session_page,
    session_parameter,
)
from archive.sql.schema.view_tables import known_url
from archive.urls import host_of


@dataclass(frozen=True, slots=True)
class Parameter:
    """How the links of a host's pages use a parameter.

    *alone* counts the pages whose links give it one value, *mixed* those that give it several.
    """

    host: str
    name: str
    alone: int
    mixed: int
    learned: bool = False


@dataclass(frozen=True, slots=True)
class SeenValue:
    """What a page said under one value of a parameter; all three are digests.

    *page* is of its URL without the parameter, *digest* of what it said.
    """

    host: str
    name: str
    page: str
    value: str
    digest: str


def linked_parameters(connection: Connection, owner: int) -> dict[tuple[str, str], Parameter]:
    """Return the parameters of the publisher's links, by host and name."""
    columns = [session_parameter.c[name] for name in Parameter.__dataclass_fields__]
    statement = select(*columns).where(session_parameter.c.publisher_id == owner)
    return {(row.host, row.name): Parameter(*row) for row in connection.execute(statement)}


def put_parameters(connection: Connection, owner: int, parameters: Iterable[Parameter]) -> None:
    """Store *parameters*, in the place of what was known of them."""
    for each in parameters:
        values = {"alone": each.alone, "mixed": each.mixed, "learned": each.learned}
        statement = upsert(connection, session_parameter).values(
            publisher_id=owner, host=each.host, name=each.name, **values
        )
        keys = [session_parameter.c[name] for name in ("publisher_id", "host", "name")]
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=values))


def add_sights(connection: Connection, owner: int, sights: Iterable[SeenValue], most: int) -> None:
    """Store *sights*; for a parameter with *most* of them already, only those of known pages."""
    grouped: dict[tuple[str, str], list[SeenValue]] = defaultdict(list)
    for sight in sights:
        grouped[sight.host, sight.name].append(sight)
    for (host, name), some in grouped.items():
        mine = _of(owner, host, name)
        known = set(connection.scalars(select(session_page.c.page).where(*mine)))
        for each in some:
            if len(known) >= most and each.page not in known:
                continue
            values = {"page": each.page, "value": each.value, "digest": each.digest}
            statement = upsert(connection, session_page).values(
                publisher_id=owner, host=host, name=name, **values
            )
            connection.execute(statement.on_conflict_do_nothing())
            known.add(each.page)


def agreement(connection: Connection, owner: int, host: str, name: str) -> tuple[int, int]:
    """Return how many pages said the same under several values, and how many did not."""
    pages = (
        select(func.count(session_page.c.digest.distinct()).label("digests"))
        .where(*_of(owner, host, name))
        .group_by(session_page.c.page)
        .having(func.count() > 1)
        .subquery()
    )
    alike = func.coalesce(func.sum(case((pages.c.digests == 1, 1), else_=0)), 0)
    row = connection.execute(select(alike, func.count()).select_from(pages)).one()
    return int(row[0]), int(row[1] - row[0])


def forget_sights(connection: Connection, owner: int, host: str, name: str) -> None:
    """Forget what pages said under the values of a parameter on which judgement is passed."""
    connection.execute(delete(session_page).where(*_of(owner, host, name)))


def merge_rows(connection: Connection, owner: int, host: str, names: Collection[str]) -> None:
    """Make one row of the URLs of *host* that differ only by *names*, under the URL without them.

    The row that was fetched stays, the last of several; else the one that is most urgent.
    """
    rows = defaultdict(list)
    for row in _bearing(connection, owner, names):
        stripped = without_sessions(row.url, names)
        if stripped != row.url and host_of(row.url) == host:
            rows[stripped].append(row)
    for some in batches(ids_of(connection, owner, rows).values()):
        for row in connection.execute(_ROWS.where(frontier.c.id.in_(some))):
            rows[row.url].append(row)
    kept = {stripped: _best(found) for stripped, found in rows.items()}
    keep = {row.id for row in kept.values()}
    gone = [row.id for found in rows.values() for row in found if row.id not in keep]
    for ids in batches(gone):
        connection.execute(delete(frontier).where(frontier.c.id.in_(ids)))
    numbers = ids_for(connection, owner, kept)
    for stripped, row in kept.items():
        if row.url != stripped:
            # The row is of another spelling now, in what patterns look at.
            spelling = {"id": numbers[stripped], "is_twin": False}
            connection.execute(frontier.update().where(frontier.c.id == row.id).values(spelling))


_OFF = frozenset({State.SKIPPED, State.HELD_BACK})
_ROWS = select(
    frontier.c.id,
    known_url.c.url,
    frontier.c.state,
    frontier.c.priority,
    frontier.c.fetched_at,
).select_from(FRONTIER_URLS)


def _bearing(
    connection: Connection, owner: int, names: Collection[str]
) -> Sequence[Row[*tuple[Any, ...]]]:
    found: dict[int, Row[*tuple[Any, ...]]] = {}
    for name in names:
        holds_it = func.lower(known_url.c.url).contains(f"{name}=", autoescape=True)
        statement = _ROWS.where(frontier.c.publisher_id == owner, holds_it)
        found.update((row.id, row) for row in connection.execute(statement))
    return list(found.values())


def _best(rows: Sequence[Row[*tuple[Any, ...]]]) -> Row[*tuple[Any, ...]]:
    fetched = [row for row in rows if row.fetched_at is not None]
    if fetched:
        return max(fetched, key=lambda row: (row.fetched_at, row.id))
    return min(rows, key=lambda row: (row.state in _OFF, row.priority, row.id))


def _of(owner: int, host: str, name: str) -> tuple[Any, ...]:
    columns = session_page.c
    return columns.publisher_id == owner, columns.host == host, columns.name == name
