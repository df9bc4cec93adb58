"""The nouns that travel: an exchange, where it was stored, and what was read out of it.

All are frozen values without behaviour that needs a database, a file or a network. Times are
aware UTC datetimes; ``bytes`` is what crossed the wire, ``str`` is text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
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


class RecordType(StrEnum):
    """The WARC type of a capture's main record; ``metadata`` where no reply came."""

    RESPONSE = "response"
    REVISIT = "revisit"
    METADATA = "metadata"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """Where the main record of an exchange lies, and the facts that are read without its body.

    *warc_file* is the final file name, without folder and without ``.open``. *warc_offset* and
    *warc_length* are in bytes of the compressed file. *payload_digest* is ``sha1:`` and base32
    (RFC 4648), over the body with its transfer coding removed and its content coding kept; None
    without a body. *etag* and *last_modified* are as the server wrote them. A revisit names its
    original by record id (*refers_to*), or, where its writer gave none, by URL and date.
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
    """A reply as extraction sees it: its URL, status and headers, and the body as it was coded.

    *headers* are (name, value) pairs in wire order, decoded as latin-1. *body* has its transfer
    coding removed and its content coding (gzip, br) kept. *status* is None and *error* set where
    no reply came.
    """

    url: str
    captured_at: datetime
    status: int | None = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: Buffer = b""
    truncated: Truncation | None = None
    error: str | None = None

    def header(self, name: str) -> str | None:
        """Return the first value of header *name*, in any case; None when it is absent."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class Outcome(StrEnum):
    """What a capture turned out to be."""

    ARTICLE = "article"
    LISTING = "listing"
    PAGE = "page"
    """An HTML page that is neither an article nor a list of them: about, contact, terms."""
    FEED = "feed"
    SITEMAP = "sitemap"
    ROBOTS = "robots"
    API = "api"
    REDIRECT = "redirect"
    EMPTY = "empty"
    BLOCKED = "blocked"
    """A refusal in place of the page: 401, 403, 407, 429, 503 or a challenge."""
    NEEDS_SCRIPT = "needs_script"
    NOT_HTML = "not_html"
    MISSING = "missing"
    """404, 410 or 451: the server says that there is nothing (any more)."""
    ERROR = "error"
    """Any other refusal or failure of the server or of the network."""
    REVISIT = "revisit"
    """Unchanged: the capture is what the record it refers to says; nothing was extracted."""
    FAILED = "failed"
    """The extractor was killed, ran out of memory or raised; the bytes are kept."""


class BlockKind(StrEnum):
    """The kinds of block that an article's text is made of."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST_ITEM = "list_item"
    QUOTE = "quote"
    TABLE_ROW = "table_row"
    CAPTION = "caption"
    CODE = "code"
    FOOTNOTE = "footnote"


@dataclass(frozen=True, slots=True)
class Block:
    """One block of an article's text.

    *level* is a heading's rank (1 to 6) or a list item's depth (1 is outermost).
    """

    kind: BlockKind
    text: str
    level: int = 0


def text_of(blocks: tuple[Block, ...]) -> str:
    """Return plain text: a line a block, list items as "• " indented by two spaces a depth.

    Captions are left out: they belong to a picture and interrupt the sentence they stand beside.
    """
    lines = []
    for block in blocks:
        if block.kind is BlockKind.CAPTION:
            continue
        if block.kind is BlockKind.LIST_ITEM:
            lines.append("  " * (max(block.level, 1) - 1) + "• " + block.text)
        else:
            lines.append(block.text)
    return "\n".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What a page says of its article, in the words of schema.org NewsArticle.

    *author* holds one name an entry. *date_published* and *date_modified* are UTC; the ``_raw``
    fields keep what the page wrote, with its offset. *date_precision* is ``second``, ``minute``
    or ``day``; *date_source* names where the publication date was read (``json-ld``, ``meta``,
    ``time``, ``trafilatura``, ``url``). *in_language* is a BCP 47 tag in lower case, without a
    region: that describes the software's locale more often than the text.
    """

    headline: str
    blocks: tuple[Block, ...]
    description: str | None = None
    author: tuple[str, ...] = ()
    date_published: datetime | None = None
    date_published_raw: str | None = None
    date_source: str | None = None
    date_precision: str | None = None
    date_modified: datetime | None = None
    date_modified_raw: str | None = None
    article_section: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    in_language: str | None = None
    image: str | None = None
    is_accessible_for_free: bool | None = None

    @property
    def text(self) -> str:
        """The article's plain text, made from its blocks."""
        return text_of(self.blocks)


class Kind(StrEnum):
    """What a URL is expected to answer; it decides order and size limit, never the outcome."""

    ROBOTS = "robots"
    SITEMAP = "sitemap"
    FEED = "feed"
    API = "api"
    PAGE = "page"
    AMP = "amp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A URL that a source names: absolute and normalized. *lastmod* is as the source wrote it."""

    url: str
    via: Via
    kind: Kind = Kind.PAGE
    lastmod: str | None = None


class EdgeKind(StrEnum):
    """Why two addresses may be one article."""

    REDIRECT = "redirect"
    CANONICAL = "canonical"
    AMPHTML = "amphtml"


@dataclass(frozen=True, slots=True)
class Edge:
    """The captured URL claims to be the same article as *target* (absolute, normalized)."""

    kind: EdgeKind
    target: str


@dataclass(frozen=True, slots=True)
class Alternate:
    """A ``link rel=alternate hreflang``: the page in another language (never x-default)."""

    language: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """All that one payload says, a pure function of the payload and the profile.

    *reason* explains an outcome that is not plain success; *evidence* lists what on the page
    spoke for article or listing. *article* is set only with the outcome ``article``.
    """

    outcome: Outcome
    extractor: str
    reason: str | None = None
    evidence: tuple[str, ...] = ()
    article: Article | None = None
    language: str | None = None
    candidates: tuple[Candidate, ...] = ()
    edges: tuple[Edge, ...] = ()
    alternates: tuple[Alternate, ...] = ()
    flags: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One capture of an address, as far as identity needs it."""

    url: str
    fetched_at: datetime
    record_id: str
    outcome: Outcome
    is_amp: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """One claim that *source* and *target* are one article."""

    source: str
    kind: EdgeKind
    target: str


class Role(StrEnum):
    """What an address is to its article."""

    CANONICAL = "canonical"
    AMP = "amp"
    REDIRECT = "redirect"
    ALIAS = "alias"


@dataclass(frozen=True, slots=True)
class Component:
    """One article's addresses, each with its role; exactly one is canonical."""

    canonical_url: str
    roles: dict[str, Role]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One capture that was read as the article, and what it said; *extraction_id* is its row."""

    url: str
    fetched_at: datetime
    record_id: str
    article: Article
    extraction_id: int = 0


class ChangeKind(StrEnum):
    """What a version changed of the one before."""

    HEADLINE = "headline"
    BODY = "body"
    HEADLINE_AND_BODY = "headline_and_body"
    CORRECTION = "correction"
    """A note was added that says what was corrected, and nothing else changed."""
    FORMATTING = "formatting"
    """The same words in other blocks: paragraphs joined or parted, a list made of them."""
    METADATA = "metadata"
    """Other authors or another publication date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One version: the reading that first showed it, and the captures between which it was seen.

    The true moment of the edit lies somewhere between the version before and *seen_from*.
    *change_kind* is None for the first version.
    """

    reading: Reading
    seen_from: datetime
    seen_until: datetime
    change_kind: ChangeKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """An article's versions in order; *gone_at* is the first capture that found it removed."""

    spans: tuple[Span, ...]
    seen_from: datetime
    seen_until: datetime
    gone_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer for a URL, as far as validators go; *text_sha256* is that of an article's text."""

    not_modified: bool
    etag: str | None
    last_modified: str | None
    payload_digest: str | None
    text_sha256: str | None
