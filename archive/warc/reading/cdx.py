"""Make the CDXJ lines of a WARC file, with which a replay finds each capture by URL and date.

cdxj-indexer formats the lines. The records are read by our own reader, which continues after damage
and decodes no bodies; the reader of cdxj-indexer ends at the first damaged record, and with
Google's brotli it fails on Brotli bodies. Captures that a browser never requests are left out: 304
Not Modified, which pywb would replay as an empty page instead of the capture that it confirms, and
replies to methods other than GET, POST and PUT. cdxj-indexer needs the AGPL package surt, so both
are in the extra ``wacz`` and are imported only here.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders

from archive.errors import MissingPackageError, RecordError
from archive.warc.exchange import NOT_MODIFIED, head_of
from archive.warc.http import HEAD_END, Head, after_empty_lines, parse_message
from archive.warc.reading.reader import Damage, RecordFile
from archive.warc.reading.stream import Record
from archive.warc.record import (
    HEADER_BYTES,
    SLICE_BYTES,
    WARC_FIELDS,
    Header,
    digest,
    format_date,
    safe_uri,
)

REPLAYED_TYPES = frozenset({"response", "revisit", "resource", "metadata"})
REPLAYED_METHODS = frozenset({"GET", "POST", "PUT"})
QUERY_METHODS = frozenset({"POST", "PUT"})
"""Methods whose body is part of the key, because the reply depends on more than the URL."""

_STEP_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class _Request:
    """A request record: its header, its method, and its beginning."""

    header: Header
    method: str
    beginning: bytes


@dataclass(slots=True)
class _Entry:
    """A record to be indexed, while the request record that may follow it is read."""

    header: Header
    head: Head | None
    payload_digest: str | None
    offset: int
    length: int
    record_digest: str
    request: _Request | None = None


def cdx_lines(file: RecordFile) -> Iterator[bytes | Damage]:
    """Yield the CDXJ line (UTF-8, with its line end) of each capture in *file*, in file order.

    A ``Damage`` is yielded at its place, and the lines continue after it. Raises
    ``MissingPackageError`` without cdxj-indexer.
    """
    format_line = _Formatter(file.name)
    waiting: _Entry | None = None
    request: _Request | None = None
    for item in file.records():
        if isinstance(item, Damage):
            yield from () if item.is_debris else (item,)
            continue
        try:
            if item.header.type == "request":
                request = _read_request(item)
                if waiting is not None and _is_answered(request.header, waiting.header):
                    waiting.request, request = request, None
                continue
            if not _may_be_replayed(item.header):
                continue
            entry = _read_entry(item, file)
        except RecordError:
            continue  # its Damage comes next
        if waiting is not None:
            yield from format_line(waiting)
        if request is not None and _is_answered(request.header, entry.header):
            entry.request, request = request, None
        waiting = entry
    if waiting is not None:
        yield from format_line(waiting)


class _Formatter:
    """Formats entries as cdxj-indexer does for records that it reads itself."""

    def __init__(self, name: str) -> None:
        indexer_class, self._method_query = _cdxj_indexer()
        # With post_append it takes offset, length and digest from the record and not from its own
        # iterator, which is not used here.
        self._indexer = indexer_class(None, [], post_append=True, digest_records=True)
        self._indexer.curr_filename = name
        self._name = name
        self._written: list[str] = []

    def write(self, line: str) -> None:
        """Receive a line from cdxj-indexer."""
        self._written.append(line)

    def __call__(self, entry: _Entry) -> Iterator[bytes | Damage]:
        if not _is_page(entry):
            return
        try:
            record = self._record(entry)
        except ValueError as error:
            yield Damage(
                file=self._name,
                offset=entry.offset,
                end=entry.offset + entry.length,
                problem=str(error),
                record_id=entry.header.record_id,
            )
            return
        self._indexer.process_index_entry(None, record, self._name, self)
        for line in self._written:
            yield line.encode()
        self._written.clear()

    def _record(self, entry: _Entry) -> Any:
        """Return a record for cdxj-indexer; raises ``ValueError`` if its date is not a date."""
        header, head = entry.header, entry.head
        url = safe_uri(header.target_uri or "")  # a space ends the key
        fields = [
            ("WARC-Target-URI", url),
            ("WARC-Date", format_date(header.date)),
            (
                "WARC-Payload-Digest",
                header.get("WARC-Payload-Digest") or entry.payload_digest or "-",
            ),
            ("Content-Type", header.get("Content-Type") or ""),
        ]
        http = None
        if head is not None:
            http = StatusAndHeaders(str(head.status), list(head.fields), f"HTTP/{head.version}")
        record = ArcWarcRecord(
            "warc",
            header.type,
            StatusAndHeaders(f"WARC/{header.version}", fields),
            BytesIO(),
            http,
            header.content_type,
            header.content_length,
        )
        record.file_offset, record.file_length = entry.offset, entry.length
        record.record_digest = entry.record_digest
        request = entry.request
        if request is not None and request.method in QUERY_METHODS:
            record.method = request.method
            record.requestBody, addition = self._query(request, url)
            record.urlkey = self._indexer.get_url_key(url + addition)
        return record

    def _query(self, request: _Request, url: str) -> tuple[str, str]:
        """Return the request's body as a query, and the suffix of *url* in the index."""
        ending = HEAD_END.search(request.beginning)
        body = request.beginning[ending.end() :] if ending else b""
        kind = _request_field(request.beginning, b"content-type")
        for content_type in (kind, ""):  # "": as plain bytes, if the body does not match its type
            try:
                query, addition = self._method_query(
                    request.method, content_type, len(body), BytesIO(body), url
                )
            except ValueError:
                continue
            return query or "", addition
        return "", ""


def _cdxj_indexer() -> tuple[Any, Any]:
    """Import cdxj-indexer without the warnings that surt prints when it is first compiled."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from cdxj_indexer.main import CDXJIndexer
            from cdxj_indexer.postquery import append_method_query
    except ModuleNotFoundError as error:
        raise MissingPackageError("an index", "cdxj-indexer", extra="wacz") from error
    return CDXJIndexer, append_method_query


def _may_be_replayed(header: Header) -> bool:
    return (
        header.type in REPLAYED_TYPES
        and header.content_type != WARC_FIELDS
        and header.get("WARC-Profile") != NOT_MODIFIED
        and bool(header.target_uri)
    )


def _is_page(entry: _Entry) -> bool:
    method = entry.request.method if entry.request else "GET"
    return method in REPLAYED_METHODS and (entry.head is None or entry.head.status != 304)


def _is_answered(request: Header, reply: Header) -> bool:
    """Return whether two records are of one exchange; either may name the other."""
    return reply.record_id in request.concurrent_to or request.record_id in reply.concurrent_to


def _read_request(record: Record) -> _Request:
    beginning = record.read(SLICE_BYTES)
    record.drain()
    method = beginning.split(None, 1)[0].decode("latin-1") if beginning.strip() else "GET"
    return _Request(record.header, method.upper(), beginning)


def _read_entry(record: Record, file: RecordFile) -> _Entry:
    """Read *record* to its end; the whole block is in memory only if the record has no digest."""
    header, beginning = record.header, bytearray()
    whole = header.type != "revisit" and header.get("WARC-Payload-Digest") is None
    has_head = header.content_type == "application/http"
    while (whole or has_head) and (data := record.read(_STEP_BYTES)):
        beginning += data
        if not whole and (
            HEAD_END.search(
                beginning, max(after_empty_lines(beginning), len(beginning) - len(data) - 2)
            )
            or len(beginning) > HEADER_BYTES
        ):
            break
    record.drain()
    block, digest_of_payload = bytes(beginning), None
    if whole:
        digest_of_payload = _payload_digest(header, block, is_foreign=not file.is_ours)
    return _Entry(
        header=header,
        head=head_of(header, block),
        payload_digest=digest_of_payload,
        offset=record.offset,
        length=record.length,
        record_digest=_record_digest(file, record),
    )


def _payload_digest(header: Header, block: bytes, *, is_foreign: bool) -> str:
    is_http = header.content_type == "application/http"
    message = parse_message(block, is_foreign=is_foreign) if is_http else None
    return digest(block, message.payload_spans(block) if message else None)


def _record_digest(file: RecordFile, record: Record) -> str:
    """Return the digest of the compressed record."""
    sha256, end = hashlib.sha256(), record.offset + record.length
    for position in range(record.offset, end, _STEP_BYTES):
        sha256.update(file.raw(position, min(_STEP_BYTES, end - position)))
    return f"sha256:{sha256.hexdigest()}"


def _request_field(head: bytes, name: bytes) -> str:
    for line in head.split(b"\n"):
        if not line.strip():
            return ""
        key, colon, value = line.partition(b":")
        if colon and key.strip().lower() == name:
            return value.strip().decode("latin-1")
    return ""
