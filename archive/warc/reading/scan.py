"""Find the captures in a WARC file, using only its records.

In files of other software the payload digest is computed, because theirs may be missing, use
another algorithm, or include the chunk sizes. In such files, records that are not requested pages
are ignored and counted by kind: resources, conversions, dns: and ftp: records, replies to methods
other than GET. wget writes a request before its response and other software after it, and either
record may name the other.
"""

from __future__ import annotations

import mmap
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from archive.errors import RecordError
from archive.model import Buffer, Capture, RecordType
from archive.warc.exchange import head_of, is_main, is_warc_fields
from archive.warc.facts import Measured, capture_of
from archive.warc.http import HEAD_END, Head, parse_message
from archive.warc.reading.reader import Damage, Record, RecordFile
from archive.warc.record import SLICE_BYTES, Header, digest, parse_fields

IN_MEMORY_BYTES = 64_000_000
"""A block longer than this is measured in a temporary file."""
_STEP_BYTES = 1 << 16
_OF_EXCHANGES = frozenset({"warcinfo", "request", "response", "revisit", "metadata"})
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}):")


@dataclass(slots=True)
class _Found:
    """A main record, while the metadata that may follow it is read."""

    header: Header
    head: Head | None
    offset: int
    length: int
    notes: dict[str, str] = field(default_factory=dict)
    measured: Measured | None = None

    def capture(self, file: str) -> Capture | Damage:
        try:
            return capture_of(
                self.header,
                self.head,
                self.notes,
                file=file,
                offset=self.offset,
                length=self.length,
                measured=self.measured,
            )
        except ValueError as error:
            return Damage(
                file=file,
                offset=self.offset,
                end=self.offset + self.length,
                problem=str(error),
                record_id=self.header.record_id,
            )


@dataclass(frozen=True, slots=True)
class _Request:
    """A request record: its header, and the method that it begins with."""

    header: Header
    method: str


def captures(
    file: RecordFile, start: int = 0, left_alone: Counter[str] | None = None
) -> Iterator[Capture | Damage]:
    """Yield the capture of each main record of *file* from offset *start* on, and each damage.

    A capture is complete when the records that belong to it have been read, so it is yielded when
    the next main record, damage or the end is reached. Bodies are read and not kept. *left_alone*
    counts the records that belong to no capture, by kind.
    """
    exchange = _Exchange(Counter() if left_alone is None else left_alone)
    for record in file.records(start):
        if isinstance(record, Damage):
            yield from exchange.ended(file.name)
            yield record
            continue
        try:
            begun, notes, asked = _read(record, foreign=not file.is_ours)
        except RecordError:
            continue  # its Damage comes next
        if asked is not None:
            exchange.ask(asked)
        elif begun is not None:
            yield from exchange.ended(file.name)
            exchange.begin(begun)
        else:
            exchange.add(record.header, notes)
    yield from exchange.ended(file.name)


class _Exchange:
    """The main record that was read last, and the records that belong to it."""

    def __init__(self, counted: Counter[str]) -> None:
        self._counted = counted
        self._found: _Found | None = None
        self._request: _Request | None = None

    def ask(self, request: _Request) -> None:
        """Take a request record, which may stand before or behind its main record."""
        self._request = request
        if self._found is not None and _is_left_alone(request, self._found.header, self._counted):
            self._found = None

    def begin(self, found: _Found) -> None:
        """Take a main record; the one before it has to be ended."""
        request = self._request
        left = request is not None and _is_left_alone(request, found.header, self._counted)
        self._found = None if left else found

    def add(self, header: Header, notes: Mapping[str, str]) -> None:
        """Take another record: *notes*, its fields, belong to the main record or to none."""
        if self._found is not None and notes and _belongs(header, self._found.header):
            self._found.notes.update(notes)
        elif header.type not in _OF_EXCHANGES or header.type in {"response", "revisit"}:
            self._counted[_kind(header)] += 1

    def ended(self, file_name: str) -> Iterator[Capture | Damage]:
        """Yield the capture of the main record, if there is one; no more records belong to it."""
        found, self._found = self._found, None
        if found is not None:
            yield found.capture(file_name)


def _read(
    record: Record, *, foreign: bool
) -> tuple[_Found | None, dict[str, str], _Request | None]:
    """Read a record to its end; return it if it is a main one, and the fields of its metadata.

    The third value is a request record of other software.
    """
    header, notes, request = record.header, {}, None
    measured: Measured | None = None
    head: Head | None = None
    if is_warc_fields(header):
        notes = parse_fields(record.read(SLICE_BYTES))
    main = is_main(header, notes) and not (foreign and not _is_web(header))
    if main and not notes and header.content_type == "application/http":
        if foreign and header.type == RecordType.RESPONSE:
            head, measured = _measure(record)
        else:
            head = head_of(header, _beginning(record))
    elif foreign and header.type == "request":
        method = record.read(_STEP_BYTES).split(None, 1)[:1]
        request = _Request(header, method[0].decode("latin-1") if method else "GET")
    record.drain()
    if not main:
        return None, notes, request
    found = _Found(header, head, record.offset, record.length, notes, measured)
    return found, notes, request


def _beginning(record: Record) -> bytes:
    """Return the block up to the end of its HTTP head, or the whole block without one."""
    beginning = bytearray()
    while data := record.read(_STEP_BYTES):
        beginning += data
        if HEAD_END.search(beginning, max(0, len(beginning) - len(data) - 2)):
            break
    return bytes(beginning)


def _measure(record: Record) -> tuple[Head | None, Measured]:
    with _block(record) as block:
        message = parse_message(block)
        if message is None:
            return None, Measured(None, is_cut=False)
        payload_digest = (
            digest(block, message.payload_spans(block)) if message.payload_bytes else None
        )
        # A reply to HEAD names a length and has no body; it is not cut.
        is_cut = not message.complete and message.payload_bytes > 0
        return message.head, Measured(payload_digest, is_cut)


@contextmanager
def _block(record: Record) -> Iterator[Buffer]:
    """Yield the whole block: in memory, or as a map of a temporary file if it is large."""
    if record.header.content_length <= IN_MEMORY_BYTES:
        yield record.read()
        return
    with tempfile.TemporaryFile() as file:
        while data := record.read(SLICE_BYTES):
            file.write(data)
        file.flush()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as block:
            yield block


def _belongs(header: Header, main: Header) -> bool:
    return main.record_id in header.all("WARC-Concurrent-To")


def _is_left_alone(request: _Request, reply: Header, left_alone: Counter[str]) -> bool:
    """Return whether *reply* answers *request* and its method is not GET; if so, count it."""
    answers = _belongs(request.header, reply) or _belongs(reply, request.header)
    if not answers or request.method == "GET":
        return False
    left_alone[f"{request.method} {reply.type}"] += 1
    return True


def _is_web(header: Header) -> bool:
    return (_scheme(header) or "http") in {"http", "https"}


def _kind(header: Header) -> str:
    """Return the kind under which a record without a capture is counted."""
    scheme = _scheme(header)
    if header.type in _OF_EXCHANGES and scheme not in {None, "http", "https"}:
        return f"{scheme} {header.type}"
    return header.type or "record without a type"


def _scheme(header: Header) -> str | None:
    found = _SCHEME.match(header.target_uri or "")
    return found[1].lower() if found else None
