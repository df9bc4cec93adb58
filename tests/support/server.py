"""A real HTTP server on a free loopback port, for tests that need one.

    with Server({"/": "<p>hello</p>", "/gone": (410, {}, b"")}) as server:
        fetch(server.url + "/")
        assert server.targets == ["/"]

A target without a route answers 404. A reply of ``bytes`` is sent as it is, and the connection is
closed after it.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from socketserver import StreamRequestHandler, ThreadingTCPServer
from time import monotonic
from types import TracebackType
from typing import Self, cast

Headers = Mapping[str, str] | Iterable[tuple[str, str]]
Reply = bytes | str | tuple[int, Headers, bytes | str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A request as it arrived; *at* is in seconds of ``time.monotonic``."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    raw: bytes
    at: float = field(compare=False)

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    def header(self, name: str) -> str | None:
        """The first value of header *name*, in any case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


Routes = Mapping[str, "Reply | Callable[[Received], Reply]"] | Callable[[Received], Reply]


class Server:
    """Serves *routes*: replies by target or path, or a function of the request.

    A reply is a text (200, ``text/html``), ``(status, headers, body)``, raw ``bytes``, or None
    (404). ``Content-Length`` is added if the headers name no length. With *tls* the connections
    are encrypted.
    """

    def __init__(
        self, routes: Routes, *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
    ) -> None:
        self.routes = routes
        self.received: list[Received] = []
        self._server = _server_class(host)((host, 0), _Handler)
        self._server.owner = self
        if tls is not None:  # each handshake in the thread of its connection
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.host, self.port = host, int(self._server.server_address[1])
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def netloc(self) -> str:
        """Host and port, as they stand in a URL."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The server's base URL, without a slash at its end."""
        return f"http://{self.netloc}"

    @property
    def targets(self) -> list[str]:
        """The targets of all requests, in order of arrival."""
        return [received.target for received in self.received]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def reply_to(self, received: Received) -> Reply:
        """Return what is served for *received*."""
        if callable(self.routes):
            return self.routes(received)
        reply = self.routes.get(received.target, self.routes.get(received.path))
        return reply(received) if callable(reply) else reply


class _Tcp(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False  # a handler may wait for a client that sends nothing more
    request_queue_size = 64
    owner: Server


class _Tcp6(_Tcp):
    address_family = socket.AF_INET6


def _server_class(host: str) -> type[_Tcp]:
    return _Tcp6 if ":" in host else _Tcp


class _Handler(StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self) -> None:
        server = cast("_Tcp", self.server).owner
        try:
            while (received := self._receive()) is not None:
                server.received.append(received)
                reply = server.reply_to(received)
                self.wfile.write(_wire(reply, received))
                if isinstance(reply, bytes) or _is_last(received):
                    return
        except ConnectionError:
            return  # the client may close the connection

    def _receive(self) -> Received | None:
        lines = []
        while (line := self.rfile.readline()) not in {b"\r\n", b"\n", b""}:
            lines.append(line)
        if not lines or not line:
            return None
        method, target = lines[0].decode("latin-1").split()[:2]
        pairs = (header.decode("latin-1").partition(":")[::2] for header in lines[1:])
        headers = tuple((name.strip(), value.strip()) for name, value in pairs)
        length = next(
            (int(value) for name, value in headers if name.lower() == "content-length"), 0
        )
        body = self.rfile.read(length)
        raw = b"".join(lines) + line + body
        return Received(
            method=method, target=target, headers=headers, body=body, raw=raw, at=monotonic()
        )


def _is_last(received: Received) -> bool:
    return (received.header("Connection") or "").lower() == "close"


def _wire(reply: Reply, received: Received) -> bytes:
    if isinstance(reply, bytes):
        return reply
    if reply is None:
        reply = (404, {"Content-Type": "text/plain"}, "not found")
    if isinstance(reply, str):
        reply = (200, {"Content-Type": "text/html; charset=utf-8"}, reply)
    status, given, content = reply
    headers = list(given.items() if isinstance(given, Mapping) else given)
    body = content.encode() if isinstance(content, str) else content
    names = {name.lower() for name, _ in headers}
    if not names & {"content-length", "transfer-encoding"}:
        headers.append(("Content-Length", str(len(body))))
    head = f"HTTP/1.1 {status} {_phrase(status)}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers)
    bodiless = received.method == "HEAD" or status in {204, 304}
    return head.encode("latin-1") + b"\r\n" + (b"" if bodiless else body)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Odd"
