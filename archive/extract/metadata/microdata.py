"""Convert microdata to nodes in the form of JSON-LD, so that one reader serves both.

This follows HTML, 5.2 "Encoding microdata", except that a link as author means its text.
"""

from __future__ import annotations

from typing import Any

from lxml.html import HtmlElement

from archive.extract.dom.attributes import having
from archive.extract.dom.document import element_text
from archive.extract.dom.json_ld import Node
from archive.extract.placeholders import is_placeholder

_MAX_MARKED = 2_000
_MAX_VALUE_CHARS = 2_000
_ADDRESSES = {
    **dict.fromkeys(("a", "area", "link"), "href"),
    **dict.fromkeys(("audio", "embed", "iframe", "img", "source", "track", "video"), "src"),
    "object": "data",
}
_NAMES = frozenset({"author", "creator", "name", "headline", "articlesection", "keywords"})
"""Properties that mean a text even on a link; in lower case."""


def microdata_nodes(tree: HtmlElement) -> tuple[Node, ...]:
    """Return the items of *tree* that have a type, in document order, up to 2,000 properties."""
    marked = having(tree, "itemscope", "itemprop")[:_MAX_MARKED]
    items: dict[HtmlElement, Node] = {
        element: {"@type": (element.get("itemtype") or "").split()}
        for element in marked
        if "itemscope" in element.attrib
    }
    if not any(node["@type"] for node in items.values()):
        return ()
    for element in marked:
        names = (element.get("itemprop") or "").split()
        owner = _owner(element, items) if names else None
        if owner is not None:
            for name in names:
                _add(owner, name, items.get(element) or _value(element, name))
    return tuple(node for node in items.values() if node["@type"])


def _owner(element: HtmlElement, items: dict[HtmlElement, Node]) -> Node | None:
    return next((items[above] for above in element.iterancestors() if above in items), None)


def _add(owner: Node, name: str, value: Any) -> None:
    if not value or (isinstance(value, str) and is_placeholder(value)):
        return
    if name not in owner:
        owner[name] = value
    elif isinstance(owner[name], list) and name != "@type":
        owner[name].append(value)
    elif name != "@type":
        owner[name] = [owner[name], value]


def _value(element: HtmlElement, name: str) -> str:
    content = element.get("content")
    if content is not None:
        return str(content).strip()
    if element.tag == "time" and element.get("datetime"):
        return str(element.get("datetime")).strip()
    if element.tag in {"data", "meter"} and element.get("value"):
        return str(element.get("value")).strip()
    address = _ADDRESSES.get(element.tag)
    if address and name.lower() not in _NAMES:
        return str(element.get(address) or "").strip()
    if name == "articleBody":  # the text is read elsewhere
        return ""
    return element_text(element)[:_MAX_VALUE_CHARS]
