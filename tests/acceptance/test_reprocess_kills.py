"""kill -9 in the middle of a reprocess, and then the same command again, until it is done."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from archive.extract.stamp import EXTRACTOR
from archive.sql.database import open_database
from tests.support.command import pressmark, started
from tests.support.homes import make_home
from tests.support.older import older
from tests.support.scenarios import exchange, http
from tests.support.sites import page
from tests.support.view import View, assert_same_view, dump_view

PAGES = 500
BATCH = 64
"""Captures in a commit, and so what a kill may cost."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of five hundred pages that an older extractor read, with its faults."""
    home = tmp_path_factory.mktemp("made") / "home"
    exchanges = [
        exchange(f"/story-{n % 450}/", n / 10, http(200, page(f"Story {n % 450}, told on day {n}")))
        for n in range(PAGES)
    ]
    make_home(home, exchanges)
    for file in home.glob("archive.db*"):
        file.unlink()
    with older(home, 7) as archive:
        archive.catch_up()
    return home


def view_of(home: Path) -> View:
    database = open_database("sqlite:///archive.db", home)
    try:
        return dump_view(database)
    finally:
        database.close()


def number(home: Path, statement: str, *values: str) -> int:
    """What a query counts, read past the locks of the command that runs."""
    connection = sqlite3.connect(f"file:{home / 'archive.db'}?mode=ro", uri=True, timeout=30)
    try:
        return int(connection.execute(statement, values).fetchone()[0])
    finally:
        connection.close()


def done_in(home: Path) -> int:
    """How many captures bear the stamp of the current extractor."""
    return number(home, "SELECT count(*) FROM extraction WHERE extractor = ?", EXTRACTOR)


def has_done(home: Path, least: int) -> Callable[[], bool]:
    return lambda: done_in(home) >= least


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_killed_at_five_moments_it_goes_on_and_ends_as_if_undisturbed(made, tmp_path):
    undisturbed = Path(shutil.copytree(made, tmp_path / "undisturbed"))
    pressmark(undisturbed, "reprocess", "--workers", "2")
    home = Path(shutil.copytree(made, tmp_path / "home"))
    command = ("reprocess", "--workers", "2", "--json")
    reached = []

    for least in (0, 1, BATCH + 1, 3 * BATCH + 1, PAGES):
        with started(home, *command) as running:
            running.until(lambda: bool(running.workers), "workers")
            children = psutil.Process(running.pid).children(recursive=True)
            running.until(has_done(home, least), f"{least} captures")
            running.kill()
            _, alive = psutil.wait_procs(children, timeout=10)
        assert alive == []
        reached.append(done_in(home))
    last = json.loads(pressmark(home, *command).out)

    assert reached == sorted(reached)
    assert reached[-1] == PAGES
    assert last["captures"] == 0  # only the articles were left to be settled
    assert_same_view(view_of(home), view_of(undisturbed))


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_what_was_done_before_a_kill_is_not_done_again(made, tmp_path):
    home = Path(shutil.copytree(made, tmp_path / "home"))
    with started(home, "reprocess", "--workers", "2") as running:
        running.until(has_done(home, 2 * BATCH), f"{2 * BATCH} captures")
        running.kill()
    before = done_in(home)

    again = json.loads(pressmark(home, "reprocess", "--workers", "2", "--json").out)

    assert 2 * BATCH <= before < PAGES
    assert again["captures"] == again["updated"] == PAGES - before
    assert number(home, "SELECT count(*) FROM unsettled") == 0
