"""Which captures count as failed: the same request may do better soon."""

from __future__ import annotations

from archive.model import Outcome, Truncation

FAILURES = frozenset({Outcome.ERROR, Outcome.BLOCKED})
"""Outcomes that say nothing about the page itself."""

CUT_SHORT = frozenset({Truncation.TIME, Truncation.DISCONNECT})
"""Ways to lose the end of a reply that the next request may escape; our own limit is none."""


def failed(outcome: Outcome, truncated: Truncation | None) -> bool:
    """Return whether a capture failed, or came only in part, and is tried again soon."""
    return outcome in FAILURES or truncated in CUT_SHORT
