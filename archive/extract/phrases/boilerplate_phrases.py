"""Recognise a publisher's own messages: subscribe, follow us, we may earn a commission.

Newsrooms write such sentences into the text, so markup does not tell them apart; their words do.
Only sentences that every newsroom writes are looked for, only at the beginning of a sentence, and
only in a short paragraph: an article about newsletters speaks of them in other places. Headings
above other stories are recognised here as well.
"""

from __future__ import annotations

import re

from archive.extract.phrases.loading import phrases
from archive.extract.phrases.notation import any_of, any_whole

_MOST_LETTERS = 300
_HEADING_LETTERS = 70

_PHRASES = phrases()
_REQUESTS = any_whole(
    _PHRASES.subscribe + _PHRASES.follow_us + _PHRASES.get_app + _PHRASES.write_to_us
)
_ASKS = re.compile(
    rf"{any_whole(_PHRASES.subscribe_to_ours)}"
    rf"|(?:^|[.!?…:–—][\"”»]?\s+|[。！？])\W*{_REQUESTS}",
    re.IGNORECASE,
)
_EARNS = re.compile(any_whole(_PHRASES.commission), re.IGNORECASE)
_OTHERS = re.compile(rf"\W*{any_of(_PHRASES.other_stories)}(?:\b.{{1,30}})?\W*", re.IGNORECASE)
_ADVERTISEMENT = re.compile(rf"\W*{any_of(_PHRASES.advertisement)}\W*", re.IGNORECASE)


def labels_advertising(text: str) -> bool:
    """Return whether *text*, a line, is only the label of an advertisement."""
    return len(text) <= _HEADING_LETTERS and _ADVERTISEMENT.fullmatch(text) is not None


def asks_for_readers(text: str) -> bool:
    """Return whether *text*, a paragraph, asks its reader to subscribe, follow, share or write."""
    return len(text) <= _MOST_LETTERS and _ASKS.search(text) is not None


def tells_of_commission(text: str) -> bool:
    """Return whether *text*, a paragraph, says that its publisher earns from what readers buy."""
    return len(text) <= _MOST_LETTERS and _EARNS.search(text) is not None


def heads_other_stories(text: str) -> bool:
    """Return whether *text*, a heading, is one that introduces other stories."""
    return len(text) <= _HEADING_LETTERS and _OTHERS.fullmatch(text) is not None
