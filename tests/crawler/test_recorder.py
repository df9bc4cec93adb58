"""The reactor's thread writes what is quick to write; another one syncs and lists full files."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.model import Capture
from archive.settings import Settings
from archive.sql.database import Database, open_database
from archive.warc.collection import Collection
from archive.warc.store import Store
from crawler.database_wait import Outage
from crawler.recorder import Recorder
from tests.support.stores import exchange, reply

LARGE_BYTES = 5_000
ALL = range(1, 40)


@pytest.fixture
def outage(tmp_path: Path) -> Outage:
    database: Database = open_database("sqlite://", tmp_path)
    return Outage(database)


@pytest.fixture
def by_thread(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """The names of the threads that called each function that waits for the disk, or wrote."""
    called: dict[str, list[str]] = {"fsync": [], "fdatasync": [], "rename": [], "write": []}

    def noted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            called[name].append(threading.current_thread().name)
            return real(*args, **options)

        return call

    for name in called:
        monkeypatch.setattr(os, name, noted(name, getattr(os, name)))
    return called


def recorded(store: Store, outage: Outage, calls: dict[str, list[str]]) -> list[Capture]:
    """Record exchanges that are asked for at once; every fifth is large."""
    writer = store.open_writer("demo", {})
    calls.update({name: [] for name in calls})  # without those of the first file's beginning

    async def record_all() -> list[Capture]:
        recorder = Recorder(writer, outage, LARGE_BYTES)
        large = reply(os.urandom(2 * LARGE_BYTES))
        wanted = [exchange(n, None if n % 5 else large) for n in ALL]
        return await asyncio.gather(*map(recorder.write, wanted))

    found = asyncio.run(record_all())
    writer.close()
    return found


def test_a_full_file_is_synced_and_listed_in_another_thread(
    tmp_path: Path, outage: Outage, by_thread: dict[str, list[str]]
):
    store = Store(tmp_path / "warc", Settings(segment_bytes=20_000), Collection(tmp_path))
    here = threading.current_thread().name

    found = recorded(store, outage, by_thread)

    assert len({capture.warc_file for capture in found}) > 3
    in_the_end = 3  # the last file, its folder, and its line in the list: the crawl is over
    assert by_thread["fsync"].count(here) == in_the_end < len(by_thread["fsync"])
    assert here in by_thread["write"]
    assert len({*by_thread["write"]}) > 1


def test_exchanges_are_in_the_files_in_the_order_in_which_they_came(
    tmp_path: Path, outage: Outage, by_thread: dict[str, list[str]]
):
    store = Store(tmp_path / "warc", Settings(segment_bytes=20_000), Collection(tmp_path))

    found = recorded(store, outage, by_thread)

    in_files = [item for file in store.files() for item in store.scan(file.name)]
    assert found == in_files
    assert [capture.url for capture in found] == [exchange(n).url for n in ALL]


def test_who_is_cancelled_within_a_long_write_does_not_let_the_next_one_write_beside_it(
    tmp_path: Path, outage: Outage
):
    store = Store(tmp_path / "warc", Settings(), Collection(tmp_path))
    writer = store.open_writer("demo", {})

    async def cancel_the_first() -> Capture:
        recorder = Recorder(writer, outage, LARGE_BYTES)
        first = asyncio.ensure_future(recorder.write(exchange(1, reply(bytes(3_000_000)))))
        await asyncio.sleep(0)
        first.cancel()
        return await recorder.write(exchange(2))

    second = asyncio.run(cancel_the_first())
    writer.close()

    (file,) = store.files()
    in_file = [*store.scan(file.name)]
    assert in_file[-1] == second
    assert len(in_file) <= 2
