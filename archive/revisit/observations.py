"""What the latest captures of a page showed: whether its text changed, and its date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, select

from archive.model import DOUBTFUL, Outcome
from archive.revisit.inputs import Observation
from archive.sql.captures.revisits import READ_AS
from archive.sql.chunks import batches
from archive.sql.schema.view_tables import capture, extraction

MOST_OBSERVATIONS = 12
MOST_CAPTURES = 4 * MOST_OBSERVATIONS
"""Captures of a URL that are looked at, since some may be in doubt."""
"""Latest captures of a page that count; what it did years ago says little about next week."""
SILENT = frozenset(
    {Outcome.ERROR, Outcome.BLOCKED, Outcome.FAILED, Outcome.EMPTY, Outcome.NEEDS_SCRIPT}
    | {Outcome.REVISIT}
)
"""Outcomes that do not tell what the page says."""


class ObservedPage(NamedTuple):
    """A page's sound captures, oldest first, and the publication date that the last one gives.

    *published* is as the page writes it; None when it gives none.
    """

    observations: tuple[Observation, ...]
    published: str | None


NEVER_OBSERVED = ObservedPage((), None)


def observed_pages(
    connection: Connection, owner: int, urls: Collection[str]
) -> dict[str, ObservedPage]:
    """Return what the latest captures of *urls* showed; URLs without a sound one are absent."""
    rows: dict[str, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for some in batches(urls):
        for row in _sound_captures(connection, owner, some):
            if DOUBTFUL.isdisjoint(row.flags):
                rows[row.url].append(row)
    for found in rows.values():
        found.sort(key=lambda row: (row.fetched_at, row.id))
    return {
        url: ObservedPage(
            tuple(
                Observation(row.fetched_at, _fingerprint(row)) for row in found[-MOST_OBSERVATIONS:]
            ),
            found[-1].published if found[-1].outcome == Outcome.ARTICLE else None,
        )
        for url, found in rows.items()
    }


def _sound_captures(
    connection: Connection, owner: int, urls: list[str]
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return captures of *urls*: all, or the latest of each if they have many."""
    most = MOST_CAPTURES * len(urls)
    found = connection.execute(_ANY, {"owner": owner, "urls": urls, "most": most}).all()
    if len(found) < most:
        return found
    return [
        row
        for url in urls
        for row in connection.execute(
            _LATEST, {"owner": owner, "urls": [url], "most": MOST_CAPTURES}
        )
    ]


_ANY = (
    select(
        capture.c.id,
        capture.c.url,
        capture.c.fetched_at,
        extraction.c.outcome,
        extraction.c.flags,
        extraction.c.text_sha256,
        extraction.c.fields["headline"].as_string().label("headline"),
        extraction.c.fields["date_published"].as_string().label("published"),
    )
    .select_from(READ_AS)
    .where(
        capture.c.publisher_id == bindparam("owner"),
        capture.c.url.in_(bindparam("urls", expanding=True)),
        capture.c.truncated.is_(None),
        extraction.c.outcome.not_in(SILENT),
    )
    .limit(bindparam("most"))
)
_LATEST = _ANY.order_by(capture.c.fetched_at.desc())


def _fingerprint(row: Row[*tuple[Any, ...]]) -> str:
    if row.outcome == Outcome.ARTICLE:
        return f"{row.text_sha256} {row.headline}"
    return str(row.outcome)
