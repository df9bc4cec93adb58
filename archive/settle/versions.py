"""An article's versions: a pure function of its readings, by capture date.

Canonical pages make versions; AMP pages only where there are no others, since a twin is rendered
by another template and would read like an edit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from archive.model import Component, History, Outcome, Reading, Role, Sighting, Span
from archive.settle.changes import change


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
    for reading in pages:
        kind = change(spans[-1].reading.article, reading.article) if spans else None
        if spans and kind is None:
            spans[-1] = replace(spans[-1], seen_until=reading.fetched_at)
            continue
        moment = reading.fetched_at
        spans.append(Span(reading=reading, seen_from=moment, seen_until=moment, change_kind=kind))
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
