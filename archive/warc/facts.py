"""Make a capture from a main record: the facts that are read without the body.

``Writer.write`` and the scan of a file both use this module, and it only uses the records. For this
reason the database can be rebuilt from them.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from archive.model import Capture, RecordType, Truncation, clean
from archive.urls import bounded, normalize
from archive.warc.http import Head
from archive.warc.reading.digests import in_sha1
from archive.warc.record import Header, bare_uri, bracketed, digest, format_date, parse_date

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Measured:
    """What was computed from the block of a response, whatever its WARC header says.

    *payload_digest* is as in ``Capture``. *is_cut* is True if the body is shorter than its framing
    says.
    """

    payload_digest: str | None
    is_cut: bool


def capture_of(
    header: Header,
    head: Head | None,
    notes: Mapping[str, str],
    *,
    file: str,
    offset: int,
    length: int,
    measured: Measured | None = None,
) -> Capture:
    """Return the capture whose main record has *header*, of *length* bytes at *offset* of *file*.

    *head* is the HTTP head of its block, *notes* are the fields of its metadata. For a record of
    other software, *measured* replaces what the header says. Raises ``ValueError`` if the record
    lacks a field that every main record has.
    """
    truncated = header.get("WARC-Truncated") or notes.get("truncated")
    payload_digest = header.get("WARC-Payload-Digest")
    if header.type == RecordType.REVISIT:
        payload_digest = _digest_of_original(payload_digest)
    if measured is not None:
        payload_digest = measured.payload_digest
        truncated = truncated or (Truncation.UNSPECIFIED if measured.is_cut else None)
    original_url, original_date = _original_named_by(header)
    return Capture(
        url=url_of(header),
        fetched_at=header.date,
        warc_file=file,
        warc_offset=offset,
        warc_length=length,
        warc_record_id=bounded(clean(_id(header))),
        record_type=RecordType(header.type),
        http_status=head.status if head else _status(header),
        content_type=_field(head, "Content-Type"),
        payload_digest=_clean(payload_digest),
        refers_to=_refers_to(header),
        refers_to_url=original_url,
        refers_to_at=original_date,
        etag=_field(head, "ETag"),
        last_modified=_field(head, "Last-Modified"),
        ip=_clean(header.get("WARC-IP-Address")),
        truncated=truncation_of(truncated),
        error=_clean(notes.get("error")) or None,
    )


def with_own_id(item: _T, ambiguous: Collection[str]) -> _T:
    """Return *item*, a capture with a computed id if its own is one of *ambiguous* ids.

    The id is computed from what distinguishes a capture from another, so copies of a record have
    the same one. Anything but a capture is returned as it is.
    """
    if not isinstance(item, Capture) or not ambiguous:
        return item
    if item.warc_record_id not in ambiguous and "*" not in ambiguous:
        return item
    date, kind, payload = format_date(item.fetched_at), item.record_type.value, item.payload_digest
    facts = " ".join((item.warc_record_id, item.url, date, kind, payload or ""))
    return replace(item, warc_record_id=f"<{uuid.uuid5(uuid.NAMESPACE_OID, facts).urn}>")


def url_of(header: Header) -> str:
    """Return the URL of a record in the spelling in which URLs are stored and compared.

    A URL that is not http is returned as it is, and one that is too long is cut (``urls.bounded``).
    Raises ``ValueError`` if the record has no URL.
    """
    return _spelled(bare_uri(header.require("WARC-Target-URI")) or "")


def _spelled(url: str) -> str:
    text = clean(url)
    try:
        return normalize(text)
    except ValueError:
        return bounded(text)


def _field(head: Head | None, name: str) -> str | None:
    return _clean(head.get(name)) if head else None


def _clean(value: str | None) -> str | None:
    return None if value is None else clean(value)


def _status(header: Header) -> int | None:
    """Return the status that the profile of a revisit says if its block has no HTTP head."""
    is_unchanged = (header.get("WARC-Profile") or "").endswith("/server-not-modified")
    return 304 if header.type == RecordType.REVISIT and is_unchanged else None


def _id(header: Header) -> str:
    return header.record_id or header.require("WARC-Record-ID")


def _refers_to(header: Header) -> str | None:
    named = _clean(bracketed(header.get("WARC-Refers-To")))
    return None if named is None else bounded(named)


def _original_named_by(header: Header) -> tuple[str | None, datetime | None]:
    """Return URL and date of the record that a revisit refers to, if it gives no id.

    A revisit that gives no URL means an earlier capture of its own.
    """
    if header.type != RecordType.REVISIT or bracketed(header.get("WARC-Refers-To")) is not None:
        return None, None
    url, date = header.get("WARC-Refers-To-Target-URI") or header.get("WARC-Target-URI"), None
    with suppress(ValueError):  # an empty or odd date names nothing
        date = parse_date(header.get("WARC-Refers-To-Date") or "")
    url = bare_uri(url)
    return _spelled(url) if url else None, date


def _digest_of_original(promised: str | None) -> str | None:
    """Return the payload digest of a revisit as captures have it; None if it is that of no body.

    Some writers put the digest of the empty body of a 304 there.
    """
    found = in_sha1(promised)
    return None if found == digest(b"") else found


def truncation_of(value: str | None) -> Truncation | None:
    """Return the reason in a WARC-Truncated field; None if there is no such field."""
    if value is None:
        return None
    try:
        return Truncation(value.lower())
    except ValueError:  # WARC 1.1 allows other reasons
        return Truncation.UNSPECIFIED
