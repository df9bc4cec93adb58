"""Decode a body: undo its content codings, and turn its bytes into text.

A server's ``Content-Encoding`` and ``charset`` are claims, not facts: a body that is not in the
coding that its header names is taken as it is, and a charset is believed only when the bytes agree.
"""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Iterator
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
_GZIP_MAGIC = b"\x1f\x8b"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE
)
NO_BREAK_SPACES = ("\u00a0", "\u202f")
_WHITE = re.compile(r"[^\S\u00a0\u202f]\s*|[\u00a0\u202f]\s+")
"""White space, but not a single no-break space."""
_WIDE = frozenset({"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"})
"""Charsets in which all markup has NUL bytes."""
_NO_CHARSETS = frozenset({"idna", "punycode", "raw_unicode_escape", "unicode_escape", "utf-7"})
"""Python encodings that no browser knows; idna takes hours for a page."""
_BEYOND_ASCII = bytes(range(0x80, 0x100))


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
        unpacked, complete = unpack(data, limit)
        if unpacked is None:
            flags.append(f"content-encoding: not {name}")
            continue
        if not complete:
            flags.append(CUT)
        data = unpacked
    return data, tuple(flags)


def gunzip_file(data: bytes) -> bytes:
    """Return *data* unpacked if it is a gzip file (``sitemap.xml.gz``), else unchanged.

    Raises ``TooLargeError``.
    """
    if not data.startswith(_GZIP_MAGIC):
        return data
    unpacked, _ = _gunzip(data, MAX_BODY_BYTES)
    return data if unpacked is None else unpacked


def decode_text(data: bytes, content_type: str | None) -> tuple[str, str]:
    """Return *data* as text, and the name of the charset that it was read in.

    The first of these that fits the bytes is used: the charset of a byte order mark; UTF-8, if the
    text has letters beyond ASCII, since text in other charsets is hardly ever valid UTF-8; the
    charset of *content_type*; the charset that the document declares (the order of the HTML
    standard, 13.2.3.2); UTF-8; windows-1252, which fits everything. NULs are removed.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return clean(data[len(mark) :].decode(name, "replace")), name
    wide = b"\0" in data
    claimed = [name for name in _claimed(data, content_type) if wide or name not in _WIDE]
    for name in claimed if wide or data.isascii() else ["utf-8", *claimed]:
        try:
            return clean(data.decode(name)), name
        except (ValueError, LookupError):  # a codec of bytes to bytes raises LookupError
            continue
    # A stray byte in a long UTF-8 page (a cut in the middle of a letter, an inserted ad) must
    # not turn every accent of the page into two letters.
    text = data.decode("utf-8", "replace")
    faults = text.count("\ufffd")
    letters = len(text) - faults - len(data.translate(None, _BEYOND_ASCII))
    # Bytes of another charset are seldom right by chance (RFC 3629 1).
    if faults < 2 or letters > faults:
        return clean(text), "utf-8"
    return clean(data.decode("cp1252", "replace")), "cp1252"


def one_line(text: str) -> str:
    """Return *text* without control characters, each run of white space as one space, stripped.

    A single no-break space stays, since typography needs it, as before a French colon.
    """
    if "\u00a0" not in text and "\u202f" not in text:
        return clean(" ".join(text.split()))
    return clean(_WHITE.sub(" ", text)).strip()


def folded_words(text: str) -> str:
    """Return the words of *text* in lower case with single spaces, to compare spellings."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _claimed(data: bytes, content_type: str | None) -> Iterator[str]:
    header = re.search(r"""charset\s*=\s*["']?\s*([\w.:-]+)""", content_type or "", re.IGNORECASE)
    declared = _DECLARED.search(data[:4096])
    names = [
        header.group(1) if header else "",
        declared.group(1).decode("ascii", "replace") if declared else "",
    ]
    for name in [*names, "utf-8"]:
        try:
            known = codecs.lookup(name).name
        except LookupError:
            continue
        if known in _NO_CHARSETS or known.replace("-", "_") in _NO_CHARSETS:
            continue
        # The WHATWG Encoding Standard reads both labels as windows-1252; and a page that is
        # valid UTF-8 with letters beyond ASCII was hardly written in a one-byte charset.
        if known in {"iso8859-1", "ascii", "cp1252"}:
            yield "utf-8"
            yield "cp1252"
        else:
            yield known


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
