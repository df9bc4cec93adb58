"""The index of a home: sorted, whole, and made from no WARC file twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archive.errors import StorageError
from archive.settings import Settings
from archive.warc.collection import Collection, Listed
from archive.warc.store import Store
from archive.warc.upkeep import index as index_module
from archive.warc.upkeep.index import CdxIndex
from tests.support.stores import exchange, filled, store_at


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return store_at(tmp_path / "warc")


@pytest.fixture
def index(tmp_path: Path, store: Store) -> CdxIndex:
    return CdxIndex(tmp_path, store)


def written(index: CdxIndex) -> list[bytes]:
    """Bring *index* up to date, write it, and return its lines."""
    refreshed = index.refresh()
    count = index.write(refreshed.files)
    lines = index.file.read_bytes().splitlines(keepends=True)
    assert len(lines) == count
    return lines


def files_in(lines: list[bytes]) -> set[str]:
    return {json.loads(line.split(b" ", 2)[2])["filename"] for line in lines}


def test_the_lines_of_all_files_are_sorted_by_their_bytes(store: Store, index: CdxIndex):
    for numbers in ([7, 3, 30], [4, 31, 1]):
        filled(store, [exchange(number) for number in numbers])

    lines = written(index)

    assert lines == sorted(lines)
    assert len(lines) == 6


def test_a_file_is_read_once(store: Store, index: CdxIndex):
    first, _ = filled(store, [exchange(0)])
    before = index.refresh()
    second, _ = filled(store, [exchange(1)])

    after = index.refresh()

    assert (before.files, before.read) == ((first,), 1)
    assert (set(after.files), after.read) == ({first, second}, 1)
    assert index.refresh().read == 0
    assert files_in(written(index)) == {first, second}


def test_a_file_that_is_gone_is_forgotten(store: Store, index: CdxIndex, tmp_path: Path):
    first, _ = filled(store, [exchange(0)])
    second, _ = filled(store, [exchange(1)])
    written(index)

    store.path(first).unlink()

    assert files_in(written(index)) == {second}
    assert len(list((tmp_path / "index").iterdir())) == 1


def test_a_file_that_was_replaced_is_read_again(store: Store, index: CdxIndex):
    first, _ = filled(store, [exchange(0)])
    second, _ = filled(store, [exchange(1), exchange(2)])
    written(index)

    store.path(second).replace(store.folder / first)

    assert len(written(index)) == 2


def test_a_file_that_is_being_written_is_left_out_and_named(store: Store, index: CdxIndex):
    finished, _ = filled(store, [exchange(0)])
    writer = store.open_writer("demo", {})
    writer.write(exchange(1))

    refreshed = index.refresh()

    assert refreshed.files == (finished,)
    assert refreshed.unfinished == (writer.file,)
    writer.close()


def test_damage_is_named_each_time(store: Store, index: CdxIndex):
    name, captures = filled(store, [exchange(n) for n in range(3)])
    data = bytearray(store.path(name).read_bytes())
    data[captures[1].warc_offset + 60] ^= 0x40
    store.path(name).write_bytes(data)

    first, second = index.refresh(), index.refresh()

    assert first == second
    (problem,) = first.problems
    assert problem.startswith(f"{name}: bytes {captures[1].warc_offset} to ")
    assert len(written(index)) == 2


def test_more_files_than_may_be_open_at_once_give_the_same_index(
    store: Store, index: CdxIndex, monkeypatch: pytest.MonkeyPatch
):
    for number in range(7):
        filled(store, [exchange(number), exchange(number + 10)])
    expected = written(index)

    monkeypatch.setattr(index_module, "OPEN_PARTS", 2)

    assert written(index) == expected
    assert len(expected) == 14


def test_an_index_that_cannot_be_written_leaves_the_old_one(store: Store, index: CdxIndex):
    filled(store, [exchange(0)])
    before = written(index)

    with pytest.raises(StorageError, match="cannot be written"):
        index.write(index.refresh().files, index.file / "below-a-file")

    assert index.file.read_bytes().splitlines(keepends=True) == before
    assert [path.name for path in index.file.parent.glob(".*")] == []


def test_a_file_that_lies_elsewhere_is_indexed_under_the_name_that_the_archive_has_for_it(
    tmp_path: Path,
):
    name, _ = filled(store_at(tmp_path / "elsewhere"), [exchange(0)])
    place = str(tmp_path / "elsewhere" / name)
    entry = Listed(name="alias.warc.gz", size_bytes=1, digest="", location=place)
    collection = Collection(tmp_path)
    collection.add(entry)
    index = CdxIndex(tmp_path, Store(tmp_path / "warc", Settings(), collection))

    assert files_in(written(index)) == {"alias.warc.gz"}
