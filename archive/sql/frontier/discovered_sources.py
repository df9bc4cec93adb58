"""Sitemaps and feeds that a crawl discovered, to be written into the publisher's profile."""

from __future__ import annotations

from sqlalchemy import Connection, select

from archive.model import Kind, Outcome, Via
from archive.sql.chunks import batches
from archive.sql.known_urls import ids_of
from archive.sql.schema.state_tables import FRONTIER_URLS, frontier
from archive.sql.schema.view_tables import capture, extraction, known_url, naming

MOST_FEEDS = 10
"""A site may name a feed on every page; those found first are on the front pages."""


def discovered_sitemaps(connection: Connection, owner: int) -> tuple[str, ...]:
    """Return the sitemaps that robots.txt names or that are at a usual place, by URL."""
    sitemaps = (
        select(capture.c.url)
        .distinct()
        .join(extraction)
        .where(capture.c.publisher_id == owner, extraction.c.outcome == Outcome.SITEMAP)
    )
    found: set[str] = set()
    ids = ids_of(connection, owner, connection.execute(sitemaps).scalars())
    for some in batches(ids.values()):
        statement = (
            select(known_url.c.url)
            .join(naming, naming.c.url_id == known_url.c.id)
            .where(known_url.c.id.in_(some), naming.c.via.in_([Via.ROBOTS, Via.WELL_KNOWN]))
        )
        found.update(connection.execute(statement).scalars())
    return tuple(sorted(found))


def discovered_feeds(connection: Connection, owner: int) -> tuple[str, ...]:
    """Return the feeds that the front pages name, in the order in which they were found."""
    statement = (
        select(known_url.c.url)
        .select_from(FRONTIER_URLS)
        .where(
            frontier.c.publisher_id == owner,
            frontier.c.kind == Kind.FEED,
            frontier.c.depth <= 1,
        )
        .order_by(frontier.c.id)
        .limit(MOST_FEEDS)
    )
    return tuple(connection.execute(statement).scalars())
