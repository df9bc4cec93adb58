"""What captures found in place of an article: it was gone, restored, moved, or could not be read.

A version says what the article said. The captures of its addresses say the rest: that a consent
wall was served one day, or that the address answered 410 for a week. Events are computed from the
captures; no table holds them. An event says what captures found, and when. Nothing is known of the
time between two captures.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select

from archive.model import DOUBTFUL, EdgeKind, Flag, Outcome, Role
from archive.queries.stories import FoundArticle
from archive.sql.articles.neighbourhood import judged_captures
from archive.sql.captures.revisits import READ_AS
from archive.sql.schema.view_tables import (
    address,
    article,
    capture,
    edge,
    extraction,
    publisher,
    warc_file,
)


class EventKind(StrEnum):
    """What a capture found in place of the article."""

    GONE = "gone"
    """The server says that there is nothing, or redirects to something else."""
    RESTORED = "restored"
    """The article is there again after it was gone."""
    MOVED = "moved"
    """The address redirects to another address of the article."""
    DOUBTFUL = "doubtful"
    """The page makes no version: a consent wall, a paywall's stub, an empty page."""
    FAILED = "failed"
    """The server or the network failed, or the page could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What one capture found, or several captures in a row that found the same."""

    kind: EventKind
    what: str | None
    """An HTTP status, a flag, or where the address leads; None when the kind says all."""
    url: str
    """The address of the article that was captured."""
    at: datetime
    """The first of the captures, UTC."""
    until: datetime
    """The last of the captures, UTC."""
    captures: int
    """How many captures in a row found this."""
    warc_file: str
    """The WARC file of the first capture."""
    warc_offset: int
    """Where the record of the first capture begins in the WARC file, in bytes."""
    warc_record_id: str
    """The record id of the first capture, in angle brackets."""


def article_events(connection: Connection, story: FoundArticle) -> list[Event]:
    """Return the events of *story* at its addresses, in order of time.

    AMP pages, subpages and the later parts of an article in several pages are left out.
    """
    found = connection.execute(
        select(address.c.url, address.c.role).where(address.c.article_id == story.article_id)
    ).all()
    own = {row.url for row in found}
    pages = {row.url for row in found if row.role not in {Role.AMP, Role.PART, Role.SUBPAGE}}
    ends = _taken_over(connection, story)
    rows = connection.execute(_captures(story, pages)).mappings()
    seen = (
        dict(row) for row in rows if row["url"] not in ends or row["fetched_at"] < ends[row["url"]]
    )
    return events_of(_as_judged(connection, story, pages, seen), own)


def _as_judged(
    connection: Connection,
    story: FoundArticle,
    urls: Collection[str],
    rows: Iterable[Mapping[str, Any]],
) -> Iterator[dict[str, Any]]:
    """Yield *rows* with outcome, flags and removal as the site's memory has them."""
    owner = connection.scalar(select(article.c.publisher_id).filter_by(id=story.article_id))
    judged = judged_captures(connection, owner or 0, urls)
    sightings = {each.record_id: each for each in judged.sightings}
    flags = {each.record_id: sorted(each.flags) for each in judged.readings}
    for row in rows:
        name = row["warc_record_id"]
        seen = sightings[name]
        yield {
            **row,
            "outcome": seen.outcome,
            "removal": seen.removal,
            "flags": flags.get(name, row["flags"]),
        }


def events_of(captures: Iterable[Mapping[str, Any]], own: Collection[str]) -> list[Event]:
    """Return the events of an article with the addresses *own*, given its captures by time.

    An address that never showed the article, such as a short link, has no events.
    """
    found: list[Event] = []
    latest: dict[str, int | None] = {}
    gone: set[str] = set()
    for row in captures:
        url = row["url"]
        label = _label(row, own)
        if label is None or (label is not HERE and url not in latest):
            continue
        if label is HERE and url not in gone:
            latest[url] = None
            continue
        kind, what = (EventKind.RESTORED, None) if label is HERE else label
        last = latest.get(url)
        if last is not None and (found[last].kind, found[last].what) == (kind, what):
            known = found[last]
            found[last] = replace(known, until=row["fetched_at"], captures=known.captures + 1)
            continue
        latest[url] = len(found)
        found.append(_event(row, kind, what))
        if kind is EventKind.GONE:
            gone.add(url)
        elif kind is EventKind.RESTORED:
            gone.discard(url)
    return found


Label = tuple[EventKind, str | None]
HERE: Label = (EventKind.RESTORED, "")
"""The label of a capture that shows the article; it is an event only after the article was gone."""


def _label(row: Mapping[str, Any], own: Collection[str]) -> Label | None:
    """Return what a capture found; None when it found nothing, as a revisit of an unread record."""
    flags = [flag.partition(":")[0] for flag in row["flags"]]
    named = next((flag for flag in flags if flag in {*Flag}), None)
    match row["outcome"]:
        case Outcome.ARTICLE:
            doubt = next((flag for flag in flags if flag in DOUBTFUL), None)
            return (EventKind.DOUBTFUL, doubt) if doubt else HERE
        case Outcome.MISSING:
            return EventKind.GONE, row.get("removal") or named or str(row["http_status"])
        case Outcome.REDIRECT:
            kind = EventKind.MOVED if row["target_url"] in own else EventKind.GONE
            return kind, f"leads to {row['target_url']}"
        case Outcome.REVISIT:
            return None
        case Outcome.ERROR | Outcome.FAILED:
            return EventKind.FAILED, row["error"] or row["reason"] or str(row["http_status"])
        case outcome:
            return EventKind.DOUBTFUL, named or row["reason"] or str(outcome)


def _event(row: Mapping[str, Any], kind: EventKind, what: str | None) -> Event:
    return Event(
        kind=kind,
        what=what,
        url=row["url"],
        at=row["fetched_at"],
        until=row["fetched_at"],
        captures=1,
        warc_file=row["warc_file"],
        warc_offset=row["warc_offset"],
        warc_record_id=row["warc_record_id"],
    )


def _captures(story: FoundArticle, urls: Collection[str]) -> Select[Any]:
    return (
        select(
            capture.c.url,
            capture.c.fetched_at,
            capture.c.http_status,
            capture.c.error,
            extraction.c.outcome,
            extraction.c.flags,
            extraction.c.reason,
            edge.c.target_url,
            warc_file.c.name.label("warc_file"),
            capture.c.warc_offset,
            capture.c.warc_record_id,
        )
        .select_from(
            READ_AS.join(warc_file, warc_file.c.id == capture.c.warc_file_id)
            .join(publisher, publisher.c.id == capture.c.publisher_id)
            .outerjoin(  # a revisit leads where the capture leads that it refers to
                edge,
                and_(
                    edge.c.capture_id == extraction.c.capture_id, edge.c.kind == EdgeKind.REDIRECT
                ),
            )
        )
        .where(
            publisher.c.name == story.publisher,
            capture.c.url.in_(sorted(urls)),
            capture.c.fetched_at >= story.seen_from,
        )
        .order_by(capture.c.fetched_at, capture.c.warc_record_id)
    )


def _taken_over(connection: Connection, story: FoundArticle) -> dict[str, datetime]:
    """Return when another story was first seen at each address that showed one after *story*."""
    own = select(address.c.url).where(address.c.article_id == story.article_id)
    statement = (
        select(address.c.url, func.min(article.c.seen_from))
        .join(article, article.c.id == address.c.article_id)
        .join(publisher, publisher.c.id == article.c.publisher_id)
        .where(
            publisher.c.name == story.publisher,
            address.c.url.in_(own),
            article.c.id != story.article_id,
            article.c.seen_from > story.seen_until,
        )
        .group_by(address.c.url)
    )
    return {url: at for url, at in connection.execute(statement)}  # noqa: C416 - rows, not pairs
