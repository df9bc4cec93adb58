"""What was sent over the network: an exchange, why it was made, and an earlier one like it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from mmap import mmap

Buffer = bytes | mmap
"""Bytes of an exchange: in memory, or a read-only map of a temporary file for a large body."""


class Truncation(StrEnum):
    """Why a record is shorter than what the server wanted to send (WARC 1.1, 'WARC-Truncated')."""

    LENGTH = "length"
    TIME = "time"
    DISCONNECT = "disconnect"
    UNSPECIFIED = "unspecified"


class Via(StrEnum):
    """The kind of source that named a URL."""

    SEED = "seed"
    ROBOTS = "robots"
    WELL_KNOWN = "well_known"
    SITEMAP = "sitemap"
    NEWS_SITEMAP = "news_sitemap"
    """An entry of a sitemap that says that it is news (Google, 'Create a News sitemap')."""
    FEED = "feed"
    PODCAST = "podcast"
    """An entry of a feed whose matter is a recording, and not the page that it names."""
    API = "api"
    LINK = "link"
    REDIRECT = "redirect"
    CANONICAL = "canonical"
    AMPHTML = "amphtml"
    HREFLANG = "hreflang"
    PART = "part"
    """A page of the same article, which is published in several pages."""


OF_SITEMAPS = frozenset({Via.SITEMAP, Via.NEWS_SITEMAP})
OF_FEEDS = frozenset({Via.FEED, Via.PODCAST})
NAMES_ARTICLES = frozenset({Via.NEWS_SITEMAP, Via.FEED})
"""The kinds of source whose entries are articles. A plain sitemap names every page of its site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Why a URL was fetched: the source that first named it. No later record has this.

    *source_url* is the page, sitemap or feed that named it; *lastmod* is as the source wrote it.
    """

    via: Via
    source_url: str | None = None
    lastmod: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One HTTP request and everything that came back for it, as raw bytes.

    *request* and *response* are empty if nothing was sent; *error* then says why. *response* may
    begin with interim (1xx) responses and may end in the middle. *ip* is the address of the
    connection; None behind a proxy. *tls_verified* is False if the profile says that the host's
    certificate is not checked. *date* is when the request began. *is_foreign* is True if other
    software recorded the reply, whose headers may then describe other bytes than its body.
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
    is_foreign: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The earlier capture of the same URL that a revisit record refers to."""

    url: str
    fetched_at: datetime
    warc_record_id: str
