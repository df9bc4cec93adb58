"""A process may die at any moment: what it acknowledged is there, and its file is finished."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from archive.model import Capture
from archive.warc.store import Store
from archive.warc.upkeep.check import Checked, check_file
from tests.support.stores import exchange, filled, reply, store_at

ROOT = Path(__file__).parents[3]


def left_open(store: Store, count: int) -> tuple[Path, list[Capture]]:
    """A file as a dead process leaves it: whole, ``.open``, held by nobody."""
    name, captures = filled(store, [exchange(i, request=b"") for i in range(count)])
    finished = store.path(name)
    return finished.rename(finished.with_name(name + ".open")), captures


def test_a_tail_torn_at_any_byte_is_cut_to_the_last_whole_record(tmp_path: Path) -> None:
    store = store_at(tmp_path / "warc")
    path, captures = left_open(store, 3)
    data, last = path.read_bytes(), captures[-1]
    name = path.name.removesuffix(".open")
    torn = store.folder / (name + ".torn")
    path.unlink()

    for size in range(last.warc_offset, len(data) + 1):
        path.write_bytes(data[:size])

        store.recover()

        whole = size == len(data)
        kept = size if whole else last.warc_offset
        assert store.path(name).read_bytes() == data[:kept]
        if kept < size:
            assert torn.read_bytes() == data[kept:size]
            torn.unlink()
        assert sorted(store.folder.iterdir()) == [store.folder / name]
        assert list(store.scan(name)) == (captures if whole else captures[:-1])
        store.path(name).unlink()


def test_damage_further_in_is_not_cut_away_with_the_records_behind_it(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    path, captures = left_open(store, 3)
    data = bytearray(path.read_bytes())
    data[captures[1].warc_offset + 300] ^= 0xFF
    path.write_bytes(data + b"\x1f\x8b\x08torn")

    store.recover()

    name = path.name.removesuffix(".open")
    assert store.path(name).read_bytes() == data
    assert (tmp_path / (name + ".torn")).read_bytes() == b"\x1f\x8b\x08torn"


def test_a_tail_of_zeros_as_a_power_cut_leaves_it_is_cut(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    path, captures = left_open(store, 2)
    name = path.name.removesuffix(".open")
    path.write_bytes(path.read_bytes() + bytes(10_000))

    store.recover()

    assert (tmp_path / (name + ".torn")).read_bytes() == bytes(10_000)
    assert list(store.scan(name)) == captures


def test_a_file_without_a_whole_record_is_put_aside_and_an_empty_one_vanishes(
    tmp_path: Path,
) -> None:
    store = store_at(tmp_path)
    (tmp_path / "a-1.warc.gz.open").write_bytes(b"\x1f\x8b\x08\x00 and no more")
    (tmp_path / "b-1.warc.gz.open").write_bytes(b"")

    store.recover()

    torn = tmp_path / "a-1.warc.gz.torn"
    assert torn.read_bytes() == b"\x1f\x8b\x08\x00 and no more"
    assert list(tmp_path.iterdir()) == [torn]


def test_a_file_that_a_living_writer_holds_is_left_alone(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    writer = store.open_writer("demo", {})
    first = writer.write(exchange(1))

    store_at(tmp_path).recover()

    second = writer.write(exchange(2))
    writer.close()
    assert list(store.scan(first.warc_file)) == [first, second]


def test_recovery_that_was_interrupted_is_done_again(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    path, captures = left_open(store, 2)
    name = path.name.removesuffix(".open")
    data = path.read_bytes()
    path.write_bytes(data + b"tail")
    (tmp_path / (name + ".torn")).write_bytes(b"ta")  # killed while it was copied

    store.recover()

    assert (tmp_path / (name + ".torn")).read_bytes() == b"tail"
    assert list(store.scan(name)) == captures


WRITER = """
import sys
from pathlib import Path
from tests.support.stores import exchange, reply, store_at

store = store_at(Path(sys.argv[1]), segment_bytes=400_000)
writer = store.open_writer("demo", {})
number = 0
while True:
    body = (b"%d " % number) * (200 if number % 7 else 300_000)
    capture = writer.write(exchange(number, reply(body)))
    writer.sync()
    print(number, capture.warc_file, capture.warc_offset, flush=True)
    number += 1
"""


def test_a_killed_writer_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    rng = random.Random(11)
    for round_ in range(5):
        folder = tmp_path / str(round_)
        acknowledged = killed_writer(folder, 0.05 + rng.random() / 4)
        store = store_at(folder)

        store.recover()

        assert all(file.complete for file in store.files())
        for number, name, offset in acknowledged:
            assert store.read(name, offset).response == reply(body_of(number))
        for file in store.files():
            [checked] = check_file(store.path(file.name))
            assert isinstance(checked, Checked)
            assert checked.sound_bytes == file.size
        urls = {item.url for file in store.files() for item in store.scan(file.name)}  # type: ignore[union-attr]
        assert {f"http://demo.test/{number}" for number, _, _ in acknowledged} <= urls


def body_of(number: int) -> bytes:
    return (b"%d " % number) * (200 if number % 7 else 300_000)


def killed_writer(folder: Path, seconds: float) -> list[tuple[int, str, int]]:
    """Run a writer, kill it *seconds* after its first line, and return what it acknowledged."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    with process:
        first = process.stdout.readline()
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        lines = (first + process.stdout.read()).decode().split("\n")[:-1]
    assert len(lines) > 1
    return [(int(number), name, int(offset)) for number, name, offset in map(str.split, lines)]
