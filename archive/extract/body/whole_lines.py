"""Make each block one whole line of its page.

trafilatura cuts words out of a line if it takes their markup for something hidden or for the frame.
Where it finds nothing else, it joins all lines of a page to one block. The page has the lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from archive.extract.body.alignment import Placed
from archive.extract.body.restore_gaps import restored
from archive.extract.coding import folded_words
from archive.extract.dom.lines import Line, letters_of
from archive.model import BlockKind

_KINDS = frozenset({BlockKind.PARAGRAPH, BlockKind.QUOTE})
_LEAST = 0.6
"""A block with a smaller share of its line is one of several parts, or was cut on purpose."""
_WORDS = 6
_NEAR = 12
_WINDOW = 200
"""Number of lines among which the first of a block is looked for if its place is unknown."""


def as_whole_lines(placed: Sequence[Placed], lines: Sequence[Line]) -> list[Placed]:
    """Return *placed*, from a page with *lines*, with joined lines divided and cut ones whole."""
    known = {letters_of(each.block.text) for each in placed}
    claims = Counter(each.line.number for each in placed if each.line is not None)
    out: list[Placed] = []
    last = -1
    for each in placed:
        for part in _divided(each, lines, last) or (_completed(each, lines, last, known, claims),):
            if part is not None:
                out.append(part)
                last = last if part.line is None else part.line.number
    return out


def _divided(each: Placed, lines: Sequence[Line], last: int) -> list[Placed]:
    """Return the lines that *each* joins; none if it is no block of several whole lines."""
    if each.block.kind not in _KINDS:
        return []
    letters = letters_of(each.block.text)
    if each.line is not None and each.line.letters == letters:
        return []
    for start in _starts(each, lines, last):
        found, rest = [], letters
        for line in lines[start:]:
            if not rest or not rest.startswith(line.letters):
                break
            found.append(line)
            rest = rest[len(line.letters) :]
        if not rest and len({line.element for line in found}) > 1:
            return [restored(line) for line in found if not line.is_link]
    return []


def _starts(each: Placed, lines: Sequence[Line], last: int) -> Iterator[int]:
    if each.line is not None:
        yield from range(max(last + 1, each.line.number - _NEAR), each.line.number + 1)
    else:
        yield from range(last + 1, min(len(lines), last + 1 + _WINDOW))


def _completed(
    each: Placed, lines: Sequence[Line], last: int, known: set[str], claims: Counter[int]
) -> Placed | None:
    """Return *each* with the words of its line that are missing; None if the line is there too."""
    if each.block.kind not in _KINDS:
        return each
    letters = letters_of(each.block.text)
    if each.line is not None:
        line = each.line
        whole = line.letters
        is_cut = letters != whole and letters in whole and len(letters) >= _LEAST * len(whole)
        if is_cut and claims[line.number] == 1:
            return Placed(replace(each.block, text=line.text), line)
        return each
    words = folded_words(each.block.text).split()
    if len(words) < _WORDS:
        return each
    for line in lines[last + 1 : last + 1 + _NEAR]:
        if len(letters) >= _LEAST * len(line.letters) and _is_part(words, line.text):
            if line.letters in known:
                return None
            return Placed(replace(each.block, text=line.text), line)
    return each


def _is_part(words: Sequence[str], text: str) -> bool:
    """Return whether *text* has all *words* in their order, with other words between them."""
    rest = iter(folded_words(text).split())
    return all(word in rest for word in words)
