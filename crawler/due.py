"""Which publishers of an archive have something due, for ``pressmark crawl --due``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, exists, select

from archive.errors import UnknownPublisherError
from archive.library import open_archive
from archive.profile import Profile
from archive.revisit import failing_hosts, url_rows
from archive.revisit.url_rows import Waiting
from archive.sql.schema.view_tables import capture, publisher


@dataclass(frozen=True, slots=True)
class DueCrawls:
    """What ``crawl --due`` has to do: crawl *profiles*, which are sorted by name.

    *lacking* names the publishers that are due and cannot be crawled, since they have no profile.
    *waiting* has, by publisher, the URLs that are not due yet because a server failed.
    """

    profiles: list[Profile]
    lacking: list[str]
    waiting: dict[str, list[Waiting]]


def due_publishers(home: Path, now: datetime, among: Sequence[str] = ()) -> DueCrawls:
    """Return which publishers have something due at *now*.

    A publisher belongs to the archive when its profile is in the home, or when the archive has
    captures of it. *among* names the publishers to look at; empty for all. Raises
    ``NoArchiveError`` when there is no archive, and ``UnknownPublisherError`` for a name in
    *among* that no publisher has.
    """
    own = {file.stem for file in (home / "publishers").glob("*.toml")}
    with open_archive(home, create=bool(own)) as archive:
        ids = archive.database.read(_with_captures)
        lag = archive.lag()
        # What is due is known only when a crawl has added the records that the database lacks.
        behind = {name for file in lag.files for name in file.publishers} if lag else set()
        known = own | set(ids) | behind
        for name in among:
            if name not in known and name not in archive.profiles:
                raise UnknownPublisherError(
                    f"{home}: no publisher is called {name!r}; known: {', '.join(sorted(known))}"
                )
        due = archive.database.read(lambda connection: _due(connection, ids, now))
        wanted = [n for n in sorted(set(among) or known) if n in due | behind or n not in ids]
        rest = {name: ids[name] for name in sorted(set(among) or known) if name not in wanted}
        return DueCrawls(
            profiles=[archive.profiles[name] for name in wanted if name in archive.profiles],
            lacking=[name for name in wanted if name not in archive.profiles],
            waiting=archive.database.read(lambda connection: _waiting(connection, rest, now)),
        )


def _with_captures(connection: Connection) -> dict[str, int]:
    statement = select(publisher.c.name, publisher.c.id).where(
        exists().where(capture.c.publisher_id == publisher.c.id)
    )
    return {row.name: row.id for row in connection.execute(statement)}


def _waiting(
    connection: Connection, ids: dict[str, int], now: datetime
) -> dict[str, list[Waiting]]:
    """Return the waiting URLs of each publisher that has a failing server."""
    return {
        name: url_rows.waiting(connection, owner, now)
        for name, owner in ids.items()
        if failing_hosts.failing(connection, owner)
    }


def _due(connection: Connection, ids: dict[str, int], now: datetime) -> set[str]:
    return {name for name, owner in ids.items() if url_rows.is_due(connection, owner, now)}
