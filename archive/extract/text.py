"""The article's text: the frame cut away, trafilatura in its default mode, typed blocks.

trafilatura fills short articles up with whatever else the page has. Where markup says which
element holds the article, a result that reaches outside it, or holds little of it, is replaced by
what trafilatura makes of that element alone.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from copy import deepcopy

import lxml.html
import trafilatura
from lxml import etree
from lxml.html import HtmlElement

from archive.extract.behind import without_what_is_behind
from archive.extract.blocks import blocks_of, hide_no_break_spaces
from archive.extract.captions import free_quotes, save_captions
from archive.extract.copies import without_copies
from archive.extract.edges import About, without_edges
from archive.extract.exact import as_published
from archive.extract.frame import cut_frame, main_body_elements
from archive.extract.gaps import filled
from archive.extract.leaves import Leaf, align, leaves_of
from archive.extract.links import without_link_lines
from archive.extract.notes import taken_notes
from archive.extract.page import content_of, drop, outermost, prose_weight
from archive.model import Block

# What trafilatura finds odd in a page is no news for the operator of a crawl.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_OUTSIDE_SHARE = 0.1
_HELD_SHARE = 0.5
_MIN_LETTERS = 600
_THIN_SHARE = 0.5
_LINE_LETTERS = 60
_CONTAINER_SHARE = 0.4
"""Share of the page's prose below which an element is a box beside the article, not its holder."""


def framed(tree: HtmlElement) -> HtmlElement:
    """Return a copy of *tree* without the page's frame."""
    bare = deepcopy(tree)
    for element in list(bare.iter("script", "style", "template", "noscript", "svg", "footer")):
        if element.tag == "footer":
            if next(element.iterancestors("blockquote"), None) is not None:
                element.tag = "p"  # who is quoted
        elif element.tag != "script" or "ld+json" not in element.get("type", ""):
            drop(element)
    cut_frame(bare)
    return bare


def article_blocks(bare: HtmlElement, about: About) -> tuple[Block, ...]:
    """Return the text of the article on *bare*, a page whose frame is cut; empty where none.

    What *about* says of the article elsewhere is no part of its text. *bare* is used up.
    """
    notes = taken_notes(bare)
    free_quotes(bare)
    etree.strip_tags(bare, "q")  # trafilatura ends a sentence before each
    leaves = leaves_of(bare)
    hide_no_break_spaces(bare)
    container = _container(bare)
    if container is not None:
        save_captions(container)
    blocks = _main_text(bare, fast=True)
    if _is_thin(blocks, leaves):
        blocks = _main_text(bare)
    if container is not None and not _fits(blocks, container):
        blocks = _main_text(_document_of(container)) or blocks
    exact, where = as_published(blocks, leaves, align(blocks, leaves))
    whole, where = filled(exact, leaves, where, about.base)
    whole, where = without_copies(whole, leaves, where)
    whole, where = without_what_is_behind(whole, leaves, where)
    whole, where = without_link_lines(whole, leaves, where, about.base)
    return without_edges((*whole, *notes), about) if whole else ()


def _main_text(tree: HtmlElement, *, fast: bool = False) -> tuple[Block, ...]:
    document = trafilatura.bare_extraction(
        tree, include_comments=False, include_tables=True, with_metadata=False, fast=fast
    )
    body = getattr(document, "body", None)
    return () if body is None else blocks_of(body)


def _is_thin(blocks: tuple[Block, ...], leaves: Sequence[Leaf]) -> bool:
    """Whether *blocks* are so few of the page's lines of text that others ought to be asked.

    trafilatura's own comparison with readability and justext takes a third of its time, and
    changes little where what it found by itself is most of what there is.
    """
    found = sum(len(block.text) for block in blocks)
    prose = sum(len(leaf.text) for leaf in leaves if _is_prose(leaf))
    return found < _MIN_LETTERS or found < _THIN_SHARE * prose


def _is_prose(leaf: Leaf) -> bool:
    return len(leaf.letters) >= _LINE_LETTERS and 2 * leaf.linked < len(leaf.letters)


def _container(bare: HtmlElement) -> HtmlElement | None:
    """Return the one element that markup says holds the article; None where that is not plain."""
    found = main_body_elements(bare) or outermost(bare, "article")
    if len(found) != 1 or prose_weight(found[0]) < _CONTAINER_SHARE * prose_weight(bare):
        return None
    return found[0]


def _fits(blocks: tuple[Block, ...], container: HtmlElement) -> bool:
    """Whether *blocks* lie in *container* and hold most of its paragraphs."""
    inside = _letters(content_of(container))
    texts = [_letters(block.text) for block in blocks]
    total = sum(map(len, texts))
    outside = sum(len(text) for text in texts if text not in inside)
    if outside > _OUTSIDE_SHARE * total:
        return False
    paragraphs = sum(len(_letters(content_of(p))) for p in container.iter("p"))
    return total >= _HELD_SHARE * paragraphs


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _document_of(container: HtmlElement) -> HtmlElement:
    document: HtmlElement = lxml.html.html_parser.makeelement("html")
    body = etree.SubElement(document, "body")
    body.append(deepcopy(container))
    return document
