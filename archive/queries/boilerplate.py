"""What a publisher repeats around its articles, for showing it: the rules and who bears them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from archive.sql.articles.boilerplate import bears
from archive.sql.schema.view_tables import article, boilerplate, end_block, publisher

EXAMPLES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A block that is cut out of a publisher's articles in one language, and what speaks for it.

    *articles* of *of_articles* bear it, *at_end* of them among their last blocks; *examples* are
    the canonical URLs of some. *language* is empty where that of the articles is not known. With a
    *month* ("2026-07", UTC) the counts are of the articles that were first seen in it.
    """

    publisher: str
    language: str
    text: str
    key: str
    articles: int
    of_articles: int
    at_end: int
    month: str | None
    examples: tuple[str, ...]


def learned(connection: Connection, name: str) -> Iterator[Learned]:
    """Yield the rules of publisher *name*, by language, those of the most articles first."""
    statement = (
        select(boilerplate)
        .join(publisher)
        .where(publisher.c.name == name)
        .order_by(boilerplate.c.language, boilerplate.c.articles.desc(), boilerplate.c.key)
    )
    for row in connection.execute(statement).all():
        bearing = (
            select(article.c.canonical_url)
            .join(end_block, end_block.c.article_id == article.c.id)
            .where(bears(row.publisher_id, row.language, row.key))
            .order_by(article.c.canonical_url, article.c.ordinal)
            .limit(EXAMPLES)
        )
        yield Learned(
            publisher=name,
            language=row.language,
            text=row.text,
            key=row.key,
            articles=row.articles,
            of_articles=row.of_articles,
            at_end=row.at_end,
            month=row.month,
            examples=tuple(connection.execute(bearing).scalars()),
        )
