"""A database that fails in the middle of a crawl: it ends, says why, and loses nothing."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.support.archives import articles, captures
from tests.support.command import pressmark, started
from tests.support.gate import Gate
from tests.support.server import Received, Reply, Server
from tests.support.sites import connect_to, listing, stories, tree, write_profile

DATABASE = 6


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    write_profile(folder)
    return folder


def test_a_database_that_breaks_ends_the_crawl_and_costs_no_page(home: Path):
    gate = Gate(200, after=60)  # or a quick crawl might be over before it breaks
    with Server(gate) as server:
        with started(home, "crawl", "tree", "--json", *connect_to(server)) as crawl:
            crawl.until(lambda: captures(home) > 40, "forty captures")
            with sqlite3.connect(home / "archive.db", timeout=30) as connection:
                connection.execute("ALTER TABLE version RENAME TO lost")
            connection.close()
            gate.opened.set()
            done = crawl.result()
        asked = len(server.received)

        assert (done.code, done.account["exit"]) == (DATABASE, "database")
        assert "no such table" in done.account["error"]
        assert "Traceback" not in done.err
        assert asked < 200

        for file in home.glob("archive.db*"):
            file.unlink()
        again = pressmark(home, "crawl", "tree", "--json", *connect_to(server))

    assert again.counts["recovered"] == asked
    assert set(articles(home)) == stories(200)
    assert len([target for target in server.targets if "story" in target]) == 200
    pressmark(home, "verify")


@pytest.mark.slow
def test_a_page_that_is_unavailable_for_a_moment_is_asked_again_while_other_work_is_left(
    tmp_path: Path,
):
    home = tmp_path / "home"
    write_profile(home, delay_seconds=0.1)
    others, refusals = tree(110), [503]
    paths = [f"/story-{number}/" for number in range(110)]

    def reply(received: Received) -> Reply:
        if received.path == "/":
            return listing(*paths)
        if received.path == paths[0] and refusals:
            return refusals.pop(), {}, "not now"
        return others(received)

    with Server(reply) as server:
        pressmark(home, "crawl", "tree", "--json", *connect_to(server), code=1)

    assert set(articles(home)) == stories(110)
    again = server.targets.index(paths[0], server.targets.index(paths[0]) + 1)
    assert server.targets.index(paths[-1]) > again
