"""What captures and sitemaps tell of when to look at a URL again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from archive.model import DOUBTFUL, Flag, Outcome, RecordType, Via
from archive.model.schedule import Observation
from archive.sql.captures.revisits import READ_AS
from archive.sql.chunks import batches
from archive.sql.schema import capture, discovery, extraction

MOST_SIGHTS = 12
"""Latest captures of a page that count; what it did years ago says little of next week."""
SILENT = frozenset(
    {Outcome.ERROR, Outcome.BLOCKED, Outcome.FAILED, Outcome.EMPTY, Outcome.NEEDS_SCRIPT}
    | {Outcome.REVISIT}
)
"""Outcomes that do not tell what the page said."""


class Seen(NamedTuple):
    """A page's sound captures, oldest first, and the publication date that the last one gives."""

    sights: tuple[Observation, ...]
    published: str | None


def observations_of(connection: Connection, owner: int, urls: Collection[str]) -> dict[str, Seen]:
    """Return what the latest captures of *urls* showed; URLs without a sound one are absent."""
    rows: dict[str, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for some in batches(urls):
        statement = (
            select(
                capture.c.url,
                capture.c.fetched_at,
                extraction.c.outcome,
                extraction.c.flags,
                extraction.c.text_sha256,
                extraction.c.fields["headline"].as_string().label("headline"),
                extraction.c.fields["date_published"].as_string().label("published"),
            )
            .select_from(READ_AS)
            .where(
                capture.c.publisher_id == owner,
                capture.c.url.in_(some),
                capture.c.truncated.is_(None),
                extraction.c.outcome.not_in(SILENT),
            )
            .order_by(capture.c.fetched_at, capture.c.id)
        )
        for row in connection.execute(statement):
            if DOUBTFUL.isdisjoint(row.flags):
                rows[row.url].append(row)
    return {
        url: Seen(
            tuple(Observation(row.fetched_at, _said(row)) for row in found[-MOST_SIGHTS:]),
            found[-1].published,
        )
        for url, found in rows.items()
    }


def dropped(
    connection: Connection, owner: int, sitemap: str, captured_at: datetime
) -> list[tuple[str, str | None]]:
    """Return what *sitemap* named until its capture of *captured_at*, and no sitemap does now.

    Each URL with the publication date that *sitemap* gave it last. A URL counts as named by another
    sitemap as long as the newest capture with a body of that one names it.
    """
    before = _newest(connection, owner, sitemap, before=captured_at)
    if before is None:
        return []
    statement = select(discovery.c.url, discovery.c.published).where(
        discovery.c.publisher_id == owner,
        discovery.c.source_url == sitemap,
        discovery.c.via == Via.SITEMAP,
        discovery.c.last_seen_at == before,
    )
    gone = {row.url: row.published for row in connection.execute(statement)}
    for url in still_named(connection, owner, gone):
        del gone[url]
    return list(gone.items())


def still_named(connection: Connection, owner: int, urls: Collection[str]) -> Iterator[str]:
    """Yield those of *urls* that the newest capture with a body of some sitemap names."""
    newest: dict[str, datetime | None] = {}
    for some in batches(urls):
        statement = select(discovery.c.url, discovery.c.source_url, discovery.c.last_seen_at).where(
            discovery.c.publisher_id == owner,
            discovery.c.via == Via.SITEMAP,
            discovery.c.url.in_(some),
        )
        found = set()
        for url, source, last_seen_at in connection.execute(statement).all():
            if source not in newest:
                newest[source] = _newest(connection, owner, source)
            if last_seen_at == newest[source]:
                found.add(url)
        yield from found


def _newest(
    connection: Connection, owner: int, sitemap: str, before: datetime | None = None
) -> datetime | None:
    """Return when *sitemap* was last captured whole, with a body that is a sitemap's."""
    statement = (
        select(capture.c.fetched_at, extraction.c.flags)
        .join(extraction)
        .where(
            capture.c.publisher_id == owner,
            capture.c.url == sitemap,
            capture.c.record_type == RecordType.RESPONSE,
            capture.c.truncated.is_(None),
            extraction.c.outcome == Outcome.SITEMAP,
        )
        .order_by(capture.c.fetched_at.desc())
    )
    if before is not None:
        statement = statement.where(capture.c.fetched_at < before)
    for row in connection.execute(statement):
        if Flag.TRUNCATED not in row.flags:
            moment: datetime = row.fetched_at
            return moment
    return None


def _said(row: Row[*tuple[Any, ...]]) -> str:
    if row.outcome == Outcome.ARTICLE:
        return f"{row.text_sha256} {row.headline}"
    return str(row.outcome)
