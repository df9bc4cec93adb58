"""What settling computes from captures: addresses, articles, versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from archive.model.extraction import Alternate, Article, Block, EdgeKind, Outcome, Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """The facts about one capture of a URL that identity needs.

    *outcome* is that of the page, unless the site's memory says otherwise (``settle.memory``);
    *removal* then says how the address lost its article. *shown_by* is the id of the record that
    has the content: its own, or the original of a revisit.
    """

    url: str
    fetched_at: datetime
    record_id: str
    outcome: Outcome
    shown_by: str = ""
    status: int | None = None
    is_amp: bool = False
    removal: Removal | None = None


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """The capture *record_id* says that its URL, *source*, and *target* show one article."""

    source: str
    kind: EdgeKind
    target: str
    record_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One capture of an article page, or of a later part of an article, and what was read there.

    *extraction_id* is the row of the extraction, *capture_id* the row of the capture. *part* says
    which part of the article it is, if that is published in several pages. Pages that were read as
    no articles have readings too (not *is_article*), since they may be subpages of one.
    *payload_digest* is that of the record that has the content, as in ``Capture``. *is_in_place* is
    that of the extraction.
    """

    url: str
    fetched_at: datetime
    record_id: str
    article: Article
    extraction_id: int
    capture_id: int = 0
    alternates: tuple[Alternate, ...] = ()
    flags: frozenset[str] = frozenset()
    part: Part | None = None
    is_article: bool = True
    payload_digest: str | None = None
    is_in_place: bool = False

    @property
    def is_later_part(self) -> bool:
        """Whether it shows a later part of an article, and not its beginning."""
        return self.part is not None and self.part.number > 1


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """A URL while it showed one story: *ordinal* is 1 for the first story, 2 for the next."""

    url: str
    ordinal: int = 1


class Role(StrEnum):
    """The role of an address of an article."""

    CANONICAL = "canonical"
    AMP = "amp"
    REDIRECT = "redirect"
    ALIAS = "alias"
    PART = "part"
    """Shows a later part of an article that is published in several pages."""
    SUBPAGE = "subpage"
    """Shows something about the article, or its text in another form: comments, a form for print.
    """


class Removal(StrEnum):
    """What showed that an address no longer has its article."""

    NOT_FOUND = "404"
    GONE = "410"
    LEGAL = "451"
    SOFT_404 = "soft_404"
    """A page that says so with status 200, or that has nothing of the article any more."""
    SHARED_TEXT = "shared_text"
    """A text that several addresses of the site show in place of their stories."""
    REDIRECT_HOME = "redirect_home"
    REDIRECT_LISTING = "redirect_listing"
    REDIRECT_ELSEWHERE = "redirect_elsewhere"
    """The address redirects to another story."""
    REPLACED = "replaced"
    """The address shows another story."""


@dataclass(frozen=True, slots=True)
class Absence:
    """A capture of an article's canonical address that did not show the article."""

    at: datetime
    reason: Removal


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One article: its addresses, each with its role, and what was read there.

    *readings* are those that may become versions, by date: of canonical pages, or of AMP pages if
    there are no others. *parts* are those of the article's later parts, by date. *absences* are
    those of the canonical address, in order of time.
    """

    canonical: Address
    roles: Mapping[Address, Role]
    readings: tuple[Reading, ...]
    absences: tuple[Absence, ...] = ()
    parts: tuple[Reading, ...] = ()


class ChangeKind(StrEnum):
    """How a version differs from the one before."""

    HEADLINE = "headline"
    BODY = "body"
    HEADLINE_AND_BODY = "headline_and_body"
    CORRECTION = "correction"
    """A note was added that says what was corrected; only corrected passages changed besides."""
    FORMATTING = "formatting"
    """The same words in other blocks: paragraphs joined or split, or made into a list."""
    METADATA = "metadata"
    """Other authors or another publication date."""


@dataclass(frozen=True, slots=True)
class VersionPart:
    """A part of an article in several pages, as a version has it.

    *blocks* are the numbers, from 0, of the blocks of *reading* that the version's text is made of.
    """

    number: int
    reading: Reading
    blocks: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version: the reading that first showed it, and the captures between which it was seen.

    The edit was made some time between the version before and *seen_from*. *article* is the article
    of the reading without *removed*, the site's boilerplate. *change_kind* is None for the first
    version. Of an article in several pages, *reading* is that of the first page, *parts* are all
    that the text is made of, and *missing* are the numbers of those that no capture shows.
    """

    reading: Reading
    article: Article
    seen_from: datetime
    seen_until: datetime
    removed: tuple[Block, ...] = ()
    change_kind: ChangeKind | None = None
    parts: tuple[VersionPart, ...] = ()
    missing: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TranslationLink:
    """A translation that an article's pages name; *capture_id* is the last capture that names it.

    *until* is when a page first no longer named it; None if the latest page names it.
    """

    other: Alternate
    capture_id: int
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """An article's versions in order, and what else its pages say.

    *gone* is the first capture after the last reading that found the article removed. *latest* is
    the last reading at its canonical address, or at any address if there is none. *ends* has the
    keys of the first and last blocks of its pages; the value is True for a last block. *named* are
    the translations that its pages name or named.
    """

    spans: tuple[Version, ...]
    seen_from: datetime
    seen_until: datetime
    latest: Reading
    gone: Absence | None = None
    ends: Mapping[str, bool]
    named: tuple[TranslationLink, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer for a URL with its validators; *text_sha256* is that of an article's text."""

    not_modified: bool
    etag: str | None
    last_modified: str | None
    payload_digest: str | None
    text_sha256: str | None
