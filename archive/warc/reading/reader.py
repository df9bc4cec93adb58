"""Read the records of a WARC file; report damage and continue after it.

Other readers end silently, or return incomplete content, if a file is damaged. Here each record is
one gzip member that is read from its offset. A record counts when the checksum of its member was
verified. What cannot be read is reported as ``Damage``, and reading continues at the next member
that begins a WARC record. In an uncompressed file a record counts when two empty lines follow its
block. A block is read as a stream, so its first bytes are returned before the checksum is verified:
only a block that was read to its end is known to be intact.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from archive.errors import RecordError
from archive.warc.http import HEAD_END
from archive.warc.reading.source import (
    MAGIC,
    WINDOW_BYTES,
    Bytes,
    DamagedError,
    GzipMember,
    InflatedSource,
    Source,
    Stretch,
)
from archive.warc.record import (
    END,
    HEADER_BYTES,
    SLICE_BYTES,
    Header,
    is_our_software,
    parse_fields,
    parse_header,
)
from archive.warc.segment import GZIP_HEADER, OPEN_SUFFIX

OTHER_WARCINFO_IDS = "warcinfo-ids"
"""Field of a warcinfo record: ids of other warcinfo records that the file's records may name."""
MORE_THAN_COUNTED = "more follows the block than the header counts"
_VERSION = b"WARC/"
_RECORD_ID = re.compile(rb"\nWARC-Record-ID:[ \t]*(<[\x21-\x7e]{1,200}>)\r?\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A part of a file without an intact record, from *offset* up to *end*, in bytes.

    *file* is the final file name. *record_id* is that of the record that began at *offset*, if its
    header can be read; the id itself may be damaged.
    """

    file: str
    offset: int
    end: int
    problem: str
    record_id: str | None = None

    def __str__(self) -> str:
        """Return one line that describes the damage."""
        record = f" ({self.record_id})" if self.record_id else ""
        return f"{self.file}: bytes {self.offset} to {self.end}{record}: {self.problem}"


@dataclass(frozen=True, slots=True)
class WholeRecord:
    """A record that was read to its end and is intact; *length* is in bytes of the file."""

    header: Header
    block: bytes
    offset: int
    length: int


class Record:
    """A record whose block is read as a stream. ``RecordFile`` creates it.

    Reading raises ``RecordError`` if the record is damaged, at the latest with the last bytes of
    the block, when the checksum is verified.
    """

    def __init__(self, file: str, member: GzipMember | Stretch) -> None:
        """Read the header. Raises ``RecordError`` if it cannot be read."""
        self.file, self.offset = file, member.position
        self.length = 0
        """Length of the record in bytes of the file; 0 until it was read to its end."""
        self.head = b""
        """The header block as it was written, with the empty line that ends it."""
        self.tail = b""
        """What follows the block: CR LF CR LF, if the writer was exact."""
        self._member = member
        self._ahead = b""  # decompressed and not read yet
        self._error: RecordError | None = None
        self.header = self._read_header()
        try:
            self._left = self.header.content_length
        except ValueError as error:
            raise self._damaged(str(error)) from error

    def read(self, size: int = -1) -> bytes:
        """Return the next *size* bytes of the block, or the rest of it; empty at its end."""
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
        """Read the rest of the block and discard it; the record is then known to be intact."""
        while not self.length:
            self.read(SLICE_BYTES)

    def _read_header(self) -> Header:
        while not (ending := HEAD_END.search(self._ahead)):
            if len(self._ahead) > HEADER_BYTES:
                raise self._damaged("the WARC header has no end")
            data = self._inflate(WINDOW_BYTES)
            if not data:
                raise self._damaged("the WARC header is cut off")
            self._ahead += data
            if not self._ahead.startswith(_VERSION[: len(self._ahead)]):
                raise self._damaged("no WARC record begins here")
        self.head, self._ahead = self._ahead[: ending.end()], self._ahead[ending.end() :]
        try:
            return parse_header(self.head)
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
        except DamagedError as error:
            raise self._damaged(str(error)) from error

    def _finish(self) -> None:
        if self._member.is_record:
            while data := self._take(WINDOW_BYTES):
                self.tail += data
                if self.tail.strip(b"\r\n"):
                    raise self._damaged(MORE_THAN_COUNTED)
        else:
            while (data := self._take(1)) in {b"\r", b"\n"}:
                self.tail += data
            self._ahead = data + self._ahead
            if not self.tail.startswith((END, b"\n\n")):
                raise self._damaged("no two empty lines follow the block")
        self.length = self._member.position - len(self._ahead) - self.offset

    def _damaged(self, problem: str) -> RecordError:
        self._error = RecordError(self.file, self.offset, problem)
        return self._error


class RecordFile:
    """A WARC file that is open for reading; a context manager."""

    def __init__(self, path: Path, name: str | None = None, *, inflate: bool = False) -> None:
        """Open *path*, whose name in the archive is *name*. Raises ``OSError`` if that fails.

        With *inflate*, a gzip file is read as one decompressed stream, and offsets are in bytes of
        this stream.
        """
        self.path, self.name = path, name or path.name.removesuffix(OPEN_SUFFIX)
        fd = os.open(path, os.O_RDONLY)
        self._source: Bytes = InflatedSource(fd) if inflate else Source(fd)
        begins = self._source.read(0, len(_VERSION))
        self.compressed = not begins.startswith(_VERSION) and (
            begins.startswith(MAGIC) or self.path.suffixes[-1:] != [".warc"]
        )
        """Whether each record is a gzip member; if the beginning is lost, the name of the file
        decides."""

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
        """Close the file; its records can no longer be read."""
        self._source.close()

    @property
    def problem(self) -> str | None:
        """Why the stream of a file could not be read to its end; None if it could so far."""
        return self._source.problem if isinstance(self._source, InflatedSource) else None

    def at_end(self, offset: int) -> bool:
        """Return whether the file ends at or before *offset*."""
        return not self._source.at(offset)

    def raw(self, offset: int, size: int) -> bytes:
        """Return up to *size* bytes of the file itself, as compressed."""
        return self._source.read(offset, size)

    def record_at(self, offset: int) -> Record:
        """Return the record that begins at *offset*. Raises ``RecordError`` if none can be read."""
        if self.at_end(offset):
            raise RecordError(self.name, offset, "the file ends before it")
        return Record(self.name, self._begin(offset))

    @cached_property
    def is_ours(self) -> bool:
        """Whether Pressmark wrote the records, so that their bytes have its exact form."""
        try:
            record = self.record_at(0)
            return record.header.type == "warcinfo" and is_our_software(parse_fields(record.read()))
        except RecordError:  # the next record shows it
            after = self._resume(1)
            return self.compressed and self.raw(after, len(GZIP_HEADER)) == GZIP_HEADER

    def records(self, start: int = 0) -> Iterator[Record | Damage]:
        """Yield every record from *start* on, and a ``Damage`` for everything else.

        The block of a record can be read until the next item is requested. A record that proves to
        be damaged is followed by its ``Damage``, whether or not the caller has read it and received
        the ``RecordError``.
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

    def _begin(self, offset: int) -> GzipMember | Stretch:
        return (GzipMember if self.compressed else Stretch)(self._source, offset)

    def _resume(self, position: int) -> int:
        """Return the offset, from *position* on, where the next record begins, or the file's end.

        A reply may itself be a WARC file, uncompressed within a damaged record. The records of the
        outer file name its warcinfo record; the records of the inner file cannot.
        """
        sign = MAGIC if self.compressed else _VERSION
        while True:
            position = self._source.find(sign, position)
            if self.at_end(position) or self._is_record(position):
                return position
            position += 1

    def _is_record(self, position: int) -> bool:
        """Return whether a record of this file, even a damaged one, begins at *position*."""
        try:
            if self._begin(position).read(len(_VERSION)) != _VERSION:
                return False
            header = self.record_at(position).header
        except DamagedError:
            return False
        except RecordError:  # a damaged record, which is reported when it is reached
            return self.compressed
        if not self._warcinfo_ids:
            return True
        named = header.get("WARC-Warcinfo-ID")
        return named in self._warcinfo_ids or (named is None and not self._all_name_it)

    @cached_property
    def _warcinfo_ids(self) -> frozenset[str]:
        """The warcinfo ids that the file's records may name; empty if none is known."""
        try:
            record = self.record_at(0)
            names = {self.name, self.path.name.removesuffix(OPEN_SUFFIX)}
            if record.header.type != "warcinfo" or record.header.get("WARC-Filename") not in names:
                return frozenset()
            others = parse_fields(record.read()).get(OTHER_WARCINFO_IDS, "").split()
        except RecordError:
            return frozenset()
        return frozenset({*others, record.header.record_id or ""})

    @cached_property
    def _all_name_it(self) -> bool:
        """Whether the software that wrote the file names the warcinfo record in each record."""
        try:
            first = self.record_at(0)
            first.drain()
            named = self.record_at(first.length).header.get("WARC-Warcinfo-ID")
        except RecordError:
            return self.is_ours
        return self.is_ours or named in self._warcinfo_ids

    def _salvage_id(self, offset: int) -> str | None:
        """Return the record id from the readable part of a damaged header."""
        if self.compressed:
            inflate, text = zlib.decompressobj(-15), b""
            for byte in self.raw(offset + 10, 2048):  # an error loses the output of a whole call
                try:
                    text += inflate.decompress(bytes((byte,)))
                except zlib.error:
                    break
        else:
            text = self.raw(offset, 2048)
        found = _RECORD_ID.search(HEAD_END.split(text, 1)[0] + b"\n")
        return found[1].decode("ascii") if found else None
