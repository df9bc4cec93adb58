"""One article over time: which stories an address bore, their versions, and their addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, bindparam, func, select

from archive.model import Block, BlockKind, text_of
from archive.sql.schema.view_tables import (
    address,
    article,
    capture,
    extraction,
    publisher,
    version,
    warc_file,
)
from archive.sql.views import article_history, articles

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundArticle:
    """An article, found by an address: the *number*-th of the *stories* that it bore, from 1.

    *number* and *stories* belong to the address that was asked for; another of the article's may
    never have borne another story.
    """

    article_id: int
    publisher: str
    canonical_url: str
    translation_group: str | None
    number: int
    stories: int
    seen_from: datetime
    seen_until: datetime
    gone_at: datetime | None
    gone_reason: str | None


def stories(connection: Connection, url: str) -> list[FoundArticle]:
    """Return every story that *url* bore, by publisher, the latest first."""
    others = address.alias("others")
    number = (
        select(func.count())
        .where(others.c.publisher_id == address.c.publisher_id, others.c.url == address.c.url)
        .scalar_subquery()
    )
    statement = (
        select(
            article.c.id.label("article_id"),
            publisher.c.name.label("publisher"),
            article.c.canonical_url,
            article.c.translation_group,
            address.c.ordinal.label("number"),
            number.label("stories"),
            article.c.seen_from,
            article.c.seen_until,
            article.c.gone_at,
            article.c.gone_reason,
        )
        .select_from(address)
        .join(article, article.c.id == address.c.article_id)
        .join(publisher, publisher.c.id == address.c.publisher_id)
        .where(address.c.url == url)
        .order_by(publisher.c.name, address.c.ordinal.desc())
    )
    return [FoundArticle(**row) for row in connection.execute(statement).mappings()]


def versions(connection: Connection, story: FoundArticle) -> list[Row]:
    """Return the versions of *story*, the first one first.

    A row has the columns of ``article_history`` and others of ``version``, such as what was
    *removed* as boilerplate, and *url*, the address at which the version was first seen.
    """
    rows = connection.execute(_VERSIONS, {"wanted": story.article_id}).mappings()
    return [dict(row) for row in rows]


def current(row: Row, story: FoundArticle) -> Row:
    """Return the row of ``articles`` for *story*, given its latest version's *row*."""
    whole = {"seen_from": story.seen_from, "seen_until": story.seen_until}
    return {name: whole.get(name, row[name]) for name in _names(articles)}


def as_version(row: Row) -> Row:
    """Return the row of ``article_history`` for a version's *row*."""
    return {name: row[name] for name in _names(article_history)}


def version_blocks(connection: Connection, row: Row) -> tuple[Block, ...]:
    """Return the blocks that make the text of a version's *row*, captions among them.

    They are those of its extraction without what was removed as boilerplate: at the ends, so that a
    block in the middle with the same words stays.
    """
    statement = select(extraction.c.blocks).where(extraction.c.id == row["extraction_id"])
    raw = connection.execute(statement).scalar_one()
    blocks = tuple(Block(BlockKind(kind), text, level) for kind, level, text in raw)
    removed = list(row["removed"])
    for at_start in range(len(removed) + 1):
        front = _without(blocks, removed[:at_start])
        kept = _without(front[::-1], removed[at_start:][::-1])[::-1]
        if text_of(kept) == row["text"]:
            return kept
    return blocks


def _without(blocks: tuple[Block, ...], texts: list[str]) -> tuple[Block, ...]:
    """Return *blocks* without the first of each of *texts*, which come in the same order."""
    rest = texts[::-1]
    kept = []
    for block in blocks:
        if rest and block.text == rest[-1]:
            rest.pop()
        else:
            kept.append(block)
    return tuple(kept)


def addresses(connection: Connection, story: FoundArticle) -> Sequence[RowMapping]:
    """Return the addresses of *story* (url, role), the canonical one first."""
    statement = (
        select(address.c.url, address.c.role)
        .where(address.c.article_id == story.article_id)
        .order_by(address.c.role != "canonical", address.c.url)
    )
    return connection.execute(statement).mappings().all()


def _names(view: Table) -> list[str]:
    return [column.name for column in view.c]


_OF_ARTICLE = ("canonical_url", "in_language", "translation_group", "gone_at", "gone_reason")
_OF_EXTRACTION = ("confidence", "confidence_reasons")
_OF_CAPTURE = ("warc_offset", "warc_record_id", "url")
_VERSIONS = (
    select(
        publisher.c.name.label("publisher"),
        *[article.c[name] for name in _OF_ARTICLE],
        *[column for column in version.c if column.name not in {"id", "article_id"}],
        *[extraction.c[name] for name in _OF_EXTRACTION],
        warc_file.c.name.label("warc_file"),
        *[capture.c[name] for name in _OF_CAPTURE],
    )
    .select_from(version)
    .join(article, article.c.id == version.c.article_id)
    .join(publisher, publisher.c.id == article.c.publisher_id)
    .join(extraction, extraction.c.id == version.c.extraction_id)
    .join(capture, capture.c.id == extraction.c.capture_id)
    .join(warc_file, warc_file.c.id == capture.c.warc_file_id)
    .where(article.c.id == bindparam("wanted"))
    .order_by(version.c.seq)
)
