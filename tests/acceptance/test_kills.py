"""kill -9 in the middle of a crawl, and then the same command again, until it is done."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from sqlalchemy import select

from archive.sql.database import open_database
from archive.sql.schema import state_tables, view_tables
from tests.support.archives import addresses, count, frontier, rows, sayings
from tests.support.command import Running, pressmark, started
from tests.support.server import Received, Reply, Server
from tests.support.sites import connect_to, stories, tree, write_profile
from tests.support.view import View, assert_same_view, dump_view
from tests.support.warc import record_ids

PAGES = 300
AT_ONCE = 8
"""Requests under way at once: what a kill may cost, and no more."""


class Tripwire:
    """A site that notes when it is asked for the *at*-th time, by whichever crawl."""

    def __init__(self, site: Callable[[Received], Reply]) -> None:
        self._site = site
        self._lock = threading.Lock()
        self.asked, self.at = 0, 0
        self.tripped = threading.Event()

    def __call__(self, received: Received) -> Reply:
        with self._lock:
            self.asked += 1
            if self.asked == self.at:
                self.tripped.set()
        return self._site(received)

    def arm(self, at: int) -> None:
        with self._lock:
            self.at = at
            self.tripped.clear()
            if self.asked >= at:
                self.tripped.set()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return crawled(tmp_path_factory.mktemp("undisturbed"), PAGES)


def crawled(home: Path, pages: int) -> Path:
    """The home of a crawl of the tree that nobody disturbed."""
    write_profile(home, concurrent_requests=AT_ONCE)
    with Server(tree(pages)) as server:
        pressmark(home, "crawl", "tree", *connect_to(server), timeout=300)
    assert set(sayings(home)) == stories(pages)
    return home


def assert_nothing_was_lost(home: Path, undisturbed: Path) -> None:
    pressmark(home, "verify")  # every record is sound and in a row, every row leads to its record
    assert sayings(home) == sayings(undisturbed)
    assert addresses(home) == addresses(undisturbed)
    assert set(frontier(home)) == set(frontier(undisturbed))
    assert {row["state"] for row in frontier(home).values()} == {"fetched"}
    assert count(home, view_tables.version) == count(
        undisturbed, view_tables.version
    )  # no capture made a second version
    assert count(home, state_tables.unsettled) == 0
    assert list((home / "warc").glob("*.open")) == []
    ids = [
        row["warc_record_id"] for row in rows(home, select(view_tables.capture.c.warc_record_id))
    ]
    assert set(ids) <= record_ids(home)
    pressmark(home, "rebuild", "--into", "sqlite:///rebuilt.db")
    assert_same_view(view_of(home, "archive.db"), view_of(home, "rebuilt.db"))


def view_of(home: Path, file: str) -> View:
    database = open_database(f"sqlite:///{file}", home)
    try:
        return dump_view(database)
    finally:
        database.close()


@pytest.mark.slow
def test_five_kills_lose_nothing_and_cost_only_what_was_under_way(
    tmp_path: Path, undisturbed: Path
):
    chance = random.Random(20261124)
    moments = sorted(chance.sample(range(3, PAGES), 5))
    home, site = tmp_path / "home", Tripwire(tree(PAGES))
    write_profile(home, concurrent_requests=AT_ONCE)

    with Server(site) as server:
        command = ("crawl", "tree", "--json", *connect_to(server))
        for moment in moments:
            site.arm(moment)
            with started(home, *command) as crawl:
                crawl.until(site.tripped.is_set, f"request {moment}")
                time.sleep(chance.uniform(0, 0.05))  # not always just behind a request
                crawl.kill()
        last = pressmark(home, *command)

    assert last.account["exit"] == "done"
    assert_nothing_was_lost(home, undisturbed)
    # The front page, the stories, robots.txt and the well-known places once a crawl.
    once = count(undisturbed, view_tables.capture)
    for_nothing = site.asked - once - 5  # robots.txt is asked for by each crawl
    assert for_nothing <= len(moments) * AT_ONCE
    ends = [row["exit_state"] for row in rows(home, select(state_tables.crawl.c.exit_state))]
    assert sorted(ends, key=str) == [None] * 5 + ["done"]


def test_a_killed_crawl_leaves_no_process_behind(tmp_path: Path):
    home, site = tmp_path / "home", Tripwire(tree(PAGES))
    write_profile(home)

    with Server(site) as server:
        site.arm(50)
        with started(home, "crawl", "tree", *connect_to(server)) as crawl:
            crawl.until(site.tripped.is_set, "request 50")
            workers = crawl.workers
            children = psutil.Process(crawl.pid).children(recursive=True)
            crawl.kill()

            _, alive = psutil.wait_procs(children, timeout=10)

    assert workers != []
    assert alive == []


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_forty_kills_at_any_moment_lose_nothing(tmp_path: Path):
    """Also while it starts, takes in what the last one left, and settles at its end."""
    chance, pages = random.Random(1), 3_000
    home = tmp_path / "home"
    write_profile(home, concurrent_requests=AT_ONCE)

    with Server(tree(pages)) as server:
        command = ("crawl", "tree", "--json", *connect_to(server))
        for _ in range(40):
            with started(home, *command) as crawl:
                _wait_or_end(crawl, chance.uniform(0.5, 4.5))
                crawl.kill()
        last = pressmark(home, *command, timeout=300)

    assert last.account["exit"] == "done"
    assert_nothing_was_lost(home, crawled(tmp_path / "undisturbed", pages))


def _wait_or_end(crawl: Running, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while crawl.running and time.monotonic() < deadline:
        time.sleep(0.01)
