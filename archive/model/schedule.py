"""What is known of a URL when it is asked when to look at it again, and the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from archive.model.extraction import Outcome


class Reason(StrEnum):
    """Why a URL is to be fetched."""

    NEW = "new"
    """It never was."""
    SOURCE = "source"
    """It names new URLs: front page, section, sitemap, feed."""
    AGE = "age"
    """It has rested for as long as its age and its edits let it."""
    LASTMOD = "lastmod"
    """A sitemap says that it was changed since."""
    FEED = "feed"
    """A feed says that it was changed since."""
    VANISHED = "vanished"
    """A sitemap that named it does so no more."""
    REFRESH = "refresh"
    """The operator asked for everything."""
    PROBE = "probe"
    """Its pattern yields nothing new, and one of its URLs is to show whether that is still so."""
    RETRY = "retry"
    """It failed, or robots.txt forbade it."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What one capture of a page showed: two that *said* the same show the same text."""

    fetched_at: datetime
    said: str


@dataclass(frozen=True, slots=True)
class LastmodAccuracy:
    """How often what sources said of modification dates proved true, from one capture to the next.

    *kept*: a new date, and the text had changed. *false_alarms*: a new date, and it had not.
    *missed*: the old date, and the text had changed.
    """

    kept: int = 0
    false_alarms: int = 0
    missed: int = 0

    def __add__(self, other: LastmodAccuracy) -> LastmodAccuracy:
        return LastmodAccuracy(
            self.kept + other.kept,
            self.false_alarms + other.false_alarms,
            self.missed + other.missed,
        )


NOTHING_CLAIMED = LastmodAccuracy()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of a URL.

    *outcome* and *fetched_at* are those of its latest capture, a revisit being what it refers to;
    *fail_count* counts the failures in a row up to it. *depth* counts links from the front page
    (*is_front*), a sitemap or a feed. *published_at* is when the article was published, as far as
    anything says so; *sights* are its sound captures, oldest first.

    *modified_at* is the latest modification date that a source gives, *modified_says* which kind
    of source that is (``LASTMOD`` or ``FEED``), *claims* what such dates of this URL were worth,
    *others_claims* those of the other URLs of the same source, as far as they are known.
    *vanished_at* is the capture of a sitemap that first did not name it any more.
    """

    outcome: Outcome
    fetched_at: datetime
    fail_count: int = 0
    depth: int = 0
    is_front: bool = False
    published_at: datetime | None = None
    sights: tuple[Observation, ...] = ()
    modified_at: datetime | None = None
    modified_says: Reason = Reason.LASTMOD
    claims: LastmodAccuracy = NOTHING_CLAIMED
    others_claims: LastmodAccuracy = NOTHING_CLAIMED
    vanished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """When a URL is due, and why; an instant that is past means at once."""

    at: datetime
    reason: Reason
