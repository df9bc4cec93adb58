"""A crawl that is told to end: what is under way gets a few seconds, and then it is cut off.

Here it is told as Scrapy's signal handler does it; ``tests/acceptance/test_signals.py`` sends
signals to the command.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from scrapy.crawler import Crawler

from archive.errors import AbandonedError
from archive.sql.frontier.store import State
from crawler import shutdown
from crawler.exits import Exit
from crawler.run import Run
from tests.support.archives import frontier, outcomes
from tests.support.crawling import NEWS, Crawl, crawl_to_its_end, until
from tests.support.frontier import A, B
from tests.support.server import Received, Reply
from tests.support.sites import page


class Gate:
    """A site that answers nothing but robots.txt until the gate is opened."""

    def __init__(self) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()

    def __call__(self, received: Received) -> Reply:
        if received.path == "/robots.txt":
            return None
        self.reached.set()
        self.opened.wait(60)
        return page("A story")


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.opened.set()


async def test_a_download_under_way_is_archived_when_its_answer_comes_soon(home: Path, gate: Gate):
    async def end_it(crawler: Crawler) -> None:
        await until(gate.reached.is_set)
        await asyncio.gather(crawler.stop_async(), open_it(crawler))

    async def open_it(crawler: Crawler) -> None:
        run = crawler.get_extension(Run)
        assert run is not None
        await until(lambda: run.draining)
        gate.opened.set()

    crawled = await crawl_to_its_end(home, gate, only=(A,), meanwhile=end_it)

    assert crawled.run.exit is Exit.INTERRUPTED
    assert [row["http_status"] for row in outcomes(home)[A]] == [200]


async def test_a_download_that_takes_too_long_is_cut_off_and_its_url_stays_pending(
    home: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(shutdown, "GRACE_SECONDS", 0.1)

    async def end_it(crawler: Crawler) -> None:
        await until(gate.reached.is_set)
        await crawler.stop_async()

    crawled = await crawl_to_its_end(home, gate, only=(A,), meanwhile=end_it)

    assert crawled.run.exit is Exit.INTERRUPTED
    assert A not in outcomes(home)
    assert frontier(home)[A]["state"] == State.PENDING
    assert crawled.run.counts["failed_exchanges"] == 0


async def test_what_waits_for_its_turn_at_a_slow_pace_is_not_waited_for(home: Path):
    slow = replace(NEWS, delay_seconds=300)

    async def end_it(crawler: Crawler) -> None:
        await until(lambda: crawler._engine is not None and crawler.engine.downloader.slots != {})
        (slot,) = crawler.engine.downloader.slots.values()
        await until(lambda: slot.latercall is not None)
        await crawler.stop_async()

    crawled = await crawl_to_its_end(home, {}, slow, only=(A, B), meanwhile=end_it)

    assert crawled.run.exit is Exit.INTERRUPTED
    assert {received.path for received in crawled.received} == {"/robots.txt"}
    assert frontier(home)[A]["state"] == frontier(home)[B]["state"] == State.PENDING


async def test_work_in_a_thread_gives_what_it_raises(crawl: Crawl):
    def fail() -> None:
        raise LookupError("nothing there")

    with pytest.raises(LookupError, match="nothing there"):
        await crawl.run.ending.in_thread(fail)


async def test_a_signal_during_work_in_a_thread_has_that_work_given_up(crawl: Crawl):
    run, begun = crawl.run, threading.Event()

    def settle_for_ever() -> None:
        begun.set()
        while True:
            run.archive.ingest.settle_all(NEWS)

    work = asyncio.ensure_future(run.ending.in_thread(settle_for_ever))
    await until(begun.is_set)
    crawl.crawler.crawling = False  # as a signal leaves it

    with pytest.raises(AbandonedError):
        await work
    assert run.exit is Exit.INTERRUPTED


async def test_a_crawl_that_is_told_to_end_waits_for_no_database_longer_than_it_has_left(
    crawl: Crawl,
):
    database = crawl.run.archive.database
    assert database.patience_seconds > shutdown.GRACE_SECONDS

    crawl.run.ending.drain()
    assert database.patience_seconds == shutdown.GRACE_SECONDS

    database.patience_seconds = 0.0
    crawl.run.ending.hurry()
    assert database.patience_seconds == 0.0  # what is over stays over


async def test_a_crawl_that_could_not_begin_is_ending_before_anything_is_fetched(crawl: Crawl):
    assert not crawl.run.draining

    crawl.run.give_up(OSError("the disk is full"))

    assert crawl.run.draining
    assert crawl.lease() is None
