"""A PostgreSQL that is restarted while a crawl is writing to it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.sql.database import open_database
from tests.support.command import pressmark, started
from tests.support.postgres import FOR_TESTS, Server, running_server
from tests.support.server import Received, Reply
from tests.support.server import Server as Site
from tests.support.sites import connect_to, stories, tree, write_profile, write_settings
from tests.support.view import View, assert_same_view, dump_view

PAGES = 200
DATABASE = 6
"""The exit code of a crawl that could not write to its database."""


@pytest.fixture
def own_postgres() -> Iterator[Server]:
    """A server that a test may stop."""
    with running_server() as server:
        yield server


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


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_crawl_waits_for_a_database_that_is_restarted(tmp_path: Path, own_postgres: Server, mode):
    home, name = tmp_path / "home", own_postgres.create()
    write_profile(home, concurrent_requests=8)
    write_settings(home, database=f'"{own_postgres.url(name)}"')
    with Site(tree(PAGES)) as site:
        with started(home, "crawl", "tree", "--json", *connect_to(site)) as crawl:
            for share in (1, 2, 3):
                crawl.until(lambda: len(site.received) > share * PAGES / 4, "a quarter")
                own_postgres.stop(mode)
                time.sleep(1.0 * (share == 2))
                own_postgres.start()
            done = crawl.result()

    print(done)
    assert (done.code, done.err) == (0, "")
    assert_nothing_was_lost(home, own_postgres.url(name))
