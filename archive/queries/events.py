"""What befell an article between its versions: gone, restored, moved, or not to be read for once.

A version tells what was said. The captures of its addresses tell the rest: a wall of consent that
stood there one day, the week in which the address answered 410. All of it is read from captures;
nothing is stored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select

from archive.model import DOUBTFUL, EdgeKind, Flag, Outcome, Role
from archive.queries.history import FoundArticle
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
    """What a capture found in place of a version."""

    GONE = "gone"
    """Nothing: the address answers that there is nothing, or leads elsewhere."""
    RESTORED = "restored"
    """The article again, after it was gone."""
    MOVED = "moved"
    """The way to another address of the article."""
    DOUBTFUL = "doubtful"
    """A wall, a stub, an empty page: it makes no version."""
    FAILED = "failed"
    """The server or the network did not answer as it should, or the page could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One finding, over all captures in a row that found it again, from *at* until *until*.

    *what* says more: a status, a flag, where it leads. The place is that of the first capture.
    """

    kind: EventKind
    what: str | None
    url: str
    at: datetime
    until: datetime
    captures: int
    warc_file: str
    warc_offset: int
    warc_record_id: str


def events(connection: Connection, story: FoundArticle) -> list[Event]:
    """Return what befell *story* at its addresses, in order of time; AMP pages are left out."""
    found = connection.execute(
        select(address.c.url, address.c.role).where(address.c.article_id == story.article_id)
    ).all()
    own = {row.url for row in found}
    pages = {row.url for row in found if row.role != Role.AMP}
    ends = _taken_over(connection, story)
    rows = connection.execute(_captures(story, pages)).mappings()
    seen = (
        dict(row) for row in rows if row["url"] not in ends or row["fetched_at"] < ends[row["url"]]
    )
    return events_of(seen, own)


def events_of(captures: Iterable[Mapping[str, Any]], own: Collection[str]) -> list[Event]:
    """Return the events that *captures*, in order of time, amount to; *own* are the addresses.

    An address that never bore the article (a short link, say) has none.
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
"""What a capture is that shows the article; only after it was gone is that an event."""


def _label(row: Mapping[str, Any], own: Collection[str]) -> Label | None:
    """Return what a capture tells; None for one that tells nothing, as of an unread revisit."""
    flags = [flag.partition(":")[0] for flag in row["flags"]]
    named = next((flag for flag in flags if flag in {*Flag}), None)
    match row["outcome"]:
        case Outcome.ARTICLE:
            doubt = next((flag for flag in flags if flag in DOUBTFUL), None)
            return (EventKind.DOUBTFUL, doubt) if doubt else HERE
        case Outcome.MISSING:
            return EventKind.GONE, named or str(row["http_status"])
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
    """Return when another story was first seen, for addresses that bore one after *story*."""
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
