"""WACZ files: what lies in them, and that the field's own validator accepts them."""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
import zipfile
from pathlib import Path

import pytest

from archive.errors import MissingPackageError, NotFoundError, StorageError
from archive.export.wacz import Exported, export_wacz
from archive.library import open_archive
from archive.warc.store import Store
from archive.warc.upkeep.index import CdxIndex
from tests.support.command import run
from tests.support.odd_replies import ODD_REPLIES
from tests.support.stores import exchange, filled, store_at


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home" / "warc").mkdir(parents=True)
    return tmp_path / "home"


@pytest.fixture
def store(home: Path) -> Store:
    return store_at(home / "warc")


def exported(home: Path, output: Path, publisher: str | None = None) -> Exported:
    with open_archive(home) as archive:
        return export_wacz(
            output,
            database=archive.database,
            store=archive.store,
            index=CdxIndex(home, archive.store),
            publisher=publisher,
        )


def test_the_validator_accepts_an_archive_of_odd_replies(home: Path, store: Store):
    filled(store, [exchange(n, odd.wire, method=odd.method) for n, odd in enumerate(ODD_REPLIES)])

    exported(home, home / "odd.wacz")

    assert "Validation succeeded" in run("wacz", "validate", "-f", str(home / "odd.wacz")).out


def test_the_validator_accepts_warc_files_of_any_name(home: Path, store: Store):
    name, _ = filled(store, [exchange(0)])
    store.path(name).rename(store.folder / "Đà Nẵng (1) & {2}.warc.gz")

    exported(home, home / "named.wacz")

    assert "Validation succeeded" in run("wacz", "validate", "-f", str(home / "named.wacz")).out


def test_the_warc_files_are_in_it_byte_for_byte(home: Path, store: Store):
    names = [filled(store, [exchange(n)])[0] for n in range(2)]

    result = exported(home, home / "a.wacz")

    with zipfile.ZipFile(home / "a.wacz") as wacz:
        for name in names:
            assert wacz.read(f"archive/{name}") == store.path(name).read_bytes()
            # stored, so that a browser can ask for one record by its place
            assert wacz.getinfo(f"archive/{name}").compress_type == zipfile.ZIP_STORED
    assert (result.warc_files, result.captures) == (2, 2)
    assert result.size_bytes == (home / "a.wacz").stat().st_size


def test_the_index_is_that_of_the_home_cut_into_blocks(
    home: Path, store: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("archive.export.wacz.LINES_A_BLOCK", 3)
    filled(store, [exchange(n) for n in range(8)])
    index = CdxIndex(home, store)
    expected = b"".join(index.lines(index.refresh().files))

    exported(home, home / "a.wacz")

    with zipfile.ZipFile(home / "a.wacz") as wacz:
        data = wacz.read("indexes/index.cdx.gz")
        blocks = wacz.read("indexes/index.idx").decode().splitlines()
    assert gzip.decompress(data) == expected
    assert blocks[0].startswith("!meta 0 ")
    assert len(blocks) == 4
    for block in blocks[1:]:
        place = json.loads(block.split(" ", 2)[2])
        piece = data[place["offset"] : place["offset"] + place["length"]]
        assert gzip.decompress(piece).decode().startswith(block.rsplit(" {", 1)[0])
        assert place["digest"] == f"sha256:{hashlib.sha256(piece).hexdigest()}"


def test_damage_is_named_and_the_rest_is_exported(home: Path, store: Store):
    name, captures = filled(store, [exchange(n) for n in range(3)])
    data = bytearray(store.path(name).read_bytes())
    data[captures[1].warc_offset + 60] ^= 0x40
    store.path(name).write_bytes(data)

    result = exported(home, home / "a.wacz")

    assert result.captures == 2
    (problem,) = result.problems
    assert problem.startswith(f"{name}: bytes {captures[1].warc_offset} to ")


def test_there_is_nothing_to_export_before_a_warc_file_is_finished(home: Path, store: Store):
    writer = store.open_writer("demo", {})
    writer.write(exchange(0))

    with pytest.raises(NotFoundError, match="no finished WARC file"):
        exported(home, home / "a.wacz")

    writer.close()


def test_an_unknown_publisher_is_refused(home: Path, store: Store):
    filled(store, [exchange(0)])

    with pytest.raises(NotFoundError, match="nobody: nothing is archived of a publisher"):
        exported(home, home / "a.wacz", publisher="nobody")


def test_an_output_that_cannot_be_written_leaves_nothing_behind(home: Path, store: Store):
    filled(store, [exchange(0)])
    (home / "taken.wacz").mkdir()

    with pytest.raises(StorageError, match=r"taken\.wacz: cannot be written"):
        exported(home, home / "taken.wacz")

    assert [path.name for path in home.glob(".taken*")] == []


def test_without_the_extra_one_line_says_how_to_install_it(
    home: Path, store: Store, monkeypatch: pytest.MonkeyPatch
):
    filled(store, [exchange(0)])
    monkeypatch.setitem(sys.modules, "wacz.waczindexer", None)

    with pytest.raises(MissingPackageError, match=r"pip install '\.\[wacz\]'"):
        exported(home, home / "a.wacz")
