"""Where an exchange is stored, and its reply as extraction reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from archive.model.exchange import Buffer, Truncation

READ_HEADERS = frozenset(
    {
        "cf-mitigated",
        "content-encoding",
        "content-length",
        "content-type",
        "location",
        "transfer-encoding",
        "x-amzn-waf-action",
        "x-vercel-mitigated",
    }
)
"""The header fields, in lower case, that extraction may read. Replies that have these in common,
beside URL, status and payload, are read alike."""


class RecordType(StrEnum):
    """The WARC type of a capture's main record; ``metadata`` if no reply came."""

    RESPONSE = "response"
    REVISIT = "revisit"
    METADATA = "metadata"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """Where the main record of an exchange is, and facts that are read without the body.

    *warc_file* is the final file name, without folder and without ``.open``. *warc_offset* and
    *warc_length* are in bytes of the compressed file. *payload_digest* is ``sha1:`` and base32 (RFC
    4648) of the body without its transfer coding and with its content coding; None if there is no
    body. *etag* and *last_modified* are as the server wrote them. A revisit names its original by
    record id (*refers_to*), or by URL and date if its writer gave no id.
    """

    url: str
    fetched_at: datetime
    warc_file: str
    warc_offset: int
    warc_length: int
    warc_record_id: str
    record_type: RecordType
    http_status: int | None = None
    content_type: str | None = None
    payload_digest: str | None = None
    refers_to: str | None = None
    refers_to_url: str | None = None
    refers_to_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    ip: str | None = None
    truncated: Truncation | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """A reply as extraction reads it: its URL, status and headers, and the coded body.

    *headers* are (name, value) pairs in the order in which they were sent, decoded as latin-1.
    *body* is without transfer coding, but still has its content coding (gzip, br). If no reply
    came, *status* is None and *error* is set. *is_whole* is False if *body* is only the beginning
    of what was recorded, since the rest is longer than a body that is extracted may be.
    """

    url: str
    captured_at: datetime
    status: int | None = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: Buffer = b""
    truncated: Truncation | None = None
    error: str | None = None
    is_whole: bool = True

    def header(self, name: str) -> str | None:
        """Return the first value of header *name*, ignoring case; None if it is absent.

        Raises ``KeyError`` for a name that is not in ``READ_HEADERS``.
        """
        wanted = name.lower()
        if wanted not in READ_HEADERS:
            raise KeyError(f"{name}: is none of the headers that extraction reads")
        return next((value for key, value in self.headers if key.lower() == wanted), None)
