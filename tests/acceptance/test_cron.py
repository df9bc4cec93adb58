"""The crontab of docs/schedule.md, run as cron runs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from time import monotonic

import psutil
import pytest
from sqlalchemy import select

from archive.sql.schema import state_tables
from tests.support.archives import articles, rows
from tests.support.command import Done, pressmark
from tests.support.cron import cron
from tests.support.gate import Gate
from tests.support.server import Server
from tests.support.sites import connect_to, stories, tree, write_profile

PAGES = 20
DEAD, LOCKED, INTERRUPTED, LIMIT = 3, 4, 7, 8
SOON = 30.0
"""Seconds within which a crawl has to be gone."""


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with most of a publisher's pages still to be fetched."""
    folder = tmp_path_factory.mktemp("begun") / "home"
    write_profile(folder)
    with Server(tree(PAGES)) as server:
        pressmark(folder, "crawl", "tree", "--budget", "8", *connect_to(server), code=LIMIT)
    return folder


@pytest.fixture
def home(begun: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    return Path(copytree(begun, tmp_path / "home"))


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate(PAGES)
    yield gate
    gate.opened.set()


def ran(home: Path, *more: str) -> Done:
    with cron(home, *more) as job:
        return job.result()


def test_what_is_due_is_crawled_without_a_word_and_then_nothing_is(home: Path):
    with Server(tree(PAGES)) as server:
        first = ran(home, *connect_to(server))
        asked = len(server.received)
        second = ran(home, *connect_to(server))

        assert len(server.received) == asked > 0
    assert (first.code, first.out, first.err) == (0, "", "")
    assert (second.code, second.out, second.err) == (0, "", "")
    assert set(articles(home)) == stories(PAGES)


def test_what_is_wrong_is_said_in_a_line(home: Path):
    with Server(tree(PAGES)) as server:
        nobody = connect_to(server)

    done = ran(home, *nobody)

    assert (done.code, done.out) == (DEAD, "")
    (line,) = done.err.splitlines()
    assert line.startswith("pressmark: tree: ")


def test_a_run_ends_at_once_while_another_is_at_work_and_a_signal_ends_that_one(
    home: Path, gate: Gate
):
    with Server(gate) as server, cron(home, *connect_to(server)) as first:
        first.until(gate.reached.is_set, "the gate")
        second = ran(home, *connect_to(server))
        (crawl,) = psutil.Process(first.pid).children()  # of cron's shell
        began = monotonic()
        crawl.terminate()
        done = first.result()
        seconds = monotonic() - began

    assert (second.code, second.out) == (LOCKED, "")
    (line,) = second.err.splitlines()
    assert "is running; wait for it, or end it" in line
    assert (done.code, seconds < SOON) == (INTERRUPTED, True)
    pressmark(home, "verify")
    ends = [row["exit_state"] for row in rows(home, select(state_tables.crawl.c.exit_state))]
    assert ends == ["limit", "interrupted"]
