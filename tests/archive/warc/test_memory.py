"""A large body is written in bounded memory, and only one body is held when it is read."""

from __future__ import annotations

import mmap
import random
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from archive.warc.http import parse_message
from archive.warc.record import digest
from archive.warc.upkeep.check import check_file
from tests.support.stores import exchange, store_at

MB = 1_000_000
BODY_BYTES = 30 * MB


def framed_by_length(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def framed_by_chunks(body: bytes) -> bytes:
    parts = (body[i : i + 8192] for i in range(0, len(body), 8192))
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"


@contextmanager
def peak() -> Iterator[Callable[[], int]]:
    tracemalloc.start()
    try:
        yield lambda: tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("frame", [framed_by_length, framed_by_chunks])
def test_a_large_body_takes_a_few_megabytes_to_write_and_one_body_to_read(
    frame: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    body = random.Random(5).randbytes(BODY_BYTES // 2) + bytes(BODY_BYTES // 2)
    payload_digest, wire = digest(body), frame(body)
    spool = tmp_path / "spool"
    spool.write_bytes(wire)
    del body
    store = store_at(tmp_path / "warc")
    writer = store.open_writer("demo", {})

    with spool.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        with peak() as written:
            capture = writer.write(exchange(0, mapped))
            assert written() < 6 * MB
        mapped.close()
    writer.close()

    assert capture.payload_digest == payload_digest
    with peak() as scanned:
        assert list(store.scan(capture.warc_file)) == [capture]
        assert scanned() < 6 * MB
    with peak() as read:
        back = store.read(capture.warc_file, capture.warc_offset)
        assert read() < 2.2 * BODY_BYTES
    assert back.response == wire
    [_] = check_file(store.path(capture.warc_file))


def test_the_seams_of_a_large_reply_are_found_without_copying_it(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    spool.write_bytes(framed_by_chunks(bytes(BODY_BYTES)))

    with spool.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        with peak() as parsed:
            message = parse_message(mapped)
            assert parsed() < MB // 10
        mapped.close()

    assert message is not None
    assert message.payload_bytes == BODY_BYTES
