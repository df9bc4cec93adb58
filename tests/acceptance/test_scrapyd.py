"""A real scrapyd with the project installed beside it, configured as docs/schedule.md shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import select

from archive.profile import BUILT_IN
from archive.sql.schema import state_tables
from tests.support.archives import articles, rows
from tests.support.command import pressmark
from tests.support.documents import example
from tests.support.gate import Gate
from tests.support.scrapyd import PROJECT, Scrapyd, running_scrapyd
from tests.support.server import Server
from tests.support.sites import connect_to, stories, write_profile

PAGES = 20


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def scrapyd(tmp_path: Path, home: Path) -> Iterator[Scrapyd]:
    write_profile(home)
    config = example("schedule.md", "ini", "[scrapyd]")
    with running_scrapyd(tmp_path / "scrapyd", config, home) as scrapyd:
        yield scrapyd


def test_a_job_crawls_a_profile_and_its_items_are_the_articles(scrapyd: Scrapyd, home: Path):
    built_in = {file.stem for file in BUILT_IN.glob("*.toml")}

    projects = scrapyd.get("listprojects")["projects"]
    spiders = scrapyd.get("listspiders", project=PROJECT)["spiders"]
    job = scrapyd.schedule("demo", {"PRESSMARK_CONTACT": "operator@example.org"})
    scrapyd.wait(job)

    assert PROJECT in projects
    assert set(spiders) == built_in | {"tree"}
    found = articles(home)
    assert {item["canonical_url"] for item in scrapyd.items(job)} == set(found)
    for item in scrapyd.items(job):
        assert item["text"] == found[item["canonical_url"]]["text"]
    (row,) = rows(home, select(state_tables.crawl))
    assert row["exit_state"] == "done"
    log = scrapyd.log(job, "demo")
    assert "Spider closed (finished)" in log
    assert " ERROR: " not in log


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate(PAGES)
    yield gate
    gate.opened.set()


@pytest.mark.slow
def test_a_killed_scrapyd_leaves_a_crawl_running_and_the_next_job_is_kept_off_its_publisher(
    tmp_path: Path, home: Path, scrapyd: Scrapyd, gate: Gate
):
    config = example("schedule.md", "ini", "[scrapyd]")
    with Server(gate) as server:
        settings = {"PRESSMARK_CONNECT_TO": connect_to(server)[1]}
        scrapyd.schedule("tree", settings)
        gate.reached.wait(60)
        (crawl,) = scrapyd.crawls()
        scrapyd.kill()
        with running_scrapyd(tmp_path / "again", config, home) as again:
            job = again.schedule("tree", settings)
            again.wait(job)
            log, output = again.log(job), again.output

            assert crawl.status() != psutil.STATUS_ZOMBIE
            assert server.targets.count("/robots.txt") == 1  # the second asked for nothing
            gate.opened.set()
            psutil.wait_procs([crawl], timeout=60)

    assert "another crawl of tree is running; wait for it, or end it" in log.splitlines()[-1]
    assert "Process died: exitstatus=1" in output
    assert set(articles(home)) == stories(PAGES)
    (row,) = rows(home, select(state_tables.crawl))
    assert row["exit_state"] == "done"


@pytest.mark.slow
def test_a_job_that_is_cancelled_keeps_everything_and_the_next_goes_on(
    home: Path, scrapyd: Scrapyd, gate: Gate
):
    with Server(gate) as server:
        settings = {"PRESSMARK_CONNECT_TO": connect_to(server)[1]}
        job = scrapyd.schedule("tree", settings)
        gate.reached.wait(60)
        scrapyd.post("cancel", ("project", PROJECT), ("job", job))
        scrapyd.wait(job)
        pressmark(home, "verify")
        asked = len(server.received)
        gate.opened.set()

        scrapyd.wait(scrapyd.schedule("tree", settings))

    ends = [row["exit_state"] for row in rows(home, select(state_tables.crawl.c.exit_state))]
    assert ends == ["interrupted", "done"]
    assert set(articles(home)) == stories(PAGES)
    assert len(server.received) - asked < asked
