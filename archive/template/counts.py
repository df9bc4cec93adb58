"""How the lines at one place look on the pages of a publisher."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from archive.model.line_table import PlacedLines
from archive.model.template import PlaceRole
from archive.template.sample import SampledPage

LEAST_PAGES = 8
"""With fewer pages, copies aside, nothing is learned about a place."""
_LINK_WEIGHT = 20
"""The weight of a line that is a link, as it is in the middle."""
_MOSTLY_FRAME = 0.9
_AGREED = 0.8
_HARDLY = 0.2
_MOSTLY_TEXT = 0.7
_SELDOM = 0.3
_HALF = 0.5
_OFTEN_BESIDE = 0.6


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
    *linked* that of links, and *after_link* that of lines right behind a link.
    """

    pages: int
    kept: float
    repeated: float
    linked: float
    after_link: float

    @property
    def role(self) -> PlaceRole:
        """The role that follows; ``NONE`` if the pages do not agree, or are too few."""
        if self.pages < LEAST_PAGES:
            return PlaceRole.NONE
        is_agreed = self.kept >= _AGREED or self.kept < _HARDLY
        if self.repeated >= _MOSTLY_FRAME and is_agreed:
            return PlaceRole.FRAME
        if self.kept < _HARDLY or (self.after_link >= _OFTEN_BESIDE and self.kept < _HALF):
            return PlaceRole.FRAME
        is_own = self.repeated < _SELDOM and self.linked < _HALF
        return PlaceRole.TEXT if self.kept >= _MOSTLY_TEXT and is_own else PlaceRole.NONE


def counts_of(entries: Sequence[PlaceEntry], running: Collection[int]) -> PlaceCounts:
    """Return the counts of *entries*, all of one place.

    *running* are the digests of the lines that change while the text of their page does not.
    """
    groups = {entry.group for entry in entries}
    spread: Counter[int] = Counter()
    seen: set[tuple[int, int]] = set()
    lines = []
    links = 0
    for entry in entries:
        links += entry.lines.links
        for line in entry.lines.lines:
            if (entry.group, line.digest) not in seen:
                seen.add((entry.group, line.digest))
                spread[line.digest] += 1
                lines.append(line)
    total = sum(line.weight for line in lines)
    if not total:
        return PlaceCounts(len(groups), 0.0, 0.0, 1.0, 0.0)
    known = total + _LINK_WEIGHT * links
    repeated = {digest for digest, number in spread.items() if number > 1}.union(running)
    return PlaceCounts(
        pages=len(groups),
        kept=round(sum(line.weight for line in lines if line.is_kept) / known, 3),
        repeated=round(sum(line.weight for line in lines if line.digest in repeated) / total, 3),
        linked=round(1 - sum(line.weight for line in lines if not line.is_linked) / known, 3),
        after_link=round(sum(line.weight for line in lines if line.is_after_link) / total, 3),
    )
