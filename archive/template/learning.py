"""Learn the template of a publisher: a pure function of the lines of its articles.

A place has one role on all pages, unless the pages of a language or of a time say otherwise. A
redesign that gives a place another role divides its time in two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate, chain, groupby, pairwise
from statistics import fmean

from archive.model.line_table import LineField
from archive.model.template import FIELD_ROLES, TEXT_WEIGHT, PlaceRole, PlaceRule
from archive.template.copies import groups_of
from archive.template.counts import (
    LEAST_PAGES,
    PlaceCounts,
    PlaceEntry,
    counts_of,
    repeated_lines,
    says_field,
)
from archive.template.sample import SampledPage

_CHANGED = 0.5
"""So much of a place must be otherwise after a redesign."""
_DEPTH = 4
"""How often the time of a place is halved at most, as if by redesigns."""

Running = Mapping[int, frozenset[int]]
"""The digests of the lines that run at each place."""


@dataclass(frozen=True, slots=True)
class LearnedPlace:
    """A rule, what it follows from, and the record of the first capture that has the place."""

    rule: PlaceRule
    counts: PlaceCounts
    record_id: str


def learn_template(
    pages: Sequence[SampledPage], given: Mapping[int, PlaceRole] | None = None
) -> list[LearnedPlace]:
    """Return what *pages*, in any order, teach about their places.

    Places in *given* have that role, whatever is there; those on none of *pages* are left out.
    """
    in_order = sorted(pages, key=lambda page: (page.moment, page.url, page.record_id))
    sample = _Sample(in_order)
    entries: dict[int, list[PlaceEntry]] = defaultdict(list)
    for page, group in zip(in_order, sample.groups, strict=True):
        for each in page.places:
            if each.lines:
                entries[each.place].append(PlaceEntry(page, group, each))
    found: list[LearnedPlace] = []
    for place, some in sorted(entries.items()):
        if given and place in given:
            found.append(_learned_of(place, "", given[place], some, sample))
        elif len(some) >= LEAST_PAGES:
            found += _learned(place, some, sample)
            found += _fields_said(place, some, sample)
    return found


class _Sample:
    """What is asked of all pages, which are in order of time."""

    def __init__(self, pages: Sequence[SampledPage]) -> None:
        self.groups = groups_of(pages)
        self._running = _running(pages)
        self._moments: dict[str, list[datetime]] = defaultdict(list)
        seen = set()
        for page, group in zip(pages, self.groups, strict=True):
            for language in {"", page.language}:
                if (language, group) not in seen:
                    seen.add((language, group))
                    self._moments[language].append(page.moment)

    def running(self, place: int) -> frozenset[int]:
        """Return the digests of the lines at *place* that run."""
        return self._running.get(place, frozenset())

    def counts(self, place: int, language: str, entries: Sequence[PlaceEntry]) -> PlaceCounts:
        """Return the counts of *entries*, which are on pages in *language*, or on any if empty."""
        return counts_of(entries, self.running(place), self._moments[language])


def _learned(place: int, entries: Sequence[PlaceEntry], sample: _Sample) -> Iterator[LearnedPlace]:
    """Yield the rules of one place: for all pages, then for each language that differs."""
    everywhere = _times(place, "", entries, sample)
    yield from (each for each in everywhere if each.rule.role is not PlaceRole.NONE)
    by_language: dict[str, list[PlaceEntry]] = defaultdict(list)
    for entry in entries:
        by_language[entry.page.language].append(entry)
    if len(by_language) == 1:
        return
    for language, some in sorted(by_language.items()):
        if language and len({entry.group for entry in some}) >= LEAST_PAGES:
            own = _times(place, language, some, sample)
            if _roles(own) != _roles(everywhere):
                yield from own


def _roles(found: Sequence[LearnedPlace]) -> list[tuple[PlaceRole, datetime | None]]:
    return [(each.rule.role, each.rule.since) for each in found]


def _fields_said(
    place: int, entries: Sequence[PlaceEntry], sample: _Sample
) -> Iterator[LearnedPlace]:
    """Yield the rules for the fields of an article that lines at *place* say."""
    said = (line.fields for entry in entries for line in entry.lines.lines)
    if all(each is LineField.NONE for each in said):
        return  # as at most places, of which each has thousands of lines
    for role, field in FIELD_ROLES.items():
        if says_field(entries, field):
            yield _learned_of(place, "", role, entries, sample)


def _times(
    place: int, language: str, entries: Sequence[PlaceEntry], sample: _Sample
) -> list[LearnedPlace]:
    """Return the rules of a place, one for each time in which the place has one role."""

    def role_of(part: Sequence[PlaceEntry]) -> PlaceRole:
        return sample.counts(place, language, part).role

    parts = _divided(entries, sample.running(place), role_of)
    times = [(role, list(chain(*some))) for role, some in groupby(parts, key=role_of)]
    starts = [some[0].page.moment for _, some in times]
    found = []
    for (role, some), since, until in zip(
        times, (None, *starts[1:]), (*starts[1:], None), strict=True
    ):
        each = _learned_of(place, language, role, some, sample)
        found.append(replace(each, rule=replace(each.rule, since=since, until=until)))
    return found


def _learned_of(
    place: int, language: str, role: PlaceRole, entries: Sequence[PlaceEntry], sample: _Sample
) -> LearnedPlace:
    """Return the rule that *place* has *role*, and what *entries* show of it."""
    is_text = role is PlaceRole.TEXT
    repeated = repeated_lines(entries, sample.running(place)) if is_text else ()
    rule = PlaceRule(language=language, place=place, role=role, repeated=repeated)
    counts = sample.counts(place, language, entries)
    return LearnedPlace(rule, counts, entries[0].page.record_id)


def _divided(
    entries: Sequence[PlaceEntry],
    running: Collection[int],
    role_of: Callable[[Sequence[PlaceEntry]], PlaceRole],
    depth: int = _DEPTH,
) -> list[Sequence[PlaceEntry]]:
    """Return *entries*, in order of time, in parts between which the role of the place changes.

    Each part has enough pages to have a role. A short time with another role may be hidden in a
    longer one, so the parts are divided further before their roles are compared, down to *depth*.
    """
    for at in _turning_points(entries, running) if depth else ():
        both = entries[:at], entries[at:]
        if min(len({entry.group for entry in part}) for part in both) < LEAST_PAGES:
            continue
        parts = [each for part in both for each in _divided(part, running, role_of, depth - 1)]
        if len(set(map(role_of, parts))) > 1:
            return parts
    return [entries]


def _turning_points(entries: Sequence[PlaceEntry], running: Collection[int]) -> Iterator[int]:
    """Yield where the lines of *entries* begin to be kept otherwise, or to repeat otherwise."""
    days = _beginnings_of_days(entries)
    if not days:
        return
    bearers: dict[int, set[int]] = defaultdict(set)
    for entry in entries:
        for line in entry.lines.lines:
            bearers[line.digest].add(entry.group)
    kept, repeated = [], []
    for entry in entries:
        lines = entry.lines.lines
        kept.append(fmean(line.is_kept for line in lines))
        repeated.append(
            fmean(len(bearers[line.digest]) > 1 or line.digest in running for line in lines)
        )
    for values in (kept, repeated):
        at = _turning_point(values, days)
        if at is not None:
            yield at


def _beginnings_of_days(entries: Sequence[PlaceEntry]) -> Sequence[int]:
    """Return the numbers of those *entries*, not too near the ends, with which a day begins (UTC).

    Only there may pages be divided: a crawl may take one section first, and another behind it.
    """
    days = [entry.page.moment.date() for entry in entries]
    middle = range(LEAST_PAGES, len(entries) - LEAST_PAGES + 1)
    return [at for at in middle if days[at - 1] != days[at]]


def _turning_point(values: Sequence[float], candidates: Sequence[int]) -> int | None:
    """Return before which of *values* their mean changes most (CUSUM); None if it hardly does.

    Of all values only *candidates*, numbers, are returned; and none if the mean changes most near
    an end.
    """
    mean = fmean(values)
    sums = [0.0, *accumulate(value - mean for value in values)]
    peak = max(range(1, len(values)), key=lambda number: abs(sums[number]))
    if not LEAST_PAGES <= peak <= len(values) - LEAST_PAGES:
        return None
    at = max(candidates, key=lambda number: abs(sums[number]))
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
