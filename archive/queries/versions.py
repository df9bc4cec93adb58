"""The versions of one article, the blocks of their texts, and what one changes in another."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from archive.diff.text import Diff, diff
from archive.model import Block, BlockKind, text_of
from archive.queries.articles import (
    ArchivedArticle,
    VersionDetail,
    record_of,
    version_rows,
)
from archive.queries.stories import FoundArticle
from archive.sql.schema.view_tables import (
    article,
    block_list,
    capture,
    extraction,
    publisher,
    version,
    version_part,
    warc_file,
)

FIELDS = (
    "headline",
    "description",
    "author",
    "date_published",
    "date_modified",
    "section",
    "keywords",
    "image",
)
"""What a version may change beside its text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionDiff:
    """What *newer* changes in *older*, both of one article."""

    older: VersionDetail
    newer: VersionDetail
    changed: Mapping[str, tuple[Any, Any]]
    """The fields that differ: their values in *older* and in *newer*, by name; see ``FIELDS``."""
    words: Diff
    """The two texts, word by word."""


def article_versions(connection: Connection, story: FoundArticle) -> list[VersionDetail]:
    """Return the versions of *story*, the first one first."""
    return versions_of(connection, [story.article_id]).get(story.article_id, [])


def versions_of(
    connection: Connection, article_ids: Collection[int]
) -> dict[int, list[VersionDetail]]:
    """Return the versions of the articles with the row ids *article_ids*, by those ids."""
    found: dict[int, list[VersionDetail]] = {}
    for row in version_rows(connection, version.c.article_id.in_(sorted(article_ids))):
        found.setdefault(row["article_id"], []).append(record_of(VersionDetail, row))
    return found


def latest_article(story: FoundArticle, latest: VersionDetail) -> ArchivedArticle:
    """Return *story* as its *latest* version says it, seen for as long as the article was."""
    said = {field.name: getattr(latest, field.name) for field in fields(ArchivedArticle)}
    span = {"seen_from": story.seen_from, "seen_until": story.seen_until}
    return ArchivedArticle(**{**said, **span})


def compare_versions(older: VersionDetail, newer: VersionDetail) -> VersionDiff:
    """Return what *newer* changes in *older*: fields and words."""
    return VersionDiff(
        older=older,
        newer=newer,
        changed=changed_fields(older, newer),
        words=diff(older.text, newer.text),
    )


def changed_fields(older: VersionDetail, newer: VersionDetail) -> dict[str, tuple[Any, Any]]:
    """Return those of ``FIELDS`` that differ: by name, the older value and the newer one."""
    pairs = {name: (getattr(older, name), getattr(newer, name)) for name in FIELDS}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPart:
    """A part of an article in several pages, as a version has it: its record, and its blocks."""

    number: int
    """1 for the first page."""
    url: str
    fetched_at: datetime
    """When the record was captured, UTC."""
    blocks: tuple[Block, ...]
    """The blocks of the version's text that were read in this record, captions among them."""
    warc_file: str
    """The name of the WARC file that holds the capture."""
    warc_offset: int
    """Where the record begins in the WARC file, in bytes."""
    warc_record_id: str
    """The id of the record, in angle brackets; it names the capture for good."""


def version_parts(connection: Connection, shown: VersionDetail) -> tuple[ShownPart, ...]:
    """Return the parts that the version *shown* is made of, in order.

    Empty if the article has one page: its record is that of *shown*.
    """
    statement = (
        select(
            version_part.c.number,
            version_part.c.blocks.label("numbers"),
            block_list.c.blocks,
            capture.c.url,
            capture.c.fetched_at,
            warc_file.c.name.label("warc_file"),
            capture.c.warc_offset,
            capture.c.warc_record_id,
        )
        .join(version, version.c.id == version_part.c.version_id)
        .join(article, article.c.id == version.c.article_id)
        .join(publisher, publisher.c.id == article.c.publisher_id)
        .join(extraction, extraction.c.id == version_part.c.extraction_id)
        .join(block_list, block_list.c.id == extraction.c.block_list_id)
        .join(capture, capture.c.id == extraction.c.capture_id)
        .join(warc_file, warc_file.c.id == capture.c.warc_file_id)
        .where(
            publisher.c.name == shown.publisher,
            article.c.canonical_url == shown.canonical_url,
            version.c.seq == shown.seq,
            version.c.seen_from == shown.seen_from,
        )
        .order_by(version_part.c.number)
    )
    return tuple(
        ShownPart(
            number=row.number,
            url=row.url,
            fetched_at=row.fetched_at,
            blocks=tuple(_block(row.blocks[at]) for at in row.numbers),
            warc_file=row.warc_file,
            warc_offset=row.warc_offset,
            warc_record_id=row.warc_record_id,
        )
        for row in connection.execute(statement)
    )


def version_blocks(connection: Connection, shown: VersionDetail) -> tuple[Block, ...]:
    """Return the blocks that make the text of the version *shown*, captions among them.

    They are those of its extraction without what was removed as boilerplate: at the ends, so that a
    block in the middle with the same words stays. Of an article in several pages, they are those of
    all its parts.
    """
    parts = version_parts(connection, shown)
    if parts:
        return tuple(block for part in parts for block in part.blocks)
    statement = (
        select(block_list.c.blocks)
        .join(extraction, extraction.c.block_list_id == block_list.c.id)
        .join(capture, capture.c.id == extraction.c.capture_id)
        .where(capture.c.warc_record_id == shown.warc_record_id)
    )
    raw = connection.execute(statement).scalar_one()
    blocks = tuple(map(_block, raw))
    for at_start in range(len(shown.removed) + 1):
        front = _without(blocks, shown.removed[:at_start])
        kept = _without(front[::-1], shown.removed[at_start:][::-1])[::-1]
        if text_of(kept) == shown.text:
            return kept
    return blocks


def _block(raw: Sequence[Any]) -> Block:
    kind, level, text = raw
    return Block(BlockKind(kind), text, level)


def _without(blocks: tuple[Block, ...], texts: tuple[str, ...]) -> tuple[Block, ...]:
    """Return *blocks* without the first of each of *texts*, which come in the same order."""
    rest = [*texts[::-1]]
    kept = []
    for block in blocks:
        if rest and block.text == rest[-1]:
            rest.pop()
        else:
            kept.append(block)
    return tuple(kept)
