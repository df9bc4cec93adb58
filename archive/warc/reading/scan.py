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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from archive.errors import RecordError
from archive.model import Buffer, Capture, RecordType
from archive.warc.exchange import head_of, is_main, is_warc_fields
from archive.warc.facts import Measured, capture_of
from archive.warc.http import HEAD_END, Head, Message, after_empty_lines, parse_message
from archive.warc.reading import flaws
from archive.warc.reading.digests import NamedPayloads, digest_flaws
from archive.warc.reading.reader import Damage, RecordFile
from archive.warc.reading.stream import Record
from archive.warc.record import SLICE_BYTES, Header, digest, parse_fields, pieces

IN_MEMORY_BYTES = 4_000_000
"""A block longer than this is measured in a temporary file."""
_STEP_BYTES = 1 << 16
_OF_EXCHANGES = frozenset({"warcinfo", "request", "response", "revisit", "metadata"})
_REPLIES = frozenset({"response", "revisit"})
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


@dataclass(slots=True)
class Held:
    """What is in a file beside its captures, counted: bounded however large the file is.

    *records* counts the records by type, *left_alone* those that belong to no capture by kind, and
    *flaws* by sentence what is wrong with records of other software that are read all the same.
    """

    records: Counter[str] = field(default_factory=Counter)
    left_alone: Counter[str] = field(default_factory=Counter)
    flaws: Counter[str] = field(default_factory=Counter)


def captures(
    file: RecordFile, start: int = 0, held: Held | None = None
) -> Iterator[Capture | Damage]:
    """Yield the capture of each main record of *file* from offset *start* on, and each damage.

    A capture is complete when the records that belong to it have been read, so it is yielded when
    the next main record, damage or the end is reached. Bodies are read and not kept. With *held*,
    the digests of foreign records are checked, and everything else is counted in it.
    """
    exchange = _Exchange(Counter() if held is None else held.left_alone)
    named = NamedPayloads()
    for record in file.records(start):
        if isinstance(record, Damage):
            yield from exchange.ended(file.name)
            if not record.is_debris:
                yield record
            elif held is not None:
                held.flaws[flaws.DEBRIS] += 1
            continue
        try:
            read = (
                _read(record)
                if file.is_ours
                else _read_foreign(record, named, check=held is not None)
            )
        except RecordError:
            continue  # its Damage comes next, or the same record with another length
        if held is not None:
            held.records[record.header.type or "unknown"] += 1
            held.flaws.update(dict.fromkeys((*record.flaws, *read.flaws), 1))
        if read.request is not None:
            exchange.ask(read.request)
        elif read.found is not None:
            yield from exchange.ended(file.name)
            exchange.begin(read.found)
        else:
            exchange.add(record.header, read.notes)
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
        elif (
            header.type not in _OF_EXCHANGES
            or header.type in _REPLIES
            or _scheme(header) not in {None, "http", "https"}
        ):
            self._counted[_kind(header)] += 1

    def ended(self, file_name: str) -> Iterator[Capture | Damage]:
        """Yield the capture of the main record, if there is one; no more records belong to it."""
        found, self._found = self._found, None
        if found is not None:
            yield found.capture(file_name)


@dataclass(frozen=True, slots=True)
class _Read:
    """A record that was read to its end: *found* if it is a main one, else what it says.

    *notes* are the fields of metadata; *request* is a request record of other software.
    """

    found: _Found | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    request: _Request | None = None
    flaws: Sequence[str] = ()


def _read(record: Record) -> _Read:
    header, notes, head = record.header, {}, None
    if is_warc_fields(header):
        notes = parse_fields(record.read(SLICE_BYTES))
    main = is_main(header, notes)
    if main and not notes and header.content_type == "application/http":
        head = head_of(header, _beginning(record))
    record.drain()
    if not main:
        return _Read(notes=notes)
    return _Read(_Found(header, head, record.offset, record.length, notes))


def _read_foreign(record: Record, named: NamedPayloads, *, check: bool) -> _Read:
    header, notes = record.header, {}
    with block_of(record) as block:
        if is_warc_fields(header):
            notes = parse_fields(block[:SLICE_BYTES])
        message, is_http = None, header.content_type == "application/http"
        if is_http and header.type in _REPLIES:
            message = parse_message(block, is_foreign=True)
        found = digest_flaws(header, block, message) if check else []
        if message is not None and message.is_bare:
            found.append(flaws.BARE_BODY)
        if header.type == "request":
            method = block[:_STEP_BYTES].split(None, 1)[:1]
            request = _Request(header, method[0].decode("latin-1") if method else "GET")
            return _Read(notes=notes, request=request, flaws=found)
        if not is_main(header, notes) or not _is_page(header):
            return _Read(notes=notes, flaws=found)
        measured, promised = None, header.get("WARC-Payload-Digest")
        if is_http and header.type == RecordType.RESPONSE:
            measured = _measured(block, message)
            named.learn(promised, measured.payload_digest, partial(_payload, block, message))
        elif header.type == RecordType.REVISIT and (sha1 := named.sha1_of(promised)):
            measured = Measured(sha1, is_cut=False)
    head = message.head if message else None
    main = _Found(header, head, record.offset, record.length, notes, measured)
    return _Read(main, notes, flaws=found)


def _beginning(record: Record) -> bytes:
    """Return the block up to the end of its HTTP head, or the whole block without one."""
    beginning = bytearray()
    while data := record.read(_STEP_BYTES):
        beginning += data
        if HEAD_END.search(
            beginning, max(after_empty_lines(beginning), len(beginning) - len(data) - 2)
        ):
            break
    return bytes(beginning)


def _measured(block: Buffer, message: Message | None) -> Measured:
    if message is None:
        return Measured(None, is_cut=False)
    is_empty = message.payload_bytes == 0
    # A reply to HEAD names a length and has no body; it is not cut.
    return Measured(
        None if is_empty else digest(block, message.payload_spans(block)),
        is_cut=not message.complete and not is_empty,
    )


def _payload(block: Buffer, message: Message | None) -> Iterator[memoryview]:
    return pieces(block, message.payload_spans(block) if message else ())


@contextmanager
def block_of(record: Record) -> Iterator[Buffer]:
    """Yield the whole block: in memory, or as a map of a temporary file if it is large.

    The record is intact, because it was read to its end. Raises ``RecordError`` if it is damaged.
    """
    if record.size <= IN_MEMORY_BYTES:
        yield record.read()
        return
    with tempfile.TemporaryFile() as file:
        while data := record.read(SLICE_BYTES):
            file.write(data)
        file.flush()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as block:
            yield block


def _belongs(header: Header, main: Header) -> bool:
    return main.record_id in header.concurrent_to


def _is_left_alone(request: _Request, reply: Header, left_alone: Counter[str]) -> bool:
    """Return whether *reply* answers *request* and its method is not GET; if so, count it."""
    answers = _belongs(request.header, reply) or _belongs(reply, request.header)
    if not answers or request.method == "GET":
        return False
    left_alone[f"{request.method} {reply.type}"] += 1
    return True


def _is_page(header: Header) -> bool:
    return _scheme(header) in {"http", "https"}


def _kind(header: Header) -> str:
    """Return the kind under which a record without a capture is counted."""
    scheme = _scheme(header)
    if header.type in _REPLIES and scheme is None:
        return f"{header.type} without a URL"
    if header.type in _OF_EXCHANGES and scheme not in {None, "http", "https"}:
        return f"{scheme} {header.type}"
    return header.type or "record without a type"


def _scheme(header: Header) -> str | None:
    found = _SCHEME.match(header.target_uri or "")
    return found[1].lower() if found else None
