"""What the commands about one article share: finding it by an address, and what changed in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from archive.errors import NotFoundError, UnknownPublisherError
from archive.urls import completed, normalize

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from archive.queries.history import FoundArticle, Row

FIELDS = (
    "headline",
    "description",
    "author",
    "date_published",
    "date_modified",
    "section",
    "keywords",
    "image",
)
"""What of a version may change beside its text."""

story_option = click.option(
    "--story",
    "number",
    type=click.IntRange(min=1),
    metavar="N",
    help="Where one address bore several stories: the N-th. [default: the latest]",
)


def find(connection: Connection, url: str, number: int | None) -> list[FoundArticle]:
    """Return the articles of which *url* is an address, one for each publisher.

    Where it bore several stories, it is the latest, and stderr says so, or the *number*-th.
    Raises ``NotFoundError`` where there is none.
    """
    from archive.queries.history import stories

    found = stories(connection, address_of(url))
    if not found:
        raise NotFoundError(
            f"{url}: no article of the archive has this address; look for it with"
            " `pressmark search`"
        )
    if number is None:
        latest = list({story.publisher: story for story in reversed(found)}.values())
        for story in found:
            if story not in latest:
                click.echo(
                    f"an earlier story stood at this address: --story {story.number} shows it",
                    err=True,
                )
        return latest
    chosen = [story for story in found if story.number == number]
    if not chosen:
        bore = "one story only" if len(found) == 1 else f"{found[0].stories} stories"
        raise NotFoundError(f"{url}: has no story {number}; it bore {bore}")
    return chosen


def address_of(url: str) -> str:
    """Return *url* as the archive has it; wrong usage for what is none."""
    try:
        return normalize(url)
    except ValueError as error:
        meant = completed(url)
        hint = f"; did you mean {meant}?" if meant else ""
        raise click.BadParameter(f"{error}{hint}") from error


def require_publisher(connection: Connection, name: str) -> None:
    """Raise ``UnknownPublisherError`` where nothing is archived of publisher *name*."""
    from archive.queries.export_rows import has_publisher

    if not has_publisher(connection, name):
        meant = completed(name)
        hint = f", or a URL, such as {meant}" if meant else ""
        raise UnknownPublisherError(
            f"{name}: nothing is archived of a publisher of this name{hint};"
            " `pressmark publishers` lists them"
        )


def version_of(rows: list[Row], seq: int, url: str) -> Row:
    """Return the version *seq* among *rows*, all versions of an article."""
    for row in rows:
        if row["seq"] == seq:
            return row
    there = "version 1 only" if len(rows) == 1 else f"versions 1 to {len(rows)}"
    raise NotFoundError(f"{url}: has no version {seq}; it has {there}")


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return what of ``FIELDS`` differs between two versions: by name, before and after."""
    return {name: [before[name], after[name]] for name in FIELDS if before[name] != after[name]}


def reader_time(at: datetime) -> str:
    """Return *at* for a reader: UTC, to the minute."""
    return f"{at:%Y-%m-%d %H:%M}"


def seen_between(first: datetime, last: datetime) -> str:
    """Return for a reader between which captures something was seen."""
    if reader_time(first) == reader_time(last):
        return f"seen {reader_time(first)}"
    return f"seen {reader_time(first)} to {reader_time(last)}"


def shown(value: Any) -> str:
    """Return the value of a field for a reader."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)


def how(kind: str | None) -> str:
    """Return a version's kind of change for a reader."""
    return "first version" if kind is None else kind.replace("_", " ")
