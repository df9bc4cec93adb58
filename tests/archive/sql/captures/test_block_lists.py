"""The blocks of pages: stored once for all captures that show them, as long as one does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, delete, select

from archive.model import Article, Block, BlockKind, Capture, Extraction, Outcome, RecordType
from archive.sql.captures import replace as replacing
from archive.sql.captures import store as captures
from archive.sql.captures.store import Ingestible
from archive.sql.schema.view_tables import block_list, capture, extraction

FILE = "news.warc.gz"


@pytest.fixture
def connection(database):
    with database.writing() as connection:
        yield connection


def said(number: int, text: str) -> Ingestible:
    """Capture *number* of a page, which says *text*."""
    article = Article(headline="Rain", blocks=(Block(BlockKind.PARAGRAPH, text),))
    seen = Capture(
        url="http://news.test/a/",
        fetched_at=datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=number),
        http_status=200,
        warc_file=FILE,
        warc_offset=number,
        warc_length=1,
        warc_record_id=f"<urn:uuid:{number}>",
        record_type=RecordType.RESPONSE,
    )
    found = Extraction(outcome=Outcome.ARTICLE, extractor="test", article=article)
    return Ingestible(seen, found, "sha256:0")


def store(connection: Connection, items: Sequence[Ingestible], publisher: str = "news") -> int:
    owner = captures.publisher_id(connection, publisher, None, None)
    files = {FILE: captures.warc_file_id(connection, owner, FILE)}
    captures.store(connection, owner, files, items, {})
    return owner


def texts(connection: Connection) -> list[str]:
    lists = connection.execute(select(block_list.c.blocks)).scalars()
    return sorted(text for blocks in lists for _, _, text in blocks)


def test_captures_that_show_the_same_share_its_blocks(connection):
    store(connection, [said(1, "It rains."), said(2, "It rains."), said(3, "It snows.")])
    store(connection, [said(4, "It rains.")])

    assert texts(connection) == ["It rains.", "It snows."]
    rows = select(extraction.c.capture_id, block_list.c.blocks).join(block_list)
    assert len(connection.execute(rows).all()) == 4


def test_each_publisher_has_blocks_of_its_own(connection):
    store(connection, [said(1, "It rains.")])
    store(connection, [said(2, "It rains.")], publisher="other")

    assert texts(connection) == ["It rains.", "It rains."]


def test_blocks_stay_as_long_as_one_capture_shows_them(connection):
    items = [said(1, "It rains."), said(2, "It rains.")]
    store(connection, items)
    for item, left in zip(items, (["It rains."], []), strict=True):
        which = capture.c.warc_record_id == item.capture.warc_record_id
        connection.execute(delete(capture).where(which))
        assert texts(connection) == left


def test_what_another_extractor_reads_takes_the_place_of_the_blocks_that_nothing_shows(connection):
    items = [said(1, "It rains."), said(2, "It rains.")]
    owner = store(connection, items)

    def read_as(item: Ingestible, text: str) -> None:
        other = replace(said(1, text).extraction, extractor="other")
        changed = replace(item, extraction=other)
        replacing.replace_extractions(connection, owner, [changed], {}, in_order=False)

    read_as(items[0], "It pours.")
    assert texts(connection) == ["It pours.", "It rains."]
    read_as(items[1], "It pours.")
    assert texts(connection) == ["It pours."]
