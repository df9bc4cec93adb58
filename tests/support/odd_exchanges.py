"""Odd exchanges that are legal or common: what a server does, and what the records contain.

The exchanges were written for these tests. The replies of ``odd_replies`` are added, sent in one
piece and byte by byte.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import Any

import brotli

from tests.support.odd_replies import ODD_REPLIES
from tests.support.raw_server import Play, Then, bytewise

PROSE = "Một buổi sáng ở Hội An, l'eau était haute. ".encode() * 40
BINARY = bytes(range(256)) * 9
_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class OddExchange:
    """A play and what the records say about it.

    *status* is None if no message can be recognized. *truncated* is WARC-Truncated of the main
    record (or of the metadata), *errs* whether the metadata names an error. *late* is the number of
    bytes that arrive long after the end of the message and belong to no reply.
    """

    name: str
    play: Play
    status: int | None = 200
    truncated: str | None = None
    errs: bool = False
    late: int = 0

    @property
    def target(self) -> str:
        """The request's target."""
        return "/" + self.name.replace(" ", "-").replace(",", "")


def _sized(head: bytes, body: bytes) -> bytes:
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def _ok(*lines: bytes) -> bytes:
    return b"".join(line + b"\r\n" for line in (b"HTTP/1.1 200 OK", *lines))


def _whole(name: str, wire: bytes, **facts: Any) -> OddExchange:
    return OddExchange(name=name, play=Play(wire), **facts)


def _closed(name: str, wire: bytes, **facts: Any) -> OddExchange:
    return OddExchange(name=name, play=Play(wire, then=Then.CLOSE), **facts)


def _chunk(data: bytes, extension: bytes = b"") -> bytes:
    return b"%x%b\r\n%b\r\n" % (len(data), extension, data)


def _status(status: int, phrase: bytes, *lines: bytes, body: bytes = b"refused") -> OddExchange:
    head = b"".join(line + b"\r\n" for line in (b"HTTP/1.1 %d %b" % (status, phrase), *lines))
    return _whole(f"status {status}", _sized(head, body), status=status)


_HEADS = (
    _whole("mixed case names", _sized(_ok(b"cOnTENT-tYPe: text/plain", b"x-ABC: 1"), PROSE)),
    _whole("repeated names", _sized(_ok(b"Set-Cookie: a=1", b"Via: x", b"set-cookie: b=2"), PROSE)),
    _whole("custom reason", _sized(b"HTTP/1.1 200 Quite All Right, Thanks\r\n", PROSE)),
    _whole("empty reason", _sized(b"HTTP/1.1 200 \r\n", PROSE)),
    _whole("no reason", _sized(b"HTTP/1.1 200\r\n", PROSE)),
    _whole("two blanks", _sized(b"HTTP/1.1  200  OK\r\n", PROSE)),
    _whole("small letters", _sized(b"http/1.1 200 ok\r\n", PROSE)),
    _whole("latin-1 lines", _sized(_ok(b"X-Ville: Gen\xe8ve \xff", b"X-\xc9: 1"), PROSE)),
    _whole("colon-less lines", _sized(_ok(b"no colon here", b"X-A: 1", b"nor here"), PROSE)),
    _whole("padded values", _sized(_ok(b"X-A:\t  padded \t ", b"X-B:tight", b"X-C :1"), PROSE)),
    _whole("obs-fold", _sized(_ok(b"X-A: one\r\n\t two\r\n  three", b"X-B:\r\n folded"), PROSE)),
    _whole("fold at the top", _sized(_ok(b" folded: onto nothing"), PROSE)),
    _whole("LF only", b"HTTP/1.1 200 OK\nX-A: 1\nContent-Length: 4\n\nfour"),
    _whole("long line", _sized(_ok(b"Content-Security-Policy: " + b"'self' " * 3000), PROSE)),
    _whole("many lines", _sized(_ok(*(b"X-%d: %d" % (n, n) for n in range(300))), PROSE)),
    _whole("no lines", b"HTTP/1.1 204 No Content\r\n\r\n", status=204),
    _whole("HTTP 1.0 kept open", _sized(b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n", PROSE)),
    _whole("HTTP 1.0 with a length", _sized(b"HTTP/1.0 200 OK\r\n", PROSE)),
    _closed("HTTP 1.0", b"HTTP/1.0 200 OK\r\nServer: old\r\n\r\n" + PROSE),
    _closed("close in capitals", _sized(_ok(b"Connection: CLOSE, x"), PROSE)),
)

_BODIES = (
    _whole("binary", _sized(_ok(b"Content-Type: application/octet-stream"), BINARY)),
    _whole("gzip", _sized(_ok(b"Content-Encoding: gzip"), gzip.compress(PROSE, mtime=0))),
    _whole("brotli", _sized(_ok(b"Content-Encoding: br"), brotli.compress(PROSE))),
    _whole("unknown coding", _sized(_ok(b"Content-Encoding: x-zorp"), BINARY)),
    _whole("cut gzip", _sized(_ok(b"Content-Encoding: gzip"), gzip.compress(PROSE, mtime=0)[:-9])),
    _whole("empty", _sized(_ok(), b"")),
    _whole("content-length with zeros", _ok(b"Content-Length: 0004") + b"\r\nfour"),
    _closed("no length", _ok(b"Content-Type: text/plain") + b"\r\n" + PROSE),
    _closed("length of words", _ok(b"Content-Length: several") + b"\r\n" + PROSE),
    _closed("two lengths", _ok(b"Content-Length: 3", b"Content-Length: 5") + b"\r\n" + PROSE),
    _whole("large", _sized(_ok(b"Content-Type: text/plain"), BINARY * 130)),
    _whole("spooled", _sized(_ok(b"Content-Type: text/plain"), BINARY * 1300)),
    _whole(
        "partial",
        _sized(_ok(b"Content-Range: bytes 0-3/9"), b"four").replace(b"200", b"206", 1),
        status=206,
    ),
    _whole(
        "not modified",
        b'HTTP/1.1 304 Not Modified\r\nETag: "e"\r\nContent-Length: 9\r\n\r\n',
        status=304,
    ),
)

_CHUNKS = (
    _whole("chunked", _CHUNKED + b"\r\n" + _chunk(PROSE) + _chunk(BINARY) + b"0\r\n\r\n"),
    _whole(
        "chunk extensions and trailers",
        _CHUNKED + b"Trailer: X-Sum\r\n\r\n" + _chunk(PROSE, b';a=b;c="d;e"') + b"000;last\r\n"
        b"X-Sum: 1\r\nx-sum:  2 \r\n\r\n",
    ),
    _whole("padded chunk sizes", _CHUNKED + b"\r\n004  \r\nfour\r\n 5 ;x\r\nfive!\r\n0  \r\n\r\n"),
    _whole("capital chunk sizes", _CHUNKED + b"\r\nA\r\n0123456789\r\n0\r\n\r\n"),
    _whole("chunked LF only", _CHUNKED + b"\r\n4\nfour\n5\nfive!\n0\nX-T: 1\n\n"),
    _whole(
        "chunked gzip in two",
        _CHUNKED
        + b"Content-Encoding: gzip\r\n\r\n"
        + _chunk(gzip.compress(PROSE, mtime=0)[:50])
        + _chunk(gzip.compress(PROSE, mtime=0)[50:])
        + b"0\r\n\r\n",
    ),
    _whole("chunked and a length", _CHUNKED + b"Content-Length: 2\r\n\r\n4\r\nfour\r\n0\r\n\r\n"),
    _whole(
        "two transfer codings",
        _ok(b"Transfer-Encoding: gzip, chunked")
        + b"\r\n"
        + _chunk(gzip.compress(PROSE, mtime=0))
        + b"0\r\n\r\n",
    ),
    _whole("identity", _sized(_ok(b"Transfer-Encoding: identity"), PROSE)),
    _closed(
        "gzip as transfer coding",
        _ok(b"Transfer-Encoding: gzip") + b"\r\n" + gzip.compress(PROSE, mtime=0),
    ),
    _closed(
        "chunks that do not fit",
        _CHUNKED + b"\r\n4\r\nfour!\r\nmore\r\n0\r\n\r\n",
        truncated="unspecified",
        errs=True,
    ),
)

_INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
_PIECES = (
    _whole("early hints", _INTERIM + _sized(_ok(), PROSE)),
    OddExchange(
        name="several interim replies",
        play=Play(b"HTTP/1.1 100 Continue\r\n\r\n", 0.03, _INTERIM[:30], 0.03, _INTERIM[30:],
                  b"HTTP/1.1 102 Processing\n\n", 0.03, _sized(_ok(), PROSE)),
    ),
    _whole("an empty line first", b"\r\n" + _sized(_ok(), PROSE)),
    _whole("empty lines first", b"\n\r\n\n" + _sized(_ok(), PROSE)),
    OddExchange(
        name="empty lines in pieces",
        play=Play(b"\r", 0.03, b"\n", 0.03, b"\r\n", 0.03, _sized(_ok(), PROSE)),
    ),
    _whole("continue and an empty line",
           b"HTTP/1.1 100 Continue\r\n\r\n\r\n" + _sized(_ok(), PROSE)),
    _whole("early hints among empty lines", b"\r\n" + _INTERIM + b"\r\n" + _sized(_ok(), PROSE)),
    OddExchange(
        name="single bytes",
        play=Play(*bytewise(_INTERIM + _sized(_ok(b"X-A: 1"), PROSE[:99]))),
    ),
    OddExchange(
        name="chunks in pieces",
        play=Play(_CHUNKED[:-1], 0.02, b"\n\r", 0.02, b"\n4;x", 0.02, b"=y\r", 0.02, b"\nfo", 0.02,
                  b"ur\r", 0.02, b"\n0", 0.02, b"\r\nX-T", 0.02, b": 1\r\n\r", 0.02, b"\n"),
    ),
)  # fmt: skip

_AFTER = (
    _whole("garbage after the body", _sized(_ok(), PROSE) + b"\x00garbage\r\n\r\n"),
    _whole("garbage after the chunks", _CHUNKED + b"\r\n" + _chunk(PROSE) + b"0\r\n\r\n<!-- -->"),
    _whole("another reply after the body", 2 * _sized(_ok(b"X-Not-Asked-For: 1"), PROSE)),
    _whole("body after no content", b"HTTP/1.1 204 No Content\r\n\r\nand yet", status=204),
    OddExchange(
        name="garbage in two pieces",
        play=Play(
            _sized(_ok(), PROSE) + b"HTTP/1.1 200 OK\r\n", 0.05, b"Content-Length: 1\r\n\r\nX"
        ),
        late=len(b"Content-Length: 1\r\n\r\nX"),
    ),
)  # fmt: skip

_ENDS = (
    _closed("cut in the body", _sized(_ok(), PROSE)[:-7], truncated="disconnect", errs=True),
    _closed("cut in a chunk", _CHUNKED + b"\r\n" + _chunk(PROSE)[:99], truncated="disconnect",
            errs=True),
    _closed("cut before the last chunk", _CHUNKED + b"\r\n" + _chunk(PROSE),
            truncated="disconnect", errs=True),
    _closed("cut in the head", _ok(b"X-A: 1") + b"Content-Le", status=None,
            truncated="disconnect", errs=True),
    _closed("cut in the status line", b"HTTP/1.1 20", status=None, truncated="disconnect",
            errs=True),
    _closed("interim reply alone", _INTERIM, status=None, truncated="disconnect", errs=True),
    OddExchange(
        name="reset in the body",
        play=Play(_sized(_ok(), PROSE)[:-7], 0.2, then=Then.RESET),
        truncated="disconnect",
        errs=True,
    ),
    *(
        OddExchange(
            name=f"reset behind the beginning {number}",
            play=Play(_sized(_ok(), BINARY * 99)[:-7], then=Then.RESET),
            truncated="disconnect",
            errs=True,
            late=len(BINARY) * 99,  # a reset drops bytes that are still in transit
        )
        for number in range(9)
    ),
    _closed("no reply", b"", status=None, errs=True),
    OddExchange(name="reset", play=Play(then=Then.RESET), status=None, errs=True),
    _closed("another protocol", b"SSH-2.0-OpenSSH_9.2\r\n" + BINARY, status=None,
            truncated="unspecified", errs=True),
    _closed("a page alone", PROSE, status=None, truncated="disconnect", errs=True),
)  # fmt: skip

_STATUSES = (
    _status(400, b"Bad Request"),
    _status(401, b"Unauthorized", b'WWW-Authenticate: Basic realm="x"'),
    _status(403, b"Forbidden"),
    _status(404, b"Not Found"),
    _status(410, b"Gone"),
    _status(418, b"I'm a teapot"),
    _status(429, b"Too Many Requests", b"Retry-After: 3600"),
    _status(451, b"Unavailable For Legal Reasons"),
    _status(500, b"Internal Server Error", body=b""),
    _status(502, b"Bad Gateway"),
    _status(503, b"Service Unavailable", b"Retry-After: Fri, 31 Dec 2100 23:59:59 GMT"),
    _status(599, b"Odd"),
    _status(999, b"Request denied"),
)

OWN = (*_HEADS, *_BODIES, *_CHUNKS, *_PIECES, *_AFTER, *_ENDS, *_STATUSES)
"""The exchanges written here."""


def _of_replies() -> tuple[OddExchange, ...]:
    found = []
    for odd in ODD_REPLIES:
        if odd.method != "GET":
            continue
        broken = odd.name == "chunked and broken"
        truncated = None if odd.whole else "unspecified" if broken else "disconnect"
        for name, pieces in (
            (f"reply {odd.name}", (odd.wire,)),
            (f"reply {odd.name} bytewise", bytewise(odd.wire)),
        ):
            found.append(
                OddExchange(
                    name=name,
                    play=Play(*pieces, then=Then.CLOSE),
                    status=odd.status,
                    truncated=truncated,
                    errs=not odd.whole,
                    late=len(odd.after) if len(pieces) > 1 else 0,
                )
            )
    return tuple(found)


REPLIES = _of_replies()
"""Those of ``odd_replies``, in one piece and byte by byte."""
