"""Describe each line of a page by numbers, from which the model tells text from the rest.

All lengths are weights: a character of a script without spaces counts as three, since a sentence of
Chinese has about a third of the characters of a sentence in Latin letters.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from itertools import accumulate, islice
from typing import TypeVar

from lxml.html import HtmlElement

from archive.extract.body.restore_gaps import Signature, holder_of, signature_of
from archive.extract.coding import folded_words
from archive.extract.dom.lines import HEADINGS, Line, ends_sentence
from archive.extract.dom.page_chrome import is_frame

Shown = TypeVar("Shown")
_SENTENCE = 60
"""A line of less weight is a label or a name."""
_PAUSES = re.compile(r"[,;，、،؛]")
_LONG = 400
"""More weight of a line counts no more when lines are compared."""
_FRAME_TRUST = 0.3
_HEADLINE_LETTERS = 8
_MOST_UP = 10
_MOST_LEVELS = 40
"""Levels up to which a line counts for the elements around it; attacks nest thousands."""
_NEIGHBOURS = (-2, -1, 1, 2)
_CLOSE = (-3, -2, -1, 1, 2, 3)
_NOTHING = (0.0, 0.0, 0.0, 0.0)
"""What neighbours show beyond the first and the last line, by ``_SHOWN``."""
_WINDOWS = ((-6, 0), (1, 7), (-15, 0), (1, 16))

OWN_NAMES = ("weight", "linked", "closed", "pauses", "digits", "sentence", "heading", "in frame")
_SHOWN = (0, 1, 2, 5)
"""Which of ``OWN_NAMES`` a line shows to its neighbours."""
PLACE_NAMES = (
    *("p", "li", "row", "again"),
    *(f"{OWN_NAMES[shown]} at {step}" for step in _NEIGHBOURS for shown in _SHOWN),
    *("holder share", "holder linked", "holder weight", "layout share", "layout and tag share"),
    *("in main", "levels up", "levels down", "within main", "above main", "below main"),
    *("like main", "parent share", "density"),
    *("titled", "above title", "is title", "below title", "between", "above text"),
    *("position", "lines", "page weight"),
)
FIRST_NAMES = (*OWN_NAMES, *PLACE_NAMES)
"""Names of the numbers that describe a line, in order."""
CONTEXT_NAMES = (
    *("first", "first odds"),
    *(f"first at {step}" for step in _CLOSE),
    *(f"first from {start} to {end}" for start, end in _WINDOWS),
    *("text above", "first in holder", "share of holder", "first in layout", "share of layout"),
)
SECOND_NAMES = (*FIRST_NAMES, *CONTEXT_NAMES)
"""The same for the second look, which also sees what the first look says of the lines around."""


class LineFeatures:
    """The lines of one page, in order and at least one, and the numbers that describe each."""

    def __init__(self, lines: Sequence[Line], title: str) -> None:
        self.lines = lines
        self.weights = [line.weight for line in lines]
        self.linked = [min(1.0, line.linked / max(1, len(line.letters))) for line in lines]
        self.holders = [holder_of(line.element) for line in lines]
        self.layouts: list[Hashable] = [
            (signature_of(holder), signature_of(line.element))
            for holder, line in zip(self.holders, lines, strict=True)
        ]
        self._frames: dict[HtmlElement, bool] = {}
        self.own = [self._own(at) for at in range(len(lines))]
        is_sentence = OWN_NAMES.index("sentence")
        self.prose = [
            weight * (1 - linked) * own[is_sentence]
            for weight, linked, own in zip(self.weights, self.linked, self.own, strict=True)
        ]
        self.total = sum(self.prose) or 1.0
        self.title = self._title(folded_words(title))

    def rows(self) -> list[list[float]]:
        """Return the numbers named in ``FIRST_NAMES`` for each line."""
        place = _Place(self)
        again = Counter(line.letters for line in self.lines)
        shown = _padded([tuple([own[which] for which in _SHOWN]) for own in self.own], _NOTHING, 2)
        out = []
        for at, line in enumerate(self.lines):
            tag = line.element.tag
            out.append(
                [
                    *self.own[at],
                    float(tag == "p"),
                    float(tag == "li"),
                    float(tag in {"tr", "td"}),
                    float(again[line.letters] > 1),
                    *shown[at],
                    *shown[at + 1],
                    *shown[at + 3],
                    *shown[at + 4],
                    *place.of(at),
                ]
            )
        return out

    def in_context(self, first: Sequence[float]) -> list[list[float]]:
        """Return the numbers of ``CONTEXT_NAMES`` for each line; *first* are probabilities."""
        count = len(first)
        weights = [min(weight, _LONG) for weight in self.weights]
        text = [p * weight for p, weight in zip(first, weights, strict=True)]
        texts = [0.0, *accumulate(text)]
        sums = [0.0, *accumulate(weights)]
        whole = texts[-1] + 1
        by_holder = _shares(self.holders, text, weights)
        by_layout = _shares(self.layouts, text, weights)
        close = _padded(first, 0.0, 3)
        out = []
        for at, p in enumerate(first):
            row = [p, math.log((p + 0.001) / (1.001 - p))]
            row += close[at : at + 3]
            row += close[at + 4 : at + 7]
            for start, end in _WINDOWS:
                low, high = max(0, min(count, at + start)), max(0, min(count, at + end))
                row.append((texts[high] - texts[low]) / (sums[high] - sums[low] + 1))
            row.append(texts[at] / whole)
            for held, all_held in (by_holder[self.holders[at]], by_layout[self.layouts[at]]):
                row.extend((held / (all_held + 1), held / whole))
            out.append(row)
        return out

    def _own(self, at: int) -> list[float]:
        line, weight, linked = self.lines[at], self.weights[at], self.linked[at]
        text = line.text
        return [
            math.log1p(weight),
            linked,
            float(ends_sentence(text)),
            min(1.0, _pauses(text) / max(1.0, weight / 40)),
            _digits(text) / max(1, len(text)),
            float(weight >= _SENTENCE and linked < 0.5),
            float(line.element.tag in HEADINGS),
            float(self.is_framed(line.element)),
        ]

    def is_framed(self, element: HtmlElement) -> bool:
        """Return whether *element* or one around it belongs to the frame by its markup."""
        chain = []
        above: HtmlElement | None = element
        while above is not None and above not in self._frames:
            chain.append(above)
            above = above.getparent()
        framed = above is not None and self._frames[above]
        for each in reversed(chain):
            framed = framed or is_frame(each)
            self._frames[each] = framed
        return framed

    def _title(self, title: str) -> int | None:
        """Return the number of the line that is the page's headline; None if it has none."""
        best, found = 0, None
        for at, line in enumerate(self.lines):
            is_h1 = line.element.tag == "h1"
            if len(line.letters) > len(title) and not is_h1:
                continue
            words = folded_words(line.text)
            named = words in title
            if len(words) < _HEADLINE_LETTERS or not (named or is_h1):
                continue
            points = len(words) + 30 * is_h1 + 20 * named
            if points > best:
                best, found = points, at
        return found


def _padded(found: Sequence[Shown], nothing: Shown, count: int) -> list[Shown]:
    """Return *found* with *nothing* so often before and behind, that each has its neighbours."""
    return [*[nothing] * count, *found, *[nothing] * count]


def _pauses(text: str) -> int:
    if text.isascii():
        return text.count(",") + text.count(";")
    return len(_PAUSES.findall(text))


def _digits(text: str) -> int:
    if text.isascii():
        return sum(map(text.count, "0123456789"))
    return sum(map(str.isdigit, text))


class _Place:
    """Where the lines of a page stand, relative to the element with most prose and the headline."""

    def __init__(self, page: LineFeatures) -> None:
        self.page = page
        self.holder_prose: dict[HtmlElement, float] = defaultdict(float)
        self.holder_all: dict[HtmlElement, float] = defaultdict(float)
        self.holder_linked: dict[HtmlElement, float] = defaultdict(float)
        self.signature_prose: dict[Signature, float] = defaultdict(float)
        self.layout_prose: dict[Hashable, float] = defaultdict(float)
        self.held: dict[HtmlElement, float] = defaultdict(float)
        self.held_all: dict[HtmlElement, float] = defaultdict(float)
        for at, holder in enumerate(page.holders):
            self._add(at, holder)
        self.main = max(self.holder_prose, key=self._worth)
        self.depth = {
            element: up for up, element in enumerate((self.main, *self.main.iterancestors()))
        }
        self.main_signature = signature_of(self.main)
        self._of_holder: dict[HtmlElement, tuple[float, ...]] = {}
        inside = [at for at, holder in enumerate(page.holders) if holder is self.main]
        self.start, self.end = inside[0], inside[-1]
        self.whole = math.log1p(len(page.lines)), math.log1p(page.total)
        self.text = next((at for at in inside if page.prose[at]), self.start)

    def _add(self, at: int, holder: HtmlElement) -> None:
        page = self.page
        prose, weight = page.prose[at], page.weights[at]
        self.holder_prose[holder] += prose
        self.holder_all[holder] += weight
        self.holder_linked[holder] += weight * page.linked[at]
        self.signature_prose[signature_of(holder)] += prose
        self.layout_prose[page.layouts[at]] += prose
        element = page.lines[at].element
        for around in (element, *islice(element.iterancestors(), _MOST_LEVELS)):
            self.held[around] += prose
            self.held_all[around] += weight

    def _worth(self, holder: HtmlElement) -> float:
        trust = _FRAME_TRUST if self.page.is_framed(holder) else 1.0
        return self.holder_prose[holder] * trust

    def of(self, at: int) -> list[float]:
        """Return the numbers of ``PLACE_NAMES`` from "holder share" on."""
        page, holder, element = self.page, self.page.holders[at], self.page.lines[at].element
        parent = element.getparent()
        if holder not in self._of_holder:
            self._of_holder[holder] = self._shared(holder)
        share, linked, weight, alike, is_main, up, down, is_like_main = self._of_holder[holder]
        return [
            share,
            linked,
            weight,
            alike,
            self.layout_prose[page.layouts[at]] / page.total,
            is_main,
            up,
            down,
            float(self.start <= at <= self.end),
            math.log1p(max(0, self.start - at)),
            math.log1p(max(0, at - self.end)),
            is_like_main,
            0.0 if parent is None else self.held[parent] / page.total,
            self.held[element] / max(1, self.held_all[element]),
            *self._by_title(at),
            at / len(page.lines),
            *self.whole,
        ]

    def _shared(self, holder: HtmlElement) -> tuple[float, ...]:
        """Return the numbers that all lines in *holder* share."""
        page, prose, signature = self.page, self.holder_prose[holder], signature_of(holder)
        return (
            prose / page.total,
            self.holder_linked[holder] / max(1, self.holder_all[holder]),
            math.log1p(prose),
            self.signature_prose[signature] / page.total,
            float(holder is self.main),
            *self._levels(holder),
            float(signature == self.main_signature),
        )

    def _levels(self, holder: HtmlElement) -> tuple[float, float]:
        """Return the levels from the main element up to one around both, and down to *holder*."""
        down, above = 0, holder
        while above not in self.depth and (parent := above.getparent()) is not None:
            above, down = parent, down + 1
        return min(self.depth.get(above, _MOST_UP), _MOST_UP), min(down, _MOST_UP)

    def _by_title(self, at: int) -> tuple[float, ...]:
        title = self.page.title
        above_text = float(at < self.text)
        if title is None:
            return (0.0, 0.0, 0.0, 0.0, 0.0, above_text)
        return (
            1.0,
            float(at < title),
            float(at == title),
            math.log1p(max(0, at - title)),
            float(title < at < self.text),
            above_text,
        )


def _shares(
    keys: Sequence[Hashable], text: Sequence[float], weights: Sequence[float]
) -> dict[Hashable, tuple[float, float]]:
    """Return for each of *keys* how much text it holds, and how much weight."""
    held: dict[Hashable, float] = defaultdict(float)
    every: dict[Hashable, float] = defaultdict(float)
    for key, some, weight in zip(keys, text, weights, strict=True):
        held[key] += some
        every[key] += weight
    return {key: (held[key], every[key]) for key in held}
