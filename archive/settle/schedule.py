"""When a URL is due again: a small pure function of its latest capture."""

from __future__ import annotations

from datetime import datetime, timedelta

from archive.model import Outcome, Truncation

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

SOURCES = frozenset({Outcome.LISTING, Outcome.SITEMAP, Outcome.FEED, Outcome.ROBOTS, Outcome.API})
"""What names new URLs is worth a request in every crawl."""

REST = {
    Outcome.ARTICLE: timedelta(days=7),
    Outcome.FAILED: timedelta(days=7),
    Outcome.EMPTY: timedelta(days=7),
    Outcome.NEEDS_SCRIPT: timedelta(days=30),
    Outcome.PAGE: timedelta(days=30),
    Outcome.REDIRECT: timedelta(days=30),
    Outcome.MISSING: timedelta(days=30),
}


def failed(outcome: Outcome, truncated: Truncation | None) -> bool:
    """Return whether a capture is to be tried again soon: it failed or came only in part."""
    return outcome in FAILURES or truncated in CUT_SHORT


def due_again(outcome: Outcome, fetched_at: datetime, fail_count: int) -> datetime | None:
    """Return when the URL is due again; None for never.

    *fail_count* counts the failures in a row up to this capture; 0 when it went well.
    A crawl fetches no URL twice for being due: only a failure is tried again within it.
    """
    if fail_count:
        return fetched_at + RETRY_AFTER[min(fail_count, len(RETRY_AFTER)) - 1]
    if outcome in SOURCES:
        return fetched_at
    rest = REST.get(outcome)
    return None if rest is None else fetched_at + rest
