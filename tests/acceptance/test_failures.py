"""A disk or database that fails in the middle of a crawl: it ends, says why, and keeps the rest."""

from __future__ import annotations

import base64
import random
import resource
import sqlite3
from pathlib import Path

import pytest

from tests.support.archives import articles, captures
from tests.support.command import pressmark, started
from tests.support.server import Received, Reply, Server
from tests.support.sites import connect_to, listing, page, stories, tree, write_profile

DISK, DATABASE = 5, 6


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    write_profile(folder)
    return folder


def test_a_database_that_breaks_ends_the_crawl_and_costs_no_page(home: Path):
    with Server(tree(200)) as server:
        with started(home, "crawl", "tree", "--json", *connect_to(server)) as crawl:
            crawl.until(lambda: captures(home) > 40, "forty captures")
            with sqlite3.connect(home / "archive.db", timeout=30) as connection:
                connection.execute("ALTER TABLE version RENAME TO lost")
            connection.close()
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


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="a limit is set on a running process")
def test_a_disk_that_is_full_ends_the_crawl_and_keeps_what_was_acknowledged(home: Path):
    """A limit on the size of a file stands for the full disk: the same error of the same call."""
    noise = random.Random(7)
    names = [f"/story-{number}/" for number in range(60)]

    def reply(received: Received) -> Reply:
        if received.path == "/":
            return listing(*names)
        if received.path not in names:
            return None
        ballast = base64.b64encode(noise.randbytes(150_000)).decode()
        return page(received.path.strip("/"), head=f"<!-- {ballast} -->")

    with Server(reply) as server:
        with started(home, "crawl", "tree", "--json", *connect_to(server)) as crawl:
            crawl.until(lambda: captures(home) > 5, "some captures")
            resource.prlimit(crawl.pid, resource.RLIMIT_FSIZE, (4_000_000, 4_000_000))
            done = crawl.result()
        archived = captures(home)

        assert (done.code, done.account["exit"]) == (DISK, "disk")
        assert "File too large" in done.account["error"]
        assert "Traceback" not in done.err
        assert 5 < archived < 60
        pressmark(home, "verify")

        pressmark(home, "crawl", "tree", *connect_to(server))

    assert len(articles(home)) == 60
    pressmark(home, "verify")
