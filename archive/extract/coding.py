"""Undo the content codings of a body, and the white space of a text.

A server's ``Content-Encoding`` is a claim, not a fact: a body that is not in the coding that its
header names is taken as it is. Charsets are in ``charset``.
"""

from __future__ import annotations

import codecs
import re
import zlib
from contextlib import suppress
from enum import Enum

import brotli

from archive.model import Buffer, clean

MAX_BODY_BYTES = 64_000_000
"""A body that unpacks to more is a decompression bomb; the largest honest sitemap has 50 MB."""

CUT = "content-encoding: cut"
"""Flag of a body whose coding breaks off: only the beginning can be read."""

UNKNOWN_CODING = "content-encoding: unknown "
"""Beginning of the flag that names a content coding which this code cannot undo."""

_STEP_BYTES = 1_024
_WITHOUT_SIGNATURE = frozenset({"br", "deflate"})
"""Codings without a magic number: the beginning of many texts can be read as such a stream."""
_SAMPLE_BYTES = 1_445
_SHORTEST_SAMPLE = 64
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_GZIP_MAGIC = b"\x1f\x8b"
NO_BREAK_SPACES = ("\u00a0", "\u202f")
_WHITE = re.compile(r"[^\S\u00a0\u202f]\s*|[\u00a0\u202f]\s+")
"""White space, but not a single no-break space."""


class TooLargeError(Exception):
    """The body unpacks to more bytes than the limit, mostly ``MAX_BODY_BYTES``."""


def decode_body(
    body: Buffer, content_encoding: str | None, *, limit: int = MAX_BODY_BYTES
) -> tuple[bytes, tuple[str, ...]]:
    """Return *body* with the codings of *content_encoding* undone, and flags for what was odd.

    The last coding is undone first (RFC 9110 8.4). When the bytes are not in a coding, the coding
    is ignored with the flag ``content-encoding: not NAME``. When a coding breaks off, the beginning
    is returned with the flag ``CUT``. Raises ``TooLargeError`` for more than *limit* unpacked
    bytes.
    """
    data = bytes(body)
    flags: list[str] = []
    names = [name.strip().lower() for name in (content_encoding or "").split(",")]
    for name in reversed([name for name in names if name not in {"", "identity"}]):
        unpack = _UNPACKERS.get(name.removeprefix("x-"))
        if unpack is None:
            flags.append(f"{UNKNOWN_CODING}{_token(name)}")
            continue
        is_plain = name in _WITHOUT_SIGNATURE and _is_text(data)
        unpacked, complete = (None, False) if is_plain else unpack(data, limit)
        if unpacked is None:
            flags.append(f"content-encoding: not {name}")
            continue
        if not complete:
            flags.append(CUT)
        data = unpacked
    return data, tuple(flags)


def _is_text(data: bytes) -> bool:
    """Return whether *data* is plain text in UTF-8, as compressed data of some length never is."""
    sample = data[:_SAMPLE_BYTES]
    if len(sample) < _SHORTEST_SAMPLE or _CONTROL.search(sample):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def gunzip_file(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Return *data* unpacked if it is a gzip file (``sitemap.xml.gz``), else unchanged.

    If it breaks off, the flag ``CUT`` says so. Raises ``TooLargeError``.
    """
    if not data.startswith(_GZIP_MAGIC):
        return data, ()
    unpacked, complete = _gunzip(data, MAX_BODY_BYTES)
    return (data, ()) if unpacked is None else (unpacked, () if complete else (CUT,))


def one_line(text: str) -> str:
    """Return *text* without control characters, each run of white space as one space, stripped.

    A single no-break space stays, since typography needs it, as before a French colon.
    """
    if text.isascii():  # nothing to clean but a NUL
        line = " ".join(text.split())
        return line if "\x00" not in line else clean(line)
    if "\u00a0" not in text and "\u202f" not in text:
        return clean(" ".join(text.split()))
    return clean(_WHITE.sub(" ", text)).strip()


def folded_words(text: str) -> str:
    """Return the words of *text* in lower case with single spaces, to compare spellings."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _token(text: str) -> str:
    return re.sub(r"[^\w-]+", "", text)[:20]


Unpacked = tuple[bytes | None, bool]
"""The bytes, None when they are not in that coding at all; and whether the coding is complete."""


def _gunzip(data: bytes, limit: int) -> Unpacked:
    """Undo gzip, member after member; bytes after the last member are ignored, as in browsers."""
    parts: list[bytes] = []
    size = 0
    while data.startswith(_GZIP_MAGIC):
        chunk, end, data = _inflate(16 + zlib.MAX_WBITS, data, limit - size)
        parts.append(chunk)
        size += len(chunk)
        if end is not End.REACHED:
            return b"".join(parts) or None, False
    return (b"".join(parts), True) if parts else (None, False)


def _undeflate(data: bytes, limit: int) -> Unpacked:
    """Undo deflate as RFC 9110 means it (zlib, RFC 1950) or as some servers send it (RFC 1951)."""
    unpacked, end, _ = _inflate(zlib.MAX_WBITS, data, limit)
    if unpacked or end is End.REACHED:
        return unpacked, end is End.REACHED
    unpacked, end, _ = _inflate(-zlib.MAX_WBITS, data, limit)
    # Raw deflate has no signature: only a stream without an error counts as deflate.
    is_one = unpacked and end is not End.FAULTY
    return (unpacked, end is End.REACHED) if is_one else (None, False)


class End(Enum):
    """How the walk through a compressed stream ended."""

    REACHED = "reached"
    MISSING = "missing"
    FAULTY = "faulty"


def _inflate(wbits: int, data: bytes, limit: int) -> tuple[bytes, End, bytes]:
    """Return the unpacked bytes, how the stream ended, and the bytes after its end.

    The stream is read in small steps, and byte by byte near an error, so that all bytes before the
    error are kept. A wrong checksum at the very end loses nothing.
    """
    unpacker = zlib.decompressobj(wbits)
    parts: list[bytes] = []
    size = 0
    for start in range(0, len(data), _STEP_BYTES):
        try:
            chunk = unpacker.decompress(data[start : start + _STEP_BYTES], limit - size + 1)
        except zlib.error:
            parts.append(_before_fault(wbits, data, start, size)[: limit - size])
            return b"".join(parts), End.FAULTY, b""
        parts.append(chunk)
        size += len(chunk)
        if size > limit:
            raise TooLargeError
        if unpacker.eof:
            return b"".join(parts), End.REACHED, unpacker.unused_data + data[start + _STEP_BYTES :]
    return b"".join(parts), End.MISSING, b""


def _before_fault(wbits: int, data: bytes, start: int, size: int) -> bytes:
    """Return the bytes unpacked between *start*, after *size* unpacked bytes, and the error."""
    unpacker = zlib.decompressobj(wbits)
    unpacker.decompress(data[:start], size)
    parts = []
    with suppress(zlib.error):
        for place in range(start, len(data)):
            parts.append(unpacker.decompress(unpacker.unconsumed_tail + data[place : place + 1]))
    return b"".join(parts)


def _unbrotli(data: bytes, limit: int) -> Unpacked:
    unpacker = brotli.Decompressor()
    parts: list[bytes] = []
    size = 0
    try:
        for start in range(0, len(data), _STEP_BYTES):
            chunk = unpacker.process(data[start : start + _STEP_BYTES], output_buffer_limit=65_536)
            while chunk or not unpacker.can_accept_more_data():
                parts.append(chunk)
                size += len(chunk)
                if size > limit:
                    raise TooLargeError
                chunk = unpacker.process(b"", output_buffer_limit=65_536)
            if unpacker.is_finished():
                return b"".join(parts), True
    except brotli.error:
        pass  # an error in the middle: the bytes before it are kept
    return (b"".join(parts), False) if parts else (None, False)


_UNPACKERS = {"gzip": _gunzip, "deflate": _undeflate, "br": _unbrotli}
