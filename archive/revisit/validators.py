"""Which validators to send with a request for a known URL: a pure function of its captures.

A validator saves a body, and a server whose validators lie costs us edits. Two lies are known in
the field: the same ETag for a new text (a cache keyed by something else), and a new ETag for the
same body (one made of the clock or of the machine behind a balancer). The first can only be seen
when the body is asked for now and then although a validator is at hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from archive.model import Answer

MOST_UNCHECKED = 4
"""After so many answers of 304 in a row the body is asked for once, to see whether it is true."""
CAPTURES_COMPARED = 8
"""Latest captures of a URL that are compared; what a server did years ago is no evidence."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What a URL's validators were seen to be worth."""

    etag: bool
    last_modified: bool


def trust(seen: Sequence[Answer]) -> Trust:
    """Return which validators of a URL may be relied on, by its whole answers in *seen*."""
    pairs = list(combinations([one for one in seen if not one.not_modified], 2))
    etag_stays = any(a.etag and a.etag == b.etag and _differ(a, b) for a, b in pairs)
    etag_moves = any(a.etag and b.etag and a.etag != b.etag and _same(a, b) for a, b in pairs)
    date_stays = any(
        a.last_modified and a.last_modified == b.last_modified and _differ(a, b) for a, b in pairs
    )
    return Trust(etag=not (etag_stays or etag_moves), last_modified=not date_stays)


def conditional_headers(seen: Sequence[Answer]) -> dict[str, str]:
    """Return the headers (RFC 9110 13.1) for the next request of a URL, given its captures by date.

    Empty when the body is to be asked for: nothing is known, nothing is to be relied on, or it has
    been taken on trust often enough.
    """
    answers = [one for one in seen if not one.not_modified]
    unchecked = 0
    for one in reversed(seen):
        if not one.not_modified:
            break
        unchecked += 1
    if not answers or unchecked >= MOST_UNCHECKED:
        return {}
    latest, worth = answers[-1], trust(seen)
    headers = {}
    if latest.etag and worth.etag:
        headers["If-None-Match"] = latest.etag
    if latest.last_modified and worth.last_modified:
        headers["If-Modified-Since"] = latest.last_modified
    return headers


def _differ(one: Answer, other: Answer) -> bool:
    """Whether two answers say different things, in a way that their validator should have told.

    Of an article its text decides, since a weak ETag may stand for pages that differ in their
    frame; of anything else the body, and only under strong ETags.
    """
    if one.text_sha256 and other.text_sha256:
        return one.text_sha256 != other.text_sha256
    weak = any((seen.etag or "").startswith("W/") for seen in (one, other))
    return not weak and one.payload_digest != other.payload_digest


def _same(one: Answer, other: Answer) -> bool:
    return one.payload_digest is not None and one.payload_digest == other.payload_digest
