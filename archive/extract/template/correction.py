"""Correct the text of a page by what the places of its publisher's pages mean.

A frame is before or behind a text, never in the middle of it. So a line of the frame is cut only if
nothing but the frame is between it and that end of the text: the heading of a summary that stands
in each article stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from archive.extract.body.alignment import Placed
from archive.extract.body.restore_gaps import restored
from archive.extract.dom.lines import Line
from archive.model import Block, BlockKind
from archive.model.template import PlaceRole

_CAPTIONS = frozenset({"figcaption", "caption"})

Roles = Mapping[int, PlaceRole]


@dataclass(frozen=True, slots=True)
class Correction:
    """The *blocks* of a corrected text, and the texts of those that were *cut* and *restored*."""

    blocks: tuple[Block, ...]
    cut: tuple[str, ...]
    restored: tuple[str, ...]


def corrected(
    placed: Sequence[Placed], lines: Sequence[Line], places: Sequence[int], roles: Roles
) -> Correction | None:
    """Return the text *placed* corrected by *roles*; None if it stays as it is.

    *lines* are those of the page, or of the page without its frame, and *places* where they are. A
    text that would be cut whole
    stays as it is, since a template that removes a whole text is wrong about it.
    """
    cut = _at_ends(placed, places, roles)
    left = [each for number, each in enumerate(placed) if number not in cut]
    lacking = list(_lacking(placed, lines, places, roles))
    if not cut and not lacking:
        return None
    whole = _merged(left, lacking)
    if all(each.block.kind is BlockKind.CAPTION for each in whole):
        return None
    return Correction(
        blocks=tuple(each.block for each in whole),
        cut=tuple(placed[number].block.text for number in sorted(cut)),
        restored=tuple(each.block.text for each in lacking),
    )


def _at_ends(placed: Sequence[Placed], places: Sequence[int], roles: Roles) -> set[int]:
    """Return the numbers of the blocks of the frame before and behind the text."""
    found: set[int] = set()
    for numbers in (range(len(placed)), reversed(range(len(placed)))):
        for number in numbers:
            line = placed[number].line
            if line is None:
                continue  # a footnote: it is where no line of the page says
            if roles.get(places[line.number]) is not PlaceRole.FRAME:
                break
            found.add(number)
    return found


def _lacking(
    placed: Sequence[Placed], lines: Sequence[Line], places: Sequence[int], roles: Roles
) -> Iterable[Placed]:
    """Yield the lines at places of the text that *placed* lacks, and has no copy of."""
    if PlaceRole.TEXT not in roles.values():
        return
    kept = {each.line.number for each in placed if each.line is not None}
    known = {line.letters for line in lines if line.number in kept}
    for line in lines:
        if line.number in kept or line.letters in known or line.is_half_linked:
            continue
        if line.element.tag in _CAPTIONS:
            continue
        if roles.get(places[line.number]) is PlaceRole.TEXT:
            known.add(line.letters)
            yield restored(line)


def _merged(placed: Sequence[Placed], lacking: Sequence[Placed]) -> list[Placed]:
    """Return both in the order of the page; a block without a line stays behind the one before."""
    found: list[Placed] = []
    waiting = list(reversed(lacking))
    for each in placed:
        if each.line is not None:
            while waiting and _number(waiting[-1]) < each.line.number:
                found.append(waiting.pop())
        found.append(each)
    return [*found, *reversed(waiting)]


def _number(each: Placed) -> int:
    return -1 if each.line is None else each.line.number
