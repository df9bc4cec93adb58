"""Servers that break off, say nothing, say too much or speak something that is not HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archive.model import Outcome
from tests.hostile.misdeed import (
    EITHER,
    HTML,
    LOST,
    READ,
    REFUSED,
    Misdeed,
    html,
    served,
    sized,
    story,
)
from tests.support.raw_server import Play, Then

TIME, DISCONNECT = frozenset({"time"}), frozenset({"disconnect"})
CUT = frozenset({"disconnect", "unspecified"})
TOO_MUCH = frozenset({"length", "time"})
PAGE_BYTES = 4_000_000
"""What the archive's settings let a page have."""


def _entry(name: str, play: Play | Callable[[], Play], **facts: Any) -> Misdeed:
    return served("transport", name, play, **facts)


def _page(name: str) -> bytes:
    return story(name).encode()


def _whole(name: str) -> bytes:
    return sized(_page(name), HTML)


def _open(name: str, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    """A reply that ends with its connection."""
    return b"\r\n".join((b"HTTP/1.1 " + status, HTML, *headers, b"", _page(name)))


def _chunked(body: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join(
        (b"HTTP/1.1 200 OK", HTML, *headers, b"Transfer-Encoding: chunked", b"", body)
    )


def _chunk(data: bytes, size: bytes | None = None) -> bytes:
    return b"%b\r\n%b\r\n" % (size or b"%x" % len(data), data)


def _drip(data: bytes) -> Play:
    return Play(*(piece for byte in data for piece in (bytes([byte]), 0.02)))


_INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
_HTTP2 = b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80\x00\x04\x00\x01\x00\x00"
_LIE = sized(story("POISONED").encode(), HTML)

_BREAKS = (
    _entry("reset before a reply", Play(then=Then.RESET), outcomes=LOST),
    _entry("close before a reply", Play(then=Then.CLOSE), outcomes=LOST),
    _entry("reset in the status line", Play(b"HTTP/1.", 0.2, then=Then.RESET), outcomes=LOST),
    _entry("close in the status line", Play(b"HTTP/1.1 2", then=Then.CLOSE), outcomes=LOST,
           truncated=CUT),
    _entry("reset in the headers", Play(b"HTTP/1.1 200 OK\r\nX-A: 1\r\nX", 0.2, then=Then.RESET),
           outcomes=LOST, truncated=CUT),
    _entry("reset in the body", Play(_whole("reset")[:-200], 0.3, then=Then.RESET),
           truncated=DISCONNECT),
    _entry("close in the body", Play(_whole("close")[:-200], then=Then.CLOSE),
           truncated=DISCONNECT),
    _entry("silence", Play(then=Then.WAIT), outcomes=LOST, reason="(?i)time"),
    _entry("silence in the headers", Play(b"HTTP/1.1 200 OK\r\nX-A: 1\r\n", then=Then.WAIT),
           outcomes=LOST, truncated=TIME),
    _entry("silence in the body", Play(_whole("silence")[:-200], then=Then.WAIT), truncated=TIME),
    _entry("drip feed", _drip(_whole("drip feed")), outcomes=EITHER | {Outcome.EMPTY},
           truncated=TIME),
    _entry("drip fed headers", _drip(b"HTTP/1.1 200 OK\r\n" + b"X-A: 1\r\n" * 99), outcomes=LOST,
           truncated=TIME),
)  # fmt: skip

_LENGTHS = (
    _entry("promises more than it sends",
           Play(sized(_page("more"), HTML).replace(b"Length: ", b"Length: 9"), then=Then.CLOSE),
           truncated=DISCONNECT),
    _entry("sends more than it promises",
           Play(_whole("less") + b"<p>and on and on" * 999, then=Then.CLOSE)),
    _entry("a length of twenty digits",
           Play(_open("digits", b"Content-Length: 99999999999999999999"), then=Then.CLOSE)),
    _entry("a negative length", Play(_open("negative", b"Content-Length: -1"), then=Then.CLOSE)),
    _entry("lengths that contradict",
           Play(_open("contradiction", b"Content-Length: 10", b"Content-Length: 99999"),
                then=Then.CLOSE)),
    _entry("a length and chunks",
           Play(_chunked(_chunk(_page("both")) + b"0\r\n\r\n", b"Content-Length: 3"))),
    _entry("says close and stays", Play(_whole("stays"), then=Then.WAIT)),
    _entry("a body without content", Play(sized(_page("x"), status=b"204 No Content"),
           then=Then.CLOSE), outcomes=frozenset({Outcome.EMPTY})),
    _entry("not modified unasked", Play(b"HTTP/1.1 304 Not Modified\r\n\r\n"),
           outcomes=frozenset({Outcome.EMPTY})),
)  # fmt: skip

_CHUNKS = (
    _entry("a chunk size that is none",
           Play(_chunked(_chunk(_page("hex")) + b"zz\r\n\r\n"), then=Then.CLOSE), truncated=CUT),
    _entry("a negative chunk", Play(_chunked(_chunk(_page("minus")) + b"-5\r\nhello\r\n0\r\n\r\n"),
           then=Then.CLOSE), truncated=CUT),
    _entry("a chunk of sixteen exabytes",
           Play(_chunked(_chunk(_page("exabytes"), b"FFFFFFFFFFFFFFFF")), then=Then.CLOSE),
           truncated=CUT),
    _entry("no last chunk", Play(_chunked(_chunk(_page("last"))), then=Then.CLOSE), truncated=CUT),
    _entry("a chunk extension of a megabyte",
           Play(_chunked(_chunk(_page("extension"), b"%x;" % len(_page("extension"))
                                + b"x" * 1_000_000) + b"0\r\n\r\n"))),
    _entry("chunks of one byte",
           Play(_chunked(b"".join(_chunk(bytes([b])) for b in _page("bytes")) + b"0\r\n\r\n"))),
    _entry("trailers without end",
           Play(_chunked(_chunk(_page("trailers")) + b"0\r\n" + b"X-T: 1\r\n" * 700_000 + b"\r\n")),
           outcomes=EITHER),
    _entry("chunks in chunks",
           Play(_chunked(_chunk(_chunk(_page("twice")) + b"0\r\n\r\n") + b"0\r\n\r\n",
                         b"Transfer-Encoding: chunked"))),
)  # fmt: skip

_HEADS = (
    _entry("ten thousand interim replies", Play(_INTERIM * 10_000 + _whole("interim")),
           outcomes=EITHER),
    _entry("interim replies without end", lambda: Play(_INTERIM * 100_000, then=Then.WAIT),
           outcomes=LOST, truncated=TOO_MUCH),
    _entry("fifty thousand headers",
           lambda: Play(sized(_page("headers"), HTML, *(b"X-%d: 1" % n for n in range(50_000)))),
           outcomes=EITHER),
    _entry("headers without end",
           lambda: Play(b"HTTP/1.1 200 OK\r\n" + b"X-Flood: yes\r\n" * 400_000, then=Then.WAIT),
           outcomes=LOST, truncated=TOO_MUCH),
    _entry("a header line of a megabyte",
           Play(sized(_page("line"), HTML, b"X-Long: " + b"y" * 1_000_000)), outcomes=EITHER),
    _entry("a cookie of a megabyte",
           Play(sized(_page("cookie"), HTML, b"Set-Cookie: a=" + b"y" * 1_000_000)),
           outcomes=EITHER),
    _entry("a status line of a megabyte",
           Play(sized(_page("status"), HTML, status=b"200 " + b"K" * 1_000_000)), outcomes=EITHER),
    _entry("no headers", Play(b"HTTP/1.1 200 OK\r\n\r\n" + _page("none"), then=Then.CLOSE)),
    _entry("a page alone", Play(_page("alone"), then=Then.CLOSE), outcomes=EITHER),
    _entry("another protocol", Play(b"SSH-2.0-OpenSSH_9.2\r\n", then=Then.CLOSE), outcomes=LOST),
    _entry("HTTP 2 frames", Play(_HTTP2, then=Then.CLOSE), outcomes=LOST),
    _entry("LF only", Play(_whole("LF").replace(b"\r\n", b"\n"))),
    _entry("CR only", Play(_whole("CR").replace(b"\r\n", b"\r"), then=Then.CLOSE), outcomes=LOST),
    _entry("NULs in the headers", Play(sized(_page("NUL"), HTML, b"X-\0: \0\0", b"\0: a"))),
    _entry("bytes above ASCII in the headers",
           Play(sized(_page("bytes"), HTML, b"X-\xff: \xc0\xaf\xed\xa0\x80"))),
    _entry("folded headers", Play(sized(_page("folds"), HTML, b"X-A: 1" + b"\r\n 2" * 5_000))),
    _entry("an empty line before the reply", Play(b"\r\n\r\n" + _whole("empty"), then=Then.CLOSE),
           outcomes=EITHER),
    _entry("content types that contradict",
           Play(sized(_page("types"), b"Content-Type: image/png", HTML)),
           outcomes=READ | {Outcome.NOT_HTML}),
    _entry("a location beside success",
           Play(sized(_page("beside"), HTML, b"Location: http://elsewhere.test/"))),
    _entry("a transfer coding that nobody knows",
           Play(_open("rot13", b"Transfer-Encoding: rot13"), then=Then.CLOSE)),
    _entry("escapes in the headers",
           Play(sized(_page("escapes"), HTML, b'ETag: "\x1b]0;owned\x07"', b"X: \x1b[2J",
                      status=b"200 \x1b[31mOK"))),
)  # fmt: skip

_STATUSES = (
    _entry("status 99", Play(sized(_page("99"), HTML, status=b"99 Odd"), then=Then.CLOSE),
           outcomes=LOST),
    _entry("status 999", Play(sized(b"no", HTML, status=b"999 Denied")), outcomes=LOST | REFUSED),
    _entry("status 000", Play(sized(b"no", HTML, status=b"000 None"), then=Then.CLOSE),
           outcomes=LOST),
    _entry("status in words", Play(sized(b"no", HTML, status=b"fine OK"), then=Then.CLOSE),
           outcomes=LOST),
    _entry("switches protocols", Play(sized(b"", status=b"101 Switching Protocols"),
           then=Then.WAIT), outcomes=LOST),
    _entry("asks to wait for ever",
           html("<p>later", b"Retry-After: 99999999999999999999", status=b"429 Too Many Requests"),
           outcomes=REFUSED),
    _entry("asks to wait in escapes",
           html("<p>later", b"Retry-After: \x1b[31m", status=b"503 Service Unavailable"),
           outcomes=REFUSED),
    _entry("asks for a password",
           html("<p>who?", b'WWW-Authenticate: Basic realm="\x1b[31m"', status=b"401 Unauthorized"),
           outcomes=REFUSED),
)  # fmt: skip

# A reply that comes late may be taken for that to the next request over its connection: nothing in
# HTTP/1.1 tells them apart. So a host of its own sends it.
_KEPT_OPEN = (
    _entry("a second reply that nobody asked for", Play(_whole("polite") + _LIE),
           hides="POISONED"),
    _entry("a second reply after a pause", Play(_whole("late"), 0.1, _LIE), hides="POISONED",
           url="http://late.test/story/"),
    _entry("a reply behind the chunks",
           Play(_chunked(_chunk(_page("behind")) + b"0\r\n\r\n" + _LIE)), hides="POISONED"),
)  # fmt: skip

TRANSPORT = (*_BREAKS, *_LENGTHS, *_CHUNKS, *_HEADS, *_STATUSES, *_KEPT_OPEN)
