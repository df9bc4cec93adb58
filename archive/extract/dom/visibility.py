"""Make a page's tree show what a reader sees: no more, and no less.

Markup hides text from some readers only. ``aria-hidden`` hides it from screen readers, and what is
in ``noscript`` is shown to readers without scripts. Text that is hidden from everyone may be a copy
for another screen, or the rest of an article that a button shows.
"""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

from archive.extract.dom.document import content_of, drop
from archive.extract.dom.lines import letters_of, lines_of, weight_of

_SPOKEN_TO_FEW = etree.XPath("//*[@aria-hidden]")
_HIDDEN = etree.XPath("//*[@hidden or contains(@style, 'none') or contains(@style, 'hidden')]")
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


def show_what_readers_see(tree: HtmlElement) -> None:
    """Change *tree* in place: show text for those who see, and remove copies that are hidden."""
    for element in _SPOKEN_TO_FEW(tree):
        if _is_icon(element):
            drop(element)
        else:
            del element.attrib["aria-hidden"]
    hidden = [element for element in _HIDDEN(tree) if _is_hidden(element)]
    unscripted = [element for element in tree.iter("noscript") if len(element)]
    if not hidden and not unscripted:
        return
    letters = letters_of(content_of(tree))
    for element in hidden[:_MOST]:
        if _is_copy(element, letters):
            drop(element)
    for element in unscripted[:_MOST]:
        _show(element, letters)


def _is_icon(element: HtmlElement) -> bool:
    if element.tag not in _GLYPH_TAGS or len(element):
        return False
    if not _GLYPH.fullmatch((element.text or "").strip()):
        return False
    return element.tag == "i" or _ICON.search(element.get("class") or "") is not None


def _is_hidden(element: HtmlElement) -> bool:
    return "hidden" in element.attrib or _STYLE.search(element.get("style") or "") is not None


def _is_copy(element: HtmlElement, letters: str) -> bool:
    """Return whether every longer line of *element* is on the page once more; *letters* is all."""
    lines = [line.letters for line in lines_of(element) if len(line.letters) >= _COPY_LETTERS]
    return 0 < len(lines) <= _MOST and all(letters.count(line) > 1 for line in lines)


def _show(element: HtmlElement, letters: str) -> None:
    """Show a ``noscript`` that holds text which is nowhere else on the page."""
    element.tag = "div"
    lines = [line for line in lines_of(element) if line.is_prose]
    weight = sum(weight_of(line.letters) for line in lines)
    if weight < _NOSCRIPT_WEIGHT or all(letters.count(line.letters) > 1 for line in lines):
        element.tag = "noscript"
