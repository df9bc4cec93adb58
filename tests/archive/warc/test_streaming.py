"""No record is in memory as a whole, whoever writes, reads, checks, indexes or repairs it."""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from archive.model import Capture
from archive.settings import Settings
from archive.warc.collection import Collection
from archive.warc.http import parse_message
from archive.warc.reading.cdx import cdx_lines
from archive.warc.reading.reader import RecordFile
from archive.warc.reading.scan import Held, captures
from archive.warc.store import Store
from archive.warc.upkeep.check import Checked, check_file
from archive.warc.upkeep.repair import repair_file
from tests.support.foreign import record, write_members, write_plain
from tests.support.resident import growth
from tests.support.stores import exchange

MB = 1_000_000
BODY_BYTES = 60 * MB
MOST_GROWTH = 20 * MB
LINE = b"<p>The keeper of the lock has seen the heron twice since the rain began.</p>\n"
PIECE = (LINE * (MB // len(LINE) + 1))[:MB]


def by_length(size: int = BODY_BYTES) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size
    yield from (PIECE for _ in range(size // MB))


def in_chunks() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"%x\r\n%b\r\n" % (MB // 100, PIECE[: MB // 100])
    yield from (chunk * 100 for _ in range(BODY_BYTES // MB))
    yield b"0\r\n\r\n"


def a_head_without_end() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    yield from (b"X-Flood: yes\r\n" * (MB // 14) for _ in range(BODY_BYTES // MB))


def nothing_but_line_ends() -> Iterator[bytes]:
    yield from (b"\r\n" * (MB // 2) for _ in range(BODY_BYTES // MB))


def trailers_without_end() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
    yield from (b"X-Flood: yes\r\n" * (MB // 14) for _ in range(BODY_BYTES // MB))


REPLIES = [by_length, in_chunks, a_head_without_end, nothing_but_line_ends, trailers_without_end]


@contextmanager
def spooled(folder: Path, pieces: Iterator[bytes]) -> Iterator[mmap.mmap]:
    path = folder / "spool"
    with path.open("wb") as file:
        file.writelines(pieces)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        yield mapped
    path.unlink()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "warc", Settings(), Collection(tmp_path))


def written(store: Store, response: mmap.mmap) -> Capture:
    """Write a short exchange, one of *response*, and a short one; return the second."""
    writer = store.open_writer("demo", {})
    found = [writer.write(item) for item in (exchange(1), exchange(2, response), exchange(3))]
    writer.close()
    return found[1]


@pytest.mark.parametrize("reply", REPLIES)
def test_a_reply_of_60_mb_is_written_and_checked_without_being_in_memory(
    reply: Callable[[], Iterator[bytes]], store: Store, tmp_path: Path
):
    with spooled(tmp_path, reply()) as mapped, growth() as grown:
        capture = written(store, mapped)
        assert grown() < MOST_GROWTH
    with growth() as grown:
        *findings, checked = check_file(store.path(capture.warc_file))
        assert [*store.scan(capture.warc_file)][1] == capture
        store.require(capture.warc_file, capture.warc_offset)
        store.head(capture.warc_file, capture.warc_offset)
        assert grown() < MOST_GROWTH

    assert not findings
    assert isinstance(checked, Checked)


def test_of_a_body_of_80_mb_only_the_beginning_is_read_to_extract_it(store: Store, tmp_path: Path):
    with spooled(tmp_path, by_length(80 * MB)) as mapped:
        capture = written(store, mapped)

    with growth() as grown:
        payload = store.payload(capture.warc_file, capture.warc_offset)
        assert grown() < 2.2 * 65 * MB

    assert not payload.is_whole
    assert payload.status == 200
    assert payload.body[:MB] == PIECE


def test_a_file_with_a_record_of_60_mb_is_indexed_without_having_it_in_memory(
    store: Store, tmp_path: Path
):
    with spooled(tmp_path, in_chunks()) as mapped:
        capture = written(store, mapped)
    with store.open(capture.warc_file) as file:
        next(cdx_lines(file))  # imports its packages

    with store.open(capture.warc_file) as file, growth() as grown:
        assert len([*cdx_lines(file)]) == 3
        assert grown() < MOST_GROWTH


def test_a_damaged_file_with_a_record_of_60_mb_is_repaired_without_having_it_in_memory(
    store: Store, tmp_path: Path
):
    with spooled(tmp_path, by_length()) as mapped:
        capture = written(store, mapped)
    with store.path(capture.warc_file).open("r+b") as file:
        file.seek(capture.warc_offset - 60)  # in the record before
        file.write(b"\0" * 20)

    with growth() as grown:
        repaired = repair_file(store, capture.warc_file, iter([capture]))
        assert grown() < MOST_GROWTH

    assert repaired is not None
    assert repaired.new is not None
    assert capture.warc_record_id in {
        item.warc_record_id for item in store.scan(repaired.new) if isinstance(item, Capture)
    }


@pytest.mark.parametrize("write", [write_plain, write_members])
def test_a_record_of_60_mb_of_other_software_is_surveyed_without_having_it_in_memory(
    write: Callable[..., Path], store: Store, tmp_path: Path
):
    body = b"".join(by_length())
    path = write(tmp_path / "foreign.warc", [record("response", body, "http://x.test/large/")])
    del body
    held = Held()

    with growth() as grown, RecordFile(path) as file:
        (found,) = captures(file, held=held)
        assert grown() < MOST_GROWTH

    assert isinstance(found, Capture)
    assert found.payload_digest is not None


def test_the_end_of_a_head_is_found_where_it_lies_between_two_parts(tmp_path: Path):
    for size in range((1 << 20) - 4, (1 << 20) + 4):
        head = b"HTTP/1.1 200 OK\r\nX: ".ljust(size, b"x") + b"\r\n\r\nbody"
        with spooled(tmp_path, iter([head])) as mapped:
            message = parse_message(mapped)

        assert message == parse_message(head)
        assert message is not None
        assert message.payload(head) == b"body"
