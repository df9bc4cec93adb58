"""Read the records of a WARC file; report damage and continue after it.

Other readers end silently, or return incomplete content, if a file is damaged. Here each record is
one gzip member that is read from its offset. A record counts when the checksum of its member was
verified. What cannot be read is reported as ``Damage``, and reading continues at the next member
that begins a WARC record. In an uncompressed file a record counts when two empty lines follow its
block.
Records of other software may have harmless flaws: other empty lines between them, a wrong length, a
missing field. Such a record is read all the same, and says in ``flaws`` what is wrong with it.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from archive.errors import RecordError
from archive.warc.http import HEAD_END
from archive.warc.reading import framing
from archive.warc.reading.completion import complete_header, date_of
from archive.warc.reading.source import (
    MAGIC,
    Bytes,
    DamagedError,
    GzipMember,
    InflatedSource,
    Source,
    Stretch,
)
from archive.warc.reading.stream import VERSION, Record
from archive.warc.record import SLICE_BYTES, is_our_software, parse_fields
from archive.warc.segment import GZIP_HEADER, OPEN_SUFFIX

OTHER_WARCINFO_IDS = "warcinfo-ids"
"""Field of a warcinfo record: ids of other warcinfo records that the file's records may name."""
_DATED_RECORDS = 100
_BLANK_BYTES = 4_096
"""So many empty lines may precede the first record of a file."""
_RECORD_ID = re.compile(rb"\nWARC-Record-ID:[ \t]*(<[\x21-\x7e]{1,200}>)\r?\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A part of a file without an intact record, from *offset* up to *end*, in bytes.

    *file* is the final file name. *record_id* is that of the record that began at *offset*, if its
    header can be read; the id itself may be damaged. *is_debris* is True for bytes after the last
    record of a foreign file that begin no record, so that none is lost in them.
    """

    file: str
    offset: int
    end: int
    problem: str
    record_id: str | None = None
    is_debris: bool = False

    def __str__(self) -> str:
        """Return one line that describes the damage."""
        record = f" ({self.record_id})" if self.record_id else ""
        return f"{self.file}: bytes {self.offset} to {self.end}{record}: {self.problem}"


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
        begins = self._source.read(0, _BLANK_BYTES).lstrip(b"\0" + framing.BLANK)
        self.compressed = not begins.startswith(VERSION) and (
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
        record = self._record(offset)
        if not self.is_ours:
            self._complete(record)
        return record

    def _record(self, offset: int, size: int | None = None) -> Record:
        """Return the record at *offset* as its writer left it."""
        return Record(self.name, self._begin(offset), size)

    def read_at(self, offset: int, most: int | None = None) -> tuple[Record, bytes]:
        """Return the record at *offset* and its whole block, or the first *most* bytes of it.

        The record is intact: it was read to its end. One with flaws in its framing is read as
        ``records`` reads it. Raises ``RecordError`` if it cannot be read.
        """
        try:
            return _read(self.record_at(offset), most)
        except RecordError:
            mended = self._mended(offset)
            if mended is None:
                raise
            return _read(mended, most)

    @cached_property
    def is_ours(self) -> bool:
        """Whether Pressmark wrote the records, so that their bytes have its exact form."""
        try:
            record = self._record(0)
            if record.header.type != "warcinfo":
                return False
            return is_our_software(parse_fields(record.read(SLICE_BYTES)))
        except RecordError:  # the next record shows it
            after = self._resume(1)
            return self.compressed and self.raw(after, len(GZIP_HEADER)) == GZIP_HEADER

    def records(self, start: int = 0) -> Iterator[Record | Damage]:
        """Yield every record from *start* on, and a ``Damage`` for everything else.

        The block of a record can be read until the next item is requested. A record that proves to
        be damaged is followed by its ``Damage``, whether or not the caller has read it and received
        the ``RecordError``. If only its framing is flawed, the same record follows again, measured.
        """
        offset = start
        while not self.at_end(offset := self._after_blanks(offset)):
            self._source.mark(offset)
            record_id = None
            try:
                record = self.record_at(offset)
                record_id = record.header.record_id
                yield record
                record.drain()
            except RecordError as error:
                mended = self._mended(offset)
                if mended is not None:
                    yield mended
                    mended.drain()
                    offset += mended.length
                    continue
                end = self._resume(offset + 1)
                yield Damage(
                    file=self.name,
                    offset=offset,
                    end=end,
                    problem=error.problem,
                    record_id=record_id or self._salvage_id(offset),
                    is_debris=self._is_debris(offset, end),
                )
                offset = end
            else:
                offset += record.length

    def _after_blanks(self, offset: int) -> int:
        """Return *offset*, or the offset after what other software puts between two records.

        These are empty lines in an uncompressed file, and zeros and empty gzip members in others.
        """
        if self.is_ours:
            return offset
        end, blank = offset, b"\0\r\n" if self.compressed else framing.BLANK
        while (byte := self._source.read(end, 1)) and byte in blank:
            end += 1
        if not self.compressed:
            return end
        if byte and self._source.read(end, len(MAGIC)) != MAGIC:
            return offset
        return framing.after_empty_members(self._source, end)

    def _mended(self, offset: int) -> Record | None:
        """Return the record of other software at *offset* with the size that its block has.

        None if it is damaged beyond its framing, or if it is a record of our own, which is exact.
        """
        if self.is_ours or self.at_end(offset):
            return None
        try:
            head = len(self._record(offset, size=0).head)
            if self.compressed:
                size = framing.size_in_member(self._begin(offset), head)
            else:
                start = offset + head
                end = self._resume(start - 1, b"\n" + VERSION)
                size = framing.size_in_stretch(self._source, start, end)
            if size is None:
                return None
            record = self._record(offset, size)
            self._complete(record)
        except (RecordError, DamagedError):
            return None
        return record

    def _complete(self, record: Record) -> None:
        record.header, record.flaws = complete_header(
            record.header, record.head, record.size, record.peek, lambda: self._first_date
        )

    @cached_property
    def _first_date(self) -> datetime | None:
        """The first date in the file, for records without one; None if there is none nearby."""
        offset = 0
        with suppress(RecordError):
            for _ in range(_DATED_RECORDS):
                offset = self._after_blanks(offset)
                record = self._record(offset)
                moment = date_of(record.header, record.peek)
                if moment is not None:
                    return moment
                record.drain()
                offset += record.length
        return None

    def _is_debris(self, offset: int, end: int) -> bool:
        sign = MAGIC if self.compressed else VERSION
        is_last = offset > 0 and self.at_end(end) and not self.is_ours
        return is_last and self._source.read(offset, len(sign)) != sign

    def _begin(self, offset: int) -> GzipMember | Stretch:
        return (GzipMember if self.compressed else Stretch)(self._source, offset)

    def _resume(self, position: int, sign: bytes | None = None) -> int:
        """Return the offset, from *position* on, where the next record begins, or the file's end.

        *sign* is what is searched for; a line end before a record counts as that of another one.

        A reply may itself be a WARC file, uncompressed within a damaged record. The records of the
        outer file name its warcinfo record; the records of the inner file cannot.
        """
        sign = sign or (MAGIC if self.compressed else VERSION)
        while True:
            position = self._source.find(sign, position)
            position += sign.startswith(b"\n") and not self.at_end(position)
            if self.at_end(position) or self._is_record(position):
                return position
            position += 1

    def _is_record(self, position: int) -> bool:
        """Return whether a record of this file, even a damaged one, begins at *position*."""
        try:
            begins, begun = self._begin(position), b""
            while len(begun) < len(VERSION) and (data := begins.read(len(VERSION) - len(begun))):
                begun += data  # a window may end here
            if begun != VERSION:
                return False
            header = self._record(position, size=0).header
        except DamagedError:
            return False
        except RecordError:  # a damaged record, which is reported when it is reached
            return self.compressed
        if not any(name.lower().startswith("warc-") for name, _ in header.fields):
            return False
        if not self._warcinfo_ids:
            return True
        named = header.get("WARC-Warcinfo-ID")
        return named in self._warcinfo_ids or (named is None and not self._all_name_it)

    @cached_property
    def _warcinfo_ids(self) -> frozenset[str]:
        """The warcinfo ids that the file's records may name; empty if none is known."""
        try:
            record = self._record(0)
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
            first = self._record(0)
            first.drain()
            named = self._record(first.length).header.get("WARC-Warcinfo-ID")
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


def _read(record: Record, most: int | None) -> tuple[Record, bytes]:
    block = record.read(-1 if most is None else most)
    record.drain()
    return record, block
