"""What one extractor made of a capture in the place of what another made, on each engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select

from archive.model import (
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
    Via,
)
from archive.sql import views
from archive.sql.captures import replace as replacing
from archive.sql.captures import rereading
from archive.sql.captures import store as captures
from archive.sql.captures.replace import EDGES, Replaced
from archive.sql.captures.rereading import ReprocessPlan
from archive.sql.captures.store import LINKS, Ingestible
from archive.sql.schema import state_tables, view_tables

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
FILE = "news.warc.gz"
A, B, C, MAP = (f"http://news.test/{name}" for name in ("a/", "b/", "c/", "sitemap.xml"))
OLD, NEW = ("old", "sha256:0"), ("new", "sha256:0")


def item(url: str, hour: int = 0, *, by: str = "old", **found: Any) -> Ingestible:
    """What extractor *by* made of the capture of *url* at so many hours past noon."""
    article = Article(headline="Rain", blocks=(Block(BlockKind.PARAGRAPH, "It rains."),))
    given = {"outcome": Outcome.ARTICLE, "extractor": by, "article": article, **found}
    capture = Capture(
        url=url,
        fetched_at=NOON + hour * HOUR,
        http_status=200,
        warc_file=FILE,
        warc_offset=hour,
        warc_length=1,
        warc_record_id=f"<urn:uuid:{hour}>",
        record_type=RecordType.RESPONSE,
    )
    return Ingestible(capture, Extraction(**given), "sha256:0")


def link(url: str) -> Candidate:
    return Candidate(url=url, via=Via.LINK)


def listed(url: str, lastmod: str | None = None) -> Candidate:
    return Candidate(url=url, via=Via.SITEMAP, lastmod=lastmod)


def store(connection: Connection, owner: int, *items: Ingestible) -> None:
    """Store *items* as settled captures."""
    files = {FILE: captures.warc_file_id(connection, owner, FILE)}
    captures.store(connection, owner, files, items, {})
    connection.execute(delete(state_tables.unsettled))


def put(
    connection: Connection, owner: int, *items: Ingestible, in_order: bool = True
) -> list[Replaced]:
    return replacing.replace_extractions(connection, owner, items, {}, in_order=in_order)


def unsettled(connection: Connection) -> set[str]:
    return set(connection.scalars(select(state_tables.unsettled.c.url)))


def named(connection: Connection) -> dict[str, tuple[datetime, str | None]]:
    """Which URLs are named: by the first capture of when, and with which date."""
    rows = connection.execute(select(views.discovery))
    return {row.url: (row.first_seen_at, row.lastmod) for row in rows}


def test_what_is_as_it_was_keeps_all_but_its_stamp_and_is_not_settled_again(connection, owner):
    store(connection, owner, item(A))
    before = dict(connection.execute(select(view_tables.extraction)).mappings().one())

    (done,) = put(connection, owner, item(A, by="new"))

    after = dict(connection.execute(select(view_tables.extraction)).mappings().one())
    assert done.changed == frozenset()
    assert after == {**before, "extractor": "new"}
    assert unsettled(connection) == set()


def test_what_changed_is_named_and_waits_to_be_settled(connection, owner):
    store(connection, owner, item(A))
    article = Article(headline="Snow", blocks=(Block(BlockKind.PARAGRAPH, "It rains."),))

    (done,) = put(connection, owner, item(A, by="new", article=article))

    assert done.changed == {"fields"}
    assert (done.before["fields"]["headline"], done.after["fields"]["headline"]) == ("Rain", "Snow")
    assert unsettled(connection) == {A}


def test_a_remark_that_changed_is_stored_and_nothing_is_settled_for_it(connection, owner):
    store(connection, owner, item(A))

    (done,) = put(connection, owner, item(A, by="new", evidence=("og:type",)))

    assert done.changed == {"evidence"}
    assert connection.scalar(select(view_tables.extraction.c.evidence)) == ["og:type"]
    assert unsettled(connection) == set()


def test_an_article_that_is_none_any_more_leaves_nothing_of_itself(connection, owner):
    store(connection, owner, item(A))

    put(connection, owner, item(A, by="new", outcome=Outcome.PAGE, article=None))

    row = connection.execute(select(view_tables.extraction)).one()
    assert (row.outcome, row.fields, row.text_sha256) == ("page", None, None)
    assert connection.execute(select(view_tables.block_list)).all() == []


def test_claims_to_be_one_article_are_replaced(connection, owner):
    store(connection, owner, item(A, edges=(Edge(EdgeKind.CANONICAL, B),)))

    (done,) = put(connection, owner, item(A, by="new", edges=(Edge(EdgeKind.CANONICAL, C),)))

    assert done.changed == {EDGES}
    assert list(connection.scalars(select(view_tables.edge.c.target_url))) == [C]
    assert unsettled(connection) == {A}


def test_who_is_shown_a_capture_that_changed_is_settled_as_well(connection, owner):
    revisit = item(B, 1, outcome=Outcome.REVISIT, article=None)
    referring = replace(
        revisit.capture,
        record_type=RecordType.REVISIT,
        refers_to="<urn:uuid:0>",
        refers_to_url=A,
        refers_to_at=NOON,
    )
    store(connection, owner, item(A), replace(revisit, capture=referring))

    put(connection, owner, item(A, by="new", outcome=Outcome.PAGE, article=None))

    assert unsettled(connection) == {A, B}


def test_a_capture_without_a_row_is_left_out(connection, owner):
    store(connection, owner, item(A))

    assert put(connection, owner, item(B, 7, by="new")) == []


def test_in_order_a_url_is_named_by_the_next_capture_that_names_it(connection, owner):
    store(connection, owner, *(item(A, hour, candidates=(link(C),)) for hour in (0, 1)))

    put(connection, owner, item(A, 0, by="new"))
    between = named(connection)
    put(connection, owner, item(A, 1, by="new", candidates=(link(C),)))

    assert between == {}
    assert named(connection) == {C: (NOON + HOUR, None)}


def test_out_of_order_it_stays_named_and_is_noted_to_be_read_again(connection, owner):
    store(connection, owner, *(item(A, hour, candidates=(link(C),)) for hour in (0, 1)))

    put(connection, owner, item(A, 0, by="new"), in_order=False)

    assert named(connection) == {C: (NOON, None)}
    (noted,) = connection.execute(select(state_tables.reread))
    assert (noted.source_url, noted.since) == (LINKS, NOON)


def test_a_date_that_is_read_otherwise_in_the_last_capture_of_a_source_is_corrected(
    connection, owner
):
    listing = {"outcome": Outcome.SITEMAP, "article": None}
    store(
        connection,
        owner,
        item(MAP, 0, candidates=(listed(C, "2026-01-01"),), **listing),
        item(MAP, 1, candidates=(listed(C, "2026-02-02"),), **listing),
    )

    put(connection, owner, item(MAP, 0, by="new", candidates=(listed(C, "1999"),), **listing))
    after_first = named(connection)
    put(connection, owner, item(MAP, 1, by="new", candidates=(listed(C, "2026-02"),), **listing))

    assert after_first == {C: (NOON, "2026-02-02")}
    assert named(connection) == {C: (NOON, "2026-02")}


@pytest.mark.parametrize(
    ("since", "turn", "ids"),
    [
        (None, ReprocessPlan(in_order=True, since=NOON + HOUR), ["fails", 1, 2, 3]),
        (NOON + HOUR, ReprocessPlan(in_order=True, since=NOON + HOUR), [1, 2, 3]),
        (NOON + 2 * HOUR, ReprocessPlan(in_order=False, since=NOON + 2 * HOUR), [3]),
    ],
)
def test_it_is_the_turn_of_all_from_the_first_of_another_extractor_and_of_what_failed(
    connection, owner, since, turn, ids
):
    store(
        connection,
        owner,
        item(A, 0, by="new", outcome=Outcome.FAILED, article=None),
        item(A, 1),
        item(B, 2, by="new"),
        item(C, 3),
    )
    moments = {
        key: (moment - NOON) // HOUR
        for key, moment in connection.execute(
            select(view_tables.capture.c.id, view_tables.capture.c.fetched_at)
        )
    }

    found = rereading.turn(connection, owner, NEW, since)
    wanted = [moments[key] for key in rereading.wanted(connection, owner, NEW, found, since)]

    assert found == turn
    assert wanted == [0 if name == "fails" else name for name in ids]


def test_an_archive_of_the_current_extractor_has_no_turn(connection, owner):
    store(connection, owner, item(A), item(B, 1))

    found = rereading.turn(connection, owner, OLD, None)

    assert found == ReprocessPlan(in_order=True, since=None)
    assert list(rereading.wanted(connection, owner, OLD, found, None)) == []


def test_another_profile_is_another_extractor(connection, owner):
    store(connection, owner, item(A))

    found = rereading.turn(connection, owner, ("old", "sha256:1"), None)

    assert found.since == NOON


def test_how_far_it_came_in_order_moves_on_and_never_back(connection, owner):
    connection.execute(
        state_tables.reread.insert().values(publisher_id=owner, source_url=LINKS, since=NOON)
    )

    rereading.reached(connection, owner, NOON + HOUR)
    rereading.reached(connection, owner, NOON)

    assert connection.scalar(select(state_tables.reread.c.since)) == NOON + HOUR


def test_what_is_done_with_is_not_to_be_read_again(connection, owner):
    for url in (LINKS, MAP):
        connection.execute(
            state_tables.reread.insert().values(publisher_id=owner, source_url=url, since=NOON)
        )

    rereading.done_with(connection, owner, LINKS)

    assert rereading.sources(connection, owner) == [MAP]
