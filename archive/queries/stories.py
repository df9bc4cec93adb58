"""Find articles by an address. A publisher may give the address of one story to another later."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from archive.model import Role
from archive.sql.schema.view_tables import address, article, publisher


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundArticle:
    """An article that was found by an address, and which of the address's stories it is.

    *number* and *stories* are those of the address that was asked for; another address of the
    article may have shown this story only.
    """

    article_id: int
    """The row's id, for other queries of the same connection; a rebuild gives another."""
    publisher: str
    canonical_url: str
    translation_group: str | None
    """What articles that are translations of each other share; None without a translation."""
    number: int
    """1 for the first story of the address."""
    stories: int
    """How many stories the address has shown, one after the other."""
    seen_from: datetime
    """The first capture that shows the article, UTC."""
    seen_until: datetime
    """The last capture that shows the article, UTC."""
    gone_at: datetime | None
    """The first of the latest captures that found the article removed; None while it is there."""
    gone_reason: str | None
    """How the article was found removed, such as ``404``; None while it is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleAddress:
    """A URL that shows or showed the article, or leads to it."""

    url: str
    role: Role


def stories_at(connection: Connection, url: str) -> list[FoundArticle]:
    """Return every story that *url* has shown, by publisher, the latest first.

    *url* must be normalized (``archive.urls.normalize``). The list is empty when *url* is no
    address of an article.
    """
    statement = _FOUND.where(address.c.url == url).order_by(
        publisher.c.name, address.c.ordinal.desc()
    )
    return [FoundArticle(**row) for row in connection.execute(statement).mappings()]


def found_articles(connection: Connection, article_ids: Collection[int]) -> dict[int, FoundArticle]:
    """Return the articles with the row ids *article_ids*, found by their canonical URLs."""
    statement = _FOUND.where(
        article.c.id.in_(sorted(article_ids)), address.c.url == article.c.canonical_url
    )
    rows = connection.execute(statement).mappings()
    return {row["article_id"]: FoundArticle(**row) for row in rows}


def article_addresses(connection: Connection, story: FoundArticle) -> list[ArticleAddress]:
    """Return the addresses of *story*, the canonical one first, then by URL."""
    statement = (
        select(address.c.url, address.c.role)
        .where(address.c.article_id == story.article_id)
        .order_by(address.c.role != Role.CANONICAL, address.c.url)
    )
    return [
        ArticleAddress(url=row.url, role=Role(row.role)) for row in connection.execute(statement)
    ]


_OTHERS = address.alias("others")
_FOUND = (
    select(
        article.c.id.label("article_id"),
        publisher.c.name.label("publisher"),
        article.c.canonical_url,
        article.c.translation_group,
        address.c.ordinal.label("number"),
        select(func.count())
        .where(_OTHERS.c.publisher_id == address.c.publisher_id, _OTHERS.c.url == address.c.url)
        .scalar_subquery()
        .label("stories"),
        article.c.seen_from,
        article.c.seen_until,
        article.c.gone_at,
        article.c.gone_reason,
    )
    .select_from(address)
    .join(article, article.c.id == address.c.article_id)
    .join(publisher, publisher.c.id == address.c.publisher_id)
)
