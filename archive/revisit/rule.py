"""When a URL is due again: one small pure function of what is known of it.

Where its constants come from. NewsDiffs, which followed five newspapers for years, looks at an
article every 15 minutes in its first three hours, then by the time since its *last change*: hourly
for a day, every 3 hours for a week, every 3 days for a month, monthly for a year
(``get_update_delay`` of its ``scraper.py``): after the first week a tenth of that time. We archive
whole publishers at a polite pace, so a page rests for a quarter of it, and no page for ever, since
what is deleted after years is what an archive is for. That a page's own past tells how often it
changes is what Cho and Garcia-Molina build on ("Estimating frequency of change", 2003). The bounds,
and how many false alarms are forgiven, are ours.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from archive.model import Outcome, Truncation
from archive.model.schedule import (
    NOTHING_CLAIMED,
    Due,
    Evidence,
    LastmodAccuracy,
    Observation,
    Reason,
)

RETRY_AFTER = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
)
"""How long a URL rests after its first, second, … failure in a row; the last serves for more."""

FAILURES = frozenset({Outcome.ERROR, Outcome.BLOCKED})
"""Outcomes that say nothing of the page itself: the same request may do better soon."""

CUT_SHORT = frozenset({Truncation.TIME, Truncation.DISCONNECT})
"""Ways to lose a reply's end that the same request may escape; our own limit is none."""

SOURCE_OUTCOMES = frozenset({Outcome.SITEMAP, Outcome.FEED, Outcome.ROBOTS, Outcome.API})
"""What names new URLs, with the front page and the listings that it links."""
SOURCE_RESTS = timedelta(minutes=30)
"""How long; crawls that name a publisher ask for its sources whenever they run."""

PART_OF_QUIET = 4
"""A page rests for this part of the time since it was published or last changed."""
CALM = 2
"""It rests so many times longer where a source that tells of changes tells of none."""
LEAST = {
    Outcome.ARTICLE: timedelta(hours=1),
    Outcome.EMPTY: timedelta(days=1),
    Outcome.FAILED: timedelta(days=1),
    Outcome.LISTING: timedelta(days=1),
    Outcome.MISSING: timedelta(days=7),
    Outcome.NEEDS_SCRIPT: timedelta(days=7),
    Outcome.PAGE: timedelta(days=7),
    Outcome.REDIRECT: timedelta(days=7),
}
"""How long a page rests at least; of other outcomes (a picture) nothing is looked at again."""
LEAST_OF_CHANGED = timedelta(days=1)
"""The same for a page that was seen to change: what is deleted may come back."""
MOST = timedelta(days=60)
MOST_OF_LISTINGS = timedelta(days=30)

FALSE_ALARMS_FORGIVEN = 1
"""Dates also move for a new picture or a comment; a source that lies does it again and again."""
OTHERS_FALSE_ALARMS_FORGIVEN = 10
OTHERS_KEPT = 4
"""Of a page not heard of yet, a source is believed if one date in so many held of its others."""


def failed(outcome: Outcome, truncated: Truncation | None) -> bool:
    """Return whether a capture is to be tried again soon: it failed or came only in part."""
    return outcome in FAILURES or truncated in CUT_SHORT


def retry_after(fail_count: int) -> timedelta:
    """Return how long a URL or a server rests after *fail_count* failures in a row, at least 1."""
    return RETRY_AFTER[min(fail_count, len(RETRY_AFTER)) - 1]


def due_again(known: Evidence) -> Due | None:
    """Return when the URL of which this is *known* is due again, and why; None for never.

    A crawl fetches no URL twice for being due: only a failure is tried again within it.
    """
    if known.fail_count:
        return Due(known.fetched_at + retry_after(known.fail_count), Reason.RETRY)
    if _is_source(known):
        return Due(known.fetched_at + SOURCE_RESTS, Reason.SOURCE)
    rest_of_page = _rest(known)
    if rest_of_page is None:
        return None
    dues = [Due(known.fetched_at + rest_of_page, Reason.AGE)]
    if known.vanished_at is not None and known.vanished_at > known.fetched_at:
        dues.append(Due(known.vanished_at, Reason.VANISHED))
    if (
        known.modified_at is not None
        and known.modified_at > known.fetched_at
        and alarms_believed(known.claims, known.others_claims)
    ):
        dues.append(Due(known.modified_at, known.modified_says))
    return min(dues, key=lambda due: due.at)


def alarms_believed(own: LastmodAccuracy, others: LastmodAccuracy = NOTHING_CLAIMED) -> bool:
    """Return whether a new modification date is reason to look at a page.

    *own* is what such dates of this page were worth, *others* what those of the source's other
    pages were: a site that dates every page anew with each sitemap is not believed for long.
    """
    if own.kept + own.false_alarms:
        return own.false_alarms <= FALSE_ALARMS_FORGIVEN + own.kept
    return others.false_alarms <= OTHERS_FALSE_ALARMS_FORGIVEN + OTHERS_KEPT * others.kept


def silence_believed(own: LastmodAccuracy) -> bool:
    """Return whether an old modification date is reason to let a page rest longer."""
    return own.missed == 0 or own.missed < own.kept


def edits(sights: tuple[Observation, ...]) -> int:
    """Return how often a page changed between two captures that follow each other."""
    return sum(a.said != b.said for a, b in pairwise(sights))


def _is_source(known: Evidence) -> bool:
    if known.outcome in SOURCE_OUTCOMES:
        return True
    if known.is_front:
        return known.outcome not in {Outcome.MISSING, Outcome.NOT_HTML}
    return known.outcome is Outcome.LISTING and known.depth <= 1


def _rest(known: Evidence) -> timedelta | None:
    least = LEAST.get(known.outcome)
    if least is None:
        return None
    if known.outcome is Outcome.LISTING:
        # What is new on page 9 of a list stood on page 1 before.
        doublings = min(known.depth - 1, 10)
        return min(least * (1 << doublings), MOST_OF_LISTINGS)
    number = edits(known.sights)
    if number:
        least = min(least, LEAST_OF_CHANGED)
    rest = _quiet(known) / (PART_OF_QUIET * (1 + number))
    if known.modified_at is not None and known.modified_at <= known.fetched_at:
        rest *= CALM if silence_believed(known.claims) else 1
    return min(max(rest, least), MOST)


def _quiet(known: Evidence) -> timedelta:
    """Return the time from the last change, or from publication or first sight, to the capture."""
    since: datetime = known.sights[0].fetched_at if known.sights else known.fetched_at
    if known.published_at is not None:
        since = min(since, known.published_at)
    for before, after in pairwise(known.sights):
        if before.said != after.said:
            since = after.fetched_at
    return max(known.fetched_at - since, timedelta(0))
