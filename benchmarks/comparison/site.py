"""A site on loopback that serves real pages, gzipped, in a process of its own."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.extraction.sets import PLAIN_SETS, load, pages_of
from benchmarks.extraction.unseen import DANIEL

SMALL_BYTES, LARGE_BYTES = 60_000, 100_000
"""Pages below and above are small and large; those between are left out."""


def pages_by_size(data: Path, number: int) -> dict[str, list[bytes]]:
    """Return *number* pages of each size, HTML, from all the sets alike."""
    sets = [page for name, some in load(data).items() if name in PLAIN_SETS for page in some]
    payloads = dict.fromkeys(page.payload for page in [*sets, *pages_of(data / DANIEL)])
    small = [each for each in payloads if len(each) < SMALL_BYTES]
    large = [each for each in payloads if len(each) >= LARGE_BYTES]
    return {"small": _spread(small, number), "large": _spread(large, number)}


@contextmanager
def served(pages: Sequence[bytes]) -> Iterator[list[str]]:
    """Serve *pages*; yield their URLs. Everything else is answered with 404."""
    context = get_context("spawn")
    port, ready = context.Value("i", 0), context.Event()
    packed = [gzip.compress(page, 6, mtime=0) for page in pages]
    server = context.Process(target=_serve, args=(packed, port, ready), daemon=True)
    server.start()
    try:
        if not ready.wait(60):
            raise RuntimeError("the server of the pages did not start within a minute")
        yield [f"http://127.0.0.1:{port.value}/{n}/story-{n}/" for n in range(len(pages))]
    finally:
        server.terminate()
        server.join()


def _spread(pages: Sequence[bytes], number: int) -> list[bytes]:
    return [pages[at * len(pages) // number] for at in range(min(number, len(pages)))]


def _serve(pages: Sequence[bytes], port: Any, ready: Any) -> None:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # A head and a body in two segments wait for each other (Nagle's algorithm).
        wbufsize = -1

        def do_GET(self) -> None:
            number = self.path.strip("/").partition("/")[0]
            found = int(number) if number.isdigit() else len(pages)
            body = pages[found] if found < len(pages) else b""
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if body:
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    port.value = server.server_address[1]
    ready.set()
    server.serve_forever()
