"""Remove what follows the article: other stories, newsletters, notes on the authors.

The element that holds most of the text is the article's home. Boxes after the home are removed, and
so are lines below a heading of other stories. Kept are further parts of the text (with the layout
of the home), questions and answers, notes, and prose right beside the home.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from lxml.html import HtmlElement

from archive.extract.body.alignment import Placed
from archive.extract.body.restore_gaps import holder_of, lie_alike, signature_of
from archive.extract.dom.document import class_tokens
from archive.extract.dom.lines import Line
from archive.extract.phrases.boilerplate_phrases import heads_other_stories
from archive.model import Block, BlockKind

_BESIDE = frozenset({BlockKind.CAPTION})
_HOME_SHARE = 0.6
_LINE_LETTERS = 40
_PROSE_LETTERS = 100
_PROSE_PARAGRAPHS = 2
_NEXT_STORIES = 3
_STORY_LETTERS = 300
_NOTES = 2
_MARK_LETTERS = 40
"""Letters of a line that are searched for a note's mark; a line of stars would take too long."""
_NOTE = re.compile(r"\W*(?:\d{1,3}|[*†‡¹²³⁴⁵⁶⁷⁸⁹]+)[\s.):\]*]*\w")
_QUESTIONS = re.compile(r"(?:^|[-_])faqs?(?:$|[-_])|faqpage")


def without_what_is_behind(placed: Sequence[Placed], lines: Sequence[Line]) -> list[Placed]:
    """Return *placed*, from a page with *lines*, without what follows the article."""
    placed = _without_next_stories(placed, lines)
    placed = list(placed[: _end(placed)])
    home = _home(placed)
    if home is None:
        return placed
    around = set(home.iterancestors())
    boxes = [
        None if each.line is None else _box(each.line.element, home, around) for each in placed
    ]
    last = max(number for number, box in enumerate(boxes) if box is home)
    boxes = _with_all_placed(boxes, last)
    kept = _kept(home, placed[last + 1 :], boxes[last + 1 :])
    return [each for number, each in enumerate(placed) if number <= last or boxes[number] in kept]


def _without_next_stories(placed: Sequence[Placed], lines: Sequence[Line]) -> Sequence[Placed]:
    """Remove the next stories of an endless page: ``article`` elements with their own h1.

    More than ``_NEXT_STORIES`` of them are the entries of one story, such as a live blog.
    """
    headlines = [line.element for line in lines if line.element.tag == "h1"]
    if len(headlines) < 2:
        return placed
    own, *others = map(_outermost_article, headlines)
    stories = {article for article in others if article is not None and article is not own}
    if own is None or not 1 <= len(stories) <= _NEXT_STORIES:
        return placed
    homes = [
        None if each.line is None else _outermost_article(each.line.element) for each in placed
    ]
    letters = sum(
        len(each.block.text) for each, home in zip(placed, homes, strict=True) if home is own
    )
    if letters < _STORY_LETTERS:
        return placed  # the h1 was that of the site
    return [each for each, home in zip(placed, homes, strict=True) if home not in stories]


def _outermost_article(element: HtmlElement) -> HtmlElement | None:
    return next(reversed([*element.iterancestors("article")]), None)


def _end(placed: Sequence[Placed]) -> int:
    """Return the place of the last heading of other stories, if no prose of the article follows.

    Prose belongs to the article if it is in an element like that of prose above the heading.
    """
    own: set[tuple[str, str]] = set()
    end = len(placed)
    for number, each in enumerate(placed):
        if each.line is None:
            continue
        if _is_prose(each.block, each.line, least=_LINE_LETTERS):
            signature = signature_of(holder_of(each.line.element))
            if end == len(placed):
                own.add(signature)
            elif signature in own:
                end = len(placed)
        elif end == len(placed) and own and each.block.kind is BlockKind.HEADING:
            end = number if heads_other_stories(each.block.text) else end
    return end


def _home(placed: Sequence[Placed]) -> HtmlElement | None:
    """Return the smallest element that holds most of the text; None if only the page does."""
    captions = {each.line for each in placed if each.block.kind in _BESIDE}
    weights: dict[HtmlElement, int] = {}
    total = 0
    for each in placed:
        line = each.line
        if line is None or line in captions:
            continue
        length = len(line.letters)
        total += length
        holder = holder_of(line.element)
        weights[holder] = weights.get(holder, 0) + length
    held: dict[HtmlElement, int] = {}
    for holder, length in weights.items():
        for element in (holder, *holder.iterancestors()):
            held[element] = held.get(element, 0) + length
    enough = {element for element, length in held.items() if length >= _HOME_SHARE * total}
    above = {element.getparent() for element in enough}  # they are nested
    home = next((element for element in enough if element not in above), None)
    return None if home is None or home.tag in {"body", "html"} else home


def _box(element: HtmlElement, home: HtmlElement, around: set[HtmlElement]) -> HtmlElement:
    """Return *home* if it contains *element*, else the largest element around that outside it."""
    box = element
    for ancestor in (element, *element.iterancestors()):
        if ancestor is home:
            return home
        if ancestor in around:
            break
        box = ancestor
    return box


def _with_all_placed(boxes: Sequence[HtmlElement | None], last: int) -> list[HtmlElement | None]:
    """Return *boxes*, with unknown ones after *last* replaced by that of a neighbour."""
    found = list(boxes)
    for number in range(len(found) - 2, last, -1):
        found[number] = found[number] if found[number] is not None else found[number + 1]
    for number in range(last + 2, len(found)):
        found[number] = found[number] if found[number] is not None else found[number - 1]
    return found


def _kept(
    home: HtmlElement, placed: Sequence[Placed], boxes: Sequence[HtmlElement | None]
) -> set[HtmlElement | None]:
    """Return which of *boxes*, those of *placed* after *home*, still belong to the article."""
    kept: set[HtmlElement | None] = {None}
    prose, notes = Counter[HtmlElement](), Counter[HtmlElement]()
    for each, box in zip(placed, boxes, strict=True):
        block, line = each.block, each.line
        if line is None or box is None:
            continue
        if lie_alike(holder_of(line.element), home) or _asks(line.element, box):
            kept.add(box)
        notes[box] += _is_note(block)
        prose[box] += box.getparent() is home.getparent() and _is_prose(block, line)
    kept.update(box for box, count in notes.items() if count >= _NOTES)
    kept.update(box for box, count in prose.items() if count >= _PROSE_PARAGRAPHS)
    return kept


def _is_note(block: Block) -> bool:
    return block.kind is BlockKind.PARAGRAPH and _NOTE.match(block.text[:_MARK_LETTERS]) is not None


def _is_prose(block: Block, line: Line, *, least: int = _PROSE_LETTERS) -> bool:
    if block.kind is not BlockKind.PARAGRAPH or line.weight < least:
        return False
    return 4 * line.linked < len(line.letters)


def _asks(element: HtmlElement, box: HtmlElement) -> bool:
    """Return whether a class of *element*, or around it in *box*, means questions and answers."""
    for each in (element, *element.iterancestors()):
        named = (*class_tokens(each), (each.get("itemtype") or "").lower())
        if any(_QUESTIONS.search(name) for name in named):
            return True
        if each is box:
            return False
    return False
