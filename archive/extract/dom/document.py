"""Parse a page once, and read what its head says; everything downstream shares the tree.

The tree is lxml's and mutable: who cuts from it must work on a copy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import lxml.html
from lxml import etree
from lxml.html import HtmlElement

from archive.extract.coding import decode_text, one_line
from archive.extract.dom.json_ld import Node, json_ld_nodes
from archive.model import Alternate
from archive.urls import absolute

_LONG = re.compile(r"<[A-Za-z][^<]{2000,}")
"""What may be, or begin with, a tag of so many letters: found at the speed of a search."""
_LONG_TAG = re.compile(r"""<[A-Za-z](?>[^<>"']|"[^"<]*"|'[^'<]*'){2000,}+>""")
"""No "<" in a value: behind an odd quotation mark, what is quoted and what is not change places."""
_ATTRIBUTE = re.compile(r"""[^\s=>"'/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?""")
_MAX_ATTRIBUTES = 500
_DIVISIONS = re.compile(
    r"</?(?:div|span|section|font|b|i|em|strong|center)\b[^<>]*>", re.IGNORECASE
)
_FEED_TYPES = {
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
}
_REFRESH = re.compile(
    r"""^\s*(\d+(?:\.\d*)?)\s*[;,]\s*(?:url\s*=)?\s*["']?([^"'\s]+)""", re.IGNORECASE
)
_CONTROLS = bytes({*range(0x20)} - set(b"\t\n\f\r"))
_SPACED = bytes.maketrans(b"\f", b" ")
_NONCHARACTERS = ("\ufffe", "\uffff")
_NO_REFERENCE = re.compile(
    rb"&#(?:[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]|[dD][89a-fA-F][0-9a-fA-F]{2}|[fF]{3}[efEF])"
    rb"(?![0-9a-fA-F])|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|6553[45])(?![0-9]));?"
)
_STRING = etree.XPath("string()")
_CLASSES = etree.ElementDefaultClassLookup(
    element=HtmlElement, comment=lxml.html.HtmlComment, entity=lxml.html.HtmlEntity
)
"""lxml.html's own lookup runs Python for each element, for classes of forms nobody asks for."""
DOOMED = "pressmark.doomed"
"""The tag of an element, emptied or not, that is about to be removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A parsed page and its head. All URLs are absolute and normalized.

    *meta* maps the lower-case name, property, itemprop or http-equiv of ``meta`` elements to
    their contents in document order. *json_ld* holds every typed node, graphs flattened, nodes
    that are only referred to included. *refresh* is the target of a meta refresh of at most 5 s.
    """

    url: str
    base: str
    tree: HtmlElement
    title: str | None
    html_lang: str | None
    canonical: str | None
    amphtml: str | None
    alternates: tuple[Alternate, ...]
    feeds: tuple[str, ...]
    refresh: str | None
    meta: Mapping[str, tuple[str, ...]]
    json_ld: tuple[Node, ...]
    body_classes: tuple[str, ...]
    is_amp: bool
    flags: tuple[str, ...] = ()

    def first_meta(self, *names: str) -> str | None:
        """Return the first content that is not blank among *names*, tried in the order given."""
        return next((value for name in names for value in self.meta.get(name, ()) if value), None)


def parse_page(data: bytes, url: str, content_type: str | None = None) -> Page | None:
    """Return the page in *data*; None where there is no element in it at all.

    *url* is where it was captured, *content_type* the header's value, whose charset is a claim.
    """
    text, _ = decode_text(data, content_type)
    if any(_LONG_TAG.match(text, found.start()) for found in _LONG.finditer(text)):
        text = _LONG_TAG.sub(_without_surplus_attributes, text)
    tree, flags = _parse(text)
    if tree is None:
        return None
    head = _Head(url, tree)
    return head.page(flags)


def content_of(element: HtmlElement) -> str:
    """Return all text under *element* as it stands in the source, comments left out."""
    return str(_STRING(element))


def element_text(element: HtmlElement) -> str:
    """Return all text under *element* on one line (see ``one_line``)."""
    return one_line(content_of(element))


def text_length(element: HtmlElement) -> int:
    """Return how many letters ``element_text`` has, for less."""
    return len(" ".join(content_of(element).split()))


def outermost(tree: HtmlElement, tag: str) -> list[HtmlElement]:
    """Return the *tag* elements of *tree* that stand in no other of their kind."""
    return [element for element in tree.iter(tag) if next(element.iterancestors(tag), None) is None]


def drop(element: HtmlElement) -> None:
    """Remove *element* and all under it from its tree; the text behind it stays in place."""
    parent, tail = element.getparent(), element.tail
    if parent is None:
        return
    if tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + tail
        else:
            before.tail = (before.tail or "") + tail
    parent.remove(element)


def drop_all(tree: HtmlElement, elements: Iterable[HtmlElement]) -> None:
    """Remove *elements*, which stand in *tree*, as ``drop`` does each.

    What stood between thousands of them is one text afterwards, and adding to that one by one
    would copy it each time.
    """
    for element in elements:
        element.tag = DOOMED
    parents = dict.fromkeys(element.getparent() for element in tree.iter(DOOMED))
    etree.strip_elements(tree, DOOMED, with_tail=False)
    for parent in parents:
        join_texts(parent)


def join_texts(parent: HtmlElement) -> None:
    """Make one text node of those that lie side by side in *parent*: XPath counts each, slowly."""
    parent.text = parent.text
    for child in parent:
        child.tail = child.tail


def class_tokens(element: HtmlElement) -> list[str]:
    """Return the lower-case class names and the id of *element*."""
    return f"{element.get('class') or ''} {element.get('id') or ''}".lower().split()


def _parse(text: str) -> tuple[HtmlElement | None, tuple[str, ...]]:
    tree, too_deep = _tree_of(text)
    if not too_deep:
        return tree, ()
    # libxml2 gives up at 2,048 open elements and drops all that follows. Elements that only
    # divide or dress are taken out; what bears meaning stays.
    tree, _ = _tree_of(_DIVISIONS.sub(" ", text))
    return tree, ("markup: nested too deep",)


def _tree_of(text: str) -> tuple[HtmlElement | None, bool]:
    # Without huge_tree the limit is 256. Encoded again, because lxml refuses a str that has an
    # XML declaration with an encoding.
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    parser.set_element_class_lookup(_CLASSES)
    try:
        tree = etree.fromstring(_without_controls(text), parser=parser)
    except etree.XMLSyntaxError:  # nothing that is an element
        tree = None
    if any(entry.type == etree.ErrorTypes.ERR_NO_MEMORY for entry in parser.error_log):
        raise MemoryError  # libxml2 gives what it has so far, or nothing, and calls it a page
    too_deep = any("depth" in entry.message for entry in parser.error_log)
    return tree, too_deep


def _without_controls(text: str) -> bytes:
    """Return *text* as UTF-8, without what lxml reads and will not have written (XML 1.0, 2.2)."""
    for noncharacter in _NONCHARACTERS:
        text = text.replace(noncharacter, "")  # at once where all are below U+0100
    return _NO_REFERENCE.sub(b" ", text.encode().translate(_SPACED, _CONTROLS))


def _without_surplus_attributes(match: re.Match[str]) -> str:
    """Keep the first attributes only: lxml takes 100 s for 100,000 of them on one element."""
    tag = match.group(0)
    for number, attribute in enumerate(_ATTRIBUTE.finditer(tag)):
        if number > _MAX_ATTRIBUTES:
            return tag[: attribute.start()] + ">"
    return tag


class _Head:
    """Collects, in one pass over the tree, what a page says about itself."""

    def __init__(self, url: str, tree: HtmlElement) -> None:
        self.url, self.tree = url, tree
        base = tree.find(".//base[@href]")
        self.base = (absolute(url, base.get("href", "")) if base is not None else None) or url
        self.links: dict[str, str] = {}
        self.alternates: dict[Alternate, None] = {}
        self.feeds: dict[str, None] = {}
        self.meta: dict[str, dict[str, None]] = {}
        self.scripts: list[str] = []
        for element in tree.iter("meta", "link", "script"):
            match element.tag:
                case "meta":
                    self._meta(element)
                case "link":
                    self._link(element)
                case _ if "ld+json" in (element.get("type") or "").lower():
                    self.scripts.append(element.text or "")

    def page(self, flags: tuple[str, ...]) -> Page:
        title = self.tree.find(".//title")
        body = self.tree.find(".//body")
        refresh = next(iter(self.meta.get("refresh", ())), None)
        return Page(
            url=self.url,
            base=self.base,
            tree=self.tree,
            title=(element_text(title) or None) if title is not None else None,
            html_lang=(self.tree.get("lang") or self.tree.get("xml:lang") or "").strip() or None,
            canonical=self.links.get("canonical"),
            amphtml=self.links.get("amphtml"),
            alternates=tuple(self.alternates),
            feeds=tuple(self.feeds),
            refresh=self._refresh(refresh),
            meta={name: tuple(values) for name, values in self.meta.items()},
            json_ld=tuple(json_ld_nodes(self.scripts)),
            body_classes=tuple((body.get("class") or "").lower().split())
            if body is not None
            else (),
            is_amp="amp" in self.tree.attrib or "⚡" in self.tree.attrib,
            flags=flags,
        )

    def _meta(self, element: HtmlElement) -> None:
        content = one_line(element.get("content") or "")
        if not content:
            return
        for attribute in ("name", "property", "itemprop", "http-equiv"):
            if name := (element.get(attribute) or "").strip().lower():
                self.meta.setdefault(name, {}).setdefault(content)

    def _link(self, element: HtmlElement) -> None:
        rels = (element.get("rel") or "").lower().split()
        href = (element.get("href") or "").strip()
        target = absolute(self.base, href) if href else None
        if target is None:
            return
        for rel in ("canonical", "amphtml"):
            if rel in rels:
                self.links.setdefault(rel, target)
        if "alternate" not in rels:
            return
        language = (element.get("hreflang") or "").strip().lower()
        if (element.get("type") or "").strip().lower() in _FEED_TYPES:
            self.feeds.setdefault(target)
        elif language and language != "x-default" and not element.get("media"):
            self.alternates.setdefault(Alternate(language, target))

    def _refresh(self, content: str | None) -> str | None:
        found = _REFRESH.match(content or "")
        if found is None or float(found.group(1)) > 5:
            return None
        return absolute(self.base, found.group(2))
