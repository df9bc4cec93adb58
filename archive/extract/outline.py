"""Measure how a page is laid out: how much text in one piece, and how much beside it.

Nothing here depends on a language or on names in the markup. Lengths are weights, in which a
character of a script without spaces counts three times, and dates are recognised by their digits.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from archive.extract.dom.lines import HEADINGS, UNMARKED, Line

_SENTENCE_END = re.compile(r"[.!?…؟।]['\"”’»)\]]*(?:\s|$)|[。！？]")
_CURRENCY = r"[$€£¥₹₽₫₩₺₴₪฿]|\b(?:USD|EUR|GBP|CHF|CAD|AUD|VND|zł|Kč|kr|руб|грн|đ)\b"
_PRICE = re.compile(rf"(?:{_CURRENCY})\s?\d|\d\s?(?:{_CURRENCY})")
_DIGIT = re.compile(r"\d")
_DATE = re.compile(
    r"(?:\d{4})\s?[-/.年년]\s?\d{1,2}\s?[-/.月월]\s?\d{1,2}"
    r"|\b\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?(?:\d{4}|\d\d)\b"
    r"|\b\d{1,2}\.?(?:\s+\w{1,3})?\s+[^\W\d_]{3,12}\.?,?(?:\s+\w{1,3})?\s+\d{4}"
    r"|[^\W\d_]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}"
)
_DATE_LETTERS = 160
"""A longer line tells of a date, and is not the page's own."""
_ABOVE, _BELOW = 6, 3
"""How many lines above and below the beginning of the text the page's date may be."""
_LINK_WEIGHT = 8
_LEVELS = 6
_MOST = 30


@dataclass(frozen=True, slots=True)
class Outline:
    """What stands on a page; a page without text has zeros."""

    sentences: int = 0
    """The weight of the text's lines that are sentences."""
    longest: int = 0
    """The weight of the text's longest line."""
    unbroken: float = 0.0
    """The share of the text in all that stands between its first and its last line."""
    links_within: int = 0
    """Lines that are links, between the first and the last line of the text."""
    headings_within: int = 0
    """Those of them that are headings."""
    has_date: bool = False
    """A date stands near the beginning of the text."""
    prices: int = 0
    """Lines of the page with a price, at most 30."""
    alike: int = 0
    """The most elements side by side that have the same tag and classes, and hold a link each."""


def outline_of(page: Sequence[Line], lines: Sequence[Line], kept: Collection[int]) -> Outline:
    """Return the outline of a page.

    *page* are its lines without the frame. *kept* are the numbers of those of *lines* that are its
    text; *lines* may be *page*, or all lines with the frame.
    """
    prices = sum(map(_has_price, page))
    alike = _most_alike(page)
    if not kept:
        return Outline(prices=min(prices, _MOST), alike=alike)
    first, last = min(kept), max(kept)
    span = lines[first : last + 1]
    text = [line for line in span if line.number in kept]
    weights = [line.weight for line in text]
    links = [line for line in span if _is_link(line)]
    whole = sum(line.weight for line in span) or 1
    sentences = sum(
        weight for line, weight in zip(text, weights, strict=True) if _is_sentence(line)
    )
    return Outline(
        sentences=sentences,
        longest=max(weights),
        unbroken=sum(weights) / whole,
        links_within=len(links),
        headings_within=sum(line.element.tag in HEADINGS for line in links),
        has_date=any(map(_is_date, lines[max(0, first - _ABOVE) : first + _BELOW])),
        prices=min(prices, _MOST),
        alike=alike,
    )


def _has_price(line: Line) -> bool:
    return _DIGIT.search(line.text) is not None and _PRICE.search(line.text) is not None


def _is_link(line: Line) -> bool:
    return line.is_link and line.weight >= _LINK_WEIGHT


def _is_sentence(line: Line) -> bool:
    if not line.is_prose:
        return False
    text = line.text
    return _SENTENCE_END.search(text) is not None or UNMARKED.search(text) is not None


def _is_date(line: Line) -> bool:
    return len(line.text) < _DATE_LETTERS and _DATE.search(line.text) is not None


def _most_alike(lines: Sequence[Line]) -> int:
    found: Counter[tuple[HtmlElement, str, str]] = Counter()
    seen: set[HtmlElement] = set()
    for line in lines:
        if not _is_link(line):
            continue
        for element in (line.element, *islice(line.element.iterancestors(), _LEVELS - 1)):
            parent = element.getparent()
            if parent is None or element in seen:
                break
            seen.add(element)
            found[parent, element.tag, element.get("class") or ""] += 1
    return max(found.values(), default=0)
