"""A loopback server of pages of ordinary size, and of replies that are made to fill a memory.

Bodies are generated while they are sent, so the server itself holds none of them.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

LARGE_BYTES = 400_000_000
PAGE_BYTES = 16_000_000
BOMB_BYTES = 1_700_000
"""Bytes on the wire; unpacked it has a thousand times as many."""
ENTRIES = 50_000
ENTRY_BYTES = 2_000
ENTRIES_IN_GZIP = 31_000
"""As many entries as unpack to a little less than the 64 MB that a body may have."""
PAGES = 300
_BLOCK_BYTES = 1 << 16
_HTML = "text/html; charset=utf-8"
_XML = "application/xml"
_URLSET = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'

Reply = tuple[str, str | None, Iterator[bytes]]
"""Content-Type, Content-Encoding, and the body in pieces."""


class HeavySite:
    """A threaded server; a context manager. *url* has no slash at its end."""

    def __init__(self) -> None:
        """Bind a free port."""
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.address = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.address}"

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


def pages(base: str) -> list[str]:
    """Return the URLs of the ordinary pages."""
    return [f"{base}/story-{number}/" for number in range(PAGES)]


def heavy(base: str) -> list[str]:
    """Return the URLs of the replies that are made to fill a memory, without sitemaps."""
    return [f"{base}/{name}-{number}/" for name in _HEAVY for number in range(2)]


def sitemaps(base: str) -> list[str]:
    """Return the URLs of the large sitemaps: cut at the limit, and just within it."""
    return [f"{base}/sitemap-{number}.xml" for number in range(2)] + [f"{base}/sitemap-2.xml.gz"]


def _front(base: str) -> Iterator[bytes]:
    links = "".join(f'<li><a href="{url}">{url}</a></li>' for url in pages(base))
    yield f"<!doctype html><html><title>News</title><body><ul>{links}</ul></body>".encode()


def _story(path: str) -> Iterator[bytes]:
    """Yield a page of 40 kB: prose of its own, and the links of its site."""
    name = path.strip("/")
    prose = "".join(
        f"<p>Number {n} of the things that are said about {name}: the ferry stayed at its berth"
        f" until noon, and nobody remembers {n + 3} winters in a row like this one.</p>"
        for n in range(40)
    )
    links = "".join(
        f'<li class="menu"><a href="/story-{n}/">Story {n}</a></li>' for n in range(300)
    )
    yield (
        f'<!doctype html><html lang="en"><head><title>{name}</title>'
        '<meta property="og:type" content="article"><meta property="article:published_time"'
        f' content="2026-02-03T07:30:00Z"></head><body><article><h1>About {name}</h1>{prose}'
        f"</article><nav><ul>{links}</ul></nav></body></html>"
    ).encode()


def _large() -> Iterator[bytes]:
    """Yield a page of 400 MB, which repeats itself."""
    block = (
        b"<p>The keeper of the lock has seen the heron twice since the rain began.</p>\n" * 900
    )[:_BLOCK_BYTES]
    for _ in range(LARGE_BYTES // len(block)):
        yield block


def _page() -> Iterator[bytes]:
    yield b'<!doctype html><html lang="en"><title>A long page</title><body><article><h1>Long</h1>'
    sent = number = 0
    while sent < PAGE_BYTES - 10_000:
        piece = b"".join(
            b"<p>Paragraph %d: the mill, the weir and the lock were closed for %d days, and the"
            b" ferry stayed at its berth.</p>" % (number + n, n)
            for n in range(500)
        )
        number += 500
        sent += len(piece)
        yield piece


@cache
def _bomb() -> bytes:
    packer, packed = zlib.compressobj(9, wbits=31), bytearray(b"")
    block = b"<p>tick tock</p>" * 65_536
    while len(packed) < BOMB_BYTES:
        packed += packer.compress(block)
    return bytes(packed + packer.flush())


def _entries(base: str, path: str, number: int) -> Iterator[bytes]:
    yield _URLSET.encode()
    name = path.strip("/").partition(".")[0]
    filler = "x" * (ENTRY_BYTES - 150)
    for start in range(0, number, 100):
        yield "".join(
            f"<url><loc>{base}/{name}/{n}/{filler}</loc><lastmod>2026-02-03</lastmod></url>"
            for n in range(start, min(start + 100, number))
        ).encode()
    yield b"</urlset>"


def _gzipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(1, wbits=31)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


_HEAVY: dict[str, Callable[[], Reply]] = {
    "large": lambda: (_HTML, None, _large()),
    "bomb": lambda: (_HTML, "gzip", iter([_bomb()])),
    "page": lambda: (_HTML, None, _page()),
}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client may leave at any time."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        reply = self._reply(self.path, f"http://{self.headers['Host']}")
        with suppress(ConnectionError):  # the client cuts what is too long
            if reply is None:
                self.send_error(404)
                return
            kind, coding, body = reply
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Transfer-Encoding", "chunked")
            if coding is not None:
                self.send_header("Content-Encoding", coding)
            self.end_headers()
            for piece in body:
                if piece:
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            self.wfile.write(b"0\r\n\r\n")

    def _reply(self, path: str, base: str) -> Reply | None:
        name = path.strip("/").partition("-")[0]
        if path == "/":
            return _HTML, None, _front(base)
        if name == "story":
            return _HTML, None, _story(path)
        if name in _HEAVY:
            return _HEAVY[name]()
        if name == "sitemap" and path.endswith(".gz"):
            return "application/gzip", None, _gzipped(_entries(base, path, ENTRIES_IN_GZIP))
        if name == "sitemap":
            return _XML, None, _entries(base, path, ENTRIES)
        return None

    def log_message(self, *_: object) -> None:
        """Say nothing."""
