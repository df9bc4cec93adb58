"""What the rule is given about a URL, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from archive.model import Outcome
from archive.model.reason import Reason


@dataclass(frozen=True, slots=True)
class Observation:
    """What one capture of a page showed. Two with equal *fingerprint* show the same text."""

    fetched_at: datetime
    fingerprint: str


@dataclass(frozen=True, slots=True)
class LastmodAccuracy:
    """How often modification dates proved right, counted from one capture of a page to the next.

    *correct*: the date was new, and the text had changed. *false_positives*: the date was new, and
    the text had not changed. *missed*: the date was old, and the text had changed.
    """

    correct: int = 0
    false_positives: int = 0
    missed: int = 0

    def __add__(self, other: LastmodAccuracy) -> LastmodAccuracy:
        return LastmodAccuracy(
            self.correct + other.correct,
            self.false_positives + other.false_positives,
            self.missed + other.missed,
        )


UNTESTED = LastmodAccuracy()
"""No modification date has been compared with a text yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known about a URL when the rule is asked.

    *outcome* and *fetched_at* are those of its latest capture; the outcome of a revisit is that of
    the capture that the revisit refers to. *fail_count* counts the failures in a row up to it.
    *depth* counts links from the front page (*is_front*), a sitemap or a feed. *published_at* is
    when the article was published; None when nothing says so. *observations* are its sound
    captures, oldest first.

    *modified_at* is the latest modification date that a source gives, and *modified_reason* the
    reason to fetch the URL because of it (``LASTMOD`` or ``FEED``, by the kind of source).
    *accuracy* says how often such dates of this URL proved right, *others_accuracy* how often those
    of the other URLs of the same source did. *vanished_at* is the time of the first capture of a
    sitemap that does not name the URL any more.
    """

    outcome: Outcome
    fetched_at: datetime
    fail_count: int = 0
    depth: int = 0
    is_front: bool = False
    published_at: datetime | None = None
    observations: tuple[Observation, ...] = ()
    modified_at: datetime | None = None
    modified_reason: Reason = Reason.LASTMOD
    accuracy: LastmodAccuracy = UNTESTED
    others_accuracy: LastmodAccuracy = UNTESTED
    vanished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """When a URL is due, and why; a time in the past means at once."""

    at: datetime
    reason: Reason
