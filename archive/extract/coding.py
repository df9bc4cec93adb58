"""Bytes of a body to bytes of a document, and those to text.

A server's ``Content-Encoding`` and ``charset`` are claims, not facts: a body that is not in the
coding its header names is taken as it is, and a charset is believed only where the bytes agree.
"""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Iterator

import brotli

from archive.model import Buffer, clean

MAX_BODY_BYTES = 64_000_000
"""A body that unpacks to more is a decompression bomb; the largest honest sitemap has 50 MB."""

CUT = "content-encoding: cut"
"""Flags a body whose coding breaks off: what came before is all there is."""

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
"""White space but a no-break space that stands alone."""
_BEYOND_ASCII = bytes(range(0x80, 0x100))


class TooLargeError(Exception):
    """The body unpacks to more than ``MAX_BODY_BYTES``."""


def decode_body(body: Buffer, content_encoding: str | None) -> tuple[bytes, tuple[str, ...]]:
    """Return *body* with the codings of *content_encoding* undone, and flags for what was odd.

    Codings are undone last first (RFC 9110 8.4). A coding that the bytes are not in is ignored
    with the flag ``content-encoding: not NAME``; one that breaks off keeps what came before, with
    ``CUT``. Raises ``TooLargeError``.
    """
    data = bytes(body)
    flags: list[str] = []
    names = [name.strip().lower() for name in (content_encoding or "").split(",")]
    for name in reversed([name for name in names if name not in {"", "identity"}]):
        unpack = _UNPACKERS.get(name.removeprefix("x-"))
        if unpack is None:
            flags.append(f"content-encoding: unknown {_token(name)}")
            continue
        unpacked, complete = unpack(data)
        if unpacked is None:
            flags.append(f"content-encoding: not {name}")
            continue
        if not complete:
            flags.append(CUT)
        data = unpacked
    return data, tuple(flags)


def gunzip_file(data: bytes) -> bytes:
    """Return *data* unpacked where it is itself a gzip file (``sitemap.xml.gz``), else unchanged.

    Raises ``TooLargeError``.
    """
    if not data.startswith(_GZIP_MAGIC):
        return data
    unpacked, _ = _gunzip(data)
    return data if unpacked is None else unpacked


def decode_text(data: bytes, content_type: str | None) -> tuple[str, str]:
    """Return *data* as text, and the name of the charset that it was read in.

    A byte order mark wins, then the charset of *content_type*, then what the document itself
    declares (the order of the HTML standard, 13.2.3.2), then UTF-8; a charset that the bytes
    contradict is passed over, and windows-1252 takes what nothing else fits. NULs are removed.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return clean(data[len(mark) :].decode(name, "replace")), name
    for name in _claimed(data, content_type):
        try:
            return clean(data.decode(name)), name
        except (ValueError, LookupError):  # a codec of bytes to bytes raises LookupError
            continue
    # A stray byte in a long UTF-8 page (a cut in the middle of a letter, an inserted ad) must
    # not turn every accent of the page into two letters.
    text = data.decode("utf-8", "replace")
    beyond_ascii = len(data) - len(data.translate(None, _BEYOND_ASCII))
    if text.count("�") * 200 <= beyond_ascii + 200:
        return clean(text), "utf-8"
    return clean(data.decode("cp1252", "replace")), "cp1252"


def one_line(text: str) -> str:
    """Return *text* clean, with every run of white space as one space and none at the ends.

    A no-break space that stands alone stays, as before a French colon: typesetting means it.
    """
    if "\u00a0" not in text and "\u202f" not in text:
        return clean(" ".join(text.split()))
    return clean(_WHITE.sub(" ", text)).strip()


def folded_words(text: str) -> str:
    """Return the words of *text* in lower case, a space apart: what two spellings share."""
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
"""The bytes, None where they are not in that coding at all; and whether they end as they should."""


def _gunzip(data: bytes) -> Unpacked:
    """Undo gzip, member after member; what follows the last member is ignored, as browsers do."""
    parts: list[bytes] = []
    size = 0
    while data.startswith(_GZIP_MAGIC):
        unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
        chunk, sound, data = _inflate(unpacker, data, MAX_BODY_BYTES - size)
        parts.append(chunk)
        size += len(chunk)
        if not sound or not unpacker.eof:
            return b"".join(parts) or None, False
    return (b"".join(parts), True) if parts else (None, False)


def _undeflate(data: bytes) -> Unpacked:
    """Undo deflate as RFC 9110 means it (zlib, RFC 1950) or as some servers send it (RFC 1951)."""
    unpacker = zlib.decompressobj()
    unpacked, sound, _ = _inflate(unpacker, data, MAX_BODY_BYTES)
    if unpacked or (sound and unpacker.eof):
        return unpacked, unpacker.eof
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    unpacked, sound, _ = _inflate(unpacker, data, MAX_BODY_BYTES)
    # Raw deflate bears no signature: only a stream without a fault is one.
    return (unpacked, unpacker.eof) if sound and unpacked else (None, False)


def _inflate(unpacker: zlib._Decompress, data: bytes, limit: int) -> tuple[bytes, bool, bytes]:
    """Return what came out, whether no fault was met, and the bytes after the stream's end.

    Fed in small steps, so that what lies before a fault is kept.
    """
    parts: list[bytes] = []
    size = 0
    for start in range(0, len(data), _STEP_BYTES):
        try:
            chunk = unpacker.decompress(data[start : start + _STEP_BYTES], limit - size + 1)
        except zlib.error:
            return b"".join(parts), False, b""
        parts.append(chunk)
        size += len(chunk)
        if size > limit:
            raise TooLargeError
        if unpacker.eof:
            return b"".join(parts), True, unpacker.unused_data + data[start + _STEP_BYTES :]
    return b"".join(parts), True, b""


def _unbrotli(data: bytes) -> Unpacked:
    unpacker = brotli.Decompressor()
    parts: list[bytes] = []
    size = 0
    try:
        for start in range(0, len(data), _STEP_BYTES):
            chunk = unpacker.process(data[start : start + _STEP_BYTES], output_buffer_limit=65_536)
            while chunk or not unpacker.can_accept_more_data():
                parts.append(chunk)
                size += len(chunk)
                if size > MAX_BODY_BYTES:
                    raise TooLargeError
                chunk = unpacker.process(b"", output_buffer_limit=65_536)
            if unpacker.is_finished():
                return b"".join(parts), True
    except brotli.error:
        pass  # a fault in the middle: what came before it is kept
    return (b"".join(parts), False) if parts else (None, False)


_UNPACKERS = {"gzip": _gunzip, "deflate": _undeflate, "br": _unbrotli}
