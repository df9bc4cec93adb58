"""Read the records of a gzipped WARC file, past damage and never in silence.

Stock readers end quietly, or hand out torn content, where a file is damaged. Here each record is
one gzip member, read from its offset; a record counts once its member's checksum was seen, and
what cannot be read is reported as ``Damage``, after which reading goes on at the next member that
starts a WARC record. What one would get wrong: a block is read as a stream, so its first bytes
come before its checksum; only what was read to the end is known to be sound.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from archive.errors import RecordError
from archive.warc.http import HEAD_END
from archive.warc.record import HEADER_BYTES, SLICE_BYTES, Header, parse_header
from archive.warc.segment import OPEN_SUFFIX

_WINDOW_BYTES = 1 << 16
_MAGIC = b"\x1f\x8b\x08"
_RECORD_ID = re.compile(rb"\nWARC-Record-ID:[ \t]*(<[\x21-\x7e]{1,200}>)\r?\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A stretch of a file that holds no sound record, from *offset* up to *end*, in bytes.

    *file* is the final file name. *record_id* is that of the record that began at *offset*, as
    far as its header can be read; the damage may lie in the id itself.
    """

    file: str
    offset: int
    end: int
    problem: str
    record_id: str | None = None


@dataclass(frozen=True, slots=True)
class WholeRecord:
    """A record that was read to its end and is sound; *length* is in bytes of the file."""

    header: Header
    block: bytes
    offset: int
    length: int


class _DamagedError(Exception):
    """A gzip member cannot be inflated further."""


class Record:
    """A record whose block is read as a stream. ``RecordFile`` makes it.

    Reading raises ``RecordError`` where the record is damaged, at the latest with the last bytes
    of the block, when the member's checksum is verified.
    """

    def __init__(self, file: str, member: _Member) -> None:
        """Read the header. Raises ``RecordError`` when that cannot be done."""
        self.file, self.offset = file, member.position
        self.length = 0
        """Bytes of the file that the record takes; 0 until it was read to the end."""
        self.tail = b""
        """What follows the block: CR LF CR LF, were every writer exact."""
        self._member = member
        self._ahead = b""  # inflated and not read yet
        self._error: RecordError | None = None
        self.header = self._read_header()
        try:
            self._left = self.header.content_length
        except ValueError as error:
            raise self._damaged(str(error)) from error

    def read(self, size: int = -1) -> bytes:
        """Return the next *size* bytes of the block, or all that is left; empty at its end."""
        parts = []
        wanted = self._left if size < 0 else min(size, self._left)
        while wanted:
            data = self._take(min(wanted, SLICE_BYTES))
            if not data:
                raise self._damaged(f"the block ends {self._left} bytes too early")
            wanted -= len(data)
            self._left -= len(data)
            parts.append(data)
        if not self._left and not self.length:
            self._finish()
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def drain(self) -> None:
        """Read the rest of the block and forget it; the record is then known to be sound."""
        while not self.length:
            self.read(SLICE_BYTES)

    def _read_header(self) -> Header:
        while not (ending := HEAD_END.search(self._ahead)):
            if len(self._ahead) > HEADER_BYTES:
                raise self._damaged("the WARC header has no end")
            data = self._inflate(_WINDOW_BYTES)
            if not data:
                raise self._damaged("the WARC header is cut off")
            self._ahead += data
            if not self._ahead.startswith(b"WARC/"[: len(self._ahead)]):
                raise self._damaged("no WARC record begins here")
        block, self._ahead = self._ahead[: ending.end()], self._ahead[ending.end() :]
        try:
            return parse_header(block)
        except ValueError as error:
            raise self._damaged(str(error)) from error

    def _take(self, size: int) -> bytes:
        if self._ahead:
            data, self._ahead = self._ahead[:size], self._ahead[size:]
            return data
        return self._inflate(size)

    def _inflate(self, size: int) -> bytes:
        if self._error is not None:
            raise self._error
        try:
            return self._member.read(size)
        except _DamagedError as error:
            raise self._damaged(str(error)) from error

    def _finish(self) -> None:
        while data := self._take(_WINDOW_BYTES):
            self.tail += data
            if self.tail.strip(b"\r\n"):
                raise self._damaged("more follows the block than the header counts")
        self.length = self._member.position - self.offset

    def _damaged(self, problem: str) -> RecordError:
        self._error = RecordError(self.file, self.offset, problem)
        return self._error


class RecordFile:
    """A WARC file opened for reading; a context manager."""

    def __init__(self, path: Path, name: str | None = None) -> None:
        """Open *path*, which the archive knows as *name*. ``OSError`` when that fails."""
        self.path, self.name = path, name or path.name.removesuffix(OPEN_SUFFIX)
        self._source = _Source(os.open(path, os.O_RDONLY))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; its records cannot be read any further."""
        self._source.close()

    def at_end(self, offset: int) -> bool:
        """Whether the file holds nothing from *offset* on."""
        return not self._source.at(offset)

    def raw(self, offset: int, size: int) -> bytes:
        """Return up to *size* bytes of the file itself, as compressed."""
        return self._source.read(offset, size)

    def record_at(self, offset: int) -> Record:
        """Return the record that begins at *offset*. ``RecordError`` when none can be read."""
        if self.at_end(offset):
            raise RecordError(self.name, offset, "the file ends before it")
        return Record(self.name, _Member(self._source, offset))

    def records(self, start: int = 0) -> Iterator[Record | Damage]:
        """Yield every record from *start* on, and a ``Damage`` for whatever is none.

        A record's block can be read until the next item is asked for. A record that turns out to
        be damaged, whether its reader met the ``RecordError`` or read nothing of it, is followed
        by its ``Damage``.
        """
        offset = start
        while not self.at_end(offset):
            record_id = None
            try:
                record = self.record_at(offset)
                record_id = record.header.record_id
                yield record
                record.drain()
            except RecordError as error:
                end = self._resume(offset + 1)
                yield Damage(
                    file=self.name,
                    offset=offset,
                    end=end,
                    problem=error.problem,
                    record_id=record_id or self._salvage_id(offset),
                )
                offset = end
            else:
                offset += record.length

    def _resume(self, position: int) -> int:
        """Return the offset, from *position* on, where the next record begins, or the file's end.

        A reply may itself be a WARC file, and lie uncompressed in a damaged record. In a file of
        ours every record names the file's warcinfo record, which those inside cannot.
        """
        warcinfo_id = self._warcinfo_id()
        while True:
            position = self._source.find(_MAGIC, position)
            if self.at_end(position):
                return position
            try:
                begins = _Member(self._source, position).read(len(b"WARC/")) == b"WARC/"
                header = self.record_at(position).header if begins else None
            except _DamagedError:
                begins = False
            except RecordError:  # a record, and damaged as well: it is reported in its turn
                header = None
            if begins and (
                header is None
                or warcinfo_id is None
                or header.get("WARC-Warcinfo-ID") == warcinfo_id
            ):
                return position
            position += 1

    def _warcinfo_id(self) -> str | None:
        """Return the id of the warcinfo record that begins this file and bears its name."""
        try:
            header = self.record_at(0).header
        except RecordError:
            return None
        own = header.type == "warcinfo" and header.get("WARC-Filename") == self.name
        return header.record_id if own else None

    def _salvage_id(self, offset: int) -> str | None:
        """Return the record id out of what can still be inflated of a damaged header."""
        inflate, text = zlib.decompressobj(-15), b""
        for byte in self.raw(offset + 10, 2048):  # byte by byte: an error loses all of one call
            try:
                text += inflate.decompress(bytes((byte,)))
            except zlib.error:
                break
        found = _RECORD_ID.search(text)
        return found[1].decode("ascii") if found else None


def read_record(path: Path, offset: int) -> WholeRecord:
    """Return the record at *offset* of the file at *path*, verified to its last byte.

    Raises ``RecordError`` when it is damaged or none begins there, ``OSError`` without the file.
    """
    with RecordFile(path) as file:
        record = file.record_at(offset)
        block = record.read()
        return WholeRecord(record.header, block, offset, record.length)


class _Source:
    """A file read by windows: many small members in a row cost one read."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._start, self._window = 0, b""

    def close(self) -> None:
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def at(self, position: int) -> memoryview:
        """Return some bytes from *position* on; none at the end of the file."""
        if not self._start <= position < self._start + len(self._window):
            self._start, self._window = position, os.pread(self._fd, _WINDOW_BYTES, position)
        return memoryview(self._window)[position - self._start :]

    def read(self, position: int, size: int) -> bytes:
        data = b""
        while len(data) < size and (more := self.at(position + len(data))):
            data += more[: size - len(data)]
        return data

    def find(self, needle: bytes, position: int) -> int:
        """Return where *needle* is first found from *position* on, or the file's size."""
        while data := os.pread(self._fd, SLICE_BYTES, position):
            found = data.find(needle)
            if found >= 0:
                return position + found
            if len(data) < len(needle):
                return position + len(data)
            position += len(data) - len(needle) + 1
        return position


class _Member:
    """One gzip member, inflated as a stream; *position* is the next byte of the file to inflate."""

    def __init__(self, source: _Source, position: int) -> None:
        self.position = position
        self._source = source
        self._zlib = zlib.decompressobj(31)

    def read(self, size: int) -> bytes:
        """Return up to *size* bytes; none at the end of the member, whose checksum was right."""
        while not self._zlib.eof:
            window = self._source.at(self.position)
            if not window:
                raise _DamagedError("the file ends within the record")
            try:
                data = self._zlib.decompress(window, size)
            except zlib.error as error:
                raise _DamagedError(f"the gzip member is damaged ({error})") from error
            # At its end zlib may name what is left in both, so only one of them may be counted.
            rest = self._zlib.unused_data if self._zlib.eof else self._zlib.unconsumed_tail
            self.position += len(window) - len(rest)
            if data:
                return data
        return b""
