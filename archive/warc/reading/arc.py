"""Read ARC files, the format before WARC (Internet Archive, 1996; versions 1 and 2).

A record is a line with URL, IP address, date, type and length, then the bytes, then a line end. In
version 2 more fields precede the length. warcio reads version 1 only, and ends at the first damaged
record; here reading continues at the next line that begins a record.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive.warc.reading.source import MAGIC, Bytes, InflatedSource, Source
from archive.warc.record import SLICE_BYTES, parse_date

FILE_DESCRIPTION = b"filedesc:"
"""The URL of the first record, which describes the file, begins so."""

_LINE_BYTES = 1 << 16
_BEGINNING_BYTES = 5
_SCHEME_BYTES = 40
_SCHEME = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]{1,30}:")
_BEGINS = re.compile(rb"\n(?=http|dns:|ftp:)")
"""What precedes a record: crawlers store the address of each host before its pages."""
_LIKE_A_LINE = re.compile(rb"(?:https?|ftp|dns):\S+ [^\n]{10,} -?\d+\r?\n")
_ADDRESS = re.compile(rb"[0-9A-Fa-f.:]+|-")
_DATE = re.compile(rb"\d{8,17}")
_LENGTH = re.compile(rb"\d{1,15}")
_NO_ADDRESS = frozenset({"0.0.0.0", "-"})  # noqa: S104 - what ARC files have without an address


@dataclass(frozen=True, slots=True)
class ArcRecord:
    """A record of an ARC file; its block is *size* bytes at *start* of the inflated file.

    *is_exact* is False if the line counts another number of bytes.
    """

    url: str
    ip: str | None
    date: datetime
    content_type: str
    start: int
    size: int
    is_exact: bool


@dataclass(frozen=True, slots=True)
class ArcDamage:
    """Bytes of the inflated file, from *start* to *end*, that are no record."""

    start: int
    end: int


class ArcFile:
    """An ARC file that is open for reading."""

    def __init__(self, source: Bytes) -> None:
        """Read *source*, whose owner closes it."""
        self._source = source

    @property
    def problem(self) -> str | None:
        """Why the file could not be inflated to its end; None if it could so far."""
        return self._source.problem if isinstance(self._source, InflatedSource) else None

    def records(self) -> Iterator[ArcRecord | ArcDamage]:
        """Yield every record in order, and what lies between them."""
        position = self._after_line_ends(0)
        while self._source.at(position):
            self._source.mark(position)
            found = self._record(position)
            if found is None:
                end = self._next(position + 1)
                yield ArcDamage(position, end)
                position = end
                continue
            yield found
            position = self._after_line_ends(found.start + found.size)

    def block(self, record: ArcRecord) -> Iterator[bytes]:
        """Yield the block of *record* in pieces."""
        position, end = record.start, record.start + record.size
        while position < end and (data := self._source.at(position)):
            piece = bytes(data[: min(SLICE_BYTES, end - position)])
            position += len(piece)
            yield piece

    def _record(self, position: int) -> ArcRecord | None:
        line = _line_at(self._source, position)
        if line is None:
            return None
        start = position + line.size
        size = line.counted if self._ends(start + line.counted) else self._measured(start)
        return ArcRecord(
            url=line.url,
            ip=None if line.ip in _NO_ADDRESS else line.ip,
            date=line.date,
            content_type=line.content_type,
            start=start,
            size=size,
            is_exact=size == line.counted,
        )

    def _ends(self, position: int) -> bool:
        """Return whether a record can end at *position*: before another one, or with the file."""
        if position and not self._source.at(position - 1):
            return False
        after = self._after_line_ends(position)
        if not self._source.at(after) or _line_at(self._source, after) is not None:
            return True
        # A damaged line is a page that is lost, and no part of the page before it.
        return after > position and _LIKE_A_LINE.match(self._source.read(after, 2048)) is not None

    def _measured(self, start: int) -> int:
        """Return the size of the block at *start* by what follows it."""
        end = self._next(start)
        last = self._source.read(max(start, end - 1), 1)
        return end - start - (1 if last == b"\n" and end > start else 0)

    def _next(self, position: int) -> int:
        """Return the offset after *position* where a record begins, or the end."""
        kept = b""  # bytes from *position* on that may be the beginning of a line
        while more := self._source.at(position + len(kept)):
            kept += more
            for found in _BEGINS.finditer(kept):
                if _line_at(self._source, position + found.end()) is not None:
                    return position + found.end()
            done = max(0, len(kept) - _BEGINNING_BYTES)
            position, kept = position + done, kept[done:]
        return position + len(kept)

    def _after_line_ends(self, position: int) -> int:
        while self._source.read(position, 1) in {b"\n", b"\r"}:
            position += 1
        return position


@contextmanager
def open_arc(path: Path) -> Iterator[ArcFile]:
    """Open the ARC file at *path*, plain or in gzip members. Raises ``OSError`` if that fails."""
    source = _source(path)
    try:
        yield ArcFile(source)
    finally:
        source.close()


def is_arc(path: Path) -> bool:
    """Return whether the file at *path* begins as an ARC file. Raises ``OSError`` without it."""
    source = _source(path)
    try:
        begins = source.read(0, _LINE_BYTES).lstrip(b"\r\n")
    finally:
        source.close()
    return begins.startswith(FILE_DESCRIPTION) or (
        ".arc" in path.suffixes[-2:] and _line(begins) is not None
    )


def _source(path: Path) -> Bytes:
    fd = os.open(path, os.O_RDONLY)
    is_compressed = os.pread(fd, len(MAGIC), 0) == MAGIC
    return InflatedSource(fd) if is_compressed else Source(fd)


@dataclass(frozen=True, slots=True)
class _Line:
    """The line before a block; *size* is its own length in bytes, *counted* that of the block."""

    url: str
    ip: str
    date: datetime
    content_type: str
    counted: int
    size: int


def _line_at(source: Bytes, position: int) -> _Line | None:
    begins = source.read(position, _SCHEME_BYTES)
    return _line(source.read(position, _LINE_BYTES)) if _SCHEME.match(begins) else None


def _line(data: bytes) -> _Line | None:
    """Return the line that *data* begins with; None if it begins no record."""
    end = data.find(b"\n") + 1
    words = data[:end].split()
    if len(words) < 4 or not _SCHEME.match(words[0]) or not _LENGTH.fullmatch(words[-1]):
        return None
    for number in range(2, len(words) - 1):  # a URL may contain spaces
        if _DATE.fullmatch(words[number]) and _ADDRESS.fullmatch(words[number - 1]):
            break
    else:
        return None
    try:
        date = parse_date(words[number].decode("ascii"))
    except ValueError:
        return None
    return _Line(
        url=_text(b" ".join(words[: number - 1])),
        ip=words[number - 1].decode("ascii"),
        date=date,
        content_type=_text(words[number + 1]) if number + 2 < len(words) else "",
        counted=int(words[-1]),
        size=end,
    )


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
