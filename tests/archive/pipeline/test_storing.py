"""One of a batch that cannot be stored: it fails by itself, alike on both engines, and says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from archive.model import Candidate, Capture, Edge, EdgeKind, Extraction, Outcome, RecordType, Via
from archive.pipeline.ingest import Ingest
from archive.pipeline.storing import UNSTORABLE, CaptureRow, Storing, WriterJob
from archive.profile import Profile
from archive.sql import views
from archive.sql.captures.store import Ingestible
from archive.sql.database import Database
from archive.sql.schema import state_tables, view_tables
from tests.support.graphs import Seen, url_of
from tests.support.settled import settled, spine, store
from tests.support.stores import NOON

PROFILE = Profile(name="news", home="https://news.test/")
ONE_TWICE = (Edge(EdgeKind.CANONICAL, "https://a\x00"), Edge(EdgeKind.CANONICAL, "https://a"))
"""Two that are one in the database: what the door of extraction never lets through."""
LINKED = Candidate(url="https://news.test/linked/", via=Via.LINK)


def page(number: int, at: datetime | None = None, **found: Any) -> CaptureRow:
    capture = Capture(
        url=f"https://news.test/{number}/",
        fetched_at=at or NOON + timedelta(seconds=number),
        warc_file="news.warc.gz",
        warc_offset=number,
        warc_length=1,
        warc_record_id=f"<urn:uuid:{number}>",
        record_type=RecordType.RESPONSE,
        http_status=200,
    )
    facts = {"outcome": Outcome.PAGE, "extractor": "test", **found}
    return CaptureRow(PROFILE, Ingestible(capture, Extraction(**facts), "sha256:0"))


def outcomes(database: Database) -> list[tuple[str, str, str | None]]:
    statement = (
        select(
            view_tables.capture.c.url,
            view_tables.extraction.c.outcome,
            view_tables.extraction.c.reason,
        )
        .select_from(view_tables.capture.join(view_tables.extraction))
        .order_by(view_tables.capture.c.url)
    )
    with database.reading() as connection:
        return [(row[0][-2:], row[1], row[2]) for row in connection.execute(statement)]


def states(database: Database) -> dict[str, tuple[str, datetime | None]]:
    columns = views.url.c
    with database.reading() as connection:
        rows = connection.execute(select(columns.url, columns.state, columns.next_due_at))
        return {row.url: (row.state, row.next_due_at) for row in rows}


def test_a_row_that_cannot_be_stored_fails_by_itself_and_keeps_its_capture(database: Database):
    rows = [page(1, candidates=(LINKED,)), page(2, edges=ONE_TWICE), page(3)]

    for each in Storing(database).store(rows):
        each.resolve()

    failed = ("2/", "failed", UNSTORABLE)
    assert outcomes(database) == [("1/", "page", None), failed, ("3/", "page", None)]
    assert [row.future.result().outcome for row in rows] == ["page", "failed", "page"]
    assert states(database)[rows[1].item.capture.url][0] == "fetched"
    assert states(database)[LINKED.url][0] == "pending"


def test_a_job_that_fails_fails_alone(database: Database):
    def fail(_: object) -> None:
        raise RuntimeError("of its own")

    row, bad, good = page(1), WriterJob(fail), WriterJob(lambda _: 7)

    for each in Storing(database).store([bad, row, good]):
        each.resolve()

    assert isinstance(bad.future.exception(), RuntimeError)
    assert (row.future.result().outcome, good.future.result()) == ("page", 7)
    assert outcomes(database) == [("1/", "page", None)]


def test_what_concerns_the_database_fails_all_and_stores_nothing(database: Database):
    gone = WriterJob(lambda connection: connection.execute(text("SELECT * FROM nowhere")))

    with pytest.raises(DBAPIError):
        Storing(database).store([page(1), page(2, edges=ONE_TWICE), gone])

    assert outcomes(database) == []


def test_a_date_that_no_schedule_can_follow_costs_the_urls_schedule_and_no_row_of_the_view(
    database: Database,
):
    last = datetime.max.replace(tzinfo=UTC)
    row = page(1, at=last)

    for each in Storing(database).store([row, page(2)]):
        each.resolve()

    assert outcomes(database) == [("1/", "page", None), ("2/", "page", None)]
    assert states(database)[row.item.capture.url] == ("retry", None)


def test_of_what_is_replaced_the_one_that_cannot_be_stored_fails(database: Database):
    storing = Storing(database)
    for each in storing.store([page(1), page(2), page(3)]):
        each.resolve()
    items = [page(1, reason="new").item, page(2, edges=ONE_TWICE).item, page(3, reason="new").item]

    with database.writing() as connection:
        done = storing.replace(connection, PROFILE, items, in_order=True)

    assert [each.after["outcome"] for each in done] == ["page", "failed", "page"]
    failed = ("2/", "failed", UNSTORABLE)
    assert outcomes(database) == [("1/", "page", "new"), failed, ("3/", "page", "new")]


def articles_of(database: Database, profile: Profile) -> list[str]:
    statement = (
        select(view_tables.article.c.canonical_url)
        .join(view_tables.publisher)
        .where(view_tables.publisher.c.name == profile.name)
        .order_by(view_tables.article.c.canonical_url)
    )
    with database.reading() as connection:
        return list(connection.scalars(statement))


def unsettled_of(database: Database, profile: Profile) -> list[str]:
    statement = (
        select(state_tables.unsettled.c.url)
        .join(view_tables.publisher)
        .where(view_tables.publisher.c.name == profile.name)
    )
    with database.reading() as connection:
        return list(connection.scalars(statement))


def date_all(database: Database, url: str, date: str | None) -> None:
    """Have the captures of *url* say that it was published on *date*."""
    mine = select(view_tables.capture.c.id).where(view_tables.capture.c.url == url)
    with database.writing() as connection:
        rows = connection.execute(
            select(view_tables.extraction.c.id, view_tables.extraction.c.fields).where(
                view_tables.extraction.c.capture_id.in_(mine)
            )
        ).all()
        for row in rows:
            fields = {name: value for name, value in row.fields.items() if name != "date_published"}
            if date is not None:
                fields["date_published"] = date
            connection.execute(
                view_tables.extraction.update()
                .where(view_tables.extraction.c.id == row.id)
                .values(fields=fields)
            )


def test_an_article_that_cannot_be_settled_stops_no_other_and_is_told_of(
    database: Database, ingest: Ingest, tmp_path: Path
):
    names = [f"/{letter}/" for letter in "abcde"]
    profile = settled(ingest, *[Seen(path, 0, headline=path) for path in names])
    assert articles_of(database, profile) == [url_of(path) for path in names]
    date_all(database, url_of("/c/"), "no date at all")
    later = [Seen(path, 1, headline=path) for path in names]

    store(ingest, profile, list(enumerate(later, len(names))))
    ingest.settle_all(profile)

    told = ingest.refusals()
    assert len(told) == 1
    assert told[0].startswith(f"{url_of('/c/')}: its article cannot be settled (ValueError: ")
    assert articles_of(database, profile) == [url_of(path) for path in names if path != "/c/"]
    assert unsettled_of(database, profile) == [url_of("/c/")]

    date_all(database, url_of("/c/"), None)
    with spine(database, tmp_path / "next") as following:
        following.settle_all(profile)
        assert following.refusals() == []
    assert articles_of(database, profile) == [url_of(path) for path in names]
    assert unsettled_of(database, profile) == []
