"""When a URL is due again: pure functions of what is known about it, with all their constants.

Where the constants come from. NewsDiffs, which followed five newspapers for years, fetches an
article every 15 minutes in its first three hours. After that it goes by the time since the *last
change*: hourly for a day, every 3 hours for a week, every 3 days for a month, monthly for a year
(``get_update_delay`` of its ``scraper.py``). After the first week that is a tenth of the time since
the last change. We archive whole publishers at a polite pace, so a page rests for a quarter of it.
No page rests for ever, because an archive is there for what is deleted after years. That the past
of a page tells how often it changes is what Cho and Garcia-Molina build on ("Estimating frequency
of change", 2003). The bounds, and the number of false positives that are forgiven, are ours.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from archive.model import Outcome
from archive.model.reason import Reason
from archive.revisit.inputs import UNTESTED, Due, Evidence, LastmodAccuracy, Observation

RETRY_AFTER = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
)
"""How long a URL rests after its first, second, … failure in a row; the last is used for more."""

SOURCE_OUTCOMES = frozenset({Outcome.SITEMAP, Outcome.FEED, Outcome.ROBOTS, Outcome.API})
"""What names new URLs, besides the front page and the listings that it links."""
SOURCE_RESTS = timedelta(minutes=30)
"""How long a source rests; a crawl that names its publisher fetches the sources at any time."""

PART_OF_QUIET = 4
"""A page rests for this part of the time since it was published or last changed."""
CALM = 2
"""A page rests so many times longer when a reliable source reports no change of it."""
LEAST_REST = {
    Outcome.ARTICLE: timedelta(hours=1),
    Outcome.EMPTY: timedelta(days=1),
    Outcome.FAILED: timedelta(days=1),
    Outcome.LISTING: timedelta(days=1),
    Outcome.MISSING: timedelta(days=7),
    Outcome.NEEDS_SCRIPT: timedelta(days=7),
    Outcome.PAGE: timedelta(days=7),
    Outcome.REDIRECT: timedelta(days=7),
}
"""How long a page rests at least; URLs with other outcomes (a picture) are never due again."""
LEAST_REST_OF_CHANGED = timedelta(days=1)
"""The same for a page that has changed before: what is deleted may come back."""
MOST_REST = timedelta(days=60)
MOST_REST_OF_LISTINGS = timedelta(days=30)

FALSE_POSITIVES_FORGIVEN = 1
"""A date also moves for a new picture or a comment; an unreliable source moves it every time."""
OTHERS_FALSE_POSITIVES_FORGIVEN = 10
OTHERS_FALSE_POSITIVES_A_CORRECT = 4
"""A page without a record of its own: one correct date of the source outweighs so many wrong."""

DISALLOWED_RESTS = timedelta(days=1)
"""How long a URL rests that robots.txt forbids: as long as the rules may be used."""
RULES_LAST = timedelta(days=1)
"""How long a robots.txt is used before it is fetched again (RFC 9309 2.4)."""
RULES_RETRY = timedelta(minutes=1)
"""How long a server stays closed to a crawl whose robots.txt could not be fetched."""

PROBE_AFTER = timedelta(days=1)
"""The crawl that holds a pattern back tests it at its end, others after this time, twice that, …"""
MOST_PROBE_DOUBLINGS = 6


def retry_at(failed_at: datetime, fail_count: int) -> datetime:
    """Return when a URL or server that failed at *failed_at* is tried again.

    *fail_count* counts its failures in a row, at least 1.
    """
    return failed_at + RETRY_AFTER[min(fail_count, len(RETRY_AFTER)) - 1]


def disallowed_until(refused_at: datetime) -> datetime:
    """Return when to ask again for a URL that robots.txt forbade at *refused_at*."""
    return refused_at + DISALLOWED_RESTS


def rules_last(*, was_fetched: bool, is_host_held: bool = False) -> timedelta:
    """Return how long the outcome of fetching a robots.txt is used within a crawl.

    When the file could not be fetched and *is_host_held*, the URLs of its server wait in the
    frontier (``failing_hosts``), so whoever asks next may fetch it at once.
    """
    if was_fetched:
        return RULES_LAST
    return timedelta(0) if is_host_held else RULES_RETRY


def next_probe(tested_at: datetime, probes: int) -> datetime:
    """Return when a pattern is tested again that had been tested *probes* times before."""
    return tested_at + PROBE_AFTER * (1 << min(probes, MOST_PROBE_DOUBLINGS))


def due_again(known: Evidence) -> Due | None:
    """Return when the URL is due again, and why; None for never.

    A crawl fetches no URL twice because it is due: only a failure is tried again within a crawl.
    """
    if known.fail_count:
        return Due(retry_at(known.fetched_at, known.fail_count), Reason.RETRY)
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
        and is_new_lastmod_believed(known.accuracy, known.others_accuracy)
    ):
        dues.append(Due(known.modified_at, known.modified_reason))
    return min(dues, key=lambda due: due.at)


def is_new_lastmod_believed(own: LastmodAccuracy, others: LastmodAccuracy = UNTESTED) -> bool:
    """Return whether a new modification date is a reason to fetch a page.

    *own* is the accuracy of such dates of this page, *others* that of the other pages of its
    source: a site that gives every page a new date in each sitemap is not believed for long.
    """
    if own.correct + own.false_positives:
        return own.false_positives <= FALSE_POSITIVES_FORGIVEN + own.correct
    forgiven = OTHERS_FALSE_POSITIVES_FORGIVEN + OTHERS_FALSE_POSITIVES_A_CORRECT * others.correct
    return others.false_positives <= forgiven


def is_old_lastmod_believed(own: LastmodAccuracy) -> bool:
    """Return whether an old modification date is a reason to let a page rest longer."""
    return own.missed == 0 or own.missed < own.correct


def edits(observations: tuple[Observation, ...]) -> int:
    """Return how often a page changed from one capture to the next."""
    return sum(a.fingerprint != b.fingerprint for a, b in pairwise(observations))


def _is_source(known: Evidence) -> bool:
    if known.outcome in SOURCE_OUTCOMES:
        return True
    if known.is_front:
        return known.outcome not in {Outcome.MISSING, Outcome.NOT_HTML}
    return known.outcome is Outcome.LISTING and known.depth <= 1


def _rest(known: Evidence) -> timedelta | None:
    least = LEAST_REST.get(known.outcome)
    if least is None:
        return None
    if known.outcome is Outcome.LISTING:
        # What is new on page 9 of a list was on page 1 before.
        doublings = min(known.depth - 1, 10)
        return min(least * (1 << doublings), MOST_REST_OF_LISTINGS)
    number = edits(known.observations)
    if number:
        least = min(least, LEAST_REST_OF_CHANGED)
    rest = _quiet(known) / (PART_OF_QUIET * (1 + number))
    if known.modified_at is not None and known.modified_at <= known.fetched_at:
        rest *= CALM if is_old_lastmod_believed(known.accuracy) else 1
    return min(max(rest, least), MOST_REST)


def _quiet(known: Evidence) -> timedelta:
    """Return the time from the last change, or from publication or first sight, to the capture."""
    seen = known.observations
    since: datetime = seen[0].fetched_at if seen else known.fetched_at
    if known.published_at is not None:
        since = min(since, known.published_at)
    for before, after in pairwise(seen):
        if before.fingerprint != after.fingerprint:
            since = after.fetched_at
    return max(known.fetched_at - since, timedelta(0))
