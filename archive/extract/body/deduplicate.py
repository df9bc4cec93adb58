"""Passages that a page holds more than once: laid out again for another screen, or for printing.

Only what stands in another element than the first is a copy. A text that says the same twice in
one place, as a plan of meals or a song does, means it.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml.html import HtmlElement

from archive.extract.body.alignment import Placed
from archive.extract.body.restore_gaps import holder_of
from archive.extract.dom.lines import letters_of

_LINE_LETTERS = 120
_PASSAGE_LETTERS = 400
_MOST_PLACES = 8
"""Earlier places of a line that are looked at: a line that recurs more often begins no passage."""

_MANY_LINES = 2_000
_MOST_BLOCKS = 50
"""Of a text of so many lines, a passage is compared by so many blocks at a time: thousands of
equal ones would be compared with each other."""


def without_copies(placed: Sequence[Placed]) -> list[Placed]:
    """Return *placed* without passages that were there before.

    A passage is a run of blocks, one of which has ``_LINE_LETTERS``, or that have
    ``_PASSAGE_LETTERS`` together, those that recur among them counted once.
    """
    lines = [
        (letters_of(each.block.text), None if each.line is None else holder_of(each.line.element))
        for each in placed
    ]
    places: dict[str, list[int]] = {}
    kept: list[Placed] = []
    number = 0
    while number < len(placed):
        earlier = places.setdefault(lines[number][0], [])
        length = _copied(number, earlier[:_MOST_PLACES], lines)
        if not length:
            earlier.append(number)
            kept.append(placed[number])
        number += length or 1
    return kept


def _copied(
    number: int, earlier: Sequence[int], lines: Sequence[tuple[str, HtmlElement | None]]
) -> int:
    """Return how many blocks from *number* on were there before; 0 where that is no passage."""
    best = 0
    most = len(lines) if len(lines) <= _MANY_LINES else _MOST_BLOCKS
    for first in earlier:
        length = 0
        while number + length < len(lines) and first + length < number and length < most:
            (text, holder), (before, held) = lines[number + length], lines[first + length]
            if text != before or (holder is held and holder is not None):
                break
            length += 1
        if length and lines[number][1] is not None and lines[first][1] is not None:
            best = max(best, length)
    run = [len(text) for text in {text for text, _ in lines[number : number + best]}]
    return best if run and (max(run) >= _LINE_LETTERS or sum(run) >= _PASSAGE_LETTERS) else 0
