"""Find the lines that a page shows: the texts of its elements without scripts and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from archive.extract.dom.document import element_text
from archive.extract.dom.lines import HEADINGS

UNREAD = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "select",
        "option",
        "textarea",
        "button",
        "svg",
        "math",
        "head",
        "title",
    ]
)
"""Elements whose text no line of a page has."""
_APART = frozenset({"br", "hr", "p", "div", "li", "dt", "dd", "td", "th", "tr", "table", "ul", "ol",
                    "section", "header", "footer", *HEADINGS})  # fmt: skip
"""Elements that stand apart from the text before and behind them, without a space in the markup."""
LINE_CHARS = 150
"""Letters of a line; a longer one is prose."""
_PROSE_CHARS = 250
"""The text has begun after so many letters in pieces longer than ``_LEAST_PROSE``."""
_LEAST_PROSE = 60
_MOST_ELEMENTS = 400
"""Elements behind the headline within which a line is beside it."""
_LEVELS = 3
_DIGIT = re.compile(r"\d|年")


def is_in_unread(element: HtmlElement) -> bool:
    """Return whether *element* is directly in one whose text is not shown."""
    parent = element.getparent()
    return parent is not None and parent.tag in UNREAD


def text_begins(elements: Sequence[HtmlElement], start: int) -> int:
    """Return the place in *elements* where the text has begun, at most ``_MOST_ELEMENTS`` on."""
    begun = 0
    for at in range(start, min(len(elements), start + _MOST_ELEMENTS)):
        element = elements[at]
        pieces = [element.text] if element.tag != "a" else []
        pieces.append(element.tail)
        if element.tag == "p":
            pieces = [element_text(element)]
        begun += sum(
            len(text) for each in pieces if each and len(text := each.strip()) > _LEAST_PROSE
        )
        if begun > _PROSE_CHARS:
            return at
    return min(len(elements), start + _MOST_ELEMENTS)


def owners_of_digits(element: HtmlElement) -> Iterator[HtmlElement]:
    """Yield *element*, or its parent, where its text, or the text behind it, has a digit."""
    if element.text and _DIGIT.search(element.text):
        yield element
    if element.tail and _DIGIT.search(element.tail):
        parent = element.getparent()
        if parent is not None:
            yield parent


def parents_of(element: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the three elements around *element*, the innermost first."""
    yield from islice(element.iterancestors(), _LEVELS)


def seen_line(element: HtmlElement) -> str | None:
    """Return the text seen of *element*, or its own without its parts; None if both are long."""
    own = [element.text or "", *(each.tail or "" for each in element)]
    pieces: list[str] = []
    length = 0
    for text in _seen_texts(element):
        pieces.append(text)
        length += len(text.strip())
        if length > LINE_CHARS:
            line = " ".join(" ".join(own).split())
            return line if 0 < len(line) <= LINE_CHARS else None
    return " ".join("".join(pieces).split())


def _seen_texts(element: HtmlElement) -> Iterator[str]:
    """Yield the pieces of text under *element*, in order, without those of scripts and the like."""
    walk = etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, each in walk:
        is_apart = event in {"start", "end"} and each.tag in _APART
        if event == "start":
            if each.tag in UNREAD:
                walk.skip_subtree()
            elif each.text:
                yield f" {each.text}" if is_apart else each.text
        elif each is not element and (each.tail or is_apart):
            yield f" {each.tail or ''}" if is_apart else each.tail
