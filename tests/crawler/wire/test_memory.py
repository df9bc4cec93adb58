"""Large bodies lie on the disk while they arrive, and not in the crawler's memory."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest

from tests.support.raw_server import Heard, Play, RawServer
from tests.support.recorded import by_url
from tests.support.sites import write_settings
from tests.support.wire_crawl import crawl

AT_ONCE = 16
MEGABYTE = 1_000_000


class Bodies:
    """Sixteen bodies of *size* bytes, each unlike the others, that arrive side by side."""

    def __init__(self, size: int) -> None:
        self._block = os.urandom(size // 16)
        self._together = threading.Barrier(AT_ONCE)
        self._size = size - size % 16

    def play(self, heard: Heard) -> Play:
        """Return the reply to *heard*, once all sixteen have been asked for."""
        if heard.target == "/robots.txt":
            return Play(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        with suppress(threading.BrokenBarrierError):
            self._together.wait(20)
        pieces: list[bytes | float] = [
            b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
        ]
        pieces.append(b"Content-Length: %d\r\n\r\n" % (self._size + len(heard.target)))
        pieces.append(heard.target.encode())
        for piece in self._pieces():
            pieces += [piece, 0.05]
        return Play(*pieces)

    def digest(self, target: str) -> str:
        """Return what the payload of *target* hashes to."""
        return sha256(target.encode() + b"".join(self._pieces())).hexdigest()

    def _pieces(self) -> Iterator[bytes]:
        return (self._block for _ in range(16))


def peak_of(home: Path, size: int) -> int:
    """Archive sixteen bodies of *size* bytes at once; return the most memory that it took."""
    write_settings(home, page_bytes=size + 100_000)
    bodies = Bodies(size)
    targets = [f"/body-{number}" for number in range(AT_ONCE)]
    with RawServer(bodies.play) as server:
        ended = crawl(
            home,
            [server.url + target for target in targets],
            site=f"{server.url}/",
            allow=[server.netloc],
            concurrent=AT_ONCE,
            timeout=110,
        )
        assert server.connections == AT_ONCE
    found = by_url(home)
    kept = [
        sha256(found[server.url + t][0].block.partition(b"\r\n\r\n")[2]).hexdigest()
        for t in targets
    ]
    assert kept == [bodies.digest(target) for target in targets]
    assert not list(home.glob("tmp*"))  # nothing is left where they were spooled
    return ended.peak_bytes


def test_sixteen_bodies_of_4_mb_at_once_take_no_memory_of_their_own(tmp_path: Path) -> None:
    peak = peak_of(tmp_path, 4 * MEGABYTE)

    assert peak < 180 * MEGABYTE  # 120 MB before the first request


@pytest.mark.slow
def test_sixteen_bodies_of_16_mb_at_once_keep_the_crawler_under_700_mb(tmp_path: Path) -> None:
    peak = peak_of(tmp_path, 16 * MEGABYTE)

    assert peak < 250 * MEGABYTE
