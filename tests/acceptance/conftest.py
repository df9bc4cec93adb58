"""The archive that one crawl of the demo publisher makes, for the tests that only look at it."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from crawler.demo.server import DemoServer
from tests.support.command import Done, pressmark
from tests.support.demo import DemoArchive, RecordingSite, connect_to


@pytest.fixture(scope="session")
def demo_archive(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> DemoArchive:
    """Crawl the demo once, for all of pytest's workers."""
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent
    home, notes = shared / "demo-archive", shared / "demo-archive.json"
    with (shared / "demo-archive.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not notes.exists():
            site = RecordingSite()
            with DemoServer(site) as server:
                done = pressmark(home, "crawl", "demo", "--json", *connect_to(server), code=None)
            notes.write_text(json.dumps([done.code, done.out, done.err, site.targets]))
    *ended, targets = json.loads(notes.read_text())
    return DemoArchive(home, Done(*ended), tuple(targets))


@pytest.fixture
def demo_copy(demo_archive: DemoArchive, tmp_path: Path) -> Path:
    """A copy of the demo's archive that a test may change."""
    return Path(copytree(demo_archive.home, tmp_path / "home"))


@pytest.fixture
def demo_site() -> RecordingSite:
    """The demo site, with a list of what was asked of it."""
    return RecordingSite()


@pytest.fixture
def demo_server(demo_site: RecordingSite) -> Iterator[DemoServer]:
    """A server of ``demo_site``."""
    with DemoServer(demo_site) as server:
        yield server
