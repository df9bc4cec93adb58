"""Count the prose of each element of a page: the letters of text outside links.

Several steps need these counts, to find a text, the element that holds it, and the boxes beside it.
So they are counted once for each tree.
"""

from __future__ import annotations

from lxml.html import HtmlElement

from archive.extract.dom.document import drop, text_length

TAGS = ("p", "li", "td", "dd", "blockquote", "div", "section", "article", "main")
"""Elements whose own text can be prose."""

_TAGS = frozenset(TAGS)
_INLINE = frozenset(
    {"b", "strong", "em", "i", "span", "u", "sup", "sub", "q", "cite", "mark", "code"}
)


class Prose:
    """The letters of prose of each element of *tree*; valid while only ``drop`` changes the tree.

    *own* maps an element to its prose outside the blocks inside it, in document order.
    """

    def __init__(self, tree: HtmlElement) -> None:
        # Kept alive, since lxml else makes new proxies of the elements for each walk.
        self.elements: list[HtmlElement] = list(tree.iter("*"))
        self.own = {
            element: length
            for element in self.elements
            if element.tag in _TAGS and (length := _own(element))
        }
        held: dict[HtmlElement, int] = dict(self.own)
        for element in reversed(self.elements):
            letters = held.get(element)
            if letters and (parent := element.getparent()) is not None:
                held[parent] = held.get(parent, 0) + letters
        self._held = held
        self.total = self._held.get(tree, 0)

    def held(self, element: HtmlElement) -> int:
        """Return the letters of prose anywhere in *element*; lists of links have none."""
        return self._held.get(element, 0)

    def drop(self, element: HtmlElement) -> None:
        """Remove *element* and all under it from the tree, and its prose from the counts."""
        parent = element.getparent()
        held = self._held.get(element, 0)
        for inner in element.iter(*TAGS):
            self.own.pop(inner, None)
        drop(element)
        if parent is not None and element.tag in _INLINE and parent in self.own:
            held += self.own[parent] - (now := _own(parent))
            self.own[parent] = now
        if held and parent is not None:
            for holder in (parent, *parent.iterancestors()):
                self._held[holder] -= held
            self.total -= held


def _own(element: HtmlElement) -> int:
    text = element.text
    length = len(text.strip()) if text else 0
    for child in element:
        if child.tag in _INLINE:
            length += text_length(child)
        if text := child.tail:
            length += len(text.strip())
    return length
