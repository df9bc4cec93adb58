"""Judge whether a recorded body still has the framing and coding that its headers name.

Archiving browsers, proxies and scripts often store the server's headers beside a body from which
they have removed chunk sizes or compression. The headers are then no evidence, so the bytes are
judged. In doubt a body is taken as it is, because then no byte of it is lost.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

import brotli

from archive.model import Buffer

LINE_END = re.compile(rb"\r?\n")
CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,32})[ \t]*(?:;[^\n]*)?\r?\n")
_CUT_IN_FRAMING = re.compile(rb"\r|\r?\n[ \t]*[0-9A-Fa-f]{0,32}[ \t]*(?:;[^\n]{0,200})?\r?")
"""What is behind a chunk if the body breaks off before the next one."""
GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
DECODED_BYTES = 256_000_000
"""A body that unpacks to more is not compared with a digest."""
LINE_BYTES = 1 << 22
"""A line with the size of a chunk, or a trailer, that is longer is none."""
_SAMPLE_BYTES = 4_096
_STEP_BYTES = 1 << 16
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
"""WHATWG MIME Sniffing, 'binary data byte': text has none, and compressed data has many."""
_DOCUMENT_BEGINS = re.compile(rb"\s*(?:[<{\[]|[^\t\n\r\x20-\x7e]|%PDF-|GIF8|RIFF|PK)")
_DOCUMENT_ENDS = re.compile(
    rb"</(?:html|body|rss|feed|rdf:rdf|urlset|sitemapindex|svg)\s*>\s*(?:<!--[^>]*-->\s*)?\Z",
    re.IGNORECASE,
)


def is_bare(
    raw: Buffer, start: int, *, is_chunked: bool, length: int | None, codings: Sequence[str]
) -> bool:
    """Return whether the body of *raw* from *start* on lacks the framing that its headers name.

    *length* is the Content-Length; *codings* are the tokens of Content-Encoding. A bare body ends
    where *raw* ends.
    """
    if is_chunked:
        return not _is_chunked(raw, start)
    size = len(raw) - start
    if length is None or size == length:
        return False
    if codings and size and not _is_coded(raw[start : start + _SAMPLE_BYTES], codings[-1]):
        return True  # the length is that of the compressed body
    # Some writers add a line end. Anything else that follows is a part of the body.
    return size > length and not _is_blank(raw, start + length)


def _is_blank(raw: Buffer, start: int) -> bool:
    """Return whether nothing but white space is in *raw* from *start* on."""
    steps = range(start, len(raw), _STEP_BYTES)
    return all(not raw[step : step + _STEP_BYTES].strip() for step in steps)


def _is_chunked(raw: Buffer, start: int) -> bool:
    line = CHUNK_SIZE.match(raw, start, start + LINE_BYTES)
    if line is None:
        return len(raw) == start
    size, exact = int(line[1], 16), line[0].endswith(b"\r\n")
    stop = line.end() + size
    if size == 0:
        return exact or _is_blank(raw, line.end())
    if stop <= len(raw):
        ending = LINE_END.match(raw, stop)
        after = stop if ending is None else ending.end()
        return (
            after == len(raw)
            or (ending is not None and CHUNK_SIZE.match(raw, after, after + LINE_BYTES) is not None)
            or (exact and _CUT_IN_FRAMING.fullmatch(raw[stop : stop + LINE_BYTES]) is not None)
        )
    # The first chunk is cut off, or the body begins with a line that only looks like a size.
    tail = raw[max(line.end(), len(raw) - 200) :]
    return (
        exact
        and _DOCUMENT_BEGINS.match(raw, line.end(), line.end() + _STEP_BYTES) is not None
        and _DOCUMENT_ENDS.search(tail) is None
    )


def _is_coded(sample: bytes, coding: str) -> bool:
    """Return whether *sample*, the beginning of a body, may be in the content coding *coding*."""
    match coding.removeprefix("x-"):
        case "gzip":
            return sample.startswith(GZIP_MAGIC)
        case "zstd":
            return sample.startswith(_ZSTD_MAGIC)
        case "identity":
            return False
        case _ if not _BINARY.search(sample):
            return False
        case "br":
            return _is_brotli(sample)
        case "deflate":
            return any(_inflates(sample, bits) for bits in (zlib.MAX_WBITS, -zlib.MAX_WBITS))
        case _:
            return True


def _is_brotli(sample: bytes) -> bool:
    try:
        brotli.Decompressor().process(sample, output_buffer_limit=_SAMPLE_BYTES)
    except brotli.error:
        return False
    return True


def _inflates(sample: bytes, bits: int) -> bool:
    try:
        zlib.decompressobj(bits).decompress(sample, _SAMPLE_BYTES)
    except zlib.error:
        return False
    return True


def decoded(content: Iterable[bytes | memoryview], coding: str) -> Iterator[bytes]:
    """Yield *content* without the content coding *coding*, in pieces; less if it breaks off.

    At most ``DECODED_BYTES`` are yielded. Nothing is yielded for a coding that is not known here.
    """
    match coding.removeprefix("x-"):
        case "gzip":
            steps = _inflated(content, zlib.MAX_WBITS | 16)
        case "deflate":
            steps = _inflated(content, zlib.MAX_WBITS)
        case "br":
            steps = _unbrotlied(content)
        case _:
            return
    size = 0
    with suppress(zlib.error, brotli.error):
        for step in steps:
            size += len(step)
            if size > DECODED_BYTES:
                return
            yield step


def _inflated(content: Iterable[bytes | memoryview], bits: int) -> Iterator[bytes]:
    inflate = zlib.decompressobj(bits)
    for piece in content:
        data: bytes | memoryview = piece
        while data and not inflate.eof:
            yield inflate.decompress(data, _STEP_BYTES)
            data = inflate.unconsumed_tail


def _unbrotlied(content: Iterable[bytes | memoryview]) -> Iterator[bytes]:
    unpacker = brotli.Decompressor()
    for piece in content:
        step = unpacker.process(bytes(piece), output_buffer_limit=_STEP_BYTES)
        while step or not unpacker.can_accept_more_data():
            yield step
            step = unpacker.process(b"", output_buffer_limit=_STEP_BYTES)
        if unpacker.is_finished():
            return
