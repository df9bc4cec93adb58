"""Find the captures in a WARC file, out of nothing but its records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from archive.errors import RecordError
from archive.model import Capture
from archive.warc.exchange import capture_of, head_of, is_main, is_note
from archive.warc.http import HEAD_END, Head
from archive.warc.reader import Damage, Record, RecordFile
from archive.warc.record import SLICE_BYTES, Header, parse_fields

_STEP_BYTES = 1 << 16


@dataclass(slots=True)
class _Found:
    """A main record, waiting for the metadata that may follow it."""

    header: Header
    head: Head | None
    offset: int
    length: int
    notes: dict[str, str] = field(default_factory=dict)

    def capture(self, file: str) -> Capture | Damage:
        try:
            return capture_of(
                self.header,
                self.head,
                self.notes,
                file=file,
                offset=self.offset,
                length=self.length,
            )
        except ValueError as error:
            return Damage(
                file=file,
                offset=self.offset,
                end=self.offset + self.length,
                problem=str(error),
                record_id=self.header.record_id,
            )


def captures(file: RecordFile, start: int = 0) -> Iterator[Capture | Damage]:
    """Yield the capture of each main record of *file* from offset *start* on, and each damage.

    A capture is complete once the records that belong to it have been read, so it comes when the
    next main record, damage or the end is met. Bodies are read through and not kept.
    """
    found: _Found | None = None
    for record in file.records(start):
        if isinstance(record, Damage):
            if found is not None:
                yield found.capture(file.name)
                found = None
            yield record
            continue
        try:
            begun, notes = _read(record)
        except RecordError:
            continue  # its Damage comes next
        if begun is not None:
            if found is not None:
                yield found.capture(file.name)
            found = begun
        elif found is not None and notes and _belongs(record.header, found.header):
            found.notes.update(notes)
    if found is not None:
        yield found.capture(file.name)


def _read(record: Record) -> tuple[_Found | None, dict[str, str]]:
    """Read a record to its end; return it if it is a main one, and the fields of its metadata."""
    header, notes, beginning = record.header, {}, bytearray()
    if is_note(header):
        notes = parse_fields(record.read(SLICE_BYTES))
    main = is_main(header, notes)
    if main and not notes and header.content_type == "application/http":
        while data := record.read(_STEP_BYTES):
            beginning += data
            if HEAD_END.search(beginning, len(beginning) - len(data) - 2):
                break
    record.drain()
    if not main:
        return None, notes
    return _Found(
        header, head_of(header, bytes(beginning)), record.offset, record.length, notes
    ), notes


def _belongs(header: Header, main: Header) -> bool:
    return main.record_id in header.all("WARC-Concurrent-To")
