"""An article's versions: a pure function of its readings, by capture date.

Canonical pages make versions; AMP pages only where there are no others, since a twin is rendered
by another template and would read like an edit. A reading that is in doubt (a paywall's stub, a
page that broke off) makes none where any other is whole, and neither does a mere beginning of
another reading. Lines that run while nobody edits the page
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
    ChangeKind,
    Component,
    History,
    Reading,
    TranslationLink,
    Version,
)
from archive.settle.boilerplate import ends
from archive.settle.changes import begins, change, unified
from archive.settle.parts import Assembly, Showing, showings
from archive.settle.running_lines import without_running
from archive.settle.stubs import without_stubs

Rules = Mapping[str, frozenset[str]]
"""The keys of the blocks that are boilerplate, by language; "" where that is not known."""


def history_of(component: Component, rules: Rules) -> History:
    """Return the versions of *component* under a publisher's *rules*."""
    whole = [r for r in component.readings if not r.flags & DOUBTFUL] or component.readings
    sound = without_stubs(whole)
    last = sound[-1]
    gone = min(
        (absence for absence in component.absences if absence.at > last.fetched_at),
        key=lambda absence: absence.at,
        default=None,
    )
    readings = _in_one_form(sound, component.canonical.url)
    parts = [part for part in component.parts if gone is None or part.fetched_at < gone.at]
    latest = next((r for r in reversed(readings) if r.url == component.canonical.url), last)
    keys = rules.get(latest.article.in_language or "", frozenset())
    spans = _spans(list(showings(readings, parts, keys)))
    return History(
        spans=tuple(spans),
        seen_from=readings[0].fetched_at,
        seen_until=max(last.fetched_at, spans[-1].seen_until),
        latest=latest,
        gone=gone,
        ends=ends({r.extraction_id: (r.article, r.url) for r in (*sound, *parts)}.values()),
        named=_namings(readings, latest),
    )


def _in_one_form(readings: Sequence[Reading], canonical: str) -> Sequence[Reading]:
    """Return *readings* of one form, where a page that shows all parts is beside the parts.

    Once the canonical address was read, what other addresses show in the other form is left out.
    """
    home = [reading for reading in readings if reading.url == canonical]
    if not home or len({reading.part is None for reading in readings}) == 1:
        return readings
    in_parts = any(reading.part is not None for reading in home)
    since = next(r for r in home if (r.part is not None) == in_parts).fetched_at
    return [
        reading
        for reading in readings
        if reading.url == canonical
        or (reading.part is not None) == in_parts
        or reading.fetched_at < since
    ]


def _spans(seen: Sequence[Showing]) -> list[Version]:
    compared = _compared(seen)
    spans: list[Version] = []
    before: Assembly | None = None
    for visit in seen:
        state = visit.state
        if before is not None and state.key == before.key:
            spans[-1] = replace(spans[-1], seen_until=visit.until)
            continue
        kind = _change(before, state, compared) if before is not None else None
        if before is not None and kind is None:
            if before.missing and len(state.missing) < len(before.missing):
                spans[-1], before = _completed(spans[-1], state), state
            spans[-1] = replace(spans[-1], seen_until=visit.until)
            continue
        spans.append(
            Version(
                reading=state.first,
                article=state.article,
                removed=state.removed,
                seen_from=visit.since(before),
                seen_until=visit.until,
                change_kind=kind,
                parts=state.parts,
                missing=state.missing,
            )
        )
        before = state
    return spans


def _completed(span: Version, state: Assembly) -> Version:
    """Return *span* with the text of *state*, which shows more parts of the same version."""
    return replace(
        span,
        reading=state.first,
        article=state.article,
        removed=state.removed,
        parts=state.parts,
        missing=state.missing,
    )


def _compared(seen: Sequence[Showing]) -> dict[tuple[int, ...], Article]:
    """Return what is compared of each state, by its key."""
    states = [
        visit.state
        for before, visit in pairwise([None, *seen])
        if visit is not None and (before is None or before.state.key != visit.state.key)
    ]
    said = [state.article for state in states]
    left = said if len(said) < 2 else without_running(said)
    return {state.key: article for state, article in zip(states, left, strict=True)}


def _change(
    before: Assembly, after: Assembly, compared: Mapping[tuple[int, ...], Article]
) -> ChangeKind | None:
    """Return what *after* changed of *before*; what one of them lacks has not changed."""
    if not before.missing and not after.missing:
        return change(compared[before.key], compared[after.key])
    if before.parts and after.parts:
        numbers = [frozenset(part.number for part in state.parts) for state in (before, after)]
        common = numbers[0] & numbers[1]
        one, other = without_running([before.only(common), after.only(common)])
        return change(one, other)
    one, other = without_running([before.article, after.article])
    begun, whole = (one, other) if before.missing else (other, one)
    if unified(one.headline) == unified(other.headline) and begins(whole, begun):
        return None
    return change(one, other)


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
