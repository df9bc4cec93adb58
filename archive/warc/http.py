"""Divide a raw HTTP/1.x reply into its parts, without copying the body.

A reply is what came over the connection: interim (1xx) responses, then the message, then perhaps
bytes after it. The parts are offsets into these bytes, so a reply in a memory map is never read
into memory completely, and no view keeps the map open. The body still contains chunk sizes,
extensions and trailers. The payload does not, but still has its content coding (gzip, br).
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from enum import StrEnum

from archive.model import Buffer, Exchange, Payload
from archive.warc.bodies import CHUNK_SIZE, GZIP_MAGIC, LINE_BYTES, LINE_END, is_bare
from archive.warc.maps import Released

ByteRange = tuple[int, int]
"""Start and end offset of a part of the reply, in bytes."""

# RFC 9112 2.2: a recipient may accept LF alone as the end of a line, and Twisted does.
HEAD_END = re.compile(rb"\n\r?\n")
# RFC 9112 2.2 lets a server skip empty lines before a message, and browsers skip them, too.
_EMPTY_LINES = re.compile(rb"[\r\n]*")
_STATUS = re.compile(rb"HTTP/(\d(?:\.\d)?)[ \t]+(\d{3})(?!\d)", re.IGNORECASE)
_NO_CHUNK = re.compile(rb"[^0-9A-Fa-f \t\r\n]")
_OF_FRAMING = frozenset({"content-length", "transfer-encoding"})
_LENGTH = re.compile(r"[0-9]{1,18}")
_PART_BYTES = 1 << 20  # a large reply is searched in parts
_HEAD_BYTES = 1 << 16  # a recorded head that no blank line ends may be this long
_FIELD_BYTES = 1 << 22  # header lines are parsed up to here; a browser stops at 256 kB
_LINES = 10_000  # header lines that are parsed; all are kept. A browser stops at 256 kB.


class Framing(StrEnum):
    """How the end of a body is determined (RFC 9112 6.3)."""

    NONE = "none"
    """There is no body, whatever the headers say: replies to HEAD, and 101, 204, 304."""
    LENGTH = "length"
    CHUNKED = "chunked"
    CLOSE = "close"
    """By the end of the connection; it is not known whether the body is complete."""


@dataclass(frozen=True, slots=True)
class Head:
    """A status line and its header fields.

    *fields* are (name, value) in the order in which they were sent, decoded as latin-1. Folded
    lines (obs-fold) are joined by a space; lines without a colon are left out.
    """

    version: str
    status: int
    fields: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str | None:
        """Return the first value of *name*, ignoring case; None if it is absent."""
        wanted = name.lower()
        return next((value for key, value in self.fields if key.lower() == wanted), None)

    def tokens(self, name: str) -> tuple[str, ...]:
        """Return the comma-separated tokens of all *name* fields, in order and in lower case."""
        wanted = name.lower()
        values = (value for key, value in self.fields if key.lower() == wanted)
        tokens = (token.strip().lower() for value in values for token in value.split(","))
        return tuple(token for token in tokens if token)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The parts of a reply, as offsets in bytes into its buffer.

    Interim responses and empty lines are ``[0, start)``, the message ``[start, end)``, its body
    ``[body_start, end)``, and the bytes after it ``[end, total)``. *complete* is False if the
    framing says that the body is longer, or if the framing is broken (the body then ends at the
    last byte). *is_bare* is True if the body of a foreign record lacks the framing that the headers
    name.
    """

    head: Head
    framing: Framing
    start: int
    body_start: int
    end: int
    total: int
    complete: bool
    payload_bytes: int
    is_bare: bool = False

    def payload_spans(self, raw: Buffer) -> Iterator[ByteRange]:
        """Yield the parts of *raw* that are the payload: one, or one for each chunk."""
        if self.framing is Framing.CHUNKED:
            yield from _chunks(raw, self.body_start, self.end)
        elif self.payload_bytes:
            yield self.body_start, self.end

    def payload(self, raw: Buffer) -> bytes:
        """Return a copy of the payload, without transfer coding and with content coding."""
        return b"".join(raw[start:end] for start, end in self.payload_spans(raw))


def parse_head(raw: Buffer, start: int = 0, *, is_foreign: bool = False) -> tuple[Head, int] | None:
    """Return the head that begins at *start* or after empty lines there, and the offset after it.

    Returns None if there is no status line of HTTP/1.x, or no blank line. The block of a foreign
    record may consist of a head without a blank line.
    """
    start = after_empty_lines(raw, start)
    line = _STATUS.match(raw, start)
    ending = _end_of_head(raw, start) if line else None
    if line is None or (ending is None and not (is_foreign and len(raw) - start <= _HEAD_BYTES)):
        return None
    end = len(raw) if ending is None else ending
    fields = _fields(raw[start : min(end, start + _FIELD_BYTES)])
    return Head(line[1].decode("ascii"), int(line[2]), fields), end


def after_empty_lines(raw: Buffer | bytearray, start: int = 0) -> int:
    """Return the offset after the empty lines that begin at *start*, if there are any."""
    reading = Released(raw, start) if not isinstance(raw, bytearray) else None
    while found := _EMPTY_LINES.match(raw, start, start + _PART_BYTES):  # matches nothing, too
        if found.end() < start + _PART_BYTES:
            return found.end()
        start = found.end()
        if reading is not None:
            reading.up_to(start)
    return start


def parse_message(raw: Buffer, method: str = "GET", *, is_foreign: bool = False) -> Message | None:
    """Return the parts of *raw*, the reply to a request of *method*.

    Returns None for a reply that ends within its head or is not HTTP/1.x. With *is_foreign*, *raw*
    is what other software recorded: its headers may describe other bytes than its body, and nothing
    follows the message.
    """
    start = 0
    while True:
        parsed = parse_head(raw, start, is_foreign=is_foreign)
        if parsed is None:
            return None
        head, body_start = parsed
        if head.status >= 200 or head.status == 101:
            break
        start = body_start
    start = after_empty_lines(raw, start)
    framing, length = _framing(head, method)
    if is_foreign and framing in {Framing.CHUNKED, Framing.LENGTH}:
        bare = is_bare(
            raw,
            body_start,
            is_chunked=framing is Framing.CHUNKED,
            length=length if framing is Framing.LENGTH else None,
            codings=head.tokens("Content-Encoding"),
        )
    else:
        bare = _is_unframed(raw, body_start, framing, head, length)
    if bare:
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
        is_bare=bare,
    )


def payload_of(exchange: Exchange, *, is_whole: bool = True) -> Payload:
    """Return the reply of *exchange* as extraction reads it; *is_whole* is False for a beginning.

    If no reply can be parsed, the status is None and the error says so. The body is a copy, not a
    memory map.
    """
    raw = exchange.response
    message = parse_message(raw, exchange.method, is_foreign=exchange.is_foreign)
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
        headers=_headers(message),
        body=message.payload(raw),
        truncated=exchange.truncated,
        error=exchange.error,
        is_whole=is_whole,
    )


def _end_of_head(raw: Buffer, start: int, end: int | None = None) -> int | None:
    """Return the offset after the first blank line in ``raw[start:end]``; None without one."""
    end, reading = len(raw) if end is None else end, Released(raw, start)
    for begin in range(start, end, _PART_BYTES):
        # A blank line may begin in the part before.
        if found := HEAD_END.search(raw, max(start, begin - 2), min(begin + _PART_BYTES, end)):
            return found.end()
        reading.up_to(begin)
    return None


def _headers(message: Message) -> tuple[tuple[str, str], ...]:
    """Return the header fields without those that are not true of a bare body."""
    fields = message.head.fields
    if not message.is_bare:
        return fields
    return tuple(field for field in fields if field[0].lower() not in _OF_FRAMING)


def _fields(head: bytes) -> tuple[tuple[str, str], ...]:
    fields: list[tuple[bytes, list[bytes]]] = []
    continues = False  # whether a folded line can continue a field
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
    """Return the framing of the body, and its length if there is one (RFC 9112 6.3)."""
    if method == "HEAD" or head.status in {101, 204, 304}:
        return Framing.NONE, 0
    codings = [coding for coding in head.tokens("Transfer-Encoding") if coding != "identity"]
    if codings:
        return (Framing.CHUNKED if codings[-1] == "chunked" else Framing.CLOSE), 0
    # Repeated equal lengths count as one. Contradictory lengths are ignored, and everything up to
    # the end is the body, so that no byte is lost.
    lengths = set(head.tokens("Content-Length"))
    if len(lengths) == 1 and _LENGTH.fullmatch(length := lengths.pop()):
        return Framing.LENGTH, int(length)
    return Framing.CLOSE, 0


def _is_unframed(raw: Buffer, start: int, framing: Framing, head: Head, length: int) -> bool:
    """Return whether the body lacks the framing and coding that the headers name.

    Archiving browsers and scripts store the original headers with a body that they have decoded.
    Such a body is not chunked, or not as long as Content-Length says.
    """
    begins = raw[start : start + 2]
    if framing is Framing.CHUNKED:
        return _NO_CHUNK.match(begins) is not None
    is_longer = framing is Framing.LENGTH and len(raw) - start > length
    is_gzip = head.tokens("Content-Encoding")[-1:] in {("gzip",), ("x-gzip",)}
    return is_longer and is_gzip and begins != GZIP_MAGIC


def _measure(raw: Buffer, start: int) -> tuple[int, int, bool]:
    """Return the payload's size, the offset after the chunked body, and whether it is complete."""
    chunks, size = _chunks(raw, start, len(raw)), 0
    while True:
        try:
            begin, stop = next(chunks)
        except StopIteration as last:
            end, complete = last.value
            return size, end, complete
        size += stop - begin


def _chunks(raw: Buffer, position: int, end: int) -> Generator[ByteRange, None, tuple[int, bool]]:
    """Yield the range of each chunk's data; return the offset after the trailers, and True.

    If the body ends early or its framing is broken, return *end* and False: bytes after a broken
    chunk cannot be distinguished from the body.
    """
    reading = Released(raw, position)
    while line := CHUNK_SIZE.match(raw, position, min(end, position + LINE_BYTES)):
        size = int(line[1], 16)
        if size == 0:
            # The line of the last chunk ends in a line end, and a blank line ends the trailers.
            after = _end_of_head(raw, line.end() - 1, end)
            return (end, False) if after is None else (after, True)
        stop = line.end() + size
        if line.end() < end:
            yield line.end(), min(stop, end)
        ending = LINE_END.match(raw, stop, end) if stop < end else None
        if ending is None:
            break
        position = ending.end()
        reading.up_to(position)
    return end, False
