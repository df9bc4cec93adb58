"""The capture that a main record amounts to: the facts that are read without its body.

What ``Writer.write`` returns and what a scan of the file finds is made here, from nothing but the
records: that is why the database can be rebuilt from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from archive.model import Capture, RecordType, Truncation, clean
from archive.urls import bounded, normalize
from archive.warc.http import Head
from archive.warc.record import Header, bare_uri, parse_date


@dataclass(frozen=True, slots=True)
class Measured:
    """What the block of a response says itself, whatever its header claims.

    *payload_digest* is as ``Capture`` has it; *is_cut* where the framing promises more than is
    there.
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

    *head* is the HTTP head of its block, *notes* are the metadata fields that belong to it. What
    was *measured* stands for what the header of a record of other software says.
    ``ValueError`` where the record lacks what every main record has.
    """
    truncated = header.get("WARC-Truncated") or notes.get("truncated")
    payload_digest = header.get("WARC-Payload-Digest")
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
        warc_record_id=bounded(clean(header.require("WARC-Record-ID"))),
        record_type=RecordType(header.type),
        http_status=head.status if head else None,
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


def url_of(header: Header) -> str:
    """Return the URL of a record in the spelling in which URLs are stored and compared.

    As it stands there where it is no http URL, and cut where it is too long (``urls.bounded``);
    ``ValueError`` where the record has none.
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


def _refers_to(header: Header) -> str | None:
    named = _clean(header.get("WARC-Refers-To"))
    return None if named is None else bounded(named)


def _original_named_by(header: Header) -> tuple[str | None, datetime | None]:
    """Return URL and date of the record that a revisit refers to, where it gives no id."""
    if header.get("WARC-Refers-To") is not None:
        return None, None
    url, date = bare_uri(header.get("WARC-Refers-To-Target-URI")), None
    with suppress(ValueError):  # the check reports it
        date = parse_date(header.get("WARC-Refers-To-Date") or "")
    return _spelled(url) if url else None, date


def truncation_of(value: str | None) -> Truncation | None:
    """Return the reason that a WARC-Truncated field gives; None where there is no such field."""
    if value is None:
        return None
    try:
        return Truncation(value.lower())
    except ValueError:  # WARC 1.1 allows other reasons
        return Truncation.UNSPECIFIED
