"""Corrupt an archive's file in any way: what is sound is found, what is not is named and mended."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.errors import RecordError
from archive.library import open_archive
from archive.maintenance.rebuild import rebuild
from archive.warc.collection import Collection
from archive.warc.reading.reader import RecordFile
from archive.warc.reading.stream import Record
from crawler.cli.main import main
from tests.support.homes import make_home
from tests.support.imports import view
from tests.support.scenarios import SCENARIOS
from tests.support.view import assert_same_view

Harm = Callable[[bytes, random.Random], tuple[bytes, int, int]]
"""Harms a file's bytes; returns them, and which of the old ones, from and to, are harmed."""

QUICK, ALL = range(20), range(20, 200)


def flip_a_bit(data: bytes, chance: random.Random) -> tuple[bytes, int, int]:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :], at, at + 1


def zero_a_block(data: bytes, chance: random.Random) -> tuple[bytes, int, int]:
    at = chance.randrange(len(data) - 4)
    size = min(chance.choice([4, 64, 512, 4096]), len(data) - at)
    return data[:at] + bytes(size) + data[at + size :], at, at + size


def cut_the_tail(data: bytes, chance: random.Random) -> tuple[bytes, int, int]:
    at = chance.randrange(1, len(data))
    return data[:at], at, len(data)


def cut_the_middle(data: bytes, chance: random.Random) -> tuple[bytes, int, int]:
    at = chance.randrange(len(data) - 1)
    end = min(len(data), at + chance.randrange(1, 6000))
    return data[:at] + data[end:], at, end


def insert_garbage(data: bytes, chance: random.Random) -> tuple[bytes, int, int]:
    at = chance.randrange(len(data) + 1)
    garbage = chance.choice(
        [chance.randbytes(300), bytes(100), b"\x1f\x8b\x08" * 9, b"WARC/1.1\r\n\r\n", data[:2000]]
    )
    return data[:at] + garbage + data[at:], at, at


def spoil_a_member_header(data: bytes, chance: random.Random) -> tuple[bytes, int, int]:
    starts = [at for at in range(len(data)) if data.startswith(b"\x1f\x8b\x08\x00\x00", at)]
    at = chance.choice(starts) + chance.randrange(10)
    return data[:at] + bytes([data[at] ^ chance.randrange(1, 256)]) + data[at + 1 :], at, at + 1


HARMS: tuple[Harm, ...] = (
    flip_a_bit,
    zero_a_block,
    cut_the_tail,
    cut_the_middle,
    insert_garbage,
    spoil_a_member_header,
)


@dataclass(frozen=True)
class Kept:
    """A record as it was before the harm."""

    begin: int
    end: int
    record_id: str
    content: bytes
    is_capture: bool


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of some 25 captures in two or more WARC files."""
    wanted = {"_troubles", "_changed", "_gone", "_renamed", "_amp_first"}
    slugs = {name.strip("_").replace("_", "-") for name in wanted}
    exchanges = [
        exchange
        for scenario in SCENARIOS
        for exchange in scenario.exchanges
        if exchange.url.split("/")[3] in slugs
    ]
    home = make_home(tmp_path_factory.mktemp("made") / "home", exchanges)
    (home / "archive.toml").write_text("workers = 1\n")
    return home


def records_of(path: Path) -> list[Kept]:
    found = []
    with RecordFile(path) as file:
        for item in file.records():
            assert isinstance(item, Record)
            content = item.head + item.read()
            kind = item.header.type
            found.append(
                Kept(
                    begin=item.offset,
                    end=item.offset + item.length,
                    record_id=item.header.record_id or "",
                    content=content,
                    is_capture=kind == "response",
                )
            )
    return found


def contents_of(home: Path) -> dict[str, bytes]:
    """Head and block of every record that can be read, by id."""
    found = {}
    with open_archive(home) as archive:
        for stored in archive.store.files():
            with archive.store.open(stored.name) as file:
                for item in file.records():
                    if isinstance(item, Record):
                        try:
                            found[item.header.record_id or ""] = item.head + item.read()
                        except RecordError:
                            continue
    return found


def run(home: Path, *args: str) -> Result:
    return CliRunner().invoke(main, ["--home", str(home), *args])


@pytest.mark.parametrize("seed", [*QUICK, *(pytest.param(n, marks=pytest.mark.slow) for n in ALL)])
def test_whatever_befalls_a_file_what_is_sound_is_found_and_the_rest_is_named(made, tmp_path, seed):
    chance = random.Random(seed)
    home = Path(shutil.copytree(made, tmp_path / "home"))
    path = chance.choice(sorted((home / "warc").glob("*.warc.gz")))
    before = records_of(path)
    data, start, stop = HARMS[seed % len(HARMS)](path.read_bytes(), chance)
    path.write_bytes(data)
    hit = [kept for kept in before if kept.begin < stop and kept.end > start]
    hit += [kept for kept in before if start == stop and kept.begin < start < kept.end]
    untouched = {kept.record_id: kept.content for kept in before if kept not in hit}

    found = contents_of(home)
    verified = run(home, "verify")
    repaired = run(home, "verify", "--repair")

    # All that was not hit is found, and nothing that was is taken for what it is not.
    originals = {kept.record_id: kept.content for kept in before}
    assert untouched.items() <= found.items()
    assert all(found[kept.record_id] == kept.content for kept in hit if kept.record_id in found)
    # The harm is named, with its place and with every capture that it cost.
    assert verified.exit_code == 1
    assert path.name in verified.output
    lost = [kept for kept in hit if kept.record_id not in found]
    for kept in lost:
        named = f"{kept.begin}" in verified.output or kept.record_id in verified.output
        assert named or (not kept.is_capture and kept.begin >= start)
    # Repaired, all is sound again, and what is lost is listed by its id.
    assert repaired.exit_code == 0, repaired.output
    assert "all sound" in repaired.output
    after = contents_of(home)
    assert untouched.items() <= after.items()
    assert all(after.get(name, content) == content for name, content in originals.items())
    for kept in lost:
        if kept.is_capture and kept.record_id not in after:
            assert kept.record_id in repaired.output
    assert run(home, "verify").exit_code == 0
    if seed % 7 == 0:
        rebuild(home, f"sqlite:///{tmp_path / 'again.db'}")
        assert_same_view(view(home), view(home, f"sqlite:///{tmp_path / 'again.db'}"))


def test_a_damaged_member_header_of_our_own_costs_no_record(made, tmp_path):
    home = Path(shutil.copytree(made, tmp_path / "home"))
    path = min((home / "warc").glob("*.warc.gz"))
    before = records_of(path)
    data = bytearray(path.read_bytes())
    for kept in before[1::2]:
        data[kept.begin : kept.begin + 10] = bytes(10)
    path.write_bytes(data)

    repaired = run(home, "verify", "--repair")

    assert f"it repaired {len(before) // 2} of them" in repaired.output
    assert "lost: bytes" not in repaired.output
    assert {kept.record_id: kept.content for kept in before}.items() <= contents_of(home).items()


def test_a_capture_that_was_cut_out_whole_is_named_though_another_record_took_its_place(
    made, tmp_path
):
    home = Path(shutil.copytree(made, tmp_path / "home"))
    path = min((home / "warc").glob("*.warc.gz"))
    victim = next(kept for kept in records_of(path) if kept.is_capture)
    data = path.read_bytes()
    path.write_bytes(data[: victim.begin] + data[victim.end :])

    verified, repaired = run(home, "verify"), run(home, "verify", "--repair")

    assert verified.exit_code == 1
    assert f"points to offset {victim.begin}, where there is no such record" in verified.output
    lost = Collection(home).contents().superseded[path.name].lost
    assert [loss.record_id for loss in lost if loss.record_id] == [victim.record_id]
    assert victim.record_id in repaired.output
    assert run(home, "verify").exit_code == 0


def test_the_damaged_file_stays_as_it_was_and_the_collection_says_what_took_its_place(
    made, tmp_path
):
    home = Path(shutil.copytree(made, tmp_path / "home"))
    path = min((home / "warc").glob("*.warc.gz"))
    victim = next(kept for kept in records_of(path) if kept.is_capture)
    data = bytearray(path.read_bytes())
    data[victim.end - 5] ^= 0xFF
    path.write_bytes(data)

    run(home, "verify", "--repair")

    assert path.with_name(path.name + ".damaged").read_bytes() == data
    assert not path.exists()
    gone = Collection(home).contents().superseded[path.name]
    assert gone.superseded_by == path.name.replace(".warc", "-repaired-1.warc")
    [loss] = gone.lost
    assert (loss.offset, loss.end, loss.record_id) == (
        victim.begin,
        victim.end,
        victim.record_id,
    )
    assert victim.record_id in run(home, "verify").output  # as a remark


def test_a_repaired_file_that_is_damaged_again_is_repaired_again(made, tmp_path):
    home = Path(shutil.copytree(made, tmp_path / "home"))
    for _ in range(2):
        path = min((home / "warc").glob("*.warc.gz"))
        victim = next(kept for kept in records_of(path) if kept.is_capture)
        data = bytearray(path.read_bytes())
        data[victim.end - 5] ^= 0xFF
        path.write_bytes(data)
        assert run(home, "verify").exit_code == 1
        assert run(home, "verify", "--repair").exit_code == 0

    assert list((home / "warc").glob("*-repaired-2.warc.gz")) != []
    assert len(list((home / "warc").glob("*.damaged"))) == 2
    assert run(home, "verify").exit_code == 0


def test_a_sound_archive_is_left_as_it_is(made, tmp_path):
    home = Path(shutil.copytree(made, tmp_path / "home"))
    before = sorted((path, path.stat().st_mtime_ns) for path in (home / "warc").iterdir())

    assert run(home, "verify", "--repair").exit_code == 0

    assert sorted((path, path.stat().st_mtime_ns) for path in (home / "warc").iterdir()) == before


def test_a_file_in_which_nothing_is_sound_is_put_aside(made, tmp_path):
    home = Path(shutil.copytree(made, tmp_path / "home"))
    path = min((home / "warc").glob("*.warc.gz"))
    path.write_bytes(bytes(path.stat().st_size))

    repaired = run(home, "verify", "--repair")

    assert repaired.exit_code == 0
    assert "none of its records is sound" in repaired.output
    assert Collection(home).contents().superseded[path.name].superseded_by is None
    assert run(home, "verify").exit_code == 0
