"""Learn the template of a publisher: a pure function of the lines of its articles.

A place has one role on all pages, unless the pages of a language or of a time say otherwise. A
redesign that gives a place another role divides its time in two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate, pairwise
from statistics import fmean

from archive.model.template import TEXT_WEIGHT, PlaceRole, PlaceRule
from archive.template.copies import groups_of
from archive.template.counts import LEAST_PAGES, PlaceCounts, PlaceEntry, counts_of
from archive.template.sample import SampledPage

_CHANGED = 0.5
"""So much of a place must be otherwise after a redesign."""

Running = Mapping[int, frozenset[int]]
"""The digests of the lines that run at each place."""


@dataclass(frozen=True, slots=True)
class LearnedPlace:
    """A rule, what it follows from, and the record of the first capture that has the place."""

    rule: PlaceRule
    counts: PlaceCounts
    record_id: str


def learn_template(pages: Sequence[SampledPage]) -> list[LearnedPlace]:
    """Return what *pages*, in any order, teach about their places."""
    in_order = sorted(pages, key=lambda page: (page.moment, page.url, page.record_id))
    groups = groups_of(in_order)
    running = _running(in_order)
    entries: dict[int, list[PlaceEntry]] = defaultdict(list)
    for page, group in zip(in_order, groups, strict=True):
        for each in page.places:
            if each.lines:
                entries[each.place].append(PlaceEntry(page, group, each))
    found: list[LearnedPlace] = []
    for place, some in sorted(entries.items()):
        if len(some) >= LEAST_PAGES:
            found += _learned(place, some, running.get(place, frozenset()))
    return found


def _learned(
    place: int, entries: Sequence[PlaceEntry], running: Collection[int]
) -> Iterator[LearnedPlace]:
    """Yield the rules of one place: for all pages, then for each language that differs."""
    everywhere = _times(place, "", entries, running)
    yield from (each for each in everywhere if each.rule.role is not PlaceRole.NONE)
    by_language: dict[str, list[PlaceEntry]] = defaultdict(list)
    for entry in entries:
        by_language[entry.page.language].append(entry)
    if len(by_language) == 1:
        return
    for language, some in sorted(by_language.items()):
        is_enough = language and len({entry.group for entry in some}) >= LEAST_PAGES
        if is_enough:
            own = _times(place, language, some, running)
            if _roles(own) != _roles(everywhere):
                yield from own


def _roles(found: Sequence[LearnedPlace]) -> list[tuple[PlaceRole, datetime | None]]:
    return [(each.rule.role, each.rule.since) for each in found]


def _times(
    place: int, language: str, entries: Sequence[PlaceEntry], running: Collection[int]
) -> list[LearnedPlace]:
    """Return the rules of a place, one for each time in which the place has one role."""
    parts = list(_divided(entries, running))
    starts = [part[0].page.moment for part in parts]
    found = []
    for number, part in enumerate(parts):
        counts = counts_of(part, running)
        rule = PlaceRule(
            language=language,
            place=place,
            role=counts.role,
            since=starts[number] if number else None,
            until=starts[number + 1] if number + 1 < len(parts) else None,
        )
        found.append(LearnedPlace(rule, counts, part[0].page.record_id))
    return _joined(found)


def _joined(found: list[LearnedPlace]) -> list[LearnedPlace]:
    """Return *found* with neighbours of one role as one."""
    joined = found[:1]
    for before, each in pairwise(found):
        if each.rule.role is before.rule.role:
            last = joined[-1]
            joined[-1] = replace(last, rule=replace(last.rule, until=each.rule.until))
        else:
            joined.append(each)
    return joined


def _divided(
    entries: Sequence[PlaceEntry], running: Collection[int]
) -> Iterator[Sequence[PlaceEntry]]:
    """Yield *entries*, in order of time, in parts between which the role of the place changes."""
    at = _change(entries, running)
    if at is None:
        yield entries
        return
    yield from _divided(entries[:at], running)
    yield from _divided(entries[at:], running)


def _change(entries: Sequence[PlaceEntry], running: Collection[int]) -> int | None:
    """Return where the role changes for good; None if it does not."""
    if len(entries) < 2 * LEAST_PAGES:
        return None
    spread: dict[int, set[int]] = defaultdict(set)
    for entry in entries:
        for line in entry.lines.lines:
            spread[line.digest].add(entry.group)

    def kept(entry: PlaceEntry) -> float:
        return fmean(line.is_kept for line in entry.lines.lines)

    def repeated(entry: PlaceEntry) -> float:
        digests = (line.digest for line in entry.lines.lines)
        return fmean(len(spread[digest]) > 1 or digest in running for digest in digests)

    for measure in (kept, repeated):
        at = _turning_point([measure(entry) for entry in entries])
        if at is None:
            continue
        roles = [counts_of(part, running).role for part in (entries[:at], entries[at:])]
        if roles[0] is not roles[1]:
            return at
    return None


def _turning_point(values: Sequence[float]) -> int | None:
    """Return before which of *values* their mean changes most (CUSUM); None if it hardly does."""
    mean = fmean(values)
    sums = list(accumulate(value - mean for value in values))
    at = max(range(len(sums)), key=lambda number: abs(sums[number])) + 1
    if not LEAST_PAGES <= at <= len(values) - LEAST_PAGES:
        return None
    return at if abs(fmean(values[:at]) - fmean(values[at:])) >= _CHANGED else None


def _running(pages: Sequence[SampledPage]) -> Running:
    """Return the lines that differ between two captures of a URL that show one text."""
    by_url: dict[str, list[SampledPage]] = defaultdict(list)
    for page in pages:
        by_url[page.url].append(page)
    found: dict[int, set[int]] = defaultdict(set)
    for captures in by_url.values():
        for one, other in pairwise(captures):
            text, rest = _divided_lines(one)
            other_text, other_rest = _divided_lines(other)
            if text and text == other_text:
                for place, digest in rest ^ other_rest:
                    found[place].add(digest)
    return {place: frozenset(digests) for place, digests in found.items()}


def _divided_lines(page: SampledPage) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Return the sentences of the text of *page*, and all other lines, by place and digest."""
    text: set[tuple[int, int]] = set()
    rest: set[tuple[int, int]] = set()
    for each in page.places:
        for line in each.lines:
            is_sentence = line.is_kept and line.weight >= TEXT_WEIGHT
            (text if is_sentence else rest).add((each.place, line.digest))
    return text, rest
