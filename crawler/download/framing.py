"""Find the end of a response, even if the response is malformed.

Twisted's parser closes the connection at the first error, so that the rest of the response is lost:
at a blank in a chunk's size, at an unusual character in a field name, at a line of more than 16 kB.
The parser here accepts what browsers accept (RFC 9112 6.3 and 2.2), as ``archive.warc.http`` does
when it reads the bytes again later. It never closes the connection: a response that it cannot parse
lasts until the connection ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from scrapy.core.downloader.handlers.http11 import _LenientHTTPClientParser
from twisted.python.failure import Failure
from twisted.web._newclient import ParseError, ResponseFailed, ResponseNeverReceived
from twisted.web.http import _DataLoss

_STATUS = re.compile(rb"HTTP/(\d)(?:\.(\d))?[ \t]+(\d{3})(?!\d)[ \t]*(.*)", re.IGNORECASE)
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 5.6.2, token
_LENGTH = re.compile(rb"[0-9]{1,18}")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,32})[ \t]*(?:;.*)?", re.DOTALL)


class BrokenFraming(_DataLoss):
    """The chunks of a body are malformed, so that the end of the body is unknown."""


class ChunkDecoder:
    """Decodes chunked bodies; lines may end in LF alone, and sizes may be padded.

    It replaces Twisted's ``_ChunkedTransferDecoder``. *on_data* gets the data of the chunks, and
    *on_end* gets the bytes after the body.
    """

    def __init__(self, on_data: Callable[[bytes], None], on_end: Callable[[bytes], None]) -> None:
        self._on_data, self._on_end = on_data, on_end
        self._buffer = bytearray()
        self._looked = 0  # how many bytes of the buffer hold no line end
        self._left = 0  # bytes of the chunk's data that have not arrived yet
        self._read = self._size_line

    def dataReceived(self, data: bytes) -> None:
        """Decode the next bytes of the body."""
        self._buffer += data
        while self._buffer and self._read():
            pass

    def noMoreData(self) -> None:
        """Raise ``_DataLoss`` if the body is incomplete although the connection has ended."""
        if self._read == self._broken:
            raise BrokenFraming("the chunks of the body do not fit together")
        if self._read != self._finished:
            raise _DataLoss("the last chunk has not come")

    def _line(self) -> bytes | None:
        end = self._buffer.find(b"\n", self._looked)
        if end < 0:
            self._looked = len(self._buffer)
            return None
        line = bytes(self._buffer[:end]).removesuffix(b"\r")
        del self._buffer[: end + 1]
        self._looked = 0
        return line

    def _size_line(self) -> bool:
        line = self._line()
        if line is None:
            return False
        size = _CHUNK_SIZE.fullmatch(line)
        if size is None:
            self._read = self._broken
        else:
            self._left = int(size[1], 16)
            self._read = self._data if self._left else self._trailer
        return True

    def _data(self) -> bool:
        data = bytes(self._buffer[: self._left])
        del self._buffer[: self._left]
        self._left -= len(data)
        if not self._left:
            self._read = self._data_end
        self._on_data(data)
        return True

    def _data_end(self) -> bool:
        if self._buffer == b"\r":
            return False
        line_end = 2 if self._buffer.startswith(b"\r\n") else 1
        if line_end == 1 and self._buffer[0] != 10:  # LF
            self._read = self._broken
        else:
            del self._buffer[:line_end]
            self._read = self._size_line
        return True

    def _trailer(self) -> bool:
        line = self._line()
        if line is None:
            return False
        if not line:
            rest = bytes(self._buffer)
            self._buffer.clear()
            self._read = self._finished
            self._on_end(rest)
        return bool(line)

    def _broken(self) -> bool:
        self._buffer.clear()
        return False

    def _finished(self) -> bool:
        return False


class ReplyParser(_LenientHTTPClientParser):
    """Twisted's parser of one response, which continues where Twisted would close the connection.

    An assignment to ``__class__`` turns Twisted's parser object into this class, as Scrapy does it.
    So there is no ``__init__``.
    """

    MAX_LENGTH = 262_144  # bytes of a header line; Chrome's limit for a whole head
    _transferDecoders = {b"chunked": ChunkDecoder}  # type: ignore[dict-item]  # noqa: N815, RUF012 - Twisted's

    reused = False
    """Whether the connection was used for an exchange before."""
    _unreadable: Exception | None = None
    _has_status = False

    def lineReceived(self, line: bytes) -> None:
        """Read a line of the head; a folded line before the first field is ignored.

        So are empty lines before the status line, also after an interim response (RFC 9112 2.2).
        """
        if self.state == "STATUS" and not line.strip(b"\r"):
            return
        if self.state == "HEADER" and self._partialHeader is None and line[:1] in {b" ", b"\t"}:
            return
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:
        """Read the rest as bytes without a meaning instead of closing the connection."""
        self._take_anything(ParseError("a line without an end", line[:80]))

    def statusReceived(self, status: bytes) -> None:
        """Read the status line."""
        found = _STATUS.fullmatch(status)
        if found is None:
            self._take_anything(ParseError("the reply is no HTTP/1.x response", status[:80]))
            return
        self._has_status = True
        major, minor, code, phrase = found.groups(b"0")
        super().statusReceived(b"HTTP/%b.%b %b %b" % (major, minor, code, phrase))  # type: ignore[no-untyped-call]

    def headerReceived(self, name: bytes, value: bytes) -> None:
        """Read a field; a field with an invalid name is ignored here, and kept in the record."""
        name = name.strip()
        if _NAME.fullmatch(name):
            super().headerReceived(name, value)  # type: ignore[no-untyped-call]

    def allHeadersReceived(self) -> None:
        """Begin the body, after the fields that frame it are set to what browsers understand."""
        if self.response.code >= 200:
            self._settle_framing()
        super().allHeadersReceived()  # type: ignore[no-untyped-call]

    def rawDataReceived(self, data: bytes) -> None:
        """Read bytes of the body."""
        if self._unreadable is None:
            super().rawDataReceived(data)  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: Failure | None = None) -> None:
        """Report how the response ended.

        If the first bytes on a reused connection are no status line, they are the late end of
        another response. Twisted then repeats the request, as it does for a dead idle connection.
        """
        never_came = self.reused and not self._has_status
        if self._unreadable is None:
            self._everReceivedData = self._everReceivedData and not never_came
            super().connectionLost(reason)
            return
        kind: type[ResponseFailed] = ResponseNeverReceived if never_came else ResponseFailed
        failed = kind([reason, Failure(self._unreadable)])
        self._responseDeferred.errback(Failure(failed))
        del self._responseDeferred

    def _take_anything(self, why: Exception) -> None:
        self._unreadable = why
        self.setRawMode()  # type: ignore[no-untyped-call]
        if self.reused and not self._has_status:
            connection: Any = self.transport
            connection.loseConnection()

    def _tokens(self, name: bytes) -> list[bytes]:
        values = self.connHeaders.getRawHeaders(name, ())
        tokens = (token.strip().lower() for value in values for token in value.split(b","))
        return [token for token in tokens if token]

    def _settle_framing(self) -> None:
        fields = self.connHeaders
        codings = [token for token in self._tokens(b"transfer-encoding") if token != b"identity"]
        lengths = set(self._tokens(b"content-length"))
        length = lengths.pop() if len(lengths) == 1 else b""
        fields.removeHeader(b"transfer-encoding")
        # Without either field, the body lasts until the connection ends.
        if codings and codings[-1] == b"chunked":
            fields.setRawHeaders(b"transfer-encoding", [b"chunked"])
        elif codings or not _LENGTH.fullmatch(length):
            fields.removeHeader(b"content-length")
        else:
            fields.setRawHeaders(b"content-length", [length])
        connection = self._tokens(b"connection")
        is_old = self.response.version < (b"HTTP", 1, 1)
        if b"close" in connection or (is_old and b"keep-alive" not in connection):
            fields.setRawHeaders(b"connection", [b"close"])


def understand(protocol: Any, *, reused: bool) -> None:
    """Let *protocol*, a Twisted client that has just sent a request, parse the response with this.

    *reused*: the connection was used for an exchange before.
    """
    protocol._parser.__class__ = ReplyParser
    protocol._parser.reused = reused
