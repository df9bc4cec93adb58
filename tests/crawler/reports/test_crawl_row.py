"""A crawl's row: there from its beginning, complete at its end, or completed by the next crawl."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from archive.last_crawl import LastCrawl, read_last_crawl
from archive.library import Archive, open_archive
from archive.locks import lock, of_publisher
from archive.sql.schema import state_tables
from crawler.reports.crawl_row import CrawlRow
from crawler.user_agent import software
from tests.support.archives import rows
from tests.support.crawling import NEWS, OpenCrawl
from tests.support.frontier import HOUR, NOON


@contextmanager
def crawling(home: Path, *, at: Any = NOON) -> Iterator[tuple[CrawlRow, Archive, int]]:
    """Give the row of a crawl that began *at* that time, its archive, and its publisher's id."""
    with (
        open_archive(home) as archive,
        lock(home, of_publisher(NEWS.name), busy="it is held") as held,
    ):
        ingest = archive.ingest
        owner = ingest.do(lambda connection: ingest.publisher_id(connection, NEWS)).result()
        yield CrawlRow(held, at), archive, owner


def crawls(home: Path) -> list[dict[str, Any]]:
    return rows(home, select(state_tables.crawl).order_by(state_tables.crawl.c.started_at))


def test_a_crawl_that_began_has_a_row_that_says_by_what_and_no_end(home: Path):
    with crawling(home) as (row, archive, owner):
        assert not row.has_begun

        row.begin(archive, owner, NEWS, "pressmark crawl news")

        assert row.has_begun
    (found,) = crawls(home)
    assert (found["started_at"], found["ended_at"], found["exit_state"]) == (NOON, None, None)
    assert (found["command"], found["profile_digest"]) == ("pressmark crawl news", NEWS.digest)
    assert found["software"] == software()
    assert read_last_crawl(home, "news") == LastCrawl(started_at=NOON)


def test_a_crawl_that_ended_has_a_row_with_what_it_counted(home: Path):
    with crawling(home) as (row, archive, owner):
        row.begin(archive, owner, NEWS, "")

        row.end(archive, NOON + HOUR, {"articles": 3}, "done")

    (found,) = crawls(home)
    assert (found["ended_at"], found["exit_state"]) == (NOON + HOUR, "done")
    assert found["counts"] == {"articles": 3}


def test_a_row_that_was_never_begun_is_not_ended(home: Path):
    with crawling(home) as (row, archive, _):
        row.end(archive, NOON, {}, "locked")

    assert crawls(home) == []


def test_a_row_that_had_no_room_for_its_end_is_completed_by_the_next_crawl(home: Path):
    with crawling(home) as (row, archive, owner):
        row.begin(archive, owner, NEWS, "")
        row.note(NOON + HOUR, "disk")

    with crawling(home, at=NOON + 2 * HOUR) as (row, archive, owner):
        row.begin(archive, owner, NEWS, "")

    first, second = crawls(home)
    assert (first["ended_at"], first["exit_state"]) == (NOON + HOUR, "disk")
    assert second["ended_at"] is None
    assert read_last_crawl(home, "news") == LastCrawl(started_at=NOON + 2 * HOUR)


def test_a_row_that_has_its_end_keeps_it_whatever_the_note_says(home: Path):
    with crawling(home) as (row, archive, owner):
        row.begin(archive, owner, NEWS, "")
        row.end(archive, NOON + HOUR, {}, "done")
        row.note(NOON + HOUR + timedelta(seconds=1), "disk")

    with crawling(home, at=NOON + 2 * HOUR) as (row, archive, owner):
        row.begin(archive, owner, NEWS, "")

    assert crawls(home)[0]["exit_state"] == "done"


def test_a_crawl_that_was_killed_has_no_end_after_the_next_one_either(home: Path):
    with crawling(home) as (row, archive, owner):
        row.begin(archive, owner, NEWS, "")

    with crawling(home, at=NOON + HOUR) as (row, archive, owner):
        row.begin(archive, owner, NEWS, "")

    assert [found["ended_at"] for found in crawls(home)] == [None, None]


async def test_a_crawl_writes_how_it_ended_into_its_row_and_its_note(
    opening: OpenCrawl, home: Path
):
    crawl = await opening(PRESSMARK_COMMAND="pressmark crawl news")
    crawl.leases()
    await crawl.done(NEWS.home)

    await crawl.close()

    (found,) = crawls(home)
    assert (found["exit_state"], found["command"]) == ("done", "pressmark crawl news")
    assert found["counts"]["ended_because_finished"] == 1
    note = read_last_crawl(home, "news")
    assert note is not None
    assert note.exit_state == "done"
