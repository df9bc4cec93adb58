"""Sitemaps and feeds that a crawl discovered, to be written into the publisher's profile."""

from __future__ import annotations

from sqlalchemy import Connection, select

from archive.model import Kind, Outcome, Via
from archive.sql.schema.state_tables import url
from archive.sql.schema.view_tables import capture, discovery, extraction

MOST_FEEDS = 10
"""A site may name a feed on every page; those found first are on the front pages."""


def discovered_sitemaps(connection: Connection, owner: int) -> tuple[str, ...]:
    """Return the sitemaps that robots.txt names or that are at a usual place, by URL."""
    statement = (
        select(discovery.c.url)
        .distinct()
        .join(capture, capture.c.url == discovery.c.url)
        .join(extraction, extraction.c.capture_id == capture.c.id)
        .where(
            discovery.c.publisher_id == owner,
            capture.c.publisher_id == owner,
            discovery.c.via.in_([Via.ROBOTS, Via.WELL_KNOWN]),
            extraction.c.outcome == Outcome.SITEMAP,
        )
        .order_by(discovery.c.url)
    )
    return tuple(connection.execute(statement).scalars())


def discovered_feeds(connection: Connection, owner: int) -> tuple[str, ...]:
    """Return the feeds that the front pages name, in the order in which they were found."""
    statement = (
        select(url.c.url)
        .where(url.c.publisher_id == owner, url.c.kind == Kind.FEED, url.c.depth <= 1)
        .order_by(url.c.id)
        .limit(MOST_FEEDS)
    )
    return tuple(connection.execute(statement).scalars())
