"""Restore lines that the extractor left out between the lines that it kept.

trafilatura drops lists of short items, headings other than h2, paragraphs beside a footnote, and
all but the first element of a text that is split into several. The lines that it kept show where
the text is. A line is restored if its siblings were kept. A line in a further element is restored
if that element has the tag and classes of one that holds much of the text, and is near it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from lxml.html import HtmlElement

from archive.extract.body.alignment import Placed
from archive.extract.body.blocks import MAX_DEPTH
from archive.extract.body.captions import SAVED, is_post
from archive.extract.body.link_lines import leads_away
from archive.extract.dom.document import class_tokens
from archive.extract.dom.lines import Line, letters_of, weight_of
from archive.extract.phrases.boilerplate_phrases import asks_for_readers
from archive.model import Block, BlockKind

Signature = tuple[str, str]

_INNER_TEXT = "li ul ol tr td th tbody thead tfoot table blockquote dd dt dl"
_INNER = frozenset(_INNER_TEXT.split())
"""Elements inside the flow of a text, which do not hold a text of their own."""
_ITEMS = frozenset({"li", "dt", "dd"})
_LISTS = frozenset({"ul", "ol", "dl"})
_HOLDERS = frozenset({"div", "section", "article", "header", "main", "body", "form"})
_TEXT_TAGS = frozenset({"p", "li", "blockquote"})
_SHORT_TAGS = frozenset({"li", "tr", "pre", "dd", "dt"})
_FOREIGN_TAGS = frozenset({"aside", "form", "button", "nav", "footer", "figcaption", "label"})
_FOREIGN_TEXT = """
    caption credit copyright photo image img ad ads advert advertisement promo promotion related
    newsletter byline author date timestamp meta label disclaimer
"""
_FOREIGN = frozenset(_FOREIGN_TEXT.split())
_SUBHEADING = re.compile(
    r"(?i)sub-?_?head(?:line|ing|er)?(?![a-z])|cross-?_?head(?:ing)?(?![a-z])|intertit(?:re|le)"
    r"|zwischen(?:titel|ueberschrift|überschrift)|ladillo|intertítulo|tussenkop|mellomtittel"
)
_SET_OUT = re.compile(
    r"(?i)(?:pull|block)-?_?quote|(?<![a-z])(?:call-?out|alert|notice|admonition)(?![a-z])"
)
_AROUND_POST = 4
_AROUND_BOX = 5
_SPLIT = re.compile(r"[-_]+")
_MAIN_SHARE = 0.1
_MAIN_LETTERS = 400
"""An element holds much of the text if it has such a share of it, or so many letters."""
_PARAGRAPH_LETTERS = 25
_LOOSE_LETTERS = 12
_BEGUN_LETTERS = 40
_KNOWN_LETTERS = 15
_MAX_SOURCES = 12
_NEAR = 6
"""Levels up to the ancestor that two elements of one text share."""
_TEXT_KINDS = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.QUOTE})


def filled(placed: Sequence[Placed], lines: Sequence[Line], base: str) -> list[Placed]:
    """Return *placed*, from a page with *lines*, with the lines that are missing in it.

    *base* is the base URL of the page's links.
    """
    gaps = _Gaps(placed, lines, base)
    return gaps.fill(placed) if gaps.main else list(placed)


def holder_of(element: HtmlElement) -> HtmlElement:
    """Return the element that holds *element*, a line's, ignoring lists, tables and paragraphs."""
    if element.tag in _HOLDERS:
        return element
    place = element
    while (parent := place.getparent()) is not None:
        place = parent
        is_bare_figure = place.tag == "figure" and next(place.iter("img", "iframe"), None) is None
        if place.tag not in _INNER and place.tag != "p" and not is_bare_figure:
            break
    return place


def held(placed: Sequence[Placed]) -> Counter[HtmlElement]:
    """Return how many letters of the text blocks of *placed* each element holds."""
    found: Counter[HtmlElement] = Counter()
    for each in placed:
        if each.line is not None and each.block.kind in _TEXT_KINDS:
            found[holder_of(each.line.element)] += len(each.line.letters)
    return found


def restored(line: Line) -> Placed:
    """Return *line* as a block of the kind of its element."""
    return Placed(_block_of(line), line)


def item_depth(element: HtmlElement) -> int:
    """Return how many directly nested lists are around *element*, a line's; 0 without a list.

    The description of a term counts as one level deeper than the term. The result is at most
    ``MAX_DEPTH``.
    """
    depth = 0
    item = next((e for e in (element, *element.iterancestors()) if e.tag in _ITEMS), None)
    if item is None:
        return 0
    for ancestor in (item, *item.iterancestors()):
        if ancestor.tag in _LISTS:
            depth += 1
        elif ancestor.tag not in _ITEMS:
            break
    return min(depth + (item.tag == "dd" and depth > 0), MAX_DEPTH)


def _block_of(line: Line) -> Block:
    element = line.element
    tag = element.tag
    if rank := _heading_rank(element):
        return Block(BlockKind.HEADING, line.text, rank)
    if tag == "tr":
        return Block(BlockKind.TABLE_ROW, line.text)
    if tag == "pre":
        return Block(BlockKind.CODE, line.text)
    for ancestor in (element, *element.iterancestors()):
        if ancestor.tag in _ITEMS:
            depth = sum(each.tag in _LISTS for each in ancestor.iterancestors())
            level = max(1, min(depth, MAX_DEPTH), item_depth(ancestor))
            return Block(BlockKind.LIST_ITEM, line.text, level)
        if ancestor.tag == "blockquote":
            return Block(BlockKind.QUOTE, line.text)
    return Block(BlockKind.PARAGRAPH, line.text)


def _heading_rank(element: HtmlElement) -> int:
    tag = element.tag
    if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
        return int(tag[1])
    if element.get("role") == "heading":
        return 3
    classes = element.get("class") if tag in {"div", "p", "span"} else None
    return 3 if classes and _SUBHEADING.search(classes) else 0


def signature_of(element: HtmlElement) -> Signature:
    """Return the tag and the classes of *element* as written."""
    return element.tag, element.get("class") or ""


def lie_alike(one: HtmlElement, other: HtmlElement) -> bool:
    """Return whether both are nested in elements of the same tags and classes, up to a shared one.

    Page builders give every box of a page the same class, but nest the boxes of the frame in
    another way.
    """
    for _ in range(_NEAR):
        if one is other:
            return True
        if signature_of(one) != signature_of(other):
            return False
        above, beside = one.getparent(), other.getparent()
        if above is None or beside is None:
            return False
        one, other = above, beside
    return False


class _Gaps:
    """Knows where the text is, and which other lines are there."""

    def __init__(self, placed: Sequence[Placed], lines: Sequence[Line], base: str) -> None:
        self.lines, self.base = lines, base
        letters = held(placed)
        much = min(_MAIN_SHARE * letters.total(), _MAIN_LETTERS + 1)
        self.main = {element for element, count in letters.items() if count >= much}
        self.signatures = {signature_of(each) for each in self.main if each.get("class")}
        self.near = {
            ancestor
            for element in self.main
            for ancestor in islice(element.iterancestors(), _NEAR)
            if ancestor.tag not in {"body", "html"}
        }
        self.often = Counter(line.letters for line in lines)
        texts = [letters_of(each.block.text) for each in placed]
        self.known = {text for text in texts if len(text) > _KNOWN_LETTERS}
        self.text = "".join(texts)

    def fill(self, placed: Sequence[Placed]) -> list[Placed]:
        out: list[Placed] = []
        start, begun, reached = 0, False, False
        for each in placed:
            if (line := each.line) is not None:
                between = self.lines[start : line.number]
                if begun:
                    out.extend(self._restored(between))
                elif not reached:
                    out.extend(self._prose(between))
                start = line.number + 1
                is_text = each.block.kind is BlockKind.PARAGRAPH
                weight = weight_of(letters_of(each.block.text))
                begun = begun or (is_text and weight >= _BEGUN_LETTERS)
                reached = reached or holder_of(line.element) in self.main
            out.append(each)
        if start:
            sources = self._sources(start)
            out.extend(sources)
            start += len(sources)
            if self.signatures:
                out.extend(self._restored(self.lines[start:], further_only=True))
        return out

    def _prose(self, lines: Sequence[Line]) -> Iterator[Placed]:
        """Yield the prose above a text in the text's elements, such as a missing first paragraph.

        Short lines above a text do not belong to it.
        """
        return self._restored(
            [line for line in lines if line.is_prose and holder_of(line.element) in self.main]
        )

    def _restored(self, lines: Sequence[Line], *, further_only: bool = False) -> Iterator[Placed]:
        for line in lines:
            if not self._is_known(line.letters) and self._belongs(line, further_only):
                yield restored(line)

    def _sources(self, start: int) -> list[Placed]:
        """Return the headings from *start* on that have lists of links to other sites below.

        Such links are sources or downloads. A list of links to the publisher's own stories does not
        belong to the text, and a long list is a directory.
        """
        found: list[Line] = []
        section: list[Line] = []
        for line in islice(self.lines, start, None):
            if holder_of(line.element) not in self.main or self._is_known(line.letters):
                break
            if _heading_rank(line.element):
                if len(section) == 1 or len(section) > _MAX_SOURCES:
                    break
                found.extend(section)
                section = [line]
            elif section and self._is_source(line):
                section.append(line)
            else:
                break
        if 1 < len(section) <= _MAX_SOURCES:
            found.extend(section)
        return [restored(line) for line in found]

    def _is_set_out(self, line: Line) -> bool:
        """Return whether *line* is prose in a box in the text, a quotation or note by its class."""
        if not line.is_prose or asks_for_readers(line.text):
            return False
        around = (line.element, *islice(line.element.iterancestors(), _AROUND_BOX))
        if self.main.isdisjoint(around):
            return False
        inside = takewhile(lambda each: each not in self.main, around)
        return any(_SET_OUT.search(token) for each in inside for token in class_tokens(each))

    def _is_source(self, line: Line) -> bool:
        """Return whether *line* is an item that is a link to another site."""
        return _is_item(line.element) and leads_away(line.element, self.base)

    def _is_known(self, letters: str) -> bool:
        if self.often[letters] > 1 or letters in self.known:
            return True
        return len(letters) > 2 * _KNOWN_LETTERS and letters in self.text

    def _belongs(self, line: Line, further_only: bool) -> bool:
        element = line.element
        holder = holder_of(element)
        if holder is element and _heading_rank(element):
            parent = element.getparent()
            holder = element if parent is None else holder_of(parent)
        is_main = holder in self.main or self._is_set_out(line)
        place = _Place(line, element, holder, is_main, further_only)
        answers = (rule(self, place) for rule in _RULES)
        return next((answer for answer in answers if answer is not None), False)

    def rule_of_posts(self, place: _Place) -> bool | None:
        """Answer for posts: one in the text's element belongs to it, unless shown as a picture."""
        if (post := _post_of(place.element)) is None:
            return None
        around = tuple(islice(post.iterancestors(), _AROUND_POST))
        is_shown = any(each.tag == "figure" for each in around)
        return not (place.further_only or is_shown or self.main.isdisjoint(around))

    def rule_of_sources(self, place: _Place) -> bool | None:
        """Answer for links to other sites: one in a list of the text's element belongs to it."""
        is_link = place.is_main and place.line.is_link and not _is_foreign(place.element)
        return not place.further_only if is_link and self._is_source(place.line) else None

    def rule_of_other_lines(self, place: _Place) -> bool | None:
        """Refuse the page's headline, and lines that cannot be text by themselves."""
        return False if place.element.tag == "h1" or not _may_be_text(place.line) else None

    def rule_of_main_element(self, place: _Place) -> bool | None:
        """Answer for lines in the text's element: they belong to the text up to its end."""
        return not place.further_only if place.is_main else None

    def rule_of_signatures(self, place: _Place) -> bool | None:
        """Refuse a line whose holder has other classes than all that hold much of the text."""
        element, holder = place.element, place.holder
        if element is holder or not holder.get("class"):
            return False
        if signature_of(holder) not in self.signatures:
            return False
        return None if element.tag in _TEXT_TAGS or _heading_rank(element) else False

    def rule_of_further_elements(self, place: _Place) -> bool | None:
        """Answer for lines after the text: one belongs to it if its holder is nested alike."""
        if not place.further_only:
            return None
        return any(lie_alike(place.holder, each) for each in self.main)

    def rule_of_near_elements(self, place: _Place) -> bool:
        """Answer for all other lines: one belongs to the text if one element is around both."""
        around = (place.holder, *place.holder.iterancestors())
        return any(each in self.near for each in around)


@dataclass(frozen=True, slots=True)
class _Place:
    """A line and the element that holds it; *is_main* says that it is in the text's element."""

    line: Line
    element: HtmlElement
    holder: HtmlElement
    is_main: bool
    further_only: bool
    """Whether the line is after the text, where only further elements of the text are restored."""


_RULES: tuple[Callable[[_Gaps, _Place], bool | None], ...] = (
    _Gaps.rule_of_posts,
    _Gaps.rule_of_sources,
    _Gaps.rule_of_other_lines,
    _Gaps.rule_of_main_element,
    _Gaps.rule_of_signatures,
    _Gaps.rule_of_further_elements,
    _Gaps.rule_of_near_elements,
)
"""Which lines belong to the text: the first rule that does not answer None decides."""


def _post_of(element: HtmlElement) -> HtmlElement | None:
    """Return the embedded post that contains *element*, a line's; None without one."""
    return next(filter(is_post, (element, *islice(element.iterancestors(), 2))), None)


def _may_be_text(line: Line) -> bool:
    element, length = line.element, line.weight
    if 2 * line.linked > len(line.letters):
        return False
    if not _heading_rank(element) and element.tag not in _SHORT_TAGS:
        is_paragraph = element.tag in {"p", "blockquote"}
        if length < (_PARAGRAPH_LETTERS if is_paragraph else _LOOSE_LETTERS):
            return False
    return not _is_foreign(element)


def _is_item(element: HtmlElement) -> bool:
    parent = element.getparent()
    return element.tag == "li" or (parent is not None and parent.tag == "li")


def _is_foreign(element: HtmlElement) -> bool:
    """Return whether *element* or its parent has a class or tag that is not part of a text."""
    if SAVED in element.attrib:
        return True
    parent = element.getparent()
    named = [element] if parent is None else [element, parent]
    words = {word for each in named for token in class_tokens(each) for word in _SPLIT.split(token)}
    if words & _FOREIGN:
        return True
    return stands_beside(element)


def stands_beside(element: HtmlElement) -> bool:
    """Return whether the tag of *element*, or of one around it, is for things beside a text."""
    return any(each.tag in _FOREIGN_TAGS for each in (element, *element.iterancestors()))
