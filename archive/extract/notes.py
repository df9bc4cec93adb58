"""Footnotes: taken out of the page with their marks, to stand below the text as what they are.

A mark within a line would be a word of it ("the flood1"), and a note an item of some list.
"""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from archive.extract.page import drop, element_text, tokens_of
from archive.model import Block, BlockKind

_HOLDERS = frozenset({"wp-block-footnotes", "footnotes", "endnotes"})
"""Classes: WordPress's block; what Markdown's processors write."""
_ROLES = frozenset({"doc-endnotes", "doc-footnote"})
"""Digital Publishing WAI-ARIA 1.1."""
_MARK = re.compile(r"[\[(]?(?:\d{1,3}|[*†‡§]{1,3}|[a-z])[\])]?")
_BACK = re.compile(r"[\s↩↑^\ufe0e\ufe0f⤴]*")


def taken_notes(bare: HtmlElement) -> tuple[Block, ...]:
    """Return the footnotes of *bare* in order; they, and all marks of notes, are cut from it."""
    for mark in list(bare.iter("sup")):
        link = next(mark.iter("a"), None)
        is_inner = link is not None and (link.get("href") or "").startswith("#")
        if is_inner and _MARK.fullmatch(element_text(mark)):
            drop(mark)
    found: list[Block] = []
    for holder in list(bare.iter("ol", "div", "section", "aside", "p", "li")):
        if _holds_notes(holder) and holder.getroottree().getroot() is bare:
            found.extend(_notes(holder))
            drop(holder)
    return tuple(found)


def _holds_notes(element: HtmlElement) -> bool:
    if (element.get("role") or "").lower() in _ROLES:
        return True
    named = not _HOLDERS.isdisjoint(tokens_of(element))
    return named and (element.tag == "ol" or next(element.iter("li"), None) is not None)


def _notes(holder: HtmlElement) -> list[Block]:
    notes = []
    for item in list(holder.iter("li")) or [holder]:
        for link in list(item.iter("a")):
            if (link.get("href") or "").startswith("#") and _BACK.fullmatch(element_text(link)):
                drop(link)
        if text := element_text(item):
            notes.append(Block(BlockKind.FOOTNOTE, text))
    return notes
