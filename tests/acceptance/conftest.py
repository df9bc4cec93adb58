"""The archive that one crawl of the demo publisher makes, for the tests that only look at it."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree

import pytest

from crawler.demo.server import DemoServer
from tests.support.command import Done, pressmark
from tests.support.demo import DemoArchive, RecordingSite, connect_to
from tests.support.once import Once


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Once:
    """Fill a folder once, for all of pytest's workers: the others wait, and then look at it.

    What a test gets from it must not be changed.
    """
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent

    def get(name: str, fill: Callable[[Path], None]) -> Path:
        folder, filled = shared / name, shared / f"{name}.filled"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not filled.exists():
                fill(folder)
                filled.touch()
        return folder

    return get


@pytest.fixture(scope="session")
def demo_archive(once: Once) -> DemoArchive:
    """A crawl of the demo."""

    def crawl(folder: Path) -> None:
        site = RecordingSite()
        with DemoServer(site) as server:
            home = folder / "home"
            done = pressmark(home, "crawl", "demo", "--json", *connect_to(server), code=None)
        notes = json.dumps([done.code, done.out, done.err, site.targets])
        (folder / "notes.json").write_text(notes)

    folder = once("demo-archive", crawl)
    *ended, targets = json.loads((folder / "notes.json").read_text())
    return DemoArchive(folder / "home", Done(*ended), tuple(targets))


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
