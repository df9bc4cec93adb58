"""The extraction processes of a crawl: what they may not do to it, and what it may not to them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from archive.model import Outcome
from tests.support.archives import articles, captures, outcomes
from tests.support.command import pressmark, started
from tests.support.server import Received, Reply, Server
from tests.support.sites import (
    connect_to,
    listing,
    page,
    prose,
    stories,
    tree,
    write_profile,
    write_settings,
)

GLUTTON = "http://tree.test/glutton/"


def at_least(home: Path, number: int) -> bool:
    return captures(home) >= number


def test_a_page_that_exhausts_the_memory_fails_alone(tmp_path: Path):
    good = [f"/story-{number}/" for number in range(20)]

    def reply(received: Received) -> Reply:
        if received.path == "/":
            return listing(*good[:10], "/glutton/", *good[10:])
        if received.path == "/glutton/":
            return page("A glutton", body=prose("gluttony") + "<b a=1>x</b>" * 300_000)
        return page(received.path.strip("/")) if received.path in good else None

    write_profile(tmp_path)
    write_settings(tmp_path, extract_memory_bytes=60_000_000)
    with Server(reply) as server:
        pressmark(tmp_path, "crawl", "tree", *connect_to(server), code=1)

    assert set(articles(tmp_path)) == {f"http://tree.test{path}" for path in good}
    (row,) = outcomes(tmp_path)[GLUTTON]
    assert row["outcome"] == Outcome.FAILED
    assert "memory ran out" in row["reason"]


def test_workers_that_die_cost_no_page(tmp_path: Path):
    """As when the system kills one to free memory: its page is read once more by another."""
    write_profile(tmp_path)
    killed = 0
    with Server(tree(150)) as server:
        command = ("crawl", "tree", "--json", *connect_to(server))
        with started(tmp_path, *command) as crawl:
            for moment in (20, 60, 100):
                crawl.until(partial(at_least, tmp_path, moment), f"capture {moment}")
                for worker in crawl.workers[:1]:
                    worker.kill()
                    killed += 1
            done = crawl.result()

    assert killed == 3
    assert (done.code, done.account["exit"]) == (0, "done")
    assert set(articles(tmp_path)) == stories(150)
