"""Complete the header of a record of other software with what it lacks.

What is added depends only on the file, so that an import and a rebuild add the same.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable
from datetime import datetime

from archive.model import Truncation
from archive.warc.http import parse_head
from archive.warc.reading import flaws
from archive.warc.record import HTTP_REQUEST, HTTP_RESPONSE, Header, format_date, parse_date

_HEAD_BYTES = 1 << 16
"""How much of a block is searched for a date."""
SMALL_BYTES = 16
"""A block that is shorter than counted by more than this is cut; less is a slip in counting."""

_STANDARD_DATE = re.compile(
    r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?Z)?)?)?", re.ASCII
)
_HTTP = re.compile(rb"(?:HTTP/\d|[A-Z]{3,10} \S)")
_OF_EXCHANGES = frozenset({"response", "request", "revisit"})

Peek = Callable[[int], bytes]
"""Returns so many bytes of the beginning of the block."""


def complete_header(
    header: Header,
    head: bytes,
    size: int,
    peek: Peek,
    other_date: Callable[[], datetime | None],
) -> tuple[Header, list[str]]:
    """Return *header* with the fields that its record lacks, and what was wrong with it.

    *head* are its bytes, *size* is the size of the block, *other_date* returns the date to take if
    neither the header nor the block has one.
    """
    more: dict[str, str] = {}
    found: list[str] = []
    begins = peek(16)
    is_http = _HTTP.match(begins) is not None
    is_reply = begins.startswith(b"HTTP/")
    kind = header.type
    if not kind and is_http:
        kind = more["WARC-Type"] = "response" if is_reply else "request"
        found.append(flaws.NO_TYPE)
    if kind in _OF_EXCHANGES and is_http and header.content_type != "application/http":
        more["Content-Type"] = HTTP_RESPONSE if is_reply else HTTP_REQUEST
        found.append(flaws.NO_CONTENT_TYPE)
    if header.record_id is None:
        name = hashlib.sha256(head).hexdigest()
        more["WARC-Record-ID"] = f"<{uuid.uuid5(uuid.NAMESPACE_OID, name).urn}>"
        found.append(flaws.NO_ID)
    found += _date(header, peek, other_date, more)
    found += _size(header, size, more)
    return (header.replaced(more) if more else header), found


def date_of(header: Header, peek: Peek) -> datetime | None:
    """Return the date of a record, or else that of its HTTP head; None without either."""
    try:
        return header.date
    except ValueError:
        parsed = parse_head(peek(_HEAD_BYTES), is_foreign=True)
    try:
        return parse_date((parsed[0].get("Date") or "") if parsed else "")
    except ValueError:
        return None


def _date(
    header: Header, peek: Peek, other_date: Callable[[], datetime | None], more: dict[str, str]
) -> list[str]:
    written = header.get("WARC-Date") or ""
    if _STANDARD_DATE.fullmatch(written):
        try:
            _ = header.date
        except ValueError:
            pass
        else:
            return []
    moment = date_of(header, peek) or other_date()
    if moment is None:
        return []  # the record has no place in time, which whoever reads it reports
    more["WARC-Date"] = format_date(moment)
    try:
        _ = header.date
    except ValueError:
        return [flaws.NO_DATE]
    return [flaws.DATE_FORM]


def _size(header: Header, size: int, more: dict[str, str]) -> list[str]:
    try:
        counted = header.content_length
    except ValueError:
        return [flaws.UNCOUNTED]
    if size == counted:
        return []
    if counted - size > SMALL_BYTES and header.get("WARC-Truncated") is None:
        more["WARC-Truncated"] = Truncation.UNSPECIFIED.value
    return [flaws.SHORTER if size < counted else flaws.LONGER]
