"""Boilerplate in the database: how many articles have each block, and the rules from that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    delete,
    func,
    select,
)

from archive.settle.boilerplate import block_keys, is_boilerplate, is_boilerplate_of_a_month
from archive.sql.captures.extraction_rows import article_of
from archive.sql.chunks import batches
from archive.sql.schema.view_tables import (
    address,
    article,
    block_list,
    boilerplate,
    capture,
    end_block,
    extraction,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    """How many articles in a language have a block, and how many have it among their last blocks.

    With a *month* ("2026-07", UTC), only articles count that were first seen in it.
    """

    language: str
    key: str
    articles: int
    of_articles: int
    at_end: int
    month: str | None = None

    @property
    def name(self) -> tuple[str, str]:
        return self.language, self.key


_LANGUAGE: ColumnElement[str] = func.coalesce(article.c.in_language, "")


def holds_block(owner: int, language: str, key: str) -> ColumnElement[bool]:
    """Return the condition that an article, joined to its end blocks, has the block *key*."""
    return and_(article.c.publisher_id == owner, _LANGUAGE.in_([language]), end_block.c.key == key)


def rules(connection: Connection, owner: int) -> dict[str, frozenset[str]]:
    """Return the keys of the blocks that are boilerplate of publisher *owner*, by language."""
    statement = select(boilerplate.c.language, boilerplate.c.key).where(
        boilerplate.c.publisher_id == owner
    )
    found: dict[str, set[str]] = defaultdict(set)
    for language, key in connection.execute(statement):
        found[language].add(key)
    return {language: frozenset(keys) for language, keys in found.items()}


@dataclass(frozen=True, slots=True)
class RuleChanges:
    """What the articles that are settled say anew about the boilerplate of a publisher."""

    gone: Sequence[int]
    """Ids of rows to be deleted."""
    new: Sequence[Mapping[str, Any]]
    changed: Mapping[int, Mapping[str, Any]]
    """The values of rows that stay, by id."""
    urls: Sequence[str]
    """Addresses of the articles that rules concern which come or go."""


def learn_rules(connection: Connection, owner: int) -> RuleChanges:
    """Return how the rules of publisher *owner* change; this only reads."""
    found = _found(connection, owner)
    statement = select(boilerplate).where(boilerplate.c.publisher_id == owner)
    known = {(row.language, row.key): row for row in connection.execute(statement)}
    new: list[dict[str, Any]] = []
    changed: dict[int, dict[str, Any]] = {}
    for name, count in sorted(found.items()):
        values = {
            "articles": count.articles,
            "of_articles": count.of_articles,
            "at_end": count.at_end,
            "month": count.month,
            "text": _spelling(connection, owner, count),
        }
        if name not in known:
            key = {"publisher_id": owner, "language": count.language, "key": count.key}
            new.append({**key, **values})
        elif any(getattr(known[name], key) != value for key, value in values.items()):
            changed[known[name].id] = values
    gone = [known[name].id for name in sorted(known.keys() - found.keys())]
    urls = _bearing(connection, owner, known.keys() ^ found.keys())
    return RuleChanges(gone, new, changed, sorted(urls))


def store_rules(connection: Connection, changes: RuleChanges) -> None:
    """Store the rules as *changes* say; the articles that they concern are unsettled before."""
    for some in batches(changes.gone):
        connection.execute(delete(boilerplate).where(boilerplate.c.id.in_(some)))
    if changes.new:
        connection.execute(boilerplate.insert(), list(changes.new))
    for key, values in changes.changed.items():
        connection.execute(boilerplate.update().where(boilerplate.c.id == key).values(values))


def _found(connection: Connection, owner: int) -> dict[tuple[str, str], _Count]:
    """Return the rules by language and key, each with the count that supports it best."""
    found: dict[tuple[str, str], _Count] = {}
    others: set[str] = set()
    for count in _counts(connection, owner):
        if is_boilerplate(count.articles, count.of_articles):
            found[count.name] = count
        elif is_boilerplate_of_a_month(count.articles, count.articles):
            others.add(count.key)  # enough of them for a month
    by_month = _counts_by_month(connection, owner, others) if others else ()
    for count in sorted(by_month, key=lambda count: (count.articles, count.month or "")):
        is_new = count.name not in found or found[count.name].month is not None
        if is_new and is_boilerplate_of_a_month(count.articles, count.of_articles):
            found[count.name] = count
    return found


def _counts(connection: Connection, owner: int) -> Iterator[_Count]:
    totals = (
        select(_LANGUAGE, func.count()).where(article.c.publisher_id == owner).group_by(_LANGUAGE)
    )
    of_articles = {row[0]: row[1] for row in connection.execute(totals)}
    statement = _counting(owner).group_by(_LANGUAGE, end_block.c.key).having(func.count() > 1)
    for row in connection.execute(statement):
        yield _Count(
            language=row.language,
            key=row.key,
            articles=row.articles,
            of_articles=of_articles[row.language],
            at_end=row.at_end,
        )


def _counts_by_month(connection: Connection, owner: int, keys: Collection[str]) -> Iterator[_Count]:
    """Yield how many articles that were first seen in each month have each of *keys*."""
    month = _month(connection)
    totals = (
        select(_LANGUAGE, month, func.count())
        .where(article.c.publisher_id == owner)
        .group_by(_LANGUAGE, month)
    )
    of_articles = {(row[0], row[1]): row[2] for row in connection.execute(totals)}
    statement = _counting(owner).add_columns(month.label("month"))
    statement = statement.group_by(_LANGUAGE, end_block.c.key, month)
    for some in batches(keys):
        for row in connection.execute(statement.where(end_block.c.key.in_(some))):
            yield _Count(
                language=row.language,
                key=row.key,
                articles=row.articles,
                of_articles=of_articles[row.language, row.month],
                at_end=row.at_end,
                month=row.month,
            )


def _counting(owner: int) -> Select[Any]:
    return (
        select(
            _LANGUAGE.label("language"),
            end_block.c.key,
            func.count().label("articles"),
            func.sum(case((end_block.c.at_end, 1), else_=0)).label("at_end"),
        )
        .join(article)
        .where(article.c.publisher_id == owner)
    )


def _month(connection: Connection) -> ColumnElement[str]:
    if connection.dialect.name == "sqlite":
        return func.strftime("%Y-%m", article.c.seen_from)
    return func.to_char(func.timezone("UTC", article.c.seen_from), "YYYY-MM")


def _spelling(connection: Connection, owner: int, count: _Count) -> str:
    """Return the smallest spelling of the block in the first article, by URL, that has it."""
    bearer = (
        select(article.c.id)
        .join(end_block)
        .where(holds_block(owner, count.language, count.key))
        .order_by(article.c.canonical_url, article.c.ordinal)
        .limit(1)
    )
    statement = (
        select(extraction.c.fields, block_list.c.blocks, capture.c.url)
        .join(capture)
        .join(block_list)
        .join(
            address,
            (address.c.url == capture.c.url) & (address.c.publisher_id == capture.c.publisher_id),
        )
        .where(address.c.article_id == bearer.scalar_subquery())
    )
    spellings = (
        block.text
        for row in connection.execute(statement)
        for key, block in block_keys(article_of(row.fields, row.blocks), row.url)
        if key == count.key
    )
    return min(spellings, default="")


def _bearing(connection: Connection, owner: int, changed: Iterable[tuple[str, str]]) -> set[str]:
    """Return the canonical URLs of the articles that have one of the blocks *changed*."""
    found: set[str] = set()
    for language, key in sorted(changed):
        statement = (
            select(article.c.canonical_url).join(end_block).where(holds_block(owner, language, key))
        )
        found |= set(connection.execute(statement).scalars())
    return found
