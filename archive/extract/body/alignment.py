"""Match the blocks of a text to the lines of its page.

trafilatura returns text without its place on the page. Once a block is matched to a line, other
steps can look at its neighbours and its links.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive.extract.dom.lines import HEADINGS, Line, letters_of
from archive.model import Block, BlockKind

_CERTAIN_LETTERS = 12
_MAX_SAME = 12
"""If more lines than this have the same text, none of them shows where a block is."""
_MAX_STRIDE = 15
"""A block of less than ``_CERTAIN_LETTERS`` is at most so many lines after the block before it."""
_WINDOW = 150
"""Number of lines searched for one that contains a block or is contained in it."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A block of a text, and the line of the page that it is or is part of; None if unknown."""

    block: Block
    line: Line | None


def align(blocks: Sequence[Block], lines: Sequence[Line]) -> list[Placed]:
    """Return *blocks*, each with its line of *lines*, in the order of *lines*.

    First as many blocks as possible are matched, in order, to lines with the same text. The others
    are searched for between these. A block that trafilatura moved returns to its place if exactly
    one line has its text.
    """
    letters = [letters_of(block.text) for block in blocks]
    places: dict[str, list[int]] = {}
    for line in lines:
        places.setdefault(line.letters, []).append(line.number)
    found = _in_order(letters, places)
    _choose_nearest(found, blocks, [places.get(each, []) for each in letters], lines)
    ends = _ends(found, len(lines))
    cursor = 0
    for number, block in enumerate(blocks):
        at, end = found[number], ends[number]
        if at is None:
            at = _next(places.get(letters[number], []), cursor, end)
            if len(letters[number]) < _CERTAIN_LETTERS:
                at = None if at is not None and at - cursor > _MAX_STRIDE else at
            elif at is None and block.kind is not BlockKind.CAPTION:
                at = _partly(letters[number], lines, cursor, end)
            found[number] = at
        cursor = cursor if at is None else at
    _add_moved(found, letters, places)
    return _in_page_order(
        [
            Placed(block, None if at is None else lines[at])
            for block, at in zip(blocks, found, strict=True)
        ]
    )


def _in_order(letters: Sequence[str], places: Mapping[str, Sequence[int]]) -> list[int | None]:
    """Return places in rising order for as many of *letters* as possible.

    Short and frequent texts get no place, since their place is ambiguous. The algorithm finds the
    longest common subsequence of two lists with few repeated words (Hunt and Szymanski 1977, "A
    fast algorithm for computing longest common subsequences").
    """
    links: list[tuple[int, int, int]] = []  # a block, its place, the link of the previous block
    ends: list[int] = []  # the lowest place at which a run of 1, 2, 3 ... blocks can end
    heads: list[int] = []  # and the last link of that run
    for number, each in enumerate(letters):
        same = places.get(each, ()) if len(each) >= _CERTAIN_LETTERS else ()
        for at in reversed(same) if len(same) <= _MAX_SAME else ():
            length = bisect_left(ends, at)
            ends[length : length + 1] = [at]
            heads[length : length + 1] = [len(links)]
            links.append((number, at, heads[length - 1] if length else -1))
    found: list[int | None] = [None] * len(letters)
    link = heads[-1] if heads else -1
    while link >= 0:
        number, found[number], link = links[link]
    return found


def _choose_nearest(
    found: list[int | None],
    blocks: Sequence[Block],
    places: Sequence[Sequence[int]],
    lines: Sequence[Line],
) -> None:
    """Choose, of lines with the same text, the one of the block's kind that is nearest to others.

    *found* is changed in place. *places* are, for each of *blocks*, all lines with its text.
    """
    ends = _ends(found, len(lines))
    before = -1
    for number, at in enumerate(found):
        if at is None:
            continue
        nearest = at
        if len(places[number]) > 1:
            is_heading = blocks[number].kind is BlockKind.HEADING
            end = ends[number]
            within = [each for each in places[number] if before < each < end]
            near = {each: min(each - before if before >= 0 else end, end - each) for each in within}
            unlike = {each: (lines[each].element.tag in HEADINGS) != is_heading for each in within}
            nearest = min((unlike[each], near[each], each) for each in within)[2]
        found[number] = before = nearest


def _add_moved(
    found: list[int | None], letters: Sequence[str], places: Mapping[str, Sequence[int]]
) -> None:
    """Add to *found*, in place, lines out of order, where only one line has the block's text."""
    taken = set(found)
    for number, at in enumerate(found):
        same = places.get(letters[number], ())
        is_certain = len(letters[number]) >= _CERTAIN_LETTERS and len(same) == 1
        if at is None and is_certain and same[0] not in taken:
            found[number] = same[0]


def _in_page_order(placed: list[Placed]) -> list[Placed]:
    """Return *placed* sorted by line; blocks without a line stay after the block before them."""
    number, numbers = -1, []
    for each in placed:
        number = number if each.line is None else each.line.number
        numbers.append(number)
    return [placed[each] for each in sorted(range(len(placed)), key=numbers.__getitem__)]


def _ends(found: Sequence[int | None], end: int) -> list[int]:
    """Return for each of *found* the place of the next one after it, or *end*."""
    ends = []
    for at in reversed(found):
        ends.append(end)
        end = end if at is None else at
    return ends[::-1]


def _next(places: Sequence[int], cursor: int, end: int) -> int | None:
    """Return the first of the rising *places* from *cursor* up to, but without, *end*."""
    at = bisect_left(places, cursor)
    return places[at] if at < len(places) and places[at] < end else None


def _partly(letters: str, lines: Sequence[Line], cursor: int, end: int) -> int | None:
    for at in range(cursor, min(end, cursor + _WINDOW)):
        there = lines[at].letters
        if letters in there or (len(there) >= 2 * _CERTAIN_LETTERS and there in letters):
            return at
    return None
