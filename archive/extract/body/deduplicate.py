"""Remove passages that a page repeats, for another screen size or for printing.

Only a passage in another element than the first is a copy. A text that repeats itself in one place,
like a meal plan or a song, does so on purpose.
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
"""Earlier places of a line that are compared; a line that recurs more often begins no copy."""

_MANY_LINES = 2_000
_MOST_BLOCKS = 50
"""Most blocks of a passage in a text of more than ``_MANY_LINES`` lines: else thousands of equal
blocks would be compared with each other."""


def without_copies(placed: Sequence[Placed]) -> list[Placed]:
    """Return *placed* without passages that came before.

    A passage is a run of blocks. One of them has ``_LINE_LETTERS``, or all together have
    ``_PASSAGE_LETTERS``, counting equal blocks once.
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
    """Return how many blocks from *number* on repeat a passage; 0 if they do not."""
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
