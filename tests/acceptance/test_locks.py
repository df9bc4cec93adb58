"""Who may work on an archive at the same time, and what the others are told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.archives import articles
from tests.support.bad_pages import spans
from tests.support.command import Done, pressmark, started
from tests.support.gate import Gate
from tests.support.server import Server
from tests.support.sites import (
    connect_to,
    listing,
    page,
    stories,
    tree,
    write_profile,
    write_settings,
)

LOCKED = 4


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate(20)
    yield gate
    gate.opened.set()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    write_profile(folder)
    return folder


def one_line(done: Done) -> str:
    assert done.out == ""
    (line,) = done.err.splitlines()
    return line


def test_a_second_crawl_of_a_publisher_ends_at_once_and_so_does_a_rebuild(home: Path, gate: Gate):
    with Server(gate) as server:
        command = ("crawl", "tree", *connect_to(server))
        with started(home, *command) as first:
            first.until(gate.reached.is_set, "the gate")
            second = pressmark(home, *command, code=LOCKED)
            rebuild = pressmark(home, "rebuild", code=1)
            gate.opened.set()
            done = first.result()

    assert "another crawl of tree is running" in one_line(second)
    assert "a crawl is running" in one_line(rebuild)
    assert server.targets.count("/robots.txt") == 1  # the second asked for nothing
    assert done.code == 0
    assert set(articles(home)) == stories(20)


@pytest.mark.slow
def test_another_publisher_can_be_crawled_and_the_archive_read_at_the_same_time(
    home: Path, gate: Gate
):
    write_profile(home, "grove")
    with Server(gate) as server, Server(tree(20)) as other:
        command = ("crawl", "tree", *connect_to(server))
        with started(home, *command) as first:
            first.until(gate.reached.is_set, "the gate")
            pressmark(home, "crawl", "grove", *connect_to(other, "grove"))
            found = pressmark(home, "search", "story", "--publisher", "grove")
            pressmark(home, "verify")
            gate.opened.set()
            done = first.result()

    assert "Story number" in found.out
    assert done.code == 0
    assert len(articles(home)) == 40


@pytest.mark.slow
def test_a_publisher_may_bear_the_name_of_any_of_the_archives_locks(home: Path):
    names = ("archive", "due", "import")
    with Server(tree(1)) as server:
        for name in names:
            write_profile(home, name)
        options = [option for name in names for option in connect_to(server, name)]
        done = pressmark(home, "crawl", "--due", *names, "--json", *options)

    assert [(row["publisher"], row["exit"]) for row in done.rows] == [(n, "done") for n in names]


class TestWhileADatabaseIsRebuilt:
    """A page that no extractor comes to the end of keeps the rebuild busy."""

    @pytest.fixture
    def slow_home(self, home: Path) -> Path:
        write_settings(home, extract_timeout_seconds=1)
        endless = page("A page without end", body=spans(200_000))
        routes = {"/": listing("/story-0/", "/endless/"), "/endless/": endless}
        routes["/story-0/"] = page("A story")
        with Server(routes) as server:
            pressmark(home, "crawl", "tree", *connect_to(server), code=1)
        write_settings(home, extract_timeout_seconds=300)
        return home

    def test_a_crawl_ends_at_once(self, slow_home: Path):
        with started(slow_home, "rebuild") as rebuild:
            rebuild.until((slow_home / "archive.db.rebuild").exists, "a new database")
            done = pressmark(slow_home, "crawl", "tree", code=LOCKED)

            assert rebuild.running
        assert "it is being rebuilt" in one_line(done)

    def test_killed_it_leaves_the_database_as_it_was_and_can_be_run_again(self, slow_home: Path):
        before = articles(slow_home)
        with started(slow_home, "rebuild") as rebuild:
            rebuild.until(lambda: rebuild.workers != [], "a worker")
            rebuild.kill()

        assert articles(slow_home) == before
        write_settings(slow_home, extract_timeout_seconds=1)
        pressmark(slow_home, "rebuild")
        assert articles(slow_home) == before
