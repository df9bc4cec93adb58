"""What one payload contains: its outcome, its article, and the URLs that it names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from archive.model.exchange import Via


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
    """A refusal instead of the page: 401, 403, 407, 429, 503, a challenge, a consent wall."""
    NEEDS_SCRIPT = "needs_script"
    NOT_HTML = "not_html"
    MISSING = "missing"
    """404, 410 or 451, or a page that says that there is nothing at its address."""
    ERROR = "error"
    """Any other refusal or failure of the server or of the network."""
    REVISIT = "revisit"
    """Unchanged: the capture shows what its original shows, and nothing was extracted."""
    FAILED = "failed"
    """The extractor was killed, ran out of memory or raised an exception; the bytes are kept."""
    HIDDEN = "hidden"
    """The home's rules hide the capture, so nothing was read. No row of the view has this
    outcome."""


class Flag(StrEnum):
    """What was served instead of the page or of a part of it.

    The flags of an extraction also contain other remarks (``amp``, ``date_published: impossible
    json-ld``). Other code may only ask for these ones.
    """

    CONSENT_WALL = "consent_wall"
    """Only a question for consent; with the outcome ``blocked``."""
    CAPTCHA = "captcha"
    """Only a puzzle for humans; with the outcome ``blocked``."""
    CHALLENGE = "challenge"
    """A test or a refusal of robots without a puzzle; with the outcome ``blocked``."""
    PAYWALL_STUB = "paywall_stub"
    """Only the beginning of the article; the rest is for readers who pay or register."""
    TRUNCATED = "truncated"
    """The page breaks off, in its capture or because its publisher sent no more."""
    PARTIAL = "partial"
    """A sitemap or feed names more than could be read; what is missing may still be named."""
    RESCUED = "rescued"
    """The text broke off, and was completed with lines of the page."""
    DISPUTED = "disputed"
    """A second opinion doubts a large part of the text, or finds that as much is missing."""
    SOFT_404 = "soft_404"
    """The status is a success, but the page says that there is nothing; the outcome is
    ``missing``."""
    TO_ITSELF = "to_itself"
    """A redirect to the URL itself, mostly because of cookies; with the outcome ``error``."""


DOUBTFUL = frozenset({Flag.PAYWALL_STUB, Flag.TRUNCATED})
"""Flags of an incomplete article, which must not replace a complete one."""


LOW_CONFIDENCE = 0.5
"""Below this confidence, a person should look at the page of the article."""


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
    """Return plain text: one line for each block, list items with "• " and two spaces a level.

    Captions are left out: they belong to a picture and would interrupt the text.
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
    """The text and the fields of a page, with the names of schema.org NewsArticle.

    *author* has one name in each entry, people first; *author_organization* has those entries that
    are agencies, outlets or other organizations. *date_published* and *date_modified* are UTC. The
    ``_raw`` fields keep what the page wrote, with its offset, even if it is not believed. A
    precision is ``second``, ``minute`` or ``day``. A source says where a date was read
    (``json-ld``, ``microdata``, ``meta``, ``time``, ``words``, ``url``). *in_language* is a BCP 47
    tag in lower case without a region, because the region is more often that of the software than
    that of the text. *license* is a URL if the page gives one.
    """

    headline: str
    blocks: tuple[Block, ...]
    description: str | None = None
    author: tuple[str, ...] = ()
    author_organization: tuple[str, ...] = ()
    date_published: datetime | None = None
    date_published_raw: str | None = None
    date_source: str | None = None
    date_precision: str | None = None
    date_modified: datetime | None = None
    date_modified_raw: str | None = None
    date_modified_source: str | None = None
    date_modified_precision: str | None = None
    article_section: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    in_language: str | None = None
    image: str | None = None
    image_caption: str | None = None
    image_credit: str | None = None
    publisher: str | None = None
    license: str | None = None
    is_accessible_for_free: bool | None = None

    @property
    def text(self) -> str:
        """The article's plain text, made from its blocks."""
        return text_of(self.blocks)

    @property
    def people(self) -> tuple[str, ...]:
        """The authors who are people, without agencies and outlets."""
        return tuple(name for name in self.author if name not in self.author_organization)


class Kind(StrEnum):
    """What a URL is expected to return; it decides order and size limit, never the outcome."""

    ROBOTS = "robots"
    SITEMAP = "sitemap"
    FEED = "feed"
    API = "api"
    PAGE = "page"
    AMP = "amp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A URL that a source names, absolute and normalized.

    *lastmod* (when it was modified) and *published* are as the source wrote them.
    """

    url: str
    via: Via
    kind: Kind = Kind.PAGE
    lastmod: str | None = None
    published: str | None = None


class EdgeKind(StrEnum):
    """Why two addresses may show one article."""

    REDIRECT = "redirect"
    CANONICAL = "canonical"
    AMPHTML = "amphtml"
    PART = "part"
    """From a later page of an article to its first page, or from the first to the page with all."""
    SUBPAGE = "subpage"
    """From an article to a page that it links, one of which has the address of a subpage."""
    STORY = "story"
    """From a page to one that it links by its own headline, or by a piece of its title."""


@dataclass(frozen=True, slots=True)
class Edge:
    """The captured URL says that it shows the same article as *target* (absolute, normalized).

    With the kinds ``SUBPAGE`` and ``STORY`` it may be so: only a link says it.
    """

    kind: EdgeKind
    target: str


@dataclass(frozen=True, slots=True)
class Alternate:
    """A ``link rel=alternate hreflang``: the page in another language (never x-default)."""

    language: str
    url: str


@dataclass(frozen=True, slots=True)
class NamedPart:
    """A part of an article that a page links: its number, from 2, and its URL."""

    number: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which part of an article a page is, if the article is published in several pages.

    *number* counts from 1. *first* is the URL of the first part; None for that part itself, and if
    it is not known. *named* are the later parts that the page links, in order, without itself.
    """

    number: int
    first: str | None = None
    named: tuple[NamedPart, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteReading:
    """What the publisher's template changed in the text of a page: texts of blocks, in order."""

    cut: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """Everything that was read in one payload.

    *reason* explains an outcome that is not a plain success. *evidence* lists the signs on the page
    for an article or a listing. *article* is the text and the fields of an HTML page, whatever its
    outcome: the outcome is a verdict beside them. It is None when the page has no text.
    *confidence* is how far the text can be trusted, from 0 to 1, and *confidence_reasons* are the
    reasons for a lower confidence. *part* is set for an article in several pages, whose later pages
    have the outcome ``page``. *lines* is the table of the page's lines
    (``archive.model.line_table``), None where no text was looked for. *template* is the digest of
    the rules for its places that were applied, empty without any, and *by_site* is what they
    changed in the text. *is_in_place* says that a page which is no article by its own verdict has
    its text where the articles of its publisher have theirs. The outcome, the language and the URLs
    are those of the page read alone.
    *holds_until* is the instant from which a capture of the same payload is read otherwise, since a
    date on it lies in the future until then; None without such a date.
    """

    outcome: Outcome
    extractor: str
    reason: str | None = None
    evidence: tuple[str, ...] = ()
    article: Article | None = None
    language: str | None = None
    candidates: Sequence[Candidate] = ()
    edges: tuple[Edge, ...] = ()
    alternates: tuple[Alternate, ...] = ()
    flags: tuple[str, ...] = field(default=())
    confidence: float | None = None
    confidence_reasons: tuple[str, ...] = ()
    part: Part | None = None
    lines: bytes | None = None
    template: str = ""
    by_site: SiteReading | None = None
    is_in_place: bool = False
    holds_until: datetime | None = None
