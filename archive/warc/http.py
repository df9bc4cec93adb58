"""Cut a raw HTTP/1.x reply at its seams, without copying its body.

The reply is what came over the connection: interim (1xx) responses, then the message, then
perhaps bytes that belong to no message. The seams are offsets into those bytes, so a reply that
lies in a memory map is never read into memory as a whole, and no view keeps the map open. What
one would get wrong: the body "as framed" still has its chunk sizes, extensions and trailers in
it; the payload has them taken out and keeps its content coding (gzip, br).
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from enum import StrEnum

from archive.model import Buffer, Exchange, Payload

ByteRange = tuple[int, int]
"""Start and end offset of a part of the reply, in bytes."""

# RFC 9112 2.2: a recipient may take a lone LF for a line's end; so does Twisted, which read this.
HEAD_END = re.compile(rb"\n\r?\n")
_LINE_END = re.compile(rb"\r?\n")
_STATUS = re.compile(rb"HTTP/(\d(?:\.\d)?)[ \t]+(\d{3})(?!\d)", re.IGNORECASE)
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,32})[ \t]*(?:;[^\n]*)?\r?\n")
_NO_CHUNK = re.compile(rb"[^0-9A-Fa-f \t\r\n]")
_LENGTH = re.compile(r"[0-9]{1,18}")
_GZIP = b"\x1f\x8b"
_LINES = 10_000  # header lines that are given a meaning; all are kept. A browser stops at 256 kB.


class Framing(StrEnum):
    """What says where a body ends (RFC 9112 6.3)."""

    NONE = "none"
    """No body, whatever the headers say: answers to HEAD, and 101, 204, 304."""
    LENGTH = "length"
    CHUNKED = "chunked"
    CLOSE = "close"
    """Nothing but the end of the connection: whether the body is whole cannot be known."""


@dataclass(frozen=True, slots=True)
class Head:
    """A status line and its header fields; *fields* are (name, value) in wire order, as latin-1.

    Folded lines (obs-fold) are joined by a space; lines without a colon are in no field.
    """

    version: str
    status: int
    fields: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str | None:
        """Return the first value of *name*, in any case; None when it is absent."""
        wanted = name.lower()
        return next((value for key, value in self.fields if key.lower() == wanted), None)

    def tokens(self, name: str) -> tuple[str, ...]:
        """Return the comma-separated tokens of every *name* field, in order and lower case."""
        wanted = name.lower()
        values = (value for key, value in self.fields if key.lower() == wanted)
        tokens = (token.strip().lower() for value in values for token in value.split(","))
        return tuple(token for token in tokens if token)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The seams of a reply: offsets in bytes into the buffer that it was cut from.

    Interim responses are ``[0, start)``, the message ``[start, end)``, its body
    ``[body_start, end)``, and what came after it ``[end, total)``. *complete* is False when the
    framing promises more than came or is broken (its body then runs to the last byte).
    """

    head: Head
    framing: Framing
    start: int
    body_start: int
    end: int
    total: int
    complete: bool
    payload_bytes: int

    @property
    def transfer_codings(self) -> tuple[str, ...]:
        """The transfer codings as named by the headers; all but ``chunked`` stay in the payload."""
        return self.head.tokens("Transfer-Encoding")

    @property
    def content_codings(self) -> tuple[str, ...]:
        """The content codings as named by the headers, outermost last; the payload keeps them."""
        return self.head.tokens("Content-Encoding")

    def payload_spans(self, raw: Buffer) -> Iterator[ByteRange]:
        """Yield where the payload lies in *raw*: one span, or one for each chunk."""
        if self.framing is Framing.CHUNKED:
            yield from _chunks(raw, self.body_start, self.end)
        elif self.payload_bytes:
            yield self.body_start, self.end

    def payload(self, raw: Buffer) -> bytes:
        """Return a copy of the payload: transfer coding removed, content coding kept."""
        return b"".join(raw[start:end] for start, end in self.payload_spans(raw))


def parse_head(raw: Buffer, start: int = 0) -> tuple[Head, int] | None:
    """Return the head that begins at *start* and the offset behind its blank line.

    None when there is no status line of HTTP/1.x there or the blank line has not come.
    """
    line = _STATUS.match(raw, start)
    ending = HEAD_END.search(raw, start) if line else None
    if line is None or ending is None:
        return None
    fields = _fields(raw[start : ending.end()])
    return Head(line[1].decode("ascii"), int(line[2]), fields), ending.end()


def parse_message(raw: Buffer, method: str = "GET") -> Message | None:
    """Return the seams of *raw*, the reply to a request of *method*; None if it has no whole head.

    A reply that ends in the middle of its head, or speaks no HTTP/1.x, has no seams to be cut at.
    """
    start = 0
    while True:
        parsed = parse_head(raw, start)
        if parsed is None:
            return None
        head, body_start = parsed
        if head.status >= 200 or head.status == 101:
            break
        start = body_start
    framing, length = _framing(head, method)
    if _is_unframed(raw, body_start, framing, head, length):
        framing = Framing.CLOSE
    total, complete = len(raw), True
    payload_bytes, end = 0, body_start
    match framing:
        case Framing.LENGTH:
            end = min(body_start + length, total)
            payload_bytes, complete = end - body_start, end - body_start == length
        case Framing.CLOSE:
            payload_bytes, end = total - body_start, total
        case Framing.CHUNKED:
            payload_bytes, end, complete = _measure(raw, body_start)
    return Message(
        head=head,
        framing=framing,
        start=start,
        body_start=body_start,
        end=end,
        total=total,
        complete=complete,
        payload_bytes=payload_bytes,
    )


def payload_of(exchange: Exchange) -> Payload:
    """Return the reply of *exchange* as extraction sees it.

    Without a reply that can be parsed, its status is None and its error says so. The body is
    copied out of a memory map.
    """
    raw = exchange.response
    message = parse_message(raw, exchange.method)
    if message is None:
        unparsed = "the reply is no HTTP/1.x response" if len(raw) else "no reply"
        return Payload(
            url=exchange.url,
            captured_at=exchange.date,
            status=None,
            truncated=exchange.truncated,
            error=exchange.error or unparsed,
        )
    return Payload(
        url=exchange.url,
        captured_at=exchange.date,
        status=message.head.status,
        headers=message.head.fields,
        body=message.payload(raw),
        truncated=exchange.truncated,
        error=exchange.error,
    )


def _fields(head: bytes) -> tuple[tuple[str, str], ...]:
    fields: list[tuple[bytes, list[bytes]]] = []
    continues = False  # whether a folded line has a field to belong to
    for line in head.split(b"\n", _LINES + 1)[1 : _LINES + 1]:
        if line[:1] in {b" ", b"\t"}:
            if continues:
                fields[-1][1].append(line.strip())
            continue
        name, colon, value = line.partition(b":")
        continues = bool(colon and name.strip())
        if continues:
            fields.append((name.strip(), [value.strip()]))
    return tuple(
        (name.decode("latin-1"), b" ".join(values).strip().decode("latin-1"))
        for name, values in fields
    )


def _framing(head: Head, method: str) -> tuple[Framing, int]:
    """Return what frames the body, and its length where that is a number (RFC 9112 6.3)."""
    if method == "HEAD" or head.status in {101, 204, 304}:
        return Framing.NONE, 0
    codings = [coding for coding in head.tokens("Transfer-Encoding") if coding != "identity"]
    if codings:
        return (Framing.CHUNKED if codings[-1] == "chunked" else Framing.CLOSE), 0
    # Repeated and equal lengths are one. Lengths that contradict each other frame nothing, and
    # what came until the end is then kept as the body, so that no byte of it is lost.
    lengths = set(head.tokens("Content-Length"))
    if len(lengths) == 1 and _LENGTH.fullmatch(length := lengths.pop()):
        return Framing.LENGTH, int(length)
    return Framing.CLOSE, 0


def _is_unframed(raw: Buffer, start: int, framing: Framing, head: Head, length: int) -> bool:
    """Whether the body lies there without the framing and coding that the headers tell of.

    Archiving browsers and scripts keep the headers of a reply beside a body that they have
    decoded: what is left of it then is neither chunked nor as long as Content-Length says.
    """
    begins = raw[start : start + 2]
    if framing is Framing.CHUNKED:
        return _NO_CHUNK.match(begins) is not None
    is_longer = framing is Framing.LENGTH and len(raw) - start > length
    is_gzip = head.tokens("Content-Encoding")[-1:] in {("gzip",), ("x-gzip",)}
    return is_longer and is_gzip and begins != _GZIP


def _measure(raw: Buffer, start: int) -> tuple[int, int, bool]:
    """Return the payload's size, the offset behind the chunked body, and whether it is whole."""
    chunks, size = _chunks(raw, start, len(raw)), 0
    while True:
        try:
            begin, stop = next(chunks)
        except StopIteration as last:
            end, complete = last.value
            return size, end, complete
        size += stop - begin


def _chunks(raw: Buffer, position: int, end: int) -> Generator[ByteRange, None, tuple[int, bool]]:
    """Yield the span of each chunk's data; return the offset behind the trailers, and True.

    A body that stops early or whose framing breaks returns *end*, and False: what follows a
    broken chunk cannot be told from the body.
    """
    while line := _CHUNK_SIZE.match(raw, position, end):
        size = int(line[1], 16)
        if size == 0:
            position = line.end()
            while (eol := raw.find(b"\n", position, end)) >= 0:
                trailer, position = raw[position:eol], eol + 1
                if trailer in {b"", b"\r"}:
                    return position, True
            break
        stop = line.end() + size
        if line.end() < end:
            yield line.end(), min(stop, end)
        ending = _LINE_END.match(raw, stop, end) if stop < end else None
        if ending is None:
            break
        position = ending.end()
    return end, False
