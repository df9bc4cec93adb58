"""What settling makes of captures: addresses, articles, their versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from archive.model.extraction import Alternate, Article, Block, EdgeKind, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One capture of a URL, as far as identity needs it.

    *shown_by* is the record that says what it shows: its own, or of a revisit its original.
    """

    url: str
    fetched_at: datetime
    record_id: str
    outcome: Outcome
    shown_by: str = ""
    status: int | None = None
    is_amp: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """The claim of the capture *record_id* that its URL, *source*, and *target* are one article."""

    source: str
    kind: EdgeKind
    target: str
    record_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One capture that was read as the article, and what it said.

    *extraction_id* is the row of what it said, *capture_id* that of the capture which holds it.
    """

    url: str
    fetched_at: datetime
    record_id: str
    article: Article
    extraction_id: int
    capture_id: int = 0
    alternates: tuple[Alternate, ...] = ()
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """A URL while it bore one story: *ordinal* is 1 for the first, 2 for what took it over."""

    url: str
    ordinal: int = 1


class Role(StrEnum):
    """What an address is to its article."""

    CANONICAL = "canonical"
    AMP = "amp"
    REDIRECT = "redirect"
    ALIAS = "alias"


class Removal(StrEnum):
    """How an article's address was found not to bear it any more."""

    NOT_FOUND = "404"
    GONE = "410"
    LEGAL = "451"
    SOFT_404 = "soft_404"
    """A page that says so with status 200."""
    REDIRECT_HOME = "redirect_home"
    REDIRECT_LISTING = "redirect_listing"
    REDIRECT_ELSEWHERE = "redirect_elsewhere"
    """It leads to another story."""
    REPLACED = "replaced"
    """Another story stands there."""


@dataclass(frozen=True, slots=True)
class Absence:
    """A capture that found an article's canonical address without it."""

    at: datetime
    reason: Removal


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One article: its addresses, each with its role, and what was read there.

    *readings* are those that may make versions, by date: of its pages, or of AMP pages where there
    are no others. *absences* are those of the canonical address, in order of time.
    """

    canonical: Address
    roles: Mapping[Address, Role]
    readings: tuple[Reading, ...]
    absences: tuple[Absence, ...] = ()


class ChangeKind(StrEnum):
    """What a version changed of the one before."""

    HEADLINE = "headline"
    BODY = "body"
    HEADLINE_AND_BODY = "headline_and_body"
    CORRECTION = "correction"
    """A note was added that says what was corrected; at most the corrected passages changed too."""
    FORMATTING = "formatting"
    """The same words in other blocks: paragraphs joined or parted, a list made of them."""
    METADATA = "metadata"
    """Other authors or another publication date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version: the reading that first showed it, and the captures between which it was seen.

    The true moment of the edit lies somewhere between the version before and *seen_from*.
    *article* is what the reading said without *removed*, the site's boilerplate. *change_kind* is
    None for the first version.
    """

    reading: Reading
    article: Article
    seen_from: datetime
    seen_until: datetime
    removed: tuple[Block, ...] = ()
    change_kind: ChangeKind | None = None


@dataclass(frozen=True, slots=True)
class TranslationLink:
    """What an article's pages name as its translation; *capture_id* is the last that did.

    *until* is when a page of it first did not any more; None where the latest one does.
    """

    other: Alternate
    capture_id: int
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """An article's versions in order, and what its pages say beside their text.

    *gone* is the first of the captures at the end that found it removed. *latest* is the last
    reading at its canonical address, or at any where there is none. *ends* are the keys of the
    blocks at the ends of its pages, each with whether it stands among the last ones. *named* are
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
    """One answer for a URL, as far as validators go; *text_sha256* is that of an article's text."""

    not_modified: bool
    etag: str | None
    last_modified: str | None
    payload_digest: str | None
    text_sha256: str | None
