"""Which lines of a page the blocks of a text are.

trafilatura gives text back without saying where it stood. Found again among the page's lines, a
block can be asked for its neighbours and its links.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive.extract.dom.lines import HEADINGS, Line, letters_of
from archive.model import Block, BlockKind

_CERTAIN_LETTERS = 12
_MAX_SAME = 12
"""Lines that say the same, beyond which none of them tells where a block is."""
_MAX_STRIDE = 15
"""Lines that a block of fewer letters than that may be behind the one before it."""
_WINDOW = 150
"""Lines ahead that are searched for a block that is only a part of one, or has one as its part."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A block of a text, and the line of the page that it is, or is of; None where unknown."""

    block: Block
    line: Line | None


def align(blocks: Sequence[Block], lines: Sequence[Line]) -> list[Placed]:
    """Return *blocks*, each with its line of *lines*, in the order of those.

    As many as can be in one order are set where a line says the same; the others are looked for
    between those. What trafilatura took from its place, and one line says, goes back there.
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
    """Return places for as many of *letters* as can have one, each behind the one before it.

    What is short, or stands often, does not say where it is, and has none. This is the longest
    common subsequence of two lists that share few words more than once (Hunt and Szymanski 1977,
    "A fast algorithm for computing longest common subsequences").
    """
    links: list[tuple[int, int, int]] = []  # a block, its place, the link of the block before it
    ends: list[int] = []  # the least place at which a run of 1, 2, 3 ... blocks can end
    heads: list[int] = []  # and its last link
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
    """Take of the lines that say the same the one that is what the block is, and near others.

    *found* is changed in place; *places* are all lines that say what each of *blocks* does.
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
    """Add to *found*, in place, the one line that says what a block does, out of order."""
    taken = set(found)
    for number, at in enumerate(found):
        same = places.get(letters[number], ())
        is_certain = len(letters[number]) >= _CERTAIN_LETTERS and len(same) == 1
        if at is None and is_certain and same[0] not in taken:
            found[number] = same[0]


def _in_page_order(placed: list[Placed]) -> list[Placed]:
    """Return *placed* by their lines, those without one behind what they were behind."""
    number, numbers = -1, []
    for each in placed:
        number = number if each.line is None else each.line.number
        numbers.append(number)
    return [placed[each] for each in sorted(range(len(placed)), key=numbers.__getitem__)]


def _ends(found: Sequence[int | None], end: int) -> list[int]:
    """Return for each of *found* the place of the next one behind it, *end* where none is."""
    ends = []
    for at in reversed(found):
        ends.append(end)
        end = end if at is None else at
    return ends[::-1]


def _next(places: Sequence[int], cursor: int, end: int) -> int | None:
    """Return the first of the rising *places* that is not before *cursor*, and before *end*."""
    at = bisect_left(places, cursor)
    return places[at] if at < len(places) and places[at] < end else None


def _partly(letters: str, lines: Sequence[Line], cursor: int, end: int) -> int | None:
    for at in range(cursor, min(end, cursor + _WINDOW)):
        there = lines[at].letters
        if letters in there or (len(there) >= 2 * _CERTAIN_LETTERS and there in letters):
            return at
    return None
