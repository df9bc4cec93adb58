"""What crossed the wire: an exchange, what named its URL, and an earlier one like it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from mmap import mmap

Buffer = bytes | mmap
"""Wire bytes: in memory, or a read-only map of the file that a large body was spooled to."""


class Truncation(StrEnum):
    """Why a record holds less than the server meant to send (WARC 1.1, 'WARC-Truncated')."""

    LENGTH = "length"
    TIME = "time"
    DISCONNECT = "disconnect"
    UNSPECIFIED = "unspecified"


class Via(StrEnum):
    """How a URL was named: by which kind of source."""

    SEED = "seed"
    ROBOTS = "robots"
    WELL_KNOWN = "well_known"
    SITEMAP = "sitemap"
    FEED = "feed"
    API = "api"
    LINK = "link"
    REDIRECT = "redirect"
    CANONICAL = "canonical"
    AMPHTML = "amphtml"
    HREFLANG = "hreflang"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Why a URL was fetched: what named it first. No later record could tell.

    *source_url* is the page, sitemap or feed that named it; *lastmod* is as that wrote it.
    """

    via: Via
    source_url: str | None = None
    lastmod: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One HTTP request and all that came back for it, as raw bytes.

    *request* and *response* are empty where nothing crossed the wire; *error* then says why.
    *response* may begin with interim (1xx) responses and may end in the middle. *ip* is the
    address that was connected to; None behind a proxy. *tls_verified* is False where the profile
    has the host's certificate unchecked. *date* is when the request began.
    """

    url: str
    date: datetime
    method: str = "GET"
    request: bytes = b""
    response: Buffer = b""
    ip: str | None = None
    tls_protocol: str | None = None
    tls_cipher: str | None = None
    tls_verified: bool = True
    proxy: str | None = None
    truncated: Truncation | None = None
    error: str | None = None
    provenance: Provenance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The earlier capture of the same URL that a revisit record refers to."""

    url: str
    fetched_at: datetime
    warc_record_id: str
