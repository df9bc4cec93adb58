"""Odd replies that are legal or common, as raw bytes divided into parts by hand."""

from __future__ import annotations

import gzip
from dataclasses import dataclass

PAGE = "<html><body><p>Xin chào, Đà Nẵng</p></body></html>".encode()
GZIPPED = gzip.compress(PAGE, 6, mtime=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OddReply:
    """A reply as sent: *interim*, then *message*, then *after*, which belongs to no message.

    *payload* is the body without its transfer coding. *whole* is False if the framing shows that
    the message was cut.
    """

    name: str
    message: bytes
    payload: bytes = b""
    status: int = 200
    method: str = "GET"
    interim: bytes = b""
    after: bytes = b""
    whole: bool = True

    @property
    def wire(self) -> bytes:
        """All that came over the connection."""
        return self.interim + self.message + self.after


def _plain(name: str, head: bytes, body: bytes = PAGE, *, status: int = 200) -> OddReply:
    length = b"Content-Length: %d\r\n\r\n" % len(body)
    return OddReply(name=name, message=head + length + body, payload=body, status=status)


_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

ODD_REPLIES = (
    _plain("plain", b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"),
    _plain(
        "mixed case and tight colons", b"HTTP/1.1 200 OK\r\ncOnTeNt-TyPe:text/html\r\nX-A:1\r\n"
    ),
    _plain("repeated header", b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\n"),
    _plain("padded values", b'HTTP/1.1 200 OK\r\nX-Pad:  \t two words \t \r\nETag:   "e"  \r\n'),
    _plain("custom reason", b"HTTP/1.1 299 Almost Fine\r\n", status=299),
    _plain("empty reason", b"HTTP/1.1 200 \r\n"),
    _plain("no reason", b"HTTP/1.1 200\r\n"),
    _plain("latin-1 reason and value", b"HTTP/1.1 200 D\xe9j\xe0\r\nX-Name: \xe9t\xe9 \xff\r\n"),
    _plain("colon-less line", b"HTTP/1.1 200 OK\r\nthis line has none\r\nX-After: 1\r\n"),
    _plain("obs-fold", b"HTTP/1.1 200 OK\r\nX-Long: one\r\n  two\r\n\tthree\r\n"),
    _plain("fold before any field", b"HTTP/1.1 200 OK\r\n folded: onto nothing\r\nX-A: 1\r\n"),
    _plain("space before the colon", b"HTTP/1.1 200 OK\r\nX-Space : yes\r\n"),
    _plain("empty value and empty name", b"HTTP/1.1 200 OK\r\nX-Empty:\r\n: nameless\r\n"),
    _plain("NUL and bare CR in a value", b"HTTP/1.1 200 OK\r\nX-Odd: a\x00b\rc\r\n"),
    _plain("gzip", b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n", GZIPPED),
    _plain("unknown coding", b"HTTP/1.1 200 OK\r\nContent-Encoding: zorp\r\n", b"\x00\x01zorp\xff"),
    _plain("gzip that lies", b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n", b"plain after all"),
    _plain("not found", b"HTTP/1.1 404 Not Found\r\n", b"gone", status=404),
    _plain("server error", b"HTTP/1.1 503 Nope\r\nRetry-After: 9\r\n", b"busy", status=503),
    _plain("redirect with a body", b"HTTP/1.1 302 Found\r\nLocation: /b\r\n", b"see", status=302),
    _plain("empty body", b"HTTP/1.1 200 OK\r\n", b""),
    _plain("body that looks like a head", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 404 No\r\n\r\n"),
    _plain("body of a WARC record's look", b"HTTP/1.1 200 OK\r\n", b"\r\n\r\nWARC/1.1\r\n\r\n"),
    OddReply(
        name="length repeated",
        message=b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\ncontent-length: 4\r\n\r\nfour",
        payload=b"four",
        after=b"more",
    ),
    OddReply(
        name="length as a list",
        message=b"HTTP/1.1 200 OK\r\nContent-Length: 4, 4\r\n\r\nfour",
        payload=b"four",
    ),
    OddReply(
        name="lengths that contradict",
        message=b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 4\r\n\r\nfour!",
        payload=b"four!",
    ),
    OddReply(
        name="length that is no number",
        message=b"HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\nfour",
        payload=b"four",
    ),
    OddReply(
        name="LF only",
        message=b"HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: 4\n\nfour",
        payload=b"four",
    ),
    OddReply(
        name="mixed line ends",
        message=b"HTTP/1.1 200 OK\r\nX-A: 1\nContent-Length: 4\r\n\nfour",
        payload=b"four",
    ),
    OddReply(
        name="no length",
        message=b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + PAGE,
        payload=PAGE,
    ),
    OddReply(name="HTTP/1.0", message=b"HTTP/1.0 200 OK\r\n\r\n" + PAGE, payload=PAGE),
    OddReply(name="no headers at all", message=b"HTTP/1.1 200 OK\r\n\r\nbody", payload=b"body"),
    OddReply(
        name="chunked",
        message=_CHUNKED + b"4\r\nfour\r\n6\r\n and 6\r\n0\r\n\r\n",
        payload=b"four and 6",
    ),
    OddReply(
        name="chunked with extensions and trailers",
        message=_CHUNKED + b'004;a=b;c="d"\r\nfour\r\nA ; x\r\n0123456789\r\n0;z\r\nX-T: 1\r\n\r\n',
        payload=b"four0123456789",
    ),
    OddReply(
        name="chunked, LF only",
        message=_CHUNKED + b"4\nfour\n0\n\n",
        payload=b"four",
    ),
    OddReply(
        name="chunked wins over a length",
        message=_CHUNKED[:-2] + b"Content-Length: 2\r\n\r\n4\r\nfour\r\n0\r\n\r\n",
        payload=b"four",
    ),
    OddReply(
        name="chunked gzip",
        message=_CHUNKED[:-2]
        + b"Content-Encoding: gzip\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(GZIPPED), GZIPPED),
        payload=GZIPPED,
    ),
    OddReply(name="chunked and empty", message=_CHUNKED + b"0\r\n\r\n"),
    OddReply(
        name="chunked and cut in a chunk",
        message=_CHUNKED + b"4\r\nfour\r\nA\r\n01234",
        payload=b"four01234",
        whole=False,
    ),
    OddReply(
        name="chunked and cut in the trailers",
        message=_CHUNKED + b"4\r\nfour\r\n0\r\nX-T: 1\r\n",
        payload=b"four",
        whole=False,
    ),
    OddReply(
        name="chunked and broken",
        message=_CHUNKED + b"4\r\nfour\r\nnot hex\r\nrest",
        payload=b"four",
        whole=False,
    ),
    OddReply(
        name="cut by length",
        message=b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nthe beginning",
        payload=b"the beginning",
        whole=False,
    ),
    OddReply(
        name="identity as transfer coding",
        message=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 4\r\n\r\nfour",
        payload=b"four",
        after=b"?",
    ),
    OddReply(
        name="garbage after the body",
        message=b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfour",
        payload=b"four",
        after=b"\r\n\x00garbage",
    ),
    OddReply(
        name="garbage after the chunks",
        message=_CHUNKED + b"4\r\nfour\r\n0\r\n\r\n",
        payload=b"four",
        after=b"garbage",
    ),
    OddReply(
        name="early hints",
        interim=b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n",
        message=b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfour",
        payload=b"four",
    ),
    OddReply(
        name="two interim replies",
        interim=b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\n\n",
        message=_CHUNKED + b"4\r\nfour\r\n0\r\n\r\n",
        payload=b"four",
        after=b"\n",
    ),
    OddReply(name="no content", message=b"HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n", status=204),
    OddReply(
        name="not modified, with a length",
        message=b'HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\nETag: "e"\r\n\r\n',
        status=304,
    ),
    OddReply(
        name="HEAD, with a length",
        message=b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n",
        method="HEAD",
    ),
    OddReply(
        name="HEAD, chunked",
        message=_CHUNKED,
        method="HEAD",
    ),
)
