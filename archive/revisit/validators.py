"""Which validators to send with a request for a known URL: a pure function of its captures.

A validator saves a body, but wrong validators hide edits. Two errors are known in the field: the
same ETag for a new text (a cache with another key), and a new ETag for the same body (made from the
clock, or from the machine behind a balancer). The first error is only seen if the body is requested
now and then although there is a validator.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from archive.model import Answer

MOST_UNCHECKED = 4
"""After so many answers of 304 in a row the body is requested once, to check them."""
CAPTURES_COMPARED = 8
"""Latest captures of a URL that are compared; what a server did years ago proves nothing."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Which validators of a URL proved reliable."""

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

    Empty when the whole body is requested: there is no earlier answer, no reliable validator, or
    there were ``MOST_UNCHECKED`` answers of 304 in a row.
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
    """Return whether two answers differ in a way that their validators should have shown.

    For an article the text decides, since a weak ETag may be used for pages that differ in their
    frame. For anything else the body decides, and only under strong ETags.
    """
    if one.text_sha256 and other.text_sha256:
        return one.text_sha256 != other.text_sha256
    weak = any((seen.etag or "").startswith("W/") for seen in (one, other))
    return not weak and one.payload_digest != other.payload_digest


def _same(one: Answer, other: Answer) -> bool:
    return one.payload_digest is not None and one.payload_digest == other.payload_digest
