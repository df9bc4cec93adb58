"""Whatever an extraction says is stored on either engine, and comes back as the door let it in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from archive.model import (
    Alternate,
    Article,
    Candidate,
    Capture,
    Edge,
    EdgeKind,
    Extraction,
    Outcome,
    RecordType,
    Via,
    storable,
)
from archive.pipeline.ingest import Ingest
from archive.sql import views
from archive.sql.captures import replace as replacing
from archive.sql.captures import store as captures
from archive.sql.captures.extraction_rows import article_of
from archive.sql.captures.store import Ingestible
from archive.sql.database import Database
from archive.sql.schema import state_tables, view_tables
from tests.support.extractions import EXTRACTIONS, noise
from tests.support.settled import new_profile

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
_numbers = count(1)
# What fails is long and says enough as it is: to look for the shortest would take minutes.
QUICK = settings(
    max_examples=30,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
A_SITEMAP = Extraction(
    outcome=Outcome.SITEMAP,
    extractor="test",
    candidates=(Candidate(url=f"http://news.test/{noise(1, 1_883)}", via=Via.SITEMAP),),
)
TWICE = Extraction(
    outcome=Outcome.PAGE,
    extractor="test",
    edges=(Edge(EdgeKind.CANONICAL, "http://a\x00"), Edge(EdgeKind.CANONICAL, "http://a")),
    alternates=(Alternate("\ud800", "http://b"), Alternate("\udc00", "http://b")),
)


def an_item(url: str, found: Extraction, profile: str) -> Ingestible:
    capture = Capture(
        url=url,
        fetched_at=NOON,
        warc_file=f"{profile}.warc.gz",
        warc_offset=0,
        warc_length=1,
        warc_record_id=f"<urn:test:{profile}>",
        record_type=RecordType.RESPONSE,
        http_status=200,
    )
    return Ingestible(capture, found, "sha256:0")


def stored(connection: Connection, item: Ingestible) -> tuple[int, int]:
    """Store *item* as the only capture of a publisher; the publisher's id and the capture's."""
    name = item.capture.warc_file
    owner = captures.publisher_id(connection, name.partition(".")[0], None, None)
    files = {name: captures.warc_file_id(connection, owner, name)}
    captures.store(connection, owner, files, [item], {})
    rows = select(view_tables.capture.c.id).filter_by(warc_record_id=item.capture.warc_record_id)
    return owner, connection.scalars(rows).one()


def read_back(connection: Connection, capture_id: int) -> Extraction:
    """The extraction as its rows hold it, without candidates."""
    rows = select(view_tables.extraction, view_tables.block_list.c.blocks)
    shown = rows.outerjoin(view_tables.block_list).filter_by(capture_id=capture_id)
    row = connection.execute(shown).one()
    edges = connection.execute(
        select(view_tables.edge.c.kind, view_tables.edge.c.target_url)
        .filter_by(capture_id=capture_id)
        .order_by(view_tables.edge.c.id)
    )
    return Extraction(
        outcome=Outcome(row.outcome),
        extractor=row.extractor,
        reason=row.reason,
        evidence=tuple(row.evidence),
        article=None if row.fields is None else article_of(row.fields, row.blocks),
        language=row.language,
        edges=tuple(Edge(EdgeKind(kind), target) for kind, target in edges),
        alternates=tuple(Alternate(*pair) for pair in row.alternates),
        flags=tuple(row.flags),
        confidence=row.confidence,
        confidence_reasons=tuple(row.confidence_reasons or ()),
    )


def named(connection: Connection, owner: int) -> set[tuple[Any, ...]]:
    columns = [views.discovery.c[name] for name in ("url", "via", "lastmod", "published")]
    rows = connection.execute(select(*columns).where(views.discovery.c.publisher_id == owner))
    return {tuple(row) for row in rows}


def expected_names(candidates: Iterable[Candidate]) -> set[tuple[Any, ...]]:
    """Of each URL by each way its first link, or the greatest dates of what dates it."""
    found: dict[tuple[str, str], tuple[str | None, str | None]] = {}
    for item in candidates:
        key, dates = (item.url, str(item.via)), (item.lastmod, item.published)
        if key not in found or (
            item.via is not Via.LINK and [d or "" for d in dates] > [d or "" for d in found[key]]
        ):
            found[key] = dates
    return {(*key, *dates) for key, dates in found.items()}


def as_read(found: Extraction) -> Extraction:
    reasons = found.confidence_reasons if found.article is not None else ()
    edges = tuple(dict.fromkeys(found.edges))
    return replace(found, candidates=(), edges=edges, confidence_reasons=reasons)


@pytest.mark.slow
@QUICK
@given(EXTRACTIONS, EXTRACTIONS, st.sampled_from([20, 1_900, 2_000]))
@example(A_SITEMAP, TWICE, 1_900)
@example(TWICE, A_SITEMAP, 1_900)
def test_whatever_an_extraction_says_comes_back_as_the_door_let_it_in(
    database: Database, first: Extraction, second: Extraction, length: int
):
    first, second = storable(first), storable(second)
    profile = f"p{next(_numbers)}"
    item = an_item(f"http://news.test/{noise(0, length)}", first, profile)
    with database.writing() as connection:
        owner, key = stored(connection, item)

        assert read_back(connection, key) == as_read(first)
        assert named(connection, owner) == expected_names(first.candidates)

        again = replace(item, extraction=second)
        (done,) = replacing.replace_extractions(connection, owner, [again], {}, in_order=True)

        assert read_back(connection, key) == as_read(second)
        assert named(connection, owner) == expected_names(second.candidates)
        assert not done.changed or as_read(first) != as_read(second)


@pytest.mark.slow
@QUICK
@given(EXTRACTIONS.filter(lambda found: found.article is not None))
def test_whatever_an_article_says_is_settled(ingest: Ingest, database: Database, found: Extraction):
    profile = new_profile()
    # An edge names a page: what is no http URL never becomes one.
    item = an_item("http://news.test/a/", replace(storable(found), edges=()), profile.name)
    ingest.do(lambda connection: stored(connection, item)).result()

    ingest.settle_all(profile)

    with database.reading() as connection:
        rows = connection.execute(
            select(view_tables.version)
            .select_from(view_tables.version.join(view_tables.article).join(view_tables.publisher))
            .where(view_tables.publisher.c.name == profile.name)
        ).all()
        left = connection.scalars(
            select(state_tables.unsettled.c.url)
            .select_from(state_tables.unsettled.join(view_tables.publisher))
            .where(view_tables.publisher.c.name == profile.name)
        ).all()
    assert left == []
    said: Article = item.extraction.article  # type: ignore[assignment]
    (row,) = rows
    assert (row.headline, row.author, row.keywords) == (
        said.headline,
        list(said.author),
        list(said.keywords),
    )
    assert (row.date_published, row.date_modified) == (said.date_published, said.date_modified)


def test_what_is_storable_already_comes_back_equal():
    assert storable(storable(TWICE)) == storable(TWICE)
    assert storable(A_SITEMAP) == A_SITEMAP
