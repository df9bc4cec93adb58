"""What a publisher repeats around its articles, and is therefore cut out of their texts."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from archive.sql.articles.boilerplate import holds_block
from archive.sql.schema.view_tables import article, boilerplate, end_block, publisher

EXAMPLES = 2
"""How many articles a rule names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoilerplateRule:
    """A block that is cut out of a publisher's articles in one language, with the evidence."""

    publisher: str
    language: str
    """The language of the articles; empty when it is not known."""
    text: str
    """The block."""
    key: str
    """What is the same for all spellings of the block: hex of a hash."""
    articles: int
    """How many articles contain the block at one of their ends."""
    of_articles: int
    """How many articles were counted."""
    at_end: int
    """How many articles contain the block at the end; the others contain it at the beginning."""
    month: str | None
    """The month (``2026-07``, UTC) in which the counted articles were first seen; None when all
    articles were counted."""
    examples: tuple[str, ...]
    """Canonical URLs of some articles that contain the block."""


def boilerplate_rules(connection: Connection, publisher_name: str) -> list[BoilerplateRule]:
    """Return the rules of a publisher by language, those of the most articles first.

    There are at most some hundreds. The list is empty when nothing is archived of the publisher.
    """
    found = []
    statement = (
        select(boilerplate)
        .join(publisher)
        .where(publisher.c.name == publisher_name)
        .order_by(boilerplate.c.language, boilerplate.c.articles.desc(), boilerplate.c.key)
    )
    for row in connection.execute(statement).all():
        bearing = (
            select(article.c.canonical_url)
            .join(end_block, end_block.c.article_id == article.c.id)
            .where(holds_block(row.publisher_id, row.language, row.key))
            .order_by(article.c.canonical_url, article.c.ordinal)
            .limit(EXAMPLES)
        )
        rule = BoilerplateRule(
            publisher=publisher_name,
            language=row.language,
            text=row.text,
            key=row.key,
            articles=row.articles,
            of_articles=row.of_articles,
            at_end=row.at_end,
            month=row.month,
            examples=tuple(connection.execute(bearing).scalars()),
        )
        found.append(rule)
    return found
