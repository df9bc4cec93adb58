"""SIGTERM, as cron, systemd and scrapyd send it: the crawl ends in seconds and keeps everything."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.sql.schema import state_tables, view_tables
from tests.support.archives import articles, captures, count, frontier, outcomes, rows
from tests.support.command import pressmark, started
from tests.support.server import Received, Reply, Server
from tests.support.sites import (
    connect_to,
    stories,
    tree,
    write_profile,
    write_settings,
)

INTERRUPTED = 7
SOON = 10.0
"""Seconds within which a crawl has to be gone."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    write_profile(folder)
    return folder


@pytest.fixture
def never() -> Iterator[threading.Event]:
    """What a server waits for that never answers; set when the test is over."""
    event = threading.Event()
    yield event
    event.set()


def assert_interrupted(home: Path) -> None:
    ends = [row["exit_state"] for row in rows(home, select(state_tables.crawl.c.exit_state))]
    assert ends == ["interrupted"]
    assert list((home / "warc").glob("*.open")) == []


def test_a_crawl_that_is_told_to_end_keeps_all_it_asked_for_and_the_next_goes_on(home: Path):
    with Server(tree(300)) as server:
        with started(home, "crawl", "tree", *connect_to(server)) as crawl:
            crawl.until(lambda: len(server.received) > 100, "request 100")
            seconds = crawl.terminate()
            done = crawl.result()
        asked = len(server.received)

        assert (done.code, seconds < SOON) == (INTERRUPTED, True)
        assert done.err == ""
        assert 100 < asked < 300
        assert count(home, view_tables.capture) == asked
        assert_interrupted(home)
        pressmark(home, "verify")

        pressmark(home, "crawl", "tree", *connect_to(server))

    assert set(articles(home)) == stories(300)
    assert len([t for t in server.targets if "/story-" in t]) == 300  # none was asked for twice


def test_a_signal_to_all_of_its_processes_costs_no_page(home: Path):
    """As a terminal's Ctrl-C comes: the workers leave the end to the crawl."""
    with Server(tree(300)) as server:
        command = ("crawl", "tree", *connect_to(server))
        with started(home, *command) as crawl:
            crawl.until(lambda: len(server.received) > 50, "request 50")
            os.killpg(crawl.pid, signal.SIGINT)
            done = crawl.result()

    assert (done.code, done.err) == (INTERRUPTED, "")
    assert captures(home) == len(server.received)
    assert {row["outcome"] for seen in outcomes(home).values() for row in seen} == {
        "article",
        "listing",
        "missing",
    }
    assert_interrupted(home)


@pytest.mark.slow
def test_a_server_that_hangs_does_not_keep_a_crawl_from_ending(home: Path, never: threading.Event):
    whole = tree(40)

    def reply(received: Received) -> Reply:
        if received.path.removesuffix("/").endswith("7"):
            never.wait(300)
        return whole(received)

    with Server(reply) as server:
        with started(home, "crawl", "tree", *connect_to(server)) as crawl:
            crawl.until(lambda: "/story-37/" in server.targets, "a page that hangs")
            seconds = crawl.terminate()
            done = crawl.result()

        assert (done.code, seconds < SOON) == (INTERRUPTED, True)
        assert_interrupted(home)

        never.set()
        pressmark(home, "crawl", "tree", *connect_to(server))

    assert set(articles(home)) == stories(40)


@pytest.mark.slow
def test_a_long_crawl_delay_does_not_keep_a_crawl_from_ending(home: Path):
    whole = tree(40)

    def reply(received: Received) -> Reply:
        if received.path == "/robots.txt":
            return 200, {"Content-Type": "text/plain"}, "User-agent: *\nCrawl-delay: 10\n"
        return whole(received)

    with Server(reply) as server, started(home, "crawl", "tree", *connect_to(server)) as crawl:
        crawl.until(lambda: captures(home) == 2, "the front page")
        seconds = crawl.terminate()
        done = crawl.result()

    assert (done.code, seconds < SOON) == (INTERRUPTED, True)
    assert_interrupted(home)
    assert "pending" in {row["state"] for row in frontier(home).values()}


@pytest.mark.parametrize("sign", [".publisher-tree.lock", "warc/*.open"])
def test_a_crawl_that_is_told_to_end_while_it_starts_ends(home: Path, sign: str):
    """From the moment on when it has taken the lock."""
    with Server(tree(40)) as server:
        command = ("crawl", "tree", "--json", *connect_to(server))
        with started(home, *command) as crawl:
            crawl.until(lambda: any(home.glob(sign)), f"{sign} is there")
            seconds = crawl.terminate()
            done = crawl.result()

    assert (done.code, seconds < SOON) == (INTERRUPTED, True)
    assert (done.account["exit"], done.err) == ("interrupted", "")
    assert_interrupted(home)


@pytest.mark.slow
def test_a_crawl_that_still_takes_in_what_an_earlier_one_left_can_be_ended(home: Path):
    """The workers are stopped, so that taking in would last for ever."""
    write_settings(home, extract_timeout_seconds=300)
    with Server(tree(60)) as server:
        pressmark(home, "crawl", "tree", *connect_to(server))
        (home / "archive.db").unlink()
        with started(home, "crawl", "tree", *connect_to(server)) as crawl:
            crawl.until(lambda: captures(home) > 0, "the first row")
            for worker in crawl.workers:
                worker.suspend()
            seconds = crawl.terminate()
            done = crawl.result()

        assert (done.code, seconds < SOON, done.err) == (INTERRUPTED, True, "")

        pressmark(home, "crawl", "tree", *connect_to(server))

    assert set(articles(home)) == stories(60)
    pressmark(home, "verify")
