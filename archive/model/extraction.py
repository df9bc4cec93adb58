"""What one payload says: its outcome, its article, and the URLs that it names."""

from __future__ import annotations

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
    """A refusal in place of the page: 401, 403, 407, 429, 503, a challenge, a wall of consent."""
    NEEDS_SCRIPT = "needs_script"
    NOT_HTML = "not_html"
    MISSING = "missing"
    """404, 410 or 451, or a page that says the same: there is nothing (any more)."""
    ERROR = "error"
    """Any other refusal or failure of the server or of the network."""
    REVISIT = "revisit"
    """Unchanged: the capture is what the record it refers to says; nothing was extracted."""
    FAILED = "failed"
    """The extractor was killed, ran out of memory or raised; the bytes are kept."""
    HIDDEN = "hidden"
    """The home's rules do not show it, so that nothing was read; no row of the view says so."""


class Flag(StrEnum):
    """What was served in place of the page, or of a part of it.

    An extraction's flags hold other remarks as well (``amp``, ``date_published: impossible
    json-ld``); these are the ones that other code may ask for.
    """

    CONSENT_WALL = "consent_wall"
    """The question for consent, alone; with the outcome ``blocked``."""
    CAPTCHA = "captcha"
    """A riddle for humans, alone; with the outcome ``blocked``."""
    CHALLENGE = "challenge"
    """A test or a refusal of robots that puts no riddle; with the outcome ``blocked``."""
    PAYWALL_STUB = "paywall_stub"
    """The article's beginning, its rest withheld from who does not pay or register."""
    TRUNCATED = "truncated"
    """The page breaks off: its capture, or what its publisher sent."""
    RESCUED = "rescued"
    """The text broke off, and was completed by lines that the page shows to belong to it."""
    DISPUTED = "disputed"
    """A second opinion doubts a good part of the text, or holds that as much is missing."""
    SOFT_404 = "soft_404"
    """A success by its status that says there is nothing; with the outcome ``missing``."""
    TO_ITSELF = "to_itself"
    """A redirect to the URL that was asked for: without cookies, mostly; with ``error``."""


DOUBTFUL = frozenset({Flag.PAYWALL_STUB, Flag.TRUNCATED})
"""Flags of an article that is not whole: it must not replace one that is."""


LOW_CONFIDENCE = 0.5
"""Below it, so much of an article's text is in doubt that a person should look at the page."""


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

    *author* holds one name an entry, people first; *author_organization* those among them that
    are agencies, outlets or other bodies. *date_published* and *date_modified* are UTC; the
    ``_raw`` fields keep what the page wrote, with its offset, also where that is not believed.
    A precision is ``second``, ``minute`` or ``day``; a source names where a date was read
    (``json-ld``, ``microdata``, ``meta``, ``time``, ``words``, ``url``). *in_language* is a BCP
    47 tag in lower case, without a region: that describes the software's locale more often than
    the text. *license* is an address where the page gives one.
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
        """The authors who are people: without agencies and outlets."""
        return tuple(name for name in self.author if name not in self.author_organization)


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
    """A URL that a source names: absolute and normalized.

    *lastmod* (when it was modified) and *published* are as the source wrote them.
    """

    url: str
    via: Via
    kind: Kind = Kind.PAGE
    lastmod: str | None = None
    published: str | None = None


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
    spoke for article or listing. *article* is set only with the outcome ``article``, and so is
    *confidence*: how far its text is to be trusted, from 0 to 1; *confidence_reasons* are what
    speaks against it.
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
    confidence: float | None = None
    confidence_reasons: tuple[str, ...] = ()
