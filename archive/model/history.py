"""What settling makes of captures: addresses, articles, their versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from archive.model.extraction import Article, EdgeKind, Outcome


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
