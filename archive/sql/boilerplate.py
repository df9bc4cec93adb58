"""Boilerplate in the database: how often each block stands, and the rules that follow from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, case, delete, func, literal, select

from archive.sql.database import upsert
from archive.sql.schema import (
    address,
    article,
    boilerplate,
    capture,
    end_block,
    extraction,
    unsettled,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    """How many articles of a language bear a block, and how many among their last ones."""

    language: str
    key: str
    articles: int
    of_articles: int
    at_end: int


_LANGUAGE: ColumnElement[str] = func.coalesce(article.c.in_language, "")


def rules(connection: Connection, owner: int) -> dict[str, frozenset[str]]:
    """Return the keys of the blocks that are boilerplate of publisher *owner*, by language."""
    statement = select(boilerplate.c.language, boilerplate.c.key).where(
        boilerplate.c.publisher_id == owner
    )
    found: dict[str, set[str]] = defaultdict(set)
    for language, key in connection.execute(statement):
        found[language].add(key)
    return {language: frozenset(keys) for language, keys in found.items()}


def learn(
    connection: Connection,
    owner: int,
    is_boilerplate: Callable[[int, int], bool],
    key_of: Callable[[str], str],
) -> None:
    """Make the rules of publisher *owner* anew; who bears a block of a changed one is unsettled.

    *is_boilerplate* says how many articles, of how many, make a rule.
    """
    found = {
        (count.language, count.key): count
        for count in _counts(connection, owner)
        if is_boilerplate(count.articles, count.of_articles)
    }
    statement = select(boilerplate).where(boilerplate.c.publisher_id == owner)
    known = {(row.language, row.key): row for row in connection.execute(statement)}
    for gone in known.keys() - found.keys():
        connection.execute(delete(boilerplate).where(boilerplate.c.id == known[gone].id))
    for name, count in sorted(found.items()):
        values = {
            "articles": count.articles,
            "of_articles": count.of_articles,
            "at_end": count.at_end,
            "text": _spelling(connection, owner, count, key_of),
        }
        if name not in known:
            connection.execute(
                boilerplate.insert().values(
                    publisher_id=owner, language=count.language, key=count.key, **values
                )
            )
        elif any(getattr(known[name], key) != value for key, value in values.items()):
            connection.execute(
                boilerplate.update().where(boilerplate.c.id == known[name].id).values(values)
            )
    _unsettle(connection, owner, known.keys() ^ found.keys())


def _counts(connection: Connection, owner: int) -> Iterable[_Count]:
    totals = (
        select(_LANGUAGE, func.count()).where(article.c.publisher_id == owner).group_by(_LANGUAGE)
    )
    of_articles = {row[0]: row[1] for row in connection.execute(totals)}
    statement = (
        select(
            _LANGUAGE.label("language"),
            end_block.c.key,
            func.count().label("articles"),
            func.sum(case((end_block.c.at_end, 1), else_=0)).label("at_end"),
        )
        .join(article)
        .where(article.c.publisher_id == owner)
        .group_by(_LANGUAGE, end_block.c.key)
        .having(func.count() > 1)
    )
    for row in connection.execute(statement):
        yield _Count(
            language=row.language,
            key=row.key,
            articles=row.articles,
            of_articles=of_articles[row.language],
            at_end=row.at_end,
        )


def _spelling(
    connection: Connection, owner: int, count: _Count, key_of: Callable[[str], str]
) -> str:
    """Return the block as the first article in order has it: of its spellings the smallest."""
    bearer = (
        select(article.c.id)
        .join(end_block)
        .where(
            article.c.publisher_id == owner,
            _LANGUAGE.in_([count.language]),
            end_block.c.key == count.key,
        )
        .order_by(article.c.canonical_url, article.c.ordinal)
        .limit(1)
    )
    statement = (
        select(extraction.c.blocks)
        .join(capture)
        .join(
            address,
            (address.c.url == capture.c.url) & (address.c.publisher_id == capture.c.publisher_id),
        )
        .where(address.c.article_id == bearer.scalar_subquery(), extraction.c.blocks.is_not(None))
    )
    spellings = (
        text
        for blocks in connection.execute(statement).scalars()
        for _, _, text in blocks
        if key_of(text) == count.key
    )
    return min(spellings, default="")


def _unsettle(connection: Connection, owner: int, changed: Iterable[tuple[str, str]]) -> None:
    for language, key in sorted(changed):
        bearing = (
            select(literal(owner), article.c.canonical_url)
            .distinct()
            .join(end_block)
            .where(
                article.c.publisher_id == owner,
                _LANGUAGE.in_([language]),
                end_block.c.key == key,
            )
        )
        statement = upsert(connection, unsettled).from_select(["publisher_id", "url"], bearing)
        connection.execute(statement.on_conflict_do_nothing())
