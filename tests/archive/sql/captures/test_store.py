"""Captures as rows: what goes in comes back, twice is once, and the order does not matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from archive.model import (
    Alternate,
    Article,
    Block,
    BlockKind,
    Candidate,
    Capture,
    Edge,
    EdgeKind,
    Extraction,
    Outcome,
    RecordType,
    Truncation,
    Via,
)
from archive.sql import views
from archive.sql.captures import store as captures
from archive.sql.captures import warc_files as files
from archive.sql.captures.extraction_rows import article_of, sha256
from archive.sql.captures.store import Ingestible, capture_from_row
from archive.sql.database import Database
from archive.sql.schema import state_tables, view_tables

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FILE = "news-20260301120000000-00001-host.warc.gz"
PAGE = "http://news.test/a/"
WITH_BLOCKS = select(view_tables.extraction, view_tables.block_list.c.blocks).join(
    view_tables.block_list
)
STORED = Capture(
    url=PAGE,
    fetched_at=NOON,
    warc_file=FILE,
    warc_offset=5_000_000_000,
    warc_length=1_234,
    warc_record_id="<urn:uuid:1>",
    record_type=RecordType.RESPONSE,
    http_status=200,
    content_type="text/html; charset=utf-8",
    payload_digest="sha1:ABC",
    etag='W/"1"',
    last_modified="Sun, 01 Mar 2026 11:00:00 GMT",
    ip="::1",
    truncated=Truncation.LENGTH,
)
ARTICLE = Article(
    headline="Đèn đỏ 📌",
    blocks=(Block(BlockKind.HEADING, "Một", 2), Block(BlockKind.LIST_ITEM, "Hai", 3)),
    description="Mô tả",
    author=("Nguyễn A", "B"),
    author_organization=("B",),
    date_published=NOON,
    date_published_raw="2026-03-01T19:00:00+07:00",
    date_source="json-ld",
    date_precision="second",
    article_section=("Khoa học",),
    keywords=("a", "b"),
    in_language="vi",
    image="http://news.test/a.png",
    image_caption="Cầu",
    image_credit="C",
    publisher="B",
    license="http://news.test/by",
    date_modified_source="meta",
    date_modified_precision="day",
    is_accessible_for_free=False,
)
_publishers = count(1)


def item(capture: Capture = STORED, **found: Any) -> Ingestible:
    facts = {"outcome": Outcome.PAGE, "extractor": "test", **found}
    return Ingestible(capture, Extraction(**facts), "sha256:0")


def store(
    database: Database, items: Sequence[Ingestible], publisher: str = "news"
) -> list[Ingestible]:
    with database.writing() as connection:
        owner = captures.publisher_id(connection, publisher, None, None)
        names = {one.capture.warc_file for one in items}
        files = {name: captures.warc_file_id(connection, owner, name) for name in names}
        return captures.store(connection, owner, files, items, {})


def number(database: Database, table: Any) -> int:
    with database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize(
    "capture",
    [
        STORED,
        replace(STORED, record_type=RecordType.REVISIT, refers_to="<urn:uuid:0>", truncated=None),
        Capture(
            url=PAGE,
            fetched_at=NOON,
            warc_file=FILE,
            warc_offset=0,
            warc_length=1,
            warc_record_id="<urn:uuid:2>",
            record_type=RecordType.METADATA,
            error="connection refused",
        ),
    ],
    ids=lambda capture: str(capture.record_type),
)
def test_a_capture_comes_back_as_it_was(database, capture):
    store(database, [item(capture)])

    with database.reading() as connection:
        row = connection.execute(select(view_tables.capture)).mappings().one()
    assert capture_from_row(row, FILE) == capture


def test_what_no_database_can_hold_is_left_out_and_the_rest_comes_back(database):
    odd = replace(STORED, content_type="text/\x00html", etag="\udc80", error="a\x00b")
    store(database, [item(odd)])

    with database.reading() as connection:
        row = connection.execute(select(view_tables.capture)).mappings().one()
    clean = replace(STORED, content_type="text/html", etag="\ufffd", error="ab")
    assert capture_from_row(row, FILE) == clean


def test_an_article_comes_back_as_it_was(database):
    store(database, [item(outcome=Outcome.ARTICLE, article=ARTICLE)])

    with database.reading() as connection:
        row = connection.execute(WITH_BLOCKS).one()
    assert article_of(row.fields, row.blocks) == ARTICLE
    assert row.text_sha256 == sha256(ARTICLE.text)


def test_a_confidence_is_stored_with_its_reasons_and_null_where_there_is_no_text(database):
    told = {"confidence": 0.731, "confidence_reasons": ("12 letters left out above the text",)}
    other = replace(STORED, warc_record_id="<urn:uuid:other>", warc_offset=99)
    store(database, [item(outcome=Outcome.ARTICLE, article=ARTICLE, **told), item(other)])

    columns = (view_tables.extraction.c.confidence, view_tables.extraction.c.confidence_reasons)
    with database.reading() as connection:
        rows = connection.execute(select(*columns).order_by(view_tables.extraction.c.capture_id))
        assert sorted(map(tuple, rows), key=str) == [
            (0.731, ["12 letters left out above the text"]),
            (None, None),
        ]
        query = "SELECT count(*) FROM extraction WHERE confidence_reasons IS NULL"
        assert connection.scalar(text(query)) == 1


def test_an_extraction_without_an_article_has_null_where_one_would_be(database):
    store(database, [item()])

    with database.reading() as connection:
        query = "SELECT count(*) FROM extraction WHERE fields IS NULL AND block_list_id IS NULL"
        assert connection.scalar(text(query)) == 1


def test_nul_and_lone_surrogates_of_a_page_reach_no_row(database):
    odd = "x\x00\ud800"
    article = Article(headline=odd, blocks=(Block(BlockKind.PARAGRAPH, odd),), author=(odd,))
    found = {
        "outcome": Outcome.ARTICLE,
        "reason": odd,
        "evidence": (odd,),
        "flags": (odd,),
        "language": odd,
        "article": article,
        "alternates": (Alternate(odd, PAGE),),
        "candidates": (Candidate(url=PAGE, via=Via.SITEMAP, lastmod=odd),),
    }

    store(database, [item(**found)])

    with database.reading() as connection:
        row = connection.execute(WITH_BLOCKS).one()
        assert connection.scalar(select(views.discovery.c.lastmod)) == "x\ufffd"
    said = article_of(row.fields, row.blocks)
    assert (said.headline, said.text, said.author) == ("x\ufffd", "x\ufffd", ("x\ufffd",))
    assert (row.reason, row.evidence, row.flags, row.language) == (
        "x\ufffd",
        ["x\ufffd"],
        ["x\ufffd"],
        "x\ufffd",
    )
    assert row.text_sha256 == sha256(said.text)


def test_what_is_stored_twice_is_stored_once(database):
    edges = (Edge(EdgeKind.CANONICAL, PAGE), Edge(EdgeKind.CANONICAL, PAGE))
    one = item(edges=edges, candidates=(Candidate(url=PAGE, via=Via.LINK),))

    first, second = store(database, [one, one]), store(database, [one])

    assert (first, second) == ([one], [])
    tables = (view_tables.capture, view_tables.extraction, view_tables.edge, views.discovery)
    assert [number(database, table) for table in tables] == [1, 1, 1, 1]


def test_a_url_with_a_new_capture_is_to_be_settled(database):
    store(database, [item()])

    with database.reading() as connection:
        assert connection.execute(select(state_tables.unsettled.c.url)).scalars().all() == [PAGE]


def test_a_file_is_complete_with_its_size_once_it_is_said_to_be(database):
    with database.writing() as connection:
        owner = captures.publisher_id(connection, "news", None, None)
        captures.warc_file_id(connection, owner, FILE)
        before = files.ingested(connection)
        whole = files.IngestedFile(
            name=FILE, size_bytes=99, digest=None, location=None, publishers=None
        )
        files.complete(connection, owner, whole)
        captures.warc_file_id(connection, owner, FILE)

        assert before == {}
        assert files.ingested(connection) == {FILE: whole}


def test_the_offsets_that_are_ingested_are_known(database):
    store(database, [item(), item(replace(STORED, warc_offset=7, warc_record_id="<urn:uuid:7>"))])

    with database.reading() as connection:
        assert captures.known_offsets(connection, FILE) == {STORED.warc_offset, 7}
        assert captures.known_offsets(connection, "another.warc.gz") == set()


def test_a_publishers_row_follows_its_profile(database):
    with database.writing() as connection:
        first = captures.publisher_id(connection, "news", None, "http://news.test/")
        second = captures.publisher_id(connection, "news", "The News", "https://news.test/")

        row = connection.execute(select(view_tables.publisher)).one()
        assert first == second == row.id
        assert (row.title, row.home) == ("The News", "https://news.test/")


_named = st.lists(
    st.builds(
        Candidate,
        url=st.sampled_from((PAGE, "http://news.test/b/")),
        via=st.sampled_from((Via.LINK, Via.SITEMAP)),
        lastmod=st.sampled_from((None, "2026-02-01", "2026-02-02")),
    ),
    max_size=3,
)
_sources = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(("/1.xml", "/2.xml")), _named), max_size=6
)


@given(_sources, st.randoms(use_true_random=False))
@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_named_a_url_first_and_last_does_not_depend_on_the_order(database, sources, chance):
    """Sources may be captured at the same moment, and name one URL twice with two dates."""
    items = []
    for key, (minute, path, candidates) in enumerate(sources):
        named = tuple(replace(c, lastmod=None) if c.via is Via.LINK else c for c in candidates)
        capture = replace(
            STORED,
            url=f"http://news.test{path}",
            fetched_at=NOON + timedelta(minutes=minute),
            warc_offset=key,
            warc_record_id=f"{key}",
        )
        items.append(item(capture, candidates=named))

    shuffled = list(items)
    chance.shuffle(shuffled)

    in_order, out_of_order = discoveries(database, items), discoveries(database, shuffled)
    assert in_order == out_of_order


def discoveries(database: Database, items: Sequence[Ingestible]) -> list[tuple[Any, ...]]:
    """The rows of ``discovery`` after *items* were stored one by one, for a new publisher."""
    name = f"p{next(_publishers)}"
    for one in items:
        capture = one.capture
        own = replace(
            capture,
            warc_file=f"{name}.warc.gz",
            warc_record_id=f"<urn:uuid:{name.zfill(9)}-{capture.warc_record_id}>",
        )
        store(database, [replace(one, capture=own)], name)
    columns = [c for c in views.discovery.columns if not c.name.endswith("id")]
    statement = (
        select(*columns, view_tables.capture.c.warc_offset)
        .select_from(views.discovery)
        .join(view_tables.capture, view_tables.capture.c.id == views.discovery.c.capture_id)
        .join(
            view_tables.publisher,
            view_tables.publisher.c.id == views.discovery.c.publisher_id,
        )
        .where(view_tables.publisher.c.name == name)
    )
    with database.reading() as connection:
        return sorted(map(tuple, connection.execute(statement)), key=repr)
