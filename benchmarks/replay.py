"""Serve the replies of a WARC file on a loopback address, byte for byte.

    with Replay(Path("sample.warc.gz")) as site:
        crawl(site.home, "--allow-address", site.address, *site.connect_options)

If the recorded host is a loopback address, the server uses this address and port, so the site's own
URLs reach it. Otherwise, or if the port is in use, it uses a free port, and ``--connect-to`` leads
the client there. Replies are kept in memory as they were recorded, including chunk sizes. If a URL
was recorded several times, the last reply is served. A URL that was not recorded gets 404.
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
    """A reply as it was recorded, and whether its end is known without closing."""

    reply: bytes
    keeps_alive: bool


class Replay:
    """A threaded server of the responses in a WARC file; a context manager."""

    def __init__(self, warc: Path) -> None:
        """Read *warc* and bind the address; raises ``ValueError`` if it has no response."""
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
        """How many requests were answered, including those with 404."""
        self.not_recorded: list[str] = []
        """The targets that got 404 because there is no record, in order of arrival."""
        self.first_at: float | None = None
        """When the first request came (``last_at``: the last); ``time.monotonic``, in seconds."""
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
        """Stop listening and close every connection, so that no thread outlives the server."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self._server.server_close()

    def answer(self, method: str, host: str, target: str) -> Recorded:
        """Return the recorded reply to a request, and count the request."""
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
        """Record a connection that ``close`` has to end."""
        with self._lock:
            self._connections.add(connection)

    def closed(self, connection: socket.socket) -> None:
        """Forget a connection that ended."""
        with self._lock:
            self._connections.discard(connection)


def read_replies(warc: Path) -> dict[tuple[str, str], Recorded]:
    """Return the recorded replies of *warc* by host and request target (path and query).

    Raises ``ValueError`` if a record is damaged: a benchmark must run on all of its data.
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
        pass  # a name, or a port that is in use or not allowed
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
        with suppress(ConnectionError):  # the client may close the connection
            while (request := self._receive()) is not None:
                method, target, headers = request
                recorded = self._replay.answer(method, headers.get("host", "").lower(), target)
                self.wfile.write(recorded.reply)
                if not recorded.keeps_alive or headers.get("connection", "").lower() == "close":
                    return

    def _receive(self) -> tuple[str, str, dict[str, str]] | None:
        """Return method, target and headers of the next request; None at the end."""
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
