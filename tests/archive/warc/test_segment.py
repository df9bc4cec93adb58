"""A disk that is full takes back the write that met it, and nothing else."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from archive.errors import StorageError
from archive.warc.exchange import drafts_of
from archive.warc.segment import GZIP_HEADER, Segment
from archive.warc.upkeep.check import Checked, check_file
from tests.support.stores import exchange, reply, store_at

ROOT = Path(__file__).parents[3]
LIMIT = 3_000_000

# The limit on a file's size is a full disk for whoever writes, and needs neither root nor a mount.
FILLER = """
import json, resource, random, sys
from pathlib import Path
from archive.errors import StorageError
from tests.support.stores import exchange, reply, store_at

limit = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
store = store_at(Path(sys.argv[1]))
writer = store.open_writer("demo", {})
acknowledged, refused = [], []
for number in range(60):
    size = 5_000_000 if number == 5 else 100_000
    try:
        capture = writer.write(exchange(number, reply(random.Random(number).randbytes(size))))
        writer.sync()
        acknowledged.append([number, capture.warc_file, capture.warc_offset])
    except StorageError as error:
        refused.append([number, str(error)])
writer.close()
print(json.dumps([acknowledged, refused]))
"""


def test_a_write_that_does_not_fit_is_taken_back_and_all_others_are_kept(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FILLER, str(tmp_path), str(LIMIT)],
        capture_output=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    acknowledged, refused = json.loads(done.stdout)

    store = store_at(tmp_path)
    [file] = store.files()
    assert refused[0] == [5, f"{tmp_path}/{file.name}.open: {refused[0][1].partition(': ')[2]}"]
    assert "cannot write at offset" in refused[0][1]
    assert refused[0][1].endswith("File too large")
    assert len(refused) > 20
    # What came after the one that was too large still went in, until the file was full.
    assert {0, 4, 6, 20} <= {number for number, _, _ in acknowledged}
    assert len(list(store.scan(file.name))) == len(acknowledged)
    for number, name, offset in acknowledged:
        assert store.read(name, offset) == exchange(number, reply(body(number)))
    [checked] = check_file(store.path(file.name))
    assert isinstance(checked, Checked)
    assert checked.sound_bytes == file.size <= LIMIT


def body(number: int) -> bytes:
    return random.Random(number).randbytes(100_000)


def test_records_are_appended_all_or_none(tmp_path: Path) -> None:
    segment = Segment(tmp_path, "demo", 1)
    first = drafts_of(exchange(1), "<urn:uuid:0>")
    segment.append([first.main])
    size = segment.size
    second = drafts_of(exchange(2), "<urn:uuid:0>")
    unwritable = drafts_of(exchange(3, ip="1.2.3.4\r\nX: y"), "<urn:uuid:0>")

    with pytest.raises(ValueError, match="line break"):
        segment.append([second.main, *second.followers, unwritable.main])

    path = tmp_path / (segment.name + ".open")
    assert (segment.size, path.stat().st_size) == (size, size)
    [(offset, _)] = segment.append([second.main])
    assert offset == size
    segment.finish()


def test_an_unwritable_folder_is_a_storage_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=f"{tmp_path}/none: no WARC file can be made: No such"):
        Segment(tmp_path / "none", "demo", 1)


def test_every_member_begins_with_the_same_ten_bytes(tmp_path: Path) -> None:
    segment = Segment(tmp_path, "demo", 1)
    drafts = drafts_of(exchange(), "<urn:uuid:0>")

    places = segment.append([drafts.main, *drafts.followers])
    segment.finish()

    data = (tmp_path / segment.name).read_bytes()
    assert {data[offset : offset + 10] for offset, _ in places} == {GZIP_HEADER}


def test_a_name_says_what_when_and_where(tmp_path: Path) -> None:
    segment = Segment(tmp_path, "demo", 7)
    segment.finish()

    prefix, stamp, serial, host = segment.name.removesuffix(".warc.gz").split("-", 3)
    assert (prefix, serial) == ("demo", "00007")
    assert len(stamp) == 17
    assert stamp.isdigit()
    assert host
