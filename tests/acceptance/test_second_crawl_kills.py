"""kill -9 in the middle of a second crawl, and then the same again, until it is done.

The publisher has changed since the first crawl: stories were edited, renamed, deleted, restored.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from shutil import copytree

import pytest
from sqlalchemy import select

from archive.profile import find_profile
from archive.sql.database import open_database
from archive.sql.schema import state_tables, view_tables
from crawler.demo.publisher import read_publisher
from crawler.demo.reply import Reply
from crawler.demo.server import DemoServer
from tests.support.archives import addresses, count, rows, sayings
from tests.support.command import Running, pressmark, running
from tests.support.demo import RecordingSite
from tests.support.view import View, assert_same_view, dump_view

FIRST, SECOND = 0, 21
"""Days of the two crawls."""


class TrippingSite(RecordingSite):
    """The demo site; it tells when it is asked for the *at*-th time."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._at = 0
        self.tripped = threading.Event()

    def arm(self, at: int) -> None:
        with self._lock:
            self._at = at
            self.tripped.clear()
            self._look()

    def respond(self, method: str, target: str, headers: Mapping[str, str]) -> Reply:
        reply = super().respond(method, target, headers)
        with self._lock:
            self._look()
        return reply

    def _look(self) -> None:
        if len(self.targets) >= self._at:
            self.tripped.set()


@dataclass(frozen=True)
class Visited:
    """An archive of two crawls, and what the second asked the server for."""

    home: Path
    targets: tuple[str, ...]


def crawl(home: Path, server: DemoServer, day: int, start: int = 0) -> tuple[str, ...]:
    """The command of a crawl on *day*, as a schedule runs it; *start* counts those of that day."""
    moment = read_publisher().moment(day) + timedelta(minutes=start)
    settings = {
        "PRESSMARK_HOME": home,
        "PRESSMARK_CONNECT_TO": f"demo.test:80:127.0.0.1:{server.port}",
        "PRESSMARK_CLOCK": moment.isoformat(),
        "PRESSMARK_DUE": 1,
        "LOG_LEVEL": "ERROR",
    }
    options = [part for key, value in settings.items() for part in ("-s", f"{key}={value}")]
    return "crawl", "demo", *options


def finish(process: Running) -> None:
    done = process.result()
    assert (done.code, done.err) == (0, "")


@pytest.fixture(scope="module")
def visited_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("once") / "home"
    with DemoServer() as server, running("scrapy", *crawl(home, server, FIRST)) as process:
        finish(process)
    return home


@pytest.fixture(scope="module")
def undisturbed(visited_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Visited:
    home = Path(copytree(visited_once, tmp_path_factory.mktemp("twice") / "home"))
    site = RecordingSite()
    with DemoServer(site) as server:
        server.set_day(SECOND)
        with running("scrapy", *crawl(home, server, SECOND)) as process:
            finish(process)
    return Visited(home, tuple(site.targets))


def view_of(home: Path, file: str) -> View:
    database = open_database(f"sqlite:///{file}", home)
    try:
        return dump_view(database)
    finally:
        database.close()


def versions(home: Path) -> list[tuple[object, ...]]:
    """What every version of every article says, without when it was seen."""
    version, article = view_tables.version.c, view_tables.article.c
    columns = (article.canonical_url, version.seq, version.text_sha256, version.change_kind)
    statement = select(*columns, version.headline).join(view_tables.article)
    return sorted((tuple(row.values()) for row in rows(home, statement)), key=repr)


def gone(home: Path) -> set[str]:
    statement = select(view_tables.article.c.canonical_url).where(
        view_tables.article.c.gone_at.is_not(None)
    )
    return {row["canonical_url"] for row in rows(home, statement)}


KILLS = 10


@pytest.mark.timeout(600)  # a busy machine takes its time over a dozen crawls
@pytest.mark.slow
def test_kills_of_a_second_crawl_make_no_version_twice_and_cost_only_what_was_under_way(
    tmp_path: Path, visited_once: Path, undisturbed: Visited
):
    home, site, chance = tmp_path / "home", TrippingSite(), random.Random(10)
    copytree(visited_once, home)
    whole = len(undisturbed.targets)

    with DemoServer(site) as server:
        server.set_day(SECOND)
        for number in range(KILLS):
            site.arm((number + 1) * whole // (KILLS + 1))
            with running("scrapy", *crawl(home, server, SECOND, start=number)) as process:
                process.until(site.tripped.is_set, f"the request of kill {number}")
                time.sleep(chance.uniform(0, 0.05))  # not always just behind a request
                process.kill()
        with running("scrapy", *crawl(home, server, SECOND, start=KILLS)) as process:
            finish(process)

    assert versions(home) == versions(undisturbed.home)
    assert len(versions(home)) > len(versions(visited_once))  # there was something to be found
    assert gone(home) == gone(undisturbed.home)
    assert sayings(home) == sayings(undisturbed.home)
    assert addresses(home) == addresses(undisturbed.home)
    assert count(home, state_tables.unsettled) == 0
    again = Counter(site.targets) - Counter(undisturbed.targets)
    del again["/robots.txt"]  # each crawl asks for it
    at_once = find_profile(home, "demo").concurrent_requests
    assert again.total() <= KILLS * at_once
    assert set(site.targets) == set(undisturbed.targets)
    pressmark(home, "verify")
    pressmark(home, "rebuild", "--into", "sqlite:///rebuilt.db")
    assert_same_view(view_of(home, "archive.db"), view_of(home, "rebuilt.db"))
