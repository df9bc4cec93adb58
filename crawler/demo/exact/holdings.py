"""Read from the database what an archive has of the demo publisher, to compare it."""

from __future__ import annotations

from sqlalchemy import Connection, select

from archive.queries import (
    EventKind,
    FoundArticle,
    VersionDetail,
    article_addresses,
    article_events,
    article_versions,
    stories_at,
)
from archive.sql.schema.view_tables import article, publisher
from crawler.demo.exact.exactness import HeldArticle, HeldVersion

DEMO = "demo"
"""The name of the demo publisher's profile."""


def holdings(connection: Connection) -> list[HeldArticle]:
    """Return every article that the archive has of the demo publisher, by canonical URL."""
    return [
        HeldArticle(
            canonical_url=story.canonical_url,
            in_language=rows[-1].in_language,
            translation_group=story.translation_group,
            gone_at=story.gone_at,
            gone_reason=story.gone_reason,
            addresses=frozenset(place.url for place in article_addresses(connection, story)),
            versions=tuple(_version(row) for row in rows),
            restored_at=tuple(
                event.at
                for event in article_events(connection, story)
                if event.kind is EventKind.RESTORED
            ),
        )
        for story, rows in held_articles(connection)
    ]


def held_articles(connection: Connection) -> list[tuple[FoundArticle, list[VersionDetail]]]:
    """Return every article of the demo publisher, each with its versions, by canonical URL."""
    statement = (
        select(article.c.canonical_url)
        .distinct()
        .join(publisher)
        .where(publisher.c.name == DEMO)
        .order_by(article.c.canonical_url)
    )
    return [
        (story, article_versions(connection, story))
        for url in connection.execute(statement).scalars().all()
        for story in reversed(stories_at(connection, url))
        if (story.publisher, story.canonical_url) == (DEMO, url)
    ]


def _version(row: VersionDetail) -> HeldVersion:
    return HeldVersion(
        seen_from=row.seen_from,
        seen_until=row.seen_until,
        headline=row.headline,
        text=row.text,
        change_kind=row.change_kind,
        author=row.author,
    )
