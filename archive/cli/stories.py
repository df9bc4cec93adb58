"""What the commands about one article share: finding it by an address, and words for a reader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from archive.errors import NotFoundError
from archive.model import Article, Outcome
from archive.model.markdown import markdown_of
from archive.urls import completed, normalize

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from archive.queries import FoundArticle, VersionDetail

story_option = click.option(
    "--story",
    "number",
    type=click.IntRange(min=1),
    metavar="N",
    help="When one address has shown several stories: the N-th. [default: the latest]",
)


def find(connection: Connection, url: str, number: int | None) -> list[FoundArticle]:
    """Return the articles of which *url* is an address, one for each publisher.

    When *url* has shown several stories, return the *number*-th; without *number*, return the
    latest, and name the others on stderr. Raises ``NotFoundError`` when there is no such story.
    """
    from archive.queries import stories_at

    found = stories_at(connection, address_of(url))
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
                    f"this address has shown an earlier story: --story {story.number} shows it",
                    err=True,
                )
        return latest
    chosen = [story for story in found if story.number == number]
    if not chosen:
        there = "one story only" if len(found) == 1 else f"{found[0].stories} stories"
        raise NotFoundError(f"{url}: has no story {number}; it has shown {there}")
    return chosen


def address_of(url: str) -> str:
    """Return *url* normalized. Raises ``BadParameter`` when it is no URL."""
    try:
        return normalize(url)
    except ValueError as error:
        meant = completed(url)
        hint = f"; did you mean {meant}?" if meant else ""
        raise click.BadParameter(f"{error}{hint}") from error


def version_of(versions: Sequence[VersionDetail], seq: int, url: str) -> VersionDetail:
    """Return the version *seq* among all *versions* of an article.

    Raises ``NotFoundError`` when there is no such version; *url* is what the message names.
    """
    for version in versions:
        if version.seq == seq:
            return version
    there = "version 1 only" if len(versions) == 1 else f"versions 1 to {len(versions)}"
    raise NotFoundError(f"{url}: has no version {seq}; it has {there}")


def reader_time(at: datetime) -> str:
    """Return *at* for a reader: UTC, to the minute."""
    return f"{at:%Y-%m-%d %H:%M}"


def seen_between(first: datetime, last: datetime) -> str:
    """Return when something was first and last seen, for a reader."""
    if reader_time(first) == reader_time(last):
        return f"seen {reader_time(first)}"
    return f"seen {reader_time(first)} to {reader_time(last)}"


def shown(value: Any) -> str:
    """Return the value of a field for a reader."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)


def how(kind: str | None) -> str:
    """Return a version's kind of change for a reader."""
    return "first version" if kind is None else kind.replace("_", " ")


def text_shown(article: Article, *, as_markdown: bool = False) -> str:
    """Return headline and text for a reader."""
    if as_markdown:
        return markdown_of(article.blocks, article.headline)
    return f"{article.headline}\n\n{article.text}"


def what_it_is(outcome: Outcome, reason: str | None) -> str:
    """Return *outcome*, that of a capture, and what it means, for a reader."""
    return f"{outcome} ({reason or _MEANS.get(outcome, 'no reason')})"


_MEANS = {
    Outcome.LISTING: "a list of articles",
    Outcome.PAGE: "another page of the site",
    Outcome.API: "JSON for programs",
    Outcome.FEED: "addresses of articles for programs",
    Outcome.SITEMAP: "addresses of pages for programs",
    Outcome.ROBOTS: "what robots may fetch",
}
"""What outcomes mean that have no further reason."""
