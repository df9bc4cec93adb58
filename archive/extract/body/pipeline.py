"""Extract an article's text: remove the frame, run trafilatura, and refine its blocks.

trafilatura adds other text of the page to a short article. So when the markup says which element
holds the article, trafilatura gets only that element.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from lxml import etree
from lxml.html import HtmlElement

from archive.extract.body.alignment import Placed, align
from archive.extract.body.blocks import blocks_of
from archive.extract.body.captions import all_captions, free_quotes, save_captions
from archive.extract.body.confidence import Opinion, opinion
from archive.extract.body.deduplicate import without_copies
from archive.extract.body.footnotes import taken_notes
from archive.extract.body.link_lines import without_link_lines
from archive.extract.body.restore_gaps import filled, restored
from archive.extract.body.restore_parts import rescued
from archive.extract.body.restore_spelling import as_published
from archive.extract.body.trim_edges import About, without_edges
from archive.extract.body.trim_trailing import without_what_is_behind
from archive.extract.body.whole_lines import as_whole_lines
from archive.extract.dom.document import Page, drop, join_texts, new_document, outermost
from archive.extract.dom.lines import Line, letters_of, lines_of
from archive.extract.dom.page_chrome import cut_frame, drop_frame_names, main_body_elements
from archive.extract.dom.text_density import Prose
from archive.extract.dom.visibility import show_what_readers_see
from archive.extract.line_model.model import is_better, likely_text, line_probabilities
from archive.extract.main_text.reading import main_text
from archive.extract.outline import Outline, outline_of
from archive.extract.template.places import places_of_lines
from archive.model import Block

_THIN_SHARE = 0.4
_SHORT_LETTERS = 600
_SHORT_SHARE = 0.9
_MANY_LINES = 4_000
"""With more lines, justext is not used, since its time grows with their square."""
_MANY_CHILDREN = 2_000
_LISTS = ("ul", "ol", "dl", "li", "dt", "dd")
_DRESS = ("span", "b", "strong", "i", "em", "u", "font", "mark", "small")
_SURE_LETTERS = 20
_LABEL_LETTERS = 8
_CONTAINER_SHARE = 0.4
"""An element with a smaller share of the prose is a box beside the article."""


def framed(page: Page) -> tuple[HtmlElement, Prose]:
    """Return a copy of the tree of *page* without its frame, and the prose of the copy."""
    bare = deepcopy(page.tree)
    copies = list(bare.iter("*"))  # in the order of ``page.elements``
    hiding = [copies[at] for at in page.places_having("aria-hidden", "hidden", "style")]
    gone: set[HtmlElement] = set()
    for element in list(bare.iter("script", "style", "template", "svg", "footer")):
        if element.tag == "footer":
            if next(element.iterancestors("blockquote"), None) is not None:
                element.tag = "p"  # the quoted person
        elif element.tag != "script" or "ld+json" not in element.get("type", ""):
            gone.update(element.iter("*"))
            drop(element)
    show_what_readers_see(bare, [element for element in hiding if element not in gone])
    for element in list(bare.iter("noscript")):
        drop(element)
    return bare, cut_frame(bare)


@dataclass(frozen=True, slots=True)
class Text:
    """An article's *blocks*, empty without a text, and the second *opinion* on them.

    *rescued* says that the text broke off, and was completed with other lines of the page.
    *outline* is how the page is laid out around the text. *lines* are those of the page, or of the
    page without its frame if the markup says where the text is; *places* are where the lines are;
    *placed* are the blocks, each with its line; *kept* are the numbers of their lines, *trimmed*
    those of lines that were found and then left out.
    """

    blocks: tuple[Block, ...] = ()
    opinion: Opinion = field(default=Opinion(0.0))
    rescued: bool = False
    outline: Outline = field(default=Outline())
    lines: Sequence[Line] = ()
    places: Sequence[int] = ()
    placed: tuple[Placed, ...] = ()
    kept: frozenset[int] = frozenset()
    trimmed: frozenset[int] = frozenset()


def body_text(page: Page, bare: HtmlElement, prose: Prose, about: About, body: str = "") -> Text:
    """Return the text of *page*; *bare* is its tree without the frame.

    *prose* is that of *bare*. *about* has the headline, authors and sections, which are not part of
    the text. *body* is the articleBody of JSON-LD, empty without one. Pitfall: *bare* is changed,
    and cannot be used again.
    """
    notes = taken_notes(bare)
    free_quotes(bare)
    etree.strip_tags(bare, "q")  # trafilatura ends a sentence before each of these
    lines = bare_lines = lines_of(bare)
    places = places_of_lines(lines)  # by the names that the publisher gave, as on the whole page
    drop_frame_names(bare)
    if not any(map(_is_outside_links, lines)):
        return Text(outline=outline_of(lines, lines, ()), lines=lines, places=places)
    declared = main_body_elements(bare, prose) or outermost(bare, "article")
    container = _container(declared, prose)
    save_captions(bare if container is None else container, prose)
    _melt(bare, prose)
    by_lines = not declared and not notes
    blocks: tuple[Block, ...] = ()
    thin = False
    if container is not None:
        blocks, thin = _main_text(_document_of(container), lines)
    if not blocks:
        blocks, thin = _main_text(bare, lines, is_alone=by_lines)
    placed = as_whole_lines(as_published(align(blocks, lines), lines), lines)
    placed = filled(placed, lines, about.base)
    body_letters = letters_of(body)
    whole = rescued(placed, lines, body_letters)
    is_rescued = len(whole) > len(placed)
    if by_lines:
        whole, lines = _better(whole, lines, page)
        places = places if lines is bare_lines else places_of_lines(lines)
    left = without_copies(all_captions(whole))
    left = without_what_is_behind(left, lines)
    left = without_link_lines(left, lines, about.base)
    if not left:
        outline = outline_of(bare_lines, lines, ())
        return Text(outline=outline, lines=lines, places=places, trimmed=_lines(whole))
    text = without_edges((*(each.block for each in left), *notes), about)
    line_of_block = {id(each.block): each.line for each in left}
    final = tuple(Placed(block, line_of_block.get(id(block))) for block in text)
    kept = _lines(final)
    trimmed = _lines(whole) - kept
    judged = opinion(text, kept, trimmed, lines, body_letters, thin=thin)
    outline = outline_of(bare_lines, lines, kept)
    return Text(text, judged, is_rescued, outline, lines, places, final, kept, trimmed)


def _better(placed: list[Placed], lines: list[Line], page: Page) -> tuple[list[Placed], list[Line]]:
    """Return *placed* and *lines*, or what the line model reads on *page* if it is clearly better.

    Where the markup does not say which element holds the text, trafilatura may take another one,
    and the frame may hold the text, too: the model looks at all lines of the page.
    """
    every = lines_of(page.tree)
    if len(every) > _MANY_LINES:
        return placed, lines
    likely = line_probabilities(every, page.title or "")
    texts = [letters_of(each.block.text) for each in placed]
    known, joined = set(texts), "\n".join(texts)
    chosen = [
        line.letters in known or (len(line.letters) >= _SURE_LETTERS and line.letters in joined)
        for line in every
    ]
    other = likely_text(likely)
    if not is_better(likely, chosen, other, [line.weight for line in every]):
        return placed, lines
    return [restored(line) for line, is_text in zip(every, other, strict=True) if is_text], every


def _is_outside_links(line: Line) -> bool:
    is_label = line.element.tag == "h1" or len(line.letters) < _LABEL_LETTERS
    return not is_label and not line.is_half_linked


def _lines(placed: Sequence[Placed]) -> frozenset[int]:
    return frozenset(each.line.number for each in placed if each.line is not None)


def _main_text(
    tree: HtmlElement, lines: Sequence[Line], *, is_alone: bool = False
) -> tuple[tuple[Block, ...], bool]:
    """Return the text of *tree*, and whether trafilatura alone found little of it.

    With *is_alone* no other extractor is asked then: the line model reads the page anyway.
    """
    blocks = _extracted(tree, fast=True)
    thin = _is_thin(blocks, lines)
    asked = thin and not is_alone and len(lines) <= _MANY_LINES
    return _extracted(tree, fast=False) if asked else blocks, thin


def _extracted(tree: HtmlElement, *, fast: bool) -> tuple[Block, ...]:
    try:
        body = main_text(tree, fast=fast)
    except RecursionError:
        if next(tree.iter(*_LISTS), None) is None:
            raise
        etree.strip_tags(tree, *_LISTS)  # a thousand deep, they do not show the order of the text
        return _extracted(tree, fast=fast)
    return () if body is None else blocks_of(body)


def _is_thin(blocks: tuple[Block, ...], lines: Sequence[Line]) -> bool:
    """Return whether *blocks* have so little of the page's text that other extractors are needed.

    trafilatura's comparison with readability and justext takes a third of its time, and changes
    little when trafilatura alone finds most of the text.
    """
    found = sum(len(block.text) for block in blocks)
    prose = sum(len(line.text) for line in lines if line.is_prose)
    share = _SHORT_SHARE if found < _SHORT_LETTERS else _THIN_SHARE
    return not found or found < share * prose


def _container(declared: list[HtmlElement], prose: Prose) -> HtmlElement | None:
    """Return the one element of *declared* that holds the article; None if it is not clear."""
    if len(declared) != 1 or prose.held(declared[0]) < _CONTAINER_SHARE * prose.total:
        return None
    return declared[0]


def _melt(bare: HtmlElement, prose: Prose) -> None:
    """Replace thousands of inline elements in a row by their text, in place.

    trafilatura's time grows with the square of the number of texts in one paragraph.
    """
    if 2 * len(prose.elements) < _MANY_CHILDREN:
        return
    for element in [each for each in bare.iter("*") if len(each) > _MANY_CHILDREN]:
        etree.strip_tags(element, *_DRESS)
        join_texts(element)


def _document_of(container: HtmlElement) -> HtmlElement:
    document = new_document()
    body = etree.SubElement(document, "body")
    body.append(deepcopy(container))
    return document
