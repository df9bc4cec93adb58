"""What servers send that is not a news page, or that is made to break its reader."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable

from tests.support.server import Received, Reply
from tests.support.sites import listing, page, prose

HTML = {"Content-Type": "text/html; charset=utf-8"}
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02"
SPANS = 20_000


def spans(number: int, *, nested: bool = False) -> str:
    """Markup of *number* spans, side by side or each in the one before."""
    if nested:
        return "<span>" * number + "word" + "</span>" * number
    return "<p>" + "<span>word </span>" * number + "</p>"


def _with(body: str, headline: str = "A page with more than prose") -> str:
    return page(headline, body=prose(headline) + body)


def _cut() -> bytes:
    whole = _with("").encode()
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
    )
    return head % len(whole) + whole[: len(whole) * 3 // 4]


def _lying_charset() -> tuple[int, dict[str, str], bytes]:
    text = _with("<p>La forêt brûlée a été replantée à Đà Lạt.</p>".replace("Đà Lạt", "Foix"))
    return 200, HTML, text.encode("cp1252")


BAD: dict[str, Reply | Callable[[], Reply]] = {
    "/picture/": (200, HTML, PNG),
    "/paper/": (200, HTML, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"),
    "/data/": (200, {"Content-Type": "application/json"}, b'{"headline": "no page"}'),
    "/empty/": (200, HTML, b""),
    "/blank/": (200, HTML, b" \r\n\t "),
    "/cut/": _cut,
    "/lying-charset/": _lying_charset,
    "/nuls/": lambda: _with("<p>One\x00 two\x00\x00 three.</p>", "A head\x00line with NULs"),
    "/gzip-that-is-none/": lambda: (200, {**HTML, "Content-Encoding": "gzip"}, _with("")),
    "/gzip-cut-short/": lambda: (
        200,
        {**HTML, "Content-Encoding": "gzip"},
        gzip.compress(_with("").encode())[:-100],
    ),
    "/gzip-bomb/": lambda: (
        200,
        {**HTML, "Content-Encoding": "gzip"},
        gzip.compress(b"\0" * 200_000_000, 1),
    ),
    "/twenty-megabytes/": lambda: _with(f"<!-- {'x' * 20_000_000} -->"),
    "/nested-spans/": lambda: _with(spans(SPANS, nested=True)),
    "/adjacent-spans/": lambda: _with(spans(SPANS)),
    "/spans-without-end/": lambda: _with(spans(8 * SPANS)),
    "/nested-divs/": lambda: _with("<div>" * 100_000),
    "/attributes/": lambda: _with("<i " + " ".join(f"a{n}=1" for n in range(50_000)) + ">x</i>"),
    "/refusal/": (403, HTML, "<p>No.</p>"),
    "/breakdown/": (500, HTML, "<p>Oh.</p>"),
    "/no-reply/": b"",
}
GOOD = tuple(f"/good-story-{number}/" for number in range(20))


class BadSite:
    """A publisher of good pages and bad ones; *unreachable* is a URL that nobody answers."""

    def __init__(self, unreachable: str) -> None:
        links = [*GOOD[:10], *BAD, unreachable, *GOOD[10:]]
        self._front = listing(*links)
        self._lock = threading.Lock()

    def __call__(self, received: Received) -> Reply:
        if received.path == "/":
            return self._front
        if received.path in GOOD:
            return page(f"News of {received.path.strip('/')}")
        reply = BAD.get(received.path)
        if callable(reply):
            with self._lock:  # some are large: one at a time
                return reply()
        return reply
