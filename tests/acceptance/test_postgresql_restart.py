"""A PostgreSQL that is restarted while a crawl is writing to it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.sql.database import open_database
from tests.support.command import pressmark, started
from tests.support.postgres import Server, running_server
from tests.support.server import Server as Site
from tests.support.sites import connect_to, stories, tree, write_profile, write_settings
from tests.support.view import View, assert_same_view, dump_view

PAGES = 120
DATABASE, INTERRUPTED = 6, 7
"""Exit codes of a crawl that could not write to its database, and of one that got a signal."""
SOON = 30.0
"""Seconds within which a crawl has to be gone."""


@pytest.fixture
def own_postgres() -> Iterator[Server]:
    """A server that a test may stop."""
    with running_server() as server:
        yield server


@pytest.fixture
def url(own_postgres: Server) -> str:
    return own_postgres.url(own_postgres.create())


@pytest.fixture
def home(tmp_path: Path, url: str) -> Path:
    """An archive whose database lies on the server."""
    folder = tmp_path / "home"
    write_profile(folder)
    write_settings(folder, database=f'"{url}"')
    return folder


def crawl_of(site: Site) -> tuple[str, ...]:
    return "crawl", "tree", "--json", *connect_to(site)


def view_of(home: Path, url: str) -> View:
    database = open_database(url, home)
    try:
        return dump_view(database)
    finally:
        database.close()


def assert_nothing_was_lost(home: Path, url: str) -> None:
    view = view_of(home, url)
    assert {dict(row)["canonical_url"] for row in view["article"]} == stories(PAGES)
    pressmark(home, "verify")
    pressmark(home, "rebuild", "--into", "sqlite:///rebuilt.db")
    assert_same_view(view, view_of(home, "sqlite:///rebuilt.db"))


def restart(server: Server, mode: str, away_seconds: float = 0.0) -> None:
    server.stop(mode)
    time.sleep(away_seconds)
    server.start()


@pytest.mark.parametrize("mode", ["fast", pytest.param("immediate", marks=pytest.mark.slow)])
def test_a_crawl_waits_for_a_database_that_is_restarted(
    home: Path, own_postgres: Server, url: str, mode: str
):
    """Three times; immediate, it loses what it acknowledged, as its commits do not wait."""
    with Site(tree(PAGES)) as site, started(home, *crawl_of(site)) as crawl:
        for quarter in (1, 2, 3):
            crawl.until(lambda at=quarter: len(site.received) > at * PAGES / 4, "a quarter")
            restart(own_postgres, mode, away_seconds=1.0 if quarter == 2 else 0.0)
        done = crawl.result()

    assert (done.code, done.err) == (0, "")
    assert_nothing_was_lost(home, url)
    assert done.counts["exchanges"] == len(site.received)
    if mode == "fast":
        assert len(set(site.targets)) == len(site.targets)  # nothing was asked for twice


@pytest.mark.slow
def test_a_database_that_stays_away_ends_a_crawl_and_the_next_takes_in_what_it_lacks(
    home: Path, own_postgres: Server, url: str
):
    write_settings(home, database=f'"{url}"', database_patience_seconds=1)
    with Site(tree(PAGES)) as site:
        with started(home, *crawl_of(site)) as crawl:
            crawl.until(lambda: len(site.received) > PAGES / 2, "half of the pages")
            own_postgres.stop()
            done = crawl.result()
        asked = len(site.received)
        own_postgres.start()

        again = pressmark(home, *crawl_of(site))

    assert done.code == DATABASE
    assert "the next crawl takes it in" in done.err or "cannot be read" in done.err
    assert list((home / "warc").glob("*.open")) == []
    assert again.counts["recovered"] > 0
    assert_nothing_was_lost(home, url)
    view = view_of(home, url)
    assert len(view["capture"]) == asked + again.counts["exchanges"]  # all of it lay in WARC


@pytest.mark.slow
def test_a_signal_ends_a_crawl_that_waits_for_its_database(
    home: Path, own_postgres: Server, url: str
):
    with Site(tree(PAGES)) as site:
        with started(home, *crawl_of(site)) as crawl:
            crawl.until(lambda: len(site.received) > PAGES / 2, "half of the pages")
            own_postgres.stop()
            asked = -1
            while asked != len(site.received):  # until the crawl stands still
                asked = len(site.received)
                time.sleep(0.5)
            seconds = crawl.terminate()
            done = crawl.result()
        own_postgres.start()

        pressmark(home, *crawl_of(site))

    assert (done.code in {DATABASE, INTERRUPTED}, seconds < SOON) == (True, True)
    assert_nothing_was_lost(home, url)
