"""Save captions and quotations in figures from trafilatura.

trafilatura drops figures with everything inside, and turns the title of a table into a row. So
captions and quotations are moved or marked in the tree before it runs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from archive.extract.body.alignment import Placed
from archive.extract.body.blocks import as_caption
from archive.extract.dom.document import class_tokens, content_of, drop, element_text
from archive.extract.dom.lines import HEADINGS, Line, line_of, lines_of
from archive.extract.dom.text_density import Prose
from archive.extract.phrases.loading import phrases
from archive.extract.phrases.notation import any_of
from archive.model import BlockKind

SAVED = "data-pressmark-caption"
"""Attribute of a paragraph that was a caption, so that it is not read as text."""
_PROSE_LETTERS = 40
_NOTE_LETTERS = 250
_NEAR = 3
_BOXES = frozenset({"div", "span", "center", "section", "a", "picture"})
_WITHIN = frozenset({"span", "a", "picture"})
"""Elements inside a line, which are no blocks."""
_CAPTIONED = frozenset({"p", "div", "span", "dd", "center", "section"})
_NAME = "caption-text"
_LEAST_LETTERS = 8
_CAPTION_LETTERS = 200
_EMBEDDED = frozenset(
    {"twitter-tweet", "twitter-video", "instagram-media", "tiktok-embed", "bluesky-embed"}
    | {"mastodon-embed", "reddit-embed-bq", "text-post-media", "fb-post", "telegram-post"}
)
"""Classes of the quotations that social networks provide to embed a post."""
_MOST_PICTURES = 500
"""Number of pictures whose box is examined, since each time the whole box is read."""
_MOST_QUOTES = 200
"""Number of quotations that are searched for in the text, since each search reads it all."""
_MEDIA = ("img", "amp-img", "picture", "video", "amp-video", "iframe")
_PLACES = etree.XPath(
    ".//p | .//figcaption | .//table/caption"
    " | .//*[contains(@class,'caption') and not(self::figure) and not(self::figcaption)]"
)
_NAMES_TEXT = """
    caption wp-caption-text wp-caption-dd gallery-caption image-caption img-caption photo-caption
    figure-caption media-caption picture-caption caption-text image__caption figure__caption
"""
_NAMES = frozenset(_NAMES_TEXT.split())
_AROUND = frozenset({"figure", "p", "a", "ul", "ol", "li", "dl", "table"})
"""Elements that cannot contain a paragraph."""
_SOURCE = re.compile(rf"{any_of(phrases().source_label)}\s*[:：]", re.IGNORECASE)
_TEXT_KINDS = frozenset({BlockKind.PARAGRAPH, BlockKind.QUOTE, BlockKind.LIST_ITEM})
_SET_APART = frozenset({"em", "i", "small"})


def save_captions(container: HtmlElement, prose: Prose) -> None:
    """Put the captions between the paragraphs of *container* into marked paragraphs, in place.

    The caption of a picture above the first paragraph belongs to the headline, not to the text.
    """
    _name_lone_lines(container, prose)
    begun = False
    last: dict[HtmlElement, HtmlElement] = {}
    for element in _PLACES(container):
        named = element.tag in {"figcaption", "caption"} or _is_named(element)
        if not named:
            if element.tag == "p":
                begun = begun or prose.own.get(element, 0) >= _PROSE_LETTERS
            continue
        text = line_of(element)
        place = _place(element, container) if begun and text else None
        if place is None or place.getparent() is None:
            continue
        if element.tag == "caption":  # a table's title, which its rows need to make sense
            _move(element, place, text, above=True)
            continue
        _move(element, last.get(place, place), as_caption(text))
        last[place] = element
        element.set(SAVED, "")


def _name_lone_lines(container: HtmlElement, prose: Prose) -> None:
    """Mark a line as caption, in place, if it is alone with the picture above it in a box."""
    for picture in list(islice(container.iter("img", "amp-img"), _MOST_PICTURES)):
        box = _box_of(picture, prose)
        if box is not None and _NAME not in class_tokens(box):
            box.set("class", f"{box.get('class') or ''} {_NAME}")


def _box_of(picture: HtmlElement, prose: Prose) -> HtmlElement | None:
    """Return the largest box with nothing but *picture* and one line below it; None without."""
    found, inner = None, picture
    for ancestor, _ in zip(picture.iterancestors(), range(_NEAR), strict=False):
        if ancestor.tag not in _BOXES or prose.held(ancestor) > _CAPTION_LETTERS:
            break
        if length := len(content_of(ancestor).strip()):
            if length > _CAPTION_LETTERS or ancestor.tag == "a":
                break
            if found is None and _said_above(ancestor, inner):
                break
            lines = lines_of(ancestor)
            if len(lines) != 1 or not _may_be_caption(lines[0]):
                break
            found = ancestor
        inner = ancestor
    return found


def _said_above(box: HtmlElement, inner: HtmlElement) -> bool:
    """Return whether *box* has text above its child *inner*."""
    if (box.text or "").strip():
        return True
    for child in box:
        if child is inner:
            return False
        if content_of(child).strip() or (child.tail or "").strip():
            return True
    return False


def _may_be_caption(line: Line) -> bool:
    if line.element.tag in HEADINGS or line.element.tag in _WITHIN:
        return False
    return len(line.letters) >= _LEAST_LETTERS and not line.is_half_linked


def _move(element: HtmlElement, place: HtmlElement, text: str, *, above: bool = False) -> None:
    """Make *element* a paragraph with *text* right after *place*, or before it if *above*.

    The element object stays the same, since lines of the page refer to it.
    """
    tail = element.tail
    if place is not element:
        drop(element)
    element.clear()
    element.tag, element.text = "p", text
    if place is element:
        element.tail = tail
    elif above:
        place.addprevious(element)
    else:
        element.tail, place.tail = place.tail, None
        place.addnext(element)


def free_quotes(bare: HtmlElement) -> None:
    """Turn figures with a quotation and without a picture into plain boxes, in place.

    WordPress writes pull quotes as such figures, and the HTML standard puts the quoted person into
    the figure's caption (4.4.4). A quotation that only repeats a passage of the text stays a
    figure, and so trafilatura drops it.
    """
    quoting = [
        (figure, quote)
        for figure in bare.iter("figure")
        if (quote := figure.find(".//blockquote")) is not None
        and not is_post(quote)
        and (next(figure.iter(*_MEDIA), None) is None or _is_quoted(quote))
    ]
    # Case counts: a sentence of its own differs from the same words inside a sentence.
    letters = _letters(content_of(bare)) if quoting else ""
    for figure, quote in quoting[:_MOST_QUOTES]:
        said = _letters(content_of(quote))
        if not said or letters.count(said) != 1:
            continue
        figure.tag = "div"
        for caption in list(figure.iter("figcaption")):
            caption.tag, caption.tail = "p", None
            quote.append(caption)


def _is_quoted(quote: HtmlElement) -> bool:
    """Return whether *quote*, in a figure with a picture, is said by the person in the picture."""
    linked = sum(len(_letters(content_of(link))) for link in quote.iter("a"))
    return 2 * linked < len(_letters(content_of(quote)))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def is_post(element: HtmlElement) -> bool:
    """Return whether *element* is an embedded post of a social network."""
    return element.tag == "blockquote" and not _EMBEDDED.isdisjoint(class_tokens(element))


def is_table_note(line: Line) -> bool:
    """Return whether *line* is right below a table, and names its source or explains it."""
    element = line.element
    if element.tag not in {"p", "div"} or len(line.text) > _NOTE_LETTERS:
        return False
    before = element.getprevious()
    if before is None or not _is_table(before):
        return False
    return bool(_SOURCE.match(line.text)) or _is_set_apart(element)


def is_caption(element: HtmlElement) -> bool:
    """Return whether *element*, a line's, is a caption or is in one, by its tag or a class."""
    around = (element, *islice(element.iterancestors(), _NEAR))
    return any(
        each.tag in {"figcaption", "caption"} or SAVED in each.attrib or _is_named(each)
        for each in around
    )


def _is_named(element: HtmlElement) -> bool:
    """Return whether a class calls *element* a caption, and a picture is beside it."""
    if _NAMES.isdisjoint(class_tokens(element)) or element.tag not in _CAPTIONED:
        return False
    if next(element.iterancestors("figcaption"), None) is not None:
        return False
    return _holder(element) is not None


def _holder(element: HtmlElement) -> HtmlElement | None:
    """Return the nearest element around *element* that also holds a picture."""
    for ancestor, _ in zip(element.iterancestors(), range(_NEAR), strict=False):
        if next(ancestor.iter(*_MEDIA), None) is not None:
            return ancestor
    return None


def _place(element: HtmlElement, container: HtmlElement) -> HtmlElement | None:
    """Return the element beside which the caption in *element* is put; None if it is the page."""
    if element.tag == "figcaption":
        place = next(element.iterancestors("figure"), None)
    elif element.tag == "caption":
        place = element.getparent()
    else:
        place = _holder(element)
        if (
            place is not None
            and len(element_text(place)) > len(element_text(element)) + _NOTE_LETTERS
        ):
            place = element
    while place is not None and place is not container:
        parent = place.getparent()
        if parent is None or parent.tag not in _AROUND:
            return place
        place = parent
    return None


def _is_table(element: HtmlElement) -> bool:
    if element.tag in {"figure", "div"}:
        return len(element) > 0 and element[-1].tag == "table"
    return bool(element.tag == "table")


def _is_set_apart(element: HtmlElement) -> bool:
    """Return whether all of *element* is in italics or small, or its class says caption."""
    if any("caption" in token for token in class_tokens(element)):
        return True
    inner = element
    while len(inner) == 1 and not (inner.text or "").strip():
        inner = inner[0]
        if inner.tag in _SET_APART:
            return element_text(inner) == element_text(element)
    return False


def all_captions(placed: Sequence[Placed]) -> list[Placed]:
    """Return *placed*, as captions if all of its text is in captions: a gallery of pictures."""
    text = [each for each in placed if each.block.kind in _TEXT_KINDS]
    if not text or not all(map(_is_in_figcaption, text)):
        return list(placed)
    return [
        Placed(replace(each.block, kind=BlockKind.CAPTION), each.line)
        if each.block.kind in _TEXT_KINDS
        else each
        for each in placed
    ]


def _is_in_figcaption(placed: Placed) -> bool:
    line = placed.line
    if line is None:
        return False
    return any(each.tag == "figcaption" for each in (line.element, *line.element.iterancestors()))
