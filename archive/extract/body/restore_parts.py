"""Complete a text that breaks off, if the page shows which lines belong to it.

trafilatura takes only one part of an article that is divided. Two kinds of evidence show that: the
articleBody of JSON-LD has the missing text, or an element inside the text's element has as much
text again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from lxml.html import HtmlElement

from archive.extract.body.alignment import Placed
from archive.extract.body.restore_gaps import held, holder_of, restored
from archive.extract.dom.lines import Line, letters_of

_LINE_LETTERS = 12
_OWN_SHARE = 0.5
"""Share of the text that an articleBody must contain to belong to this text."""
_MISSING_SHARE = 0.1
_MISSING_LETTERS = 300
_PART_SHARE = 0.5
"""Size of a part, as a share of the text that was found; boxes inside a text are smaller."""
_PART_LETTERS = 600


def rescued(placed: Sequence[Placed], lines: Sequence[Line], body: str) -> list[Placed]:
    """Return *placed*, from a page with *lines*, completed if it breaks off.

    *body* is the letters of JSON-LD's articleBody, empty without one.
    """
    missing = _told(placed, lines, body) or _parts(placed, lines)
    found: list[Placed] = []
    for each in placed:
        while each.line is not None and missing and missing[0].number < each.line.number:
            found.append(restored(missing.pop(0)))
        found.append(each)
    found.extend(map(restored, missing))
    return found


def _left_out(placed: Sequence[Placed], lines: Sequence[Line]) -> list[Line]:
    """Return the lines that are not in *placed*, except lines that the page has several times."""
    kept = {each.line for each in placed}
    text = "".join(letters_of(each.block.text) for each in placed)
    often = Counter(line.letters for line in lines)
    return [
        line
        for line in lines
        if line not in kept
        and often[line.letters] == 1
        and line.element.tag != "h1"
        and not (len(line.letters) >= _LINE_LETTERS and line.letters in text)
    ]


def _told(placed: Sequence[Placed], lines: Sequence[Line], body: str) -> list[Line]:
    """Return the lines of *body* that *placed* lacks, if *body* is a longer version of the text."""
    said = [letters_of(each.block.text) for each in placed]
    own = sum(len(letters) for letters in said if letters in body)
    total = sum(map(len, said))
    if len(body) < total + max(_MISSING_LETTERS, _MISSING_SHARE * total):
        return []
    if own < _OWN_SHARE * total:
        return []
    found = [
        line
        for line in _left_out(placed, lines)
        if len(line.letters) >= _LINE_LETTERS and line.letters in body
    ]
    letters = sum(len(line.letters) for line in found)
    if letters < max(_MISSING_LETTERS, _MISSING_SHARE * len(body)):
        return []
    return found


def _parts(placed: Sequence[Placed], lines: Sequence[Line]) -> list[Line]:
    """Return the lines of elements in the text's element that hold much of what was left out."""
    letters = held(placed)
    if not letters:
        return []
    home = max(letters, key=lambda each: letters[each])
    kept = {each.line for each in placed}
    inside = {
        line
        for line in lines
        if line not in kept and any(ancestor is home for ancestor in line.element.iterancestors())
    }
    if sum(len(line.letters) for line in inside) < _PART_LETTERS:
        return []  # nearly always true, and much faster than to find what is left out
    left = [line for line in _left_out(placed, lines) if line in inside]
    parts = _large_parts(left, home, max(_PART_LETTERS, _PART_SHARE * letters.total()))
    return [line for line in left if parts and holder_of(line.element) in parts]


def _large_parts(left: Iterable[Line], home: HtmlElement, least: float) -> set[HtmlElement]:
    """Return the elements within *home* that hold *least* letters of the prose in *left*."""
    prose: Counter[HtmlElement] = Counter()
    for line in left:
        if line.is_prose:
            prose[holder_of(line.element)] += len(line.letters)
    large = (element for element, count in prose.items() if count >= least)
    return {each for each in large if any(above is home for above in each.iterancestors())}
