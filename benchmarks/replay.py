"""Serve what a WARC file recorded, on a loopback address, byte for byte.

    with Replay(Path("sample.warc.gz")) as site:
        crawl(site.home, "--allow-address", site.address, *site.connect_options)

Where the recorded host is itself a loopback address, that address and port are bound, and the
site's own URLs reach it. Otherwise, or where the port is taken, a free one is, and a client is led
there by ``--connect-to``. Replies are held in memory as they were recorded, chunk sizes and all;
of a URL that was recorded more than once the last reply is served. What was not recorded is 404.
"""

from __future__ import annotations

import argparse
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from time import monotonic
from types import TracebackType
from typing import Self, cast
from urllib.parse import urlsplit

from archive.urls import host_of
from archive.warc.http import Framing, parse_message
from archive.warc.reading.reader import Damage, RecordFile
from archive.warc.record import bare_uri

NOT_RECORDED = (
    b"HTTP/1.1 404 Not Found\r\n"
    b"Content-Type: text/plain\r\nContent-Length: 13\r\n\r\nnot recorded\n"
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A reply as it was recorded, and whether its end can be told without closing."""

    reply: bytes
    keeps_alive: bool


class Replay:
    """A threaded server of the responses in a WARC file; a context manager."""

    def __init__(self, warc: Path) -> None:
        """Read *warc* and bind the address; ``ValueError`` where it holds no response."""
        self._replies = read_replies(warc)
        if not self._replies:
            raise ValueError(f"{warc}: holds no response record")
        first_host, _ = next(iter(self._replies))
        self.home = f"http://{first_host}/"
        """The front page of the host that was recorded first."""
        self._server = _bind(first_host)
        self._server.owner = self
        host, port = self._server.server_address[:2]
        self.address = f"[{host!s}]:{port}" if ":" in str(host) else f"{host!s}:{port}"
        """Where the server listens, as HOST:PORT."""
        self.served: int = 0
        """How many requests were answered, those with 404 among them."""
        self.not_recorded: list[str] = []
        """The targets that were answered with 404 for want of a record, in order of arrival."""
        self.first_at: float | None = None
        """When the first request came, and ``last_at`` the last: ``time.monotonic``, in seconds."""
        self.last_at: float | None = None
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    @property
    def urls(self) -> list[str]:
        """The recorded URLs, in the order of the file."""
        return [f"http://{host}{target}" for host, target in self._replies]

    @property
    def connect_options(self) -> list[str]:
        """The command-line options that lead ``pressmark crawl`` to this server."""
        hosts = sorted({host for host, _ in self._replies} - {self.address})
        return [
            option
            for host in hosts
            for option in ("--connect-to", f"{_with_port(host)}:{self.address}")
        ]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening and cut every connection, so that no thread outlives the server."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self._server.server_close()

    def answer(self, method: str, host: str, target: str) -> Recorded:
        """Return what was recorded for a request, and count it."""
        found = self._replies.get((host, target)) if method == "GET" else None
        with self._lock:
            now = monotonic()
            self.first_at = now if self.first_at is None else self.first_at
            self.last_at = now
            self.served += 1
            if found is None:
                self.not_recorded.append(target)
        return found or Recorded(NOT_RECORDED, keeps_alive=True)

    def opened(self, connection: socket.socket) -> None:
        """Note a connection, to be cut by ``close``."""
        with self._lock:
            self._connections.add(connection)

    def closed(self, connection: socket.socket) -> None:
        """Forget a connection that ended."""
        with self._lock:
            self._connections.discard(connection)


def read_replies(warc: Path) -> dict[tuple[str, str], Recorded]:
    """Return the recorded replies of *warc* by host and request target (path and query).

    ``ValueError`` where a record is damaged: a benchmark must not run on less than it names.
    """
    replies = {}
    with RecordFile(warc) as file:
        for record in file.records():
            if isinstance(record, Damage):
                raise ValueError(f"{warc}: {record}")  # noqa: TRY004 - the file is at fault
            url = bare_uri(record.header.get("WARC-Target-URI"))
            if record.header.type != "response" or url is None or not url.startswith("http"):
                continue
            reply = record.read()
            replies[host_of(url), _target(url)] = Recorded(reply, _keeps_alive(reply))
    return replies


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _keeps_alive(reply: bytes) -> bool:
    message = parse_message(reply)
    return (
        message is not None
        and message.complete
        and message.framing is not Framing.CLOSE
        and message.end == message.total
        and message.head.version == "1.1"
        and "close" not in message.head.tokens("Connection")
    )


def _with_port(host: str) -> str:
    return host if host.rpartition(":")[2].isdigit() else f"{host}:80"


class _Tcp(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = False
    block_on_close = True
    request_queue_size = 64
    owner: Replay


class _Tcp6(_Tcp):
    address_family = socket.AF_INET6


def _bind(recorded_host: str) -> _Tcp:
    parts = urlsplit(f"//{recorded_host}")
    host = parts.hostname or ""
    try:
        address = ip_address(host)
        if address.is_loopback:
            kind = _Tcp6 if address.version == 6 else _Tcp
            return kind((host, parts.port or 80), _Handler)
    except (ValueError, OSError):
        pass  # a name, or a port that is taken or not ours to bind
    return _Tcp(("127.0.0.1", 0), _Handler)


class _Handler(StreamRequestHandler):
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self._replay = cast("_Tcp", self.server).owner
        self._replay.opened(self.request)

    def finish(self) -> None:
        self._replay.closed(self.request)
        with suppress(OSError):
            super().finish()

    def handle(self) -> None:
        with suppress(ConnectionError):  # the client went away: its right
            while (request := self._receive()) is not None:
                method, target, headers = request
                recorded = self._replay.answer(method, headers.get("host", "").lower(), target)
                self.wfile.write(recorded.reply)
                if not recorded.keeps_alive or headers.get("connection", "").lower() == "close":
                    return

    def _receive(self) -> tuple[str, str, dict[str, str]] | None:
        """Return method, target and headers of the next request; None at the connection's end."""
        words = self.rfile.readline().decode("latin-1").split()
        if len(words) != 3:
            return None
        headers = {}
        while (line := self.rfile.readline()) not in {b"\r\n", b"\n", b""}:
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        self.rfile.read(int(headers.get("content-length", 0)))
        return words[0], words[1], headers


def main() -> None:
    """Serve a WARC file until it is interrupted."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replay", description=__doc__)
    parser.add_argument("warc", type=Path, help="a WARC file, such as wget's")
    warc: Path = parser.parse_args().warc
    with Replay(warc) as site, suppress(KeyboardInterrupt):
        print(
            f"{len(site.urls)} URLs of {site.home} at {site.address}; Ctrl-C ends it\n"
            f"pressmark crawl {site.home} --allow-address {site.address}"
            f" {' '.join(site.connect_options)}",
            flush=True,
        )
        threading.Event().wait()


if __name__ == "__main__":
    main()
