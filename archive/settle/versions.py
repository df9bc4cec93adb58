"""An article's versions: a pure function of its readings, by capture date.

Canonical pages make versions; AMP pages only where there are no others, since a twin is rendered
by another template and would read like an edit. A reading that is in doubt (a paywall's stub, a
page that broke off) makes none where any other is whole. Lines that run while nobody edits the page
(a counter of readers) stay in the text and are not compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from archive.model import (
    DOUBTFUL,
    Alternate,
    Article,
    Block,
    Component,
    History,
    Reading,
    TranslationLink,
    Version,
)
from archive.settle.boilerplate import ends, strip
from archive.settle.changes import change
from archive.settle.running_lines import without_running

Rules = Mapping[str, frozenset[str]]
"""The keys of the blocks that are boilerplate, by language; "" where that is not known."""


def history_of(component: Component, rules: Rules) -> History:
    """Return the versions of *component* under a publisher's *rules*."""
    readings = [r for r in component.readings if not r.flags & DOUBTFUL] or component.readings
    last = readings[-1]
    latest = next((r for r in reversed(readings) if r.url == component.canonical.url), last)
    keys = rules.get(latest.article.in_language or "", frozenset())
    sequence = _distinct(readings)
    stripped = {reading.extraction_id: _stripped(reading, keys) for reading in sequence}
    compared = _compared([(r.extraction_id, stripped[r.extraction_id][0]) for r in sequence])
    spans: list[Version] = []
    for reading in readings:
        moment, key = reading.fetched_at, reading.extraction_id
        before = compared[spans[-1].reading.extraction_id] if spans else None
        kind = change(before, compared[key]) if before is not None else None
        if before is not None and kind is None:
            spans[-1] = replace(spans[-1], seen_until=moment)
            continue
        article, removed = stripped[key]
        spans.append(
            Version(
                reading=reading,
                article=article,
                removed=removed,
                seen_from=moment,
                seen_until=moment,
                change_kind=kind,
            )
        )
    gone = [absence for absence in component.absences if absence.at > last.fetched_at]
    return History(
        spans=tuple(spans),
        seen_from=readings[0].fetched_at,
        seen_until=last.fetched_at,
        latest=latest,
        gone=min(gone, key=lambda absence: absence.at, default=None),
        ends=ends({r.extraction_id: (r.article, r.url) for r in readings}.values()),
        named=_namings(readings, latest),
    )


def _distinct(readings: Sequence[Reading]) -> list[Reading]:
    """Return *readings* without revisits, which show what the one before them did."""
    return [
        reading
        for before, reading in pairwise([None, *readings])
        if reading is not None and (before is None or before.extraction_id != reading.extraction_id)
    ]


def _compared(said: Sequence[tuple[int, Article]]) -> dict[int, Article]:
    """Return what is compared of each extraction, by its id."""
    if len(said) < 2:
        return dict(said)
    left = without_running([article for _, article in said])
    return {key: article for (key, _), article in zip(said, left, strict=True)}


def _stripped(reading: Reading, keys: frozenset[str]) -> tuple[Article, tuple[Block, ...]]:
    article = reading.article
    kept, removed = strip(article, reading.url, keys)
    return (replace(article, blocks=kept), removed) if removed else (article, ())


def _namings(readings: Sequence[Reading], latest: Reading) -> tuple[TranslationLink, ...]:
    """Return the translations that the article's pages name, and those that they named once.

    A variant of the page need not name them: once the canonical address was read, it alone counts.
    """
    first = next(r for r in readings if r.url == latest.url)
    named: dict[Alternate, TranslationLink] = {}
    for reading in readings:
        if reading.url != latest.url and reading.fetched_at > first.fetched_at:
            continue
        for other, naming in named.items():
            if naming.until is None and other not in reading.alternates:
                named[other] = replace(naming, until=reading.fetched_at)
        for other in reading.alternates:
            named[other] = TranslationLink(other, reading.capture_id)
    return tuple(named.values())
