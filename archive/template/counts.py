"""How the lines at one place look on the pages of a publisher."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.model.line_table import LineField, PlacedLines, SeenLine, may_be_restored
from archive.model.template import PlaceRole
from archive.template.sample import SampledPage

LEAST_PAGES = 8
"""With fewer pages, copies aside, nothing is learned about a place."""
MOST_REPEATED = 100
_LINK_WEIGHT = 20
"""The weight of a line that is a link, as it is in the middle."""
_MOSTLY_FRAME = 0.9
_AGREED = 0.8
_HARDLY = 0.2
_MOSTLY_TEXT = 0.7
_SELDOM = 0.3
_HALF = 0.5
_OFTEN_BESIDE = 0.6
_COMMON = 0.3


@dataclass(frozen=True, slots=True)
class PlaceEntry:
    """The lines of one *page* at a place; *group* is that of its copies."""

    page: SampledPage
    group: int
    lines: PlacedLines


@dataclass(frozen=True, slots=True)
class PlaceCounts:
    """What the pages have at a place; shares are of the weight of the lines there.

    *pages* is their number, copies aside. *kept* is the share in the texts of the pages read alone,
    *repeated* that of lines which several pages have, or which change while a text does not,
    *linked* that of links, and *after_link* that of lines right behind a link. *share* is how many
    of the pages have the place, from the first that has it until the last.
    """

    pages: int
    kept: float
    repeated: float
    linked: float
    after_link: float
    share: float

    @property
    def role(self) -> PlaceRole:
        """The role that follows; ``NONE`` if the pages do not agree, or are too few."""
        if self.pages < LEAST_PAGES:
            return PlaceRole.NONE
        # A line in the text that repeats may be a formula, such as the source of each table.
        is_on_most = self.kept >= _AGREED and self.share >= _COMMON
        if self.repeated >= _MOSTLY_FRAME and is_on_most:
            return PlaceRole.FRAME
        if self.kept < _HARDLY or (self.after_link >= _OFTEN_BESIDE and self.kept < _HALF):
            return PlaceRole.FRAME
        is_own = self.repeated < _SELDOM and self.linked < _HALF
        return PlaceRole.TEXT if self.kept >= _MOSTLY_TEXT and is_own else PlaceRole.NONE


def repeated_lines(entries: Sequence[PlaceEntry], running: Collection[int]) -> tuple[int, ...]:
    """Return the digests of those lines of *entries* that are not to be restored, in order.

    These are the lines that several pages have, or that run, and that some text leaves out: at most
    ``MOST_REPEATED``, those on the most pages.
    """
    spread = Counter(line.digest for line in _counted_lines(entries))
    left_out = {
        line.digest for entry in entries for line in entry.lines.lines if may_be_restored(line)
    }
    found = [each for each in left_out if spread[each] > 1 or each in running]
    most = sorted(found, key=lambda each: (-spread[each], each))[:MOST_REPEATED]
    return tuple(sorted(most))


def _counted_lines(entries: Sequence[PlaceEntry]) -> list[SeenLine]:
    """Return the lines of *entries*, each once for all copies of a page."""
    seen: dict[tuple[int, int], SeenLine] = {}
    for entry in entries:
        for line in entry.lines.lines:
            seen.setdefault((entry.group, line.digest), line)
    return list(seen.values())


def says_field(entries: Sequence[PlaceEntry], field: LineField) -> bool:
    """Return whether the lines of *entries*, all of one place, are where pages say *field*."""
    telling = [entry for entry in entries if not entry.page.lacks & field]
    saying = [entry for entry in telling if any(map(field.__and__, _fields(entry)))]
    groups = [{entry.group for entry in some} for some in (telling, saying)]
    if len(groups[1]) < max(LEAST_PAGES, _AGREED * len(groups[0])):
        return False
    lines = [bool(said & field) for entry in saying for said in _fields(entry)]
    others = sum(entry.lines.links for entry in saying)  # a menu may have a link that says it
    return sum(lines) >= _HALF * (len(lines) + others)


def _fields(entry: PlaceEntry) -> list[LineField]:
    return [line.fields for line in entry.lines.lines]


def counts_of(
    entries: Sequence[PlaceEntry], running: Collection[int], moments: Sequence[datetime]
) -> PlaceCounts:
    """Return the counts of *entries*, all of one place and in order of time.

    *running* are the digests of the lines that change while the text of their page does not.
    *moments* are those of all pages, copies aside, in order.
    """
    groups = {entry.group for entry in entries}
    lines = _counted_lines(entries)
    spread = Counter(line.digest for line in lines)
    links: dict[int, int] = {}
    for entry in entries:
        links[entry.group] = max(links.get(entry.group, 0), entry.lines.links)
    first, last = entries[0].page.moment, entries[-1].page.moment
    around = bisect_right(moments, last) - bisect_left(moments, first)
    share = round(min(1.0, len(groups) / max(around, 1)), 3)
    total = sum(line.weight for line in lines)
    if not total:
        return PlaceCounts(len(groups), 0.0, 0.0, 1.0, 0.0, share)
    known = total + _LINK_WEIGHT * sum(links.values())
    repeated = {digest for digest, number in spread.items() if number > 1}.union(running)
    return PlaceCounts(
        pages=len(groups),
        kept=round(sum(line.weight for line in lines if line.is_kept) / known, 3),
        repeated=round(sum(line.weight for line in lines if line.digest in repeated) / total, 3),
        linked=round(1 - sum(line.weight for line in lines if not line.is_linked) / known, 3),
        after_link=round(sum(line.weight for line in lines if line.is_after_link) / total, 3),
        share=share,
    )
