"""A server that sends given bytes at given times, and records what it received.

    play = Play(b"HTTP/1.1 200 OK\\r\\n", 0.05, b"\\r\\nhello", then=Then.CLOSE)
    with RawServer({"/a": play}) as server:
        fetch(server.url + "/a")
        assert server.heard("/a")[0].request == b"GET /a HTTP/1.1\\r\\n..."

It only knows where an HTTP request ends.
"""

from __future__ import annotations

import itertools
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from time import sleep
from types import TracebackType
from typing import Self

PATIENCE_SECONDS = 30.0
"""A connection is closed after so many seconds without any bytes."""


class Then(Enum):
    """What happens with the connection after a reply."""

    KEEP = "keep"
    """It waits for the next request."""
    CLOSE = "close"
    RESET = "reset"
    """It is closed by RST, as a crashed server's is."""
    WAIT = "wait"
    """Nothing more is sent until the client closes it."""


@dataclass(frozen=True, slots=True, init=False)
class Play:
    """A reply: *pieces* are sent in order, each by its own send; a number is a pause in s."""

    pieces: tuple[bytes | float, ...]
    then: Then

    def __init__(self, *pieces: bytes | float, then: Then = Then.KEEP) -> None:
        object.__setattr__(self, "pieces", pieces)
        object.__setattr__(self, "then", then)

    @property
    def wire(self) -> bytes:
        """All bytes that are sent, if the client reads them."""
        return b"".join(piece for piece in self.pieces if isinstance(piece, bytes))


def bytewise(data: bytes, pause_seconds: float = 0.0005) -> tuple[bytes | float, ...]:
    """Return the pieces that send *data* byte by byte."""
    pieces: list[bytes | float] = []
    for number in data:
        pieces += [bytes([number]), pause_seconds]
    return tuple(pieces)


@dataclass(slots=True, kw_only=True)
class Heard:
    """A request, byte for byte, and what happened with its reply.

    *order* counts the requests on its connection before it. *sent* counts the bytes handed to the
    system; *cut* is True once the client closed the connection before the reply was over (or,
    after ``Then.WAIT``, at all).
    """

    target: str
    request: bytes
    connection: int
    order: int
    play: Play = Play()
    sent: int = 0
    cut: bool = False
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def answer(self) -> bytes:
        """What was sent."""
        return self.play.wire[: self.sent]


Script = Callable[[Heard], Play]


class RawServer:
    """Plays *plays*: a ``Play`` by target, or a function of what was heard.

    With *tls* the connections are encrypted. A target without a play gets a 404.
    """

    def __init__(
        self,
        plays: Mapping[str, Play] | Script,
        *,
        host: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._plays, self._tls = plays, tls
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family, backlog=128)
        self.host, self.port = host, int(self._listener.getsockname()[1])
        self.all_heard: list[Heard] = []
        self.connections = 0
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def netloc(self) -> str:
        """Host and port, as they stand in a URL."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The server's base URL, without a slash at its end."""
        return f"{'https' if self._tls else 'http'}://{self.netloc}"

    def heard(self, target: str) -> list[Heard]:
        """Return the requests for *target* in order, each once its reply is over."""
        found = [heard for heard in self.all_heard if heard.target == target]
        for heard in found:
            if not heard.done.wait(PATIENCE_SECONDS):
                raise AssertionError(f"the reply to {target} is not over")
        return found

    def play_for(self, heard: Heard) -> Play:
        """Return the play for *heard*."""
        if callable(self._plays):
            return self._plays(heard)
        return self._plays.get(
            heard.target, Play(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self._thread.join()
        self._listener.close()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed: the test is over
                return
            self.connections += 1
            threading.Thread(
                target=self._serve, args=(connection, self.connections), daemon=True
            ).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            connection.settimeout(PATIENCE_SECONDS)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with self._lock:
                self._open.add(connection)
            self._converse(connection, number)
        except OSError:
            pass  # the client may leave between two requests, or during a handshake
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _converse(self, connection: socket.socket, number: int) -> None:
        buffered = b""
        for order in itertools.count():
            request, buffered = _read_request(connection, buffered)
            if not request:
                return
            target = request.split(b" ", 2)[1].decode("latin-1")
            heard = Heard(target=target, request=request, connection=number, order=order)
            heard.play = self.play_for(heard)
            with self._lock:
                self.all_heard.append(heard)
            try:
                _perform(connection, heard)
            finally:
                heard.done.set()
            if heard.play.then is not Then.KEEP:
                return


def _read_request(connection: socket.socket, data: bytes) -> tuple[bytes, bytes]:
    """Return the next request and the bytes after it; empty at the end of the connection."""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65_536)
        if not more:
            return b"", b""
        data += more
    head = data.index(b"\r\n\r\n") + 4
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", data[:head])
    end = head + (int(length[1]) if length else 0)
    while len(data) < end:
        more = connection.recv(65_536)
        if not more:
            return b"", b""
        data += more
    return data[:end], data[end:]


def _perform(connection: socket.socket, heard: Heard) -> None:
    play = heard.play
    try:
        for piece in play.pieces:
            if isinstance(piece, bytes):
                rest = memoryview(piece)
                while rest:
                    sent = connection.send(rest)
                    heard.sent += sent
                    rest = rest[sent:]
            else:
                sleep(piece)
        if play.then is Then.WAIT:
            heard.cut = not connection.recv(1)
    except (ConnectionError, ssl.SSLError):
        heard.cut = True
    if play.then is Then.RESET:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
