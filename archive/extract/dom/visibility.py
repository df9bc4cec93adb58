"""Make a page's tree show what a reader sees: no more, and no less.

Markup hides text from some readers only. ``aria-hidden`` hides it from screen readers, and what is
in ``noscript`` is shown to readers without scripts. Text that is hidden from everyone may be a copy
for another screen, or the rest of an article that a button shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from lxml.html import HtmlElement

from archive.extract.dom.document import drop, text_length
from archive.extract.dom.lines import SILENT_TAGS, letters_of, lines_of

_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_GLYPH = re.compile(r"[a-z]+(?:_[a-z0-9]+)*|\W*")
"""The name of a glyph, such as "arrow_forward", which an icon font draws as a picture."""
_GLYPH_TAGS = frozenset({"i", "span"})
_ICON = re.compile(r"icon|glyph|symbol|(?:^|[\s_-])fa(?:$|[\s_-])", re.IGNORECASE)
_COPY_LETTERS = 20
_MOST = 50
"""Elements, and lines of each, that are compared with the page."""
_NOSCRIPT_WEIGHT = 200
"""A notice that asks for scripts has less text."""


def show_what_readers_see(tree: HtmlElement, hiding: Iterable[HtmlElement]) -> None:
    """Change *tree* in place: show text for those who see, and remove copies that are hidden.

    *hiding* are its elements with an attribute that may hide them: ``aria-hidden``, ``hidden`` or
    ``style``.
    """
    hidden = []
    for element in hiding:
        if "aria-hidden" in element.attrib:
            if _is_icon(element):
                drop(element)
                continue
            del element.attrib["aria-hidden"]
        if _is_hidden(element):
            hidden.append(element)
    whole = _Whole(tree)
    for element in hidden[:_MOST]:
        if _is_copy(element, whole):
            drop(element)
    for element in [element for element in tree.iter("noscript") if len(element)][:_MOST]:
        _show(element, whole)


class _Whole:
    """All letters of a page, noscript apart, which are collected when they are first asked for."""

    def __init__(self, tree: HtmlElement) -> None:
        self.tree = tree

    @cached_property
    def letters(self) -> str:
        said: list[str] = []
        silent: set[HtmlElement] = set()
        for element in self.tree.iter("*"):
            if element.getparent() in silent:
                silent.add(element)
                continue
            if element.tag in SILENT_TAGS:
                silent.add(element)
            elif element.text:
                said.append(element.text)
            if element.tail:
                said.append(element.tail)
        return letters_of(" ".join(said))


def _is_icon(element: HtmlElement) -> bool:
    if element.tag not in _GLYPH_TAGS or len(element):
        return False
    if not _GLYPH.fullmatch((element.text or "").strip()):
        return False
    return element.tag == "i" or _ICON.search(element.get("class") or "") is not None


def _is_hidden(element: HtmlElement) -> bool:
    return "hidden" in element.attrib or _STYLE.search(element.get("style") or "") is not None


def _is_copy(element: HtmlElement, whole: _Whole) -> bool:
    """Return whether every longer line of *element* is on the page once more."""
    if text_length(element) < _COPY_LETTERS:
        return False
    lines = [line.letters for line in lines_of(element) if len(line.letters) >= _COPY_LETTERS]
    return 0 < len(lines) <= _MOST and all(whole.letters.count(line) > 1 for line in lines)


def _show(element: HtmlElement, whole: _Whole) -> None:
    """Show a ``noscript`` that holds text which is nowhere else on the page."""
    element.tag = "div"
    lines = [line for line in lines_of(element) if line.is_prose]
    element.tag = "noscript"
    if sum(line.weight for line in lines) < _NOSCRIPT_WEIGHT:
        return
    if not all(line.letters in whole.letters for line in lines):
        element.tag = "div"
