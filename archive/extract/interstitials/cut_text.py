"""See that a text breaks off before a box that asks to subscribe, whatever the box is called.

No class name and no script of a vendor is needed. What follows the last paragraph has a way to the
rest: a form or a button. That alone is a newsletter's box, so more has to speak for a wall: the
text ends within a sentence or fades out, or the box names a price or says that subscribers may read
on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice

from lxml.html import HtmlElement

from archive.extract.coding import one_line
from archive.extract.dom.class_names import is_hidden, names_of, words_in
from archive.extract.dom.document import content_of, element_text
from archive.extract.dom.lines import PROSE_LETTERS, ends_sentence, letters_of, weight_of
from archive.extract.phrases.loading import phrases
from archive.extract.phrases.notation import any_whole
from archive.extract.signs import Sign, Table, decide
from archive.model import Block, BlockKind

OPEN_END = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|\(…\))\W{0,3}$")
"""The end of a text that says itself that it goes on."""
_SYMBOL = "[$€£¥₽₴₹₩₪₫₺₦₱฿₸₼₾]"
_CODES = "AUD|BRL|CAD|CHF|CZK|DKK|EUR|GBP|HUF|INR|JPY|NOK|PLN|RON|RUB|SEK|TRY|UAH|USD|ZAR"
_SHORT_NAMES = "kr|Kč|zł|Ft|lei|лв|руб|грн|дин|円|元|원"
_PRICE = re.compile(
    rf"(?:{_SYMBOL}|\b(?:{_CODES}))\s?\d|\d\s?(?:{_SYMBOL}|(?:{_CODES}|{_SHORT_NAMES})(?!\w))"
)
_FADE_STYLE = re.compile(
    r"(?:mask|background)[\w-]*:[^;]*linear-gradient|filter:\s*blur", re.IGNORECASE
)
_FADES = frozenset({"fadeout", "faded", "blurred", "truncated", "gradient"})
_FADED = frozenset({"out", "text", "content", "bottom", "end", "overlay", "body", "article"})
_MOVES = frozenset({"in", "up", "modal", "tab", "pane", "carousel", "slide", "background", "bg"})
"""Words beside ``fade`` or ``gradient`` that say that a box moves, or has a colour."""
_WITHIN_LINES_TEXT = "a b em font i mark q script small span strong style sub sup u"
_WITHIN_LINES = frozenset(_WITHIN_LINES_TEXT.split())
_LEVELS = 3
"""Elements around the last paragraph beside which the box may stand."""
_NEXT = 4
_LEAST_BOX, _MOST_BOX = 20, 2_500
_MOST_LINKS = 12
_OTHER_BOXES = frozenset(
    {"comment", "comments", "respond", "newsletter", "newsletters", "poll", "search", "share"}
)
_NO_END = frozenset({BlockKind.CAPTION, BlockKind.HEADING, BlockKind.FOOTNOTE})
_MOST_SAID = 6
"""Blocks of the text that may be what the wall says."""
_THRESHOLD = 2.0


@dataclass(frozen=True, slots=True)
class _End:
    """The end of a text: its last block, the elements around it, and the box that follows."""

    last: str
    around: Sequence[HtmlElement]
    after: Sequence[HtmlElement]
    box: HtmlElement
    said: str
    """What the box says."""
    is_locked: bool


@dataclass(frozen=True, slots=True)
class CutText:
    """The signs that a text breaks off before a wall, and its blocks without those of the wall."""

    signs: str
    blocks: tuple[Block, ...]


def cut_text(tree: HtmlElement, blocks: tuple[Block, ...], *, is_locked: bool) -> CutText | None:
    """Return why *blocks* break off before a wall; None if they do not.

    *is_locked* says whether the page declares that its text is not free. The last blocks may be
    what the wall says.
    """
    texts = _Texts()
    for number in range(len(blocks), max(len(blocks) - _MOST_SAID, 0), -1):
        own, rest = blocks[:number], blocks[number:]
        if own[-1].kind in _NO_END:
            continue
        end = _end_of(tree, own[-1].text, texts, is_locked=is_locked)
        if end is None or not all(block.text in end.said for block in rest):
            continue
        found = decide(_SIGNS, end, _THRESHOLD)
        if found is not None:
            return CutText(", ".join(sign.name for sign in found.found), own)
    return None


class _Texts(dict[HtmlElement, str]):
    """The texts of elements, each made once: the last blocks of a text are in the same elements.

    *written* are the same texts with the white space of the source.
    """

    def __init__(self) -> None:
        self.written: dict[HtmlElement, str] = {}

    def __missing__(self, element: HtmlElement) -> str:
        text = self[element] = one_line(self.written_in(element))
        return text

    def written_in(self, element: HtmlElement) -> str:
        """Return the text of *element* with the white space of the source."""
        if element not in self.written:
            self.written[element] = content_of(element)
        return self.written[element]


def _end_of(tree: HtmlElement, last: str, texts: _Texts, *, is_locked: bool) -> _End | None:
    place = _place_of(tree, last, texts)
    if place is None:
        return None
    around = [place, *_ancestors(place)][: _LEVELS + 1]
    after = list(chain.from_iterable(islice(_following(each), _NEXT) for each in around))
    box = next(filter(_offers_way, after), None)
    if box is None:
        return None
    return _End(last, around, after, box, element_text(box), is_locked)


def _place_of(tree: HtmlElement, text: str, texts: _Texts) -> HtmlElement | None:
    """Return the smallest block that holds the end of *text*, the last one on the page.

    What holds a block with the end of the text has that end as well. So the elements around it are
    searched for a single word, and not made into lines.
    """
    tail = text[-40:]
    word = max(tail.split(), key=len, default="")
    open_elements = [(tree, reversed(tree))] if word in texts.written_in(tree) else []
    while open_elements:
        element, inner = open_elements[-1]
        within = next((each for each in inner if _may_hold(each, word, texts)), None)
        if within is not None:
            open_elements.append((within, reversed(within)))
        elif tail in texts[element]:
            return element
        else:
            open_elements.pop()
    return None


def _may_hold(element: HtmlElement, word: str, texts: _Texts) -> bool:
    is_block = isinstance(element.tag, str) and element.tag not in _WITHIN_LINES
    return is_block and word in texts.written_in(element)


def _ancestors(element: HtmlElement) -> Iterator[HtmlElement]:
    return (each for each in element.iterancestors() if each.tag not in {"body", "html"})


def _following(element: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the elements that follow *element* in its parent, up to the frame of the page."""
    for other in element.itersiblings():
        if other.tag in {"footer", "nav"}:
            return
        if isinstance(other.tag, str) and other.tag not in {"script", "style", "template"}:
            yield other


def _offers_way(element: HtmlElement) -> bool:
    """Return whether *element* is a shown box with a form or a button and some words."""
    text = element_text(element)
    if not _LEAST_BOX <= len(text) <= _MOST_BOX or is_hidden(element):
        return False
    if not words_in(names_of(element)).isdisjoint(_OTHER_BOXES):
        return False
    if sum(1 for _ in islice(element.iter("a"), _MOST_LINKS + 1)) > _MOST_LINKS:
        return False
    return element.tag == "form" or next(element.iter("form", "button", "input"), None) is not None


def _ends_open(end: _End) -> bool:
    return OPEN_END.search(end.last) is not None


def _ends_within_sentence(end: _End) -> bool:
    is_prose = weight_of(letters_of(end.last)) >= PROSE_LETTERS
    return is_prose and not ends_sentence(end.last)


def _fades(end: _End) -> bool:
    return any(map(_is_faded, (*end.around[:-1], *end.after)))


def _is_faded(element: HtmlElement) -> bool:
    if _FADE_STYLE.search(element.get("style") or ""):
        return True
    words = words_in(names_of(element))
    if not words.isdisjoint(_MOVES):
        return False
    return not words.isdisjoint(_FADES) or ("fade" in words and not words.isdisjoint(_FADED))


def _asks_for_password(end: _End) -> bool:
    return any((each.get("type") or "").lower() == "password" for each in end.box.iter("input"))


def _has_form(end: _End) -> bool:
    return end.box.tag == "form" or next(end.box.iter("form", "input"), None) is not None


@cache
def _reading_on() -> re.Pattern[str]:
    return re.compile(any_whole(phrases().paywall), re.IGNORECASE)


_SIGNS: Table[_End] = (
    (
        Sign("text ends in an ellipsis", _ends_open, is_decisive=True),
        Sign("text ends within a sentence", _ends_within_sentence, is_decisive=True),
    ),
    Sign("text fades out", _fades, is_decisive=True),
    Sign("price", lambda end: _PRICE.search(end.said) is not None, is_decisive=True),
    Sign("phrase", lambda end: _reading_on().search(end.said) is not None, 2, is_decisive=True),
    Sign("declared not free", lambda end: end.is_locked, is_decisive=True),
    (Sign("password", _asks_for_password), Sign("form", _has_form, 0.5)),
)
"""What speaks for a wall in the box that follows a text."""
