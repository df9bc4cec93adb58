"""The publishers of an archive, and how much it holds of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, Table, func, select

from archive.errors import UnknownPublisherError
from archive.profile import Profile
from archive.sql.schema.view_tables import article, capture, publisher
from archive.urls import completed


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherSummary:
    """A publisher that has a profile, and how much is archived of it."""

    name: str
    home: str
    """The URL of the front page."""
    captures: int = 0
    articles: int = 0


def publisher_summaries(
    connection: Connection, profiles: Iterable[Profile]
) -> list[PublisherSummary]:
    """Return what is archived of the publishers with *profiles*, in that order."""
    captures, articles = _counts(connection, capture), _counts(connection, article)
    return [
        PublisherSummary(
            name=profile.name,
            home=profile.home,
            captures=captures.get(profile.name, 0),
            articles=articles.get(profile.name, 0),
        )
        for profile in profiles
    ]


def require_publisher(connection: Connection, name: str) -> int:
    """Return the row id of publisher *name*.

    Raises ``UnknownPublisherError`` when nothing is archived of a publisher of this name.
    """
    found = connection.scalar(select(publisher.c.id).filter_by(name=name))
    if found is None:
        meant = completed(name)
        hint = f", or a URL, such as {meant}" if meant else ""
        raise UnknownPublisherError(
            f"{name}: nothing is archived of a publisher of this name{hint};"
            " `pressmark publishers` lists them"
        )
    return int(found)


def _counts(connection: Connection, table: Table) -> dict[str, int]:
    statement = (
        select(publisher.c.name, func.count())
        .join(table, table.c.publisher_id == publisher.c.id)
        .group_by(publisher.c.name)
    )
    return {name: number for name, number in connection.execute(statement)}  # noqa: C416 - rows, not pairs
