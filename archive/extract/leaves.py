"""The lines of a page, each with the element it stands in, and which of them a block is.

trafilatura gives text back without saying where it stood. A line is what no block element and no
line break divides; found again there, a block can be asked for its neighbours and its links.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree
from lxml.html import HtmlElement

from archive.extract.coding import clean, one_line
from archive.extract.page import content_of, tokens_of
from archive.model import Block, BlockKind

_BLOCK_TAGS = """
    p h1 h2 h3 h4 h5 h6 li ul ol blockquote pre dd dt dl figcaption figure table tbody thead tfoot
    tr td th div section article aside header footer main form nav details summary hr body html
    head title address fieldset
"""
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_UNBROKEN = frozenset({"li", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "tr", "pre"})
"""Where trafilatura's tree has a line break only as a space."""
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_SILENT_TEXT = "script style template noscript svg head title button textarea select"
_SILENT = frozenset(_SILENT_TEXT.split())
_CELL = chr(0xF0002)
"""Begins a cell of a row until the row is whole: a bar may as well be a character of the text."""
LAYOUT_LETTERS = 400
"""A cell with more text lays the page out: its row is no row of a table."""
PROSE_LETTERS = 60
"""Letters and digits of a line that is a sentence, not a label or a name."""
_LONG_LINE = 2_000
_ASCII_SIGNS = {code: None for code in range(0x80) if not chr(code).isalnum()}
_MIN_LETTERS = 2
_CERTAIN_LETTERS = 12
_MAX_SAME = 12
"""Lines that say the same, beyond which none of them tells where a block is."""
_MAX_STRIDE = 15
"""Lines that a block of fewer letters than that may be behind the one before it."""
_WINDOW = 150
"""Lines ahead that are searched for a block that is only a part of one, or has one as its part."""


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """One line of a page: the block element it stands in, and its *text* as a browser shows it.

    Cells of a row are parted by " | "; preformatted text keeps its lines and indentation. *letters*
    are its letters and digits, lower case; *linked* how many of them stand in links.
    """

    element: HtmlElement
    text: str
    letters: str
    linked: int

    @property
    def is_link(self) -> bool:
        """Whether (nearly) all of it is links."""
        return self.linked >= 0.9 * len(self.letters)

    @property
    def is_half_linked(self) -> bool:
        """Whether half of it or more is links."""
        return 2 * self.linked >= len(self.letters)

    @property
    def is_prose(self) -> bool:
        """Whether it is as long as a sentence, and no list of links."""
        return len(self.letters) >= PROSE_LETTERS and not self.is_half_linked


Placed = tuple[list[Block], list[int | None]]
"""Blocks, and for each the index of the line that it is; None where unknown."""


def letters_of(text: str) -> str:
    """Return the letters and digits of *text* in lower case: what two spellings share."""
    return _remembered(text) if len(text) <= _LONG_LINE else _letters(text)


def _letters(text: str) -> str:
    if text.isascii():
        return text.translate(_ASCII_SIGNS).lower()
    return "".join(filter(str.isalnum, text)).casefold()


@lru_cache(maxsize=4_096)
def _remembered(text: str) -> str:
    """Return what each step asks again for the lines of the page in hand."""
    return _letters(text)


def leaves_of(tree: HtmlElement) -> list[Leaf]:
    """Return the lines of *tree* in order; those of less than two letters are left out."""
    return _Walk().leaves(tree)


def line_of(element: HtmlElement) -> str:
    """Return what *element* says on one line, its blocks and line breaks a space apart."""
    tail, element.tail = element.tail, None  # of the text around it
    text = " ".join(leaf.text for leaf in leaves_of(element))
    element.tail = tail
    return one_line(text)


def align(blocks: Sequence[Block], leaves: Sequence[Leaf]) -> Placed:
    """Return *blocks* in the order of their lines in *leaves*, and the index of each one's line.

    As many as can be in one order are set where a line says the same; the others are looked for
    between those. What trafilatura took from its place, and one line says, goes back there.
    """
    letters = [letters_of(block.text) for block in blocks]
    places: dict[str, list[int]] = {}
    for number, leaf in enumerate(leaves):
        places.setdefault(leaf.letters, []).append(number)
    found = _in_order(letters, places)
    _choose_nearest(found, blocks, [places.get(each, []) for each in letters], leaves)
    ends = _ends(found, len(leaves))
    cursor = 0
    for number, block in enumerate(blocks):
        at, end = found[number], ends[number]
        if at is None:
            at = _next(places.get(letters[number], []), cursor, end)
            if len(letters[number]) < _CERTAIN_LETTERS:
                at = None if at is not None and at - cursor > _MAX_STRIDE else at
            elif at is None and block.kind is not BlockKind.CAPTION:
                at = _partly(letters[number], leaves, cursor, end)
            found[number] = at
        cursor = cursor if at is None else at
    return _in_page_order(blocks, found, letters, places)


def chosen(blocks: Sequence[Block], where: Sequence[int | None], numbers: Sequence[int]) -> Placed:
    """Return those of *blocks*, and *where* they are, whose *numbers* are given."""
    return [blocks[number] for number in numbers], [where[number] for number in numbers]


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


def _in_page_order(
    blocks: Sequence[Block],
    found: Sequence[int | None],
    letters: Sequence[str],
    places: Mapping[str, Sequence[int]],
) -> Placed:
    """Return *blocks* and *found*, those that are elsewhere on the page set where they are."""
    taken = set(found)
    where = list(found)
    for number, at in enumerate(found):
        same = places.get(letters[number], ())
        is_certain = len(letters[number]) >= _CERTAIN_LETTERS and len(same) == 1
        if at is None and is_certain and same[0] not in taken:
            where[number] = same[0]
    if where == found:
        return list(blocks), where
    key, keys = -1, []
    for at in where:
        key = key if at is None else at
        keys.append(key)
    order = sorted(range(len(blocks)), key=keys.__getitem__)
    return chosen(blocks, where, order)


def _choose_nearest(
    found: list[int | None],
    blocks: Sequence[Block],
    places: Sequence[Sequence[int]],
    leaves: Sequence[Leaf],
) -> None:
    """Take of the lines that say the same the one that is what the block is, and near others.

    *found* is changed in place; *places* are all lines that say what each of *blocks* does.
    """
    known = [number for number, at in enumerate(found) if at is not None]
    for before, number, behind in zip((None, *known), known, (*known[1:], None), strict=False):
        if len(places[number]) < 2:
            continue
        first = -1 if before is None else found[before]
        last = len(leaves) if behind is None else found[behind]
        assert first is not None and last is not None
        is_heading = blocks[number].kind is BlockKind.HEADING
        found[number] = min(
            (at for at in places[number] if first < at < last),
            key=lambda at: (
                (leaves[at].element.tag in HEADINGS) is not is_heading,
                min(at - first if before is not None else last, last - at),
            ),
        )


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


def _partly(letters: str, leaves: Sequence[Leaf], cursor: int, end: int) -> int | None:
    for at in range(cursor, min(end, cursor + _WINDOW)):
        line = leaves[at].letters
        if letters in line or (len(line) >= 2 * _CERTAIN_LETTERS and line in letters):
            return at
    return None


class _Walk:
    """Collects lines over one pass; an element's depth costs no depth of the stack."""

    def __init__(self) -> None:
        self.found: list[Leaf] = []
        self.parts: list[str] = []
        self.linked: list[str] = []
        self.links = 0
        self.row: HtmlElement | None = None
        self.code: HtmlElement | None = None
        self.holders: list[HtmlElement] = []

    def leaves(self, tree: HtmlElement) -> list[Leaf]:
        self.holders.append(tree)
        walk = etree.iterwalk(tree, events=("start", "end"))
        silent = None
        for event, element in walk:
            if event == "end":
                self._end(element, silent is element)
                silent = None
            elif element.tag in _SILENT:
                silent = element
                walk.skip_subtree()
            else:
                self._start(element)
        self._flush()
        return self.found

    def _start(self, element: HtmlElement) -> None:
        tag = element.tag
        if self.row is not None:
            if tag in {"td", "th"}:
                self.parts.append(_CELL)
            elif tag in _BLOCKS or tag == "br":
                self.parts.append(" ")
        elif self.code is not None:
            if tag == "br":
                self.parts.append("\n")
            elif tag in _BLOCKS:
                self._break_line()
        elif tag in _BLOCKS:
            self._open(element)
        elif tag == "br":
            if self.holders[-1].tag in _UNBROKEN:
                self.parts.append(" ")
            else:
                self._flush()
        if tag == "a":
            self.links += 1
        self._say(element.text)

    def _open(self, element: HtmlElement) -> None:
        self._flush()
        self.holders.append(element)
        if element.tag == "tr" and _is_row(element):
            self.row = element
        elif element.tag == "pre" and is_code(element):
            self.code = element

    def _end(self, element: HtmlElement, is_silent: bool) -> None:
        tag = element.tag
        if not is_silent:
            if tag == "a":
                self.links -= 1
            if self.row is not None and self.row is not element:
                if tag in _BLOCKS and tag not in {"td", "th"}:
                    self.parts.append(" ")
            elif self.code is not None and self.code is not element:
                if tag in _BLOCKS:
                    self._break_line()
            elif tag in _BLOCKS:
                self._flush()
                self.row = self.code = None
                self.holders.pop()
        self._say(element.tail)

    def _say(self, text: str | None) -> None:
        if text:
            self.parts.append(text)
            if self.links:
                self.linked.append(text)

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
            self.found.append(Leaf(self.holders[-1], text, letters, in_links))

    def _text(self, raw: str) -> str:
        if self.code is not None:
            # A line break right behind the tag is none of the text (HTML standard, 13.1.2.5).
            return clean(raw.removeprefix("\n").rstrip())
        if self.row is None:
            return one_line(raw)
        return row_text(raw.split(_CELL)[1:])

    def _break_line(self) -> None:
        if self.parts and not self.parts[-1].endswith("\n"):
            self.parts.append("\n")


def row_text(cells: Sequence[str]) -> str:
    """Return *cells* as the text of a row; those that are empty at its end are left out."""
    texts = [one_line(cell) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return one_line(" | ".join(texts))


def is_code(element: HtmlElement) -> bool:
    """Whether *element* holds preformatted text that is no poem: WordPress sets verses in one."""
    return element.tag == "pre" and not any("verse" in token for token in tokens_of(element))


def _is_row(row: HtmlElement) -> bool:
    if row.find(".//table") is not None:
        return False
    return all(len(content_of(cell)) <= LAYOUT_LETTERS for cell in row.iter("td", "th"))
