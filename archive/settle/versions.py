"""An article's versions: a pure function of its readings, by capture date.

Canonical pages make versions; AMP pages only where there are no others, since a twin is rendered
by another template and would read like an edit. A reading that is in doubt (a paywall's stub, a
page that broke off) makes none where any other is whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

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

Rules = Mapping[str, frozenset[str]]
"""The keys of the blocks that are boilerplate, by language; "" where that is not known."""


def history_of(component: Component, rules: Rules) -> History:
    """Return the versions of *component* under a publisher's *rules*."""
    readings = [r for r in component.readings if not r.flags & DOUBTFUL] or component.readings
    last = readings[-1]
    latest = next((r for r in reversed(readings) if r.url == component.canonical.url), last)
    keys = rules.get(latest.article.in_language or "", frozenset())
    stripped: dict[int, tuple[Article, tuple[Block, ...]]] = {}
    spans: list[Version] = []
    for reading in readings:
        moment = reading.fetched_at
        if spans and reading.extraction_id == spans[-1].reading.extraction_id:
            spans[-1] = replace(spans[-1], seen_until=moment)  # a revisit
            continue
        if reading.extraction_id not in stripped:
            stripped[reading.extraction_id] = _stripped(reading, keys)
        article, removed = stripped[reading.extraction_id]
        kind = change(spans[-1].article, article) if spans else None
        if spans and kind is None:
            spans[-1] = replace(spans[-1], seen_until=moment)
            continue
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
