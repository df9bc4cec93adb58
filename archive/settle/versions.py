"""An article's versions: a pure function of its readings, by capture date.

Canonical pages make versions; AMP pages only where there are no others, since a twin is rendered
by another template and would read like an edit.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from archive.model import Component, History, Outcome, Reading, Role, Sighting, Span


def history(
    component: Component, readings: Iterable[Reading], sightings: Iterable[Sighting]
) -> History:
    """Return the versions of *component*; *readings* and *sightings* are those of its addresses.

    Raises ``ValueError`` when there is no reading: such a component is no article.
    """
    ordered = sorted(readings, key=lambda r: (r.fetched_at, r.record_id))
    pages = [r for r in ordered if component.roles[r.url] is not Role.AMP] or ordered
    if not pages:
        raise ValueError(f"{component.canonical_url}: an article needs at least one reading")
    spans: list[Span] = []
    before = None
    for reading in pages:
        said = (reading.headline, reading.text_sha256)
        if said == before:
            last = spans[-1]
            spans[-1] = Span(
                record_id=last.record_id, seen_from=last.seen_from, seen_until=reading.fetched_at
            )
        else:
            spans.append(
                Span(
                    record_id=reading.record_id,
                    seen_from=reading.fetched_at,
                    seen_until=reading.fetched_at,
                )
            )
        before = said
    return History(
        spans=tuple(spans),
        seen_from=pages[0].fetched_at,
        seen_until=pages[-1].fetched_at,
        gone_at=_gone_at(component, pages[-1].fetched_at, sightings),
    )


def _gone_at(
    component: Component, seen_until: datetime, sightings: Iterable[Sighting]
) -> datetime | None:
    # Only the canonical address, gone, makes the article gone: twins and aliases come and go.
    missing = [
        s.fetched_at
        for s in sightings
        if s.url == component.canonical_url
        and s.outcome is Outcome.MISSING
        and s.fetched_at > seen_until
    ]
    return min(missing, default=None)
