"""An article's versions: a pure function of its readings, by capture date.

Canonical pages make versions; AMP pages only where there are no others, since a twin is rendered
by another template and would read like an edit. A reading that is in doubt (a paywall's stub, a
page that broke off) makes none where any other is whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from archive.model import DOUBTFUL, Article, Block, Component, History, Span
from archive.settle.boilerplate import ends, strip
from archive.settle.changes import change

Rules = Mapping[str, frozenset[str]]
"""The keys of the blocks that are boilerplate, by language; "" where that is not known."""


def history(component: Component, rules: Rules) -> History:
    """Return the versions of *component* under a publisher's *rules*."""
    readings = [r for r in component.readings if not r.flags & DOUBTFUL] or component.readings
    last = readings[-1]
    latest = next((r for r in reversed(readings) if r.url == component.canonical.url), last)
    keys = rules.get(latest.article.in_language or "", frozenset())
    stripped: dict[int, tuple[Article, tuple[Block, ...]]] = {}
    spans: list[Span] = []
    for reading in readings:
        moment = reading.fetched_at
        if spans and reading.extraction_id == spans[-1].reading.extraction_id:
            spans[-1] = replace(spans[-1], seen_until=moment)  # a revisit
            continue
        if reading.extraction_id not in stripped:
            stripped[reading.extraction_id] = _stripped(reading.article, keys)
        article, removed = stripped[reading.extraction_id]
        kind = change(spans[-1].article, article) if spans else None
        if spans and kind is None:
            spans[-1] = replace(spans[-1], seen_until=moment)
            continue
        spans.append(
            Span(
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
        ends=ends({r.extraction_id: r.article.blocks for r in readings}.values()),
    )


def _stripped(article: Article, keys: frozenset[str]) -> tuple[Article, tuple[Block, ...]]:
    kept, removed = strip(article.blocks, keys)
    return (replace(article, blocks=kept), removed) if removed else (article, ())
