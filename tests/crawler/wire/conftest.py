"""The archive of one crawl of all odd exchanges, for the tests that only look at it."""

from __future__ import annotations

import fcntl
import pickle
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.odd_exchanges import OWN, REPLIES
from tests.support.raw_server import Heard, Play, RawServer, Then
from tests.support.recorded import Recorded, by_url
from tests.support.wire_crawl import crawl

IDLE = 40


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request as the server heard it, and the bytes that it answered."""

    request: bytes
    answer: bytes
    connection: int
    order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OddArchive:
    """What the servers heard and said, by URL, and what was recorded of it."""

    site: str
    idle_site: str
    site6: str
    refused: str
    attempts: Mapping[str, tuple[Attempt, ...]]
    recorded: Mapping[str, list[Recorded]]
    home: Path


@pytest.fixture(scope="session")
def odd_archive(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> OddArchive:
    """Crawl the odd exchanges once, for all of pytest's workers."""
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent
    notes = shared / "odd-archive.pickle"
    with (shared / "odd-archive.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not notes.exists():
            notes.write_bytes(pickle.dumps(_crawl(shared / "odd-archive")))
    archive: OddArchive = pickle.loads(notes.read_bytes())
    return archive


def _crawl(home: Path) -> OddArchive:
    plays = {odd.target: odd.play for odd in (*OWN, *REPLIES)}
    with (
        RawServer(plays) as server,
        RawServer(_once_a_connection) as idle,
        RawServer({"/six": Play(reply(b"six"))}, host="::1") as six,
        socket.socket() as silent,
    ):
        silent.bind(("127.0.0.1", 0))  # and never listens: connections to it are refused
        nobody = f"127.0.0.1:{silent.getsockname()[1]}"
        urls = [server.url + target for target in plays]
        urls += [f"{six.url}/six", f"http://{nobody}/robots.txt"]
        urls += [f"{idle.url}/idle-{number}" for number in range(IDLE)]
        netlocs = [server.netloc, idle.netloc, six.netloc, nobody]
        crawl(home, urls, site=f"{server.url}/", allow=netlocs, concurrent=8)
        return OddArchive(
            site=server.url,
            idle_site=idle.url,
            site6=six.url,
            refused=f"http://{nobody}/robots.txt",
            attempts=_attempts(server, idle, six),
            recorded=by_url(home),
            home=home,
        )


def _attempts(*servers: RawServer) -> dict[str, tuple[Attempt, ...]]:
    return {
        server.url + target: tuple(
            Attempt(heard.request, heard.answer, heard.connection, heard.order)
            for heard in server.heard(target)
        )
        for server in servers
        for target in {heard.target for heard in server.all_heard}
    }


def reply(body: bytes) -> bytes:
    """Return a plain reply with *body*."""
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


def _once_a_connection(heard: Heard) -> Play:
    """Answer the first request of a connection and leave it open; close it at the second."""
    if heard.order == 0:
        return Play(reply(f"{heard.target} over connection {heard.connection}".encode()))
    return Play(then=Then.CLOSE if heard.connection % 2 else Then.RESET)
