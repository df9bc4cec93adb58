"""What the latest captures of a page showed: whether its text changed, and its date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from archive.model import DOUBTFUL, Outcome
from archive.revisit.inputs import Observation
from archive.sql.captures.revisits import READ_AS
from archive.sql.chunks import batches
from archive.sql.schema.view_tables import capture, extraction

MOST_OBSERVATIONS = 12
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
        statement = (
            select(
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
                capture.c.publisher_id == owner,
                capture.c.url.in_(some),
                capture.c.truncated.is_(None),
                extraction.c.outcome.not_in(SILENT),
            )
            .order_by(capture.c.fetched_at, capture.c.id)
        )
        for row in connection.execute(statement):
            if DOUBTFUL.isdisjoint(row.flags):
                rows[row.url].append(row)
    return {
        url: ObservedPage(
            tuple(
                Observation(row.fetched_at, _fingerprint(row)) for row in found[-MOST_OBSERVATIONS:]
            ),
            found[-1].published if found[-1].outcome == Outcome.ARTICLE else None,
        )
        for url, found in rows.items()
    }


def _fingerprint(row: Row[*tuple[Any, ...]]) -> str:
    if row.outcome == Outcome.ARTICLE:
        return f"{row.text_sha256} {row.headline}"
    return str(row.outcome)
