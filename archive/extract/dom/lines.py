"""Split a page into lines, each with the element that holds it.

A line is text that no block element and no line break divides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from archive.extract.coding import one_line
from archive.extract.dom.document import class_tokens, content_of
from archive.model import Extraction, clean

_BLOCK_TAGS = """
    p h1 h2 h3 h4 h5 h6 li ul ol blockquote pre dd dt dl figcaption figure table tbody thead tfoot
    tr td th div section article aside header footer main form nav details summary hr body html
    head title address fieldset center
"""
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_DIVIDING = _BLOCKS | {"br"}
_TOLD = _DIVIDING | {"a"}
"""Elements that are more than their text."""
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_UNBROKEN = HEADINGS | {"li", "dt", "dd", "tr", "pre"}
"""Elements in which trafilatura replaces a line break by a space."""
_SILENT_TEXT = "script style template noscript svg head title button textarea select"
SILENT_TAGS = frozenset(_SILENT_TEXT.split())
"""Elements whose text is in no line."""
_CELL = chr(0xF0002)
"""Marks the beginning of a cell until the row is complete, since " | " may be in the text too."""
LAYOUT_LETTERS = 400
"""A cell with more text is used for layout: its row is no row of data."""
PROSE_LETTERS = 60
"""A line of less weight (``weight_of``) is a label or a name, not a sentence."""
_SOME_TEXT = 250
_LONG_LINE = 2_000
_CLOSED = re.compile(r"[.!?…؟।:][\"'”’»)\]]*$|[。！？]")
UNMARKED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
"""Thai, Lao, Burmese, Khmer: their sentences end without a mark, or with one of their own."""
# CJK radicals, kana, bopomofo, ideographs, Yi, hangul and compatibility forms (Unicode blocks).
_WIDE = re.compile("[\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003fffd]")
_ASCII_SIGNS = {code: None for code in range(0x80) if not chr(code).isalnum()}
_MIN_LETTERS = 2
_MANY = 20


@dataclass(slots=True, eq=False)  # frozen ones take three times as long to make
class Line:
    """One line of a page: its block *element*, and its *text* as a browser shows it.

    Cells of a row are separated by " | ". Preformatted text is one line that keeps its line breaks
    and indentation. *letters* are the letters and digits in lower case; *linked* is the number of
    those inside links. *number* is the index among the lines of the page. *weight* is the weight of
    *letters* (``weight_of``). Lines are not changed once they are made.
    """

    number: int
    element: HtmlElement
    text: str
    letters: str
    linked: int
    weight: int

    @property
    def is_link(self) -> bool:
        """Whether all of it, or nearly all, is inside links."""
        return self.linked >= 0.9 * len(self.letters)

    @property
    def is_half_linked(self) -> bool:
        """Whether half of it or more is inside links."""
        return 2 * self.linked >= len(self.letters)

    @property
    def is_prose(self) -> bool:
        """Whether it is as long as a sentence, and no list of links."""
        return self.weight >= PROSE_LETTERS and not self.is_half_linked


def weight_of(letters: str) -> int:
    """Return the length of *letters*; a character of a script without spaces counts three times.

    A sentence of Chinese, Japanese or Korean has about a third of the characters of one in Latin
    letters.
    """
    if letters.isascii():
        return len(letters)
    return len(letters) + 2 * len(_WIDE.findall(letters))


def ends_sentence(text: str) -> bool:
    """Return whether a sentence ends at the end of *text*, or may end there."""
    if text.isascii():  # what the patterns say, without a pass over the text
        return text.removesuffix("\n").rstrip("\"')]").endswith((".", "!", "?", ":"))
    return _CLOSED.search(text) is not None or UNMARKED.search(text) is not None


def letters_of(text: str) -> str:
    """Return the letters and digits of *text* in lower case, to compare spellings."""
    return _remembered(text) if len(text) <= _LONG_LINE else _letters(text)


def _letters(text: str) -> str:
    if text.isascii():
        return text.translate(_ASCII_SIGNS).lower()
    return "".join(filter(str.isalnum, text)).casefold()


@lru_cache(maxsize=4_096)
def _remembered(text: str) -> str:
    """Return ``letters_of``, remembered because each step asks it for the same lines."""
    return _letters(text)


def lines_of(tree: HtmlElement) -> list[Line]:
    """Return the lines of *tree* in order, without those of less than two letters."""
    return _Walk().lines(tree)


def line_of(element: HtmlElement) -> str:
    """Return the text of *element* on one line, with a space between blocks."""
    tail, element.tail = element.tail, None  # the tail is text around *element*
    text = " ".join(line.text for line in lines_of(element))
    element.tail = tail
    return one_line(text)


class _Walk:
    """Collects lines in one pass, without recursion, since pages may be nested deeply."""

    def __init__(self) -> None:
        self.found: list[Line] = []
        self.parts: list[str] = []
        self.linked: list[str] = []
        self.links = 0
        self.row: HtmlElement | None = None
        self.code: HtmlElement | None = None
        self.holders: list[HtmlElement] = []

    def lines(self, tree: HtmlElement) -> list[Line]:
        self.holders.append(tree)
        walk = etree.iterwalk(tree, events=("start", "end"))
        silent = None
        for event, element in walk:
            tag = element.tag
            if event == "start":
                if tag in SILENT_TAGS:
                    silent = element
                    walk.skip_subtree()
                    continue
                if tag in _TOLD:
                    self._start(element, tag)
                text = element.text
            else:
                if silent is None and tag in _TOLD:
                    self._end(element, tag)
                silent, text = None, element.tail
            if text:
                self.parts.append(text)
                if self.links:
                    self.linked.append(text)
        self._flush()
        return self.found

    def _start(self, element: HtmlElement, tag: str) -> None:
        """Begin a link, a cell, a line or a word: whatever *element* begins here."""
        if tag == "a":
            self.links += 1
        elif self.row is not None:
            self.parts.append(_CELL if tag in {"td", "th"} else " ")
        elif self.code is not None and tag == "br":
            self.parts.append("\n")
        elif self.code is not None:
            self._break_line()
        elif tag != "br":
            self._open(element, tag)
        elif self.holders[-1].tag in _UNBROKEN:
            self.parts.append(" ")
        else:
            self._flush()

    def _open(self, element: HtmlElement, tag: str) -> None:
        if self.parts:
            self._flush()
        self.holders.append(element)
        if tag == "tr" and _is_row(element):
            self.row = element
        elif tag == "pre" and is_code(element):
            self.code = element

    def _end(self, element: HtmlElement, tag: str) -> None:
        if tag not in _BLOCKS:
            self.links -= tag == "a"
        elif self.row is not None and self.row is not element:
            if tag not in {"td", "th"}:
                self.parts.append(" ")
        elif self.code is not None and self.code is not element:
            self._break_line()
        else:
            if self.parts:
                self._flush()
            self.row = self.code = None
            self.holders.pop()

    def _flush(self) -> None:
        if not self.parts:
            return
        said, linked = "".join(self.parts), self.linked
        self.parts, self.linked = [], []
        if said.isspace():
            return
        text = self._text(said)
        letters = letters_of(text)
        if len(letters) >= _MIN_LETTERS:
            in_links = len(letters_of("".join(linked))) if linked else 0
            number, weight = len(self.found), weight_of(letters)
            self.found.append(Line(number, self.holders[-1], text, letters, in_links, weight))

    def _text(self, raw: str) -> str:
        if self.code is not None:
            # A line break right after the tag is not part of the text (HTML standard, 13.1.2.5).
            return clean(raw.removeprefix("\n").rstrip())
        if self.row is None:
            return one_line(raw)
        return row_text(raw.split(_CELL)[1:])

    def _break_line(self) -> None:
        if self.parts and not self.parts[-1].endswith("\n"):
            self.parts.append("\n")


def row_text(cells: Sequence[str]) -> str:
    """Return *cells* as the text of a row, without empty cells at its end."""
    texts = [one_line(cell) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return one_line(" | ".join(texts))


def is_code(element: HtmlElement) -> bool:
    """Return whether *element* is preformatted text, but no poem: WordPress uses pre for verse."""
    return element.tag == "pre" and not any("verse" in token for token in class_tokens(element))


def _is_row(row: HtmlElement) -> bool:
    """Return whether *row* is a row of data: no table, no longer text and no paragraphs in it."""
    if row.find(".//table") is not None or any(map(_has_paragraphs, row.iter("td", "th"))):
        return False
    return all(len(content_of(cell)) <= LAYOUT_LETTERS for cell in row.iter("td", "th"))


def _has_paragraphs(cell: HtmlElement) -> bool:
    paragraphs = islice(cell.iter("p", "div", "h1", "h2", "h3", "h4"), _MANY)
    return sum(weight_of(content_of(each).strip()) >= PROSE_LETTERS for each in paragraphs) > 1


def bears_text(found: Extraction) -> bool:
    """Return whether a page has a text of some sentences, whatever its type."""
    if found.article is None:
        return False
    weights = (weight_of(letters_of(block.text)) for block in found.article.blocks)
    return sum(weight for weight in weights if weight >= PROSE_LETTERS) >= _SOME_TEXT
