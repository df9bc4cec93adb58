"""Parse a page once, and read its head; all later stages share the tree.

Pitfall: the tree is mutable, so code that removes elements must work on a copy.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import lxml.html
from lxml import etree
from lxml.html import HtmlElement

from archive.extract.charset import decode_text, escaped_query
from archive.extract.coding import one_line
from archive.extract.dom.json_ld import Node, json_ld_nodes
from archive.extract.placeholders import is_placeholder
from archive.model import Alternate
from archive.urls import absolute

_LONG = re.compile(r"<[A-Za-z][^<]{2000,}")
"""Text that may begin with such a long tag; a fast search, since most pages have none."""
_LONG_TAG = re.compile(r"""<[A-Za-z](?>[^<>"']|"[^"<]*"|'[^'<]*'){2000,}+>""")
"""Values have no "<": after an unpaired quotation mark, quoted and unquoted text change places."""
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
_LINKED = frozenset({"canonical", "amphtml", "alternate"})
_REFRESH = re.compile(
    r"""^\s*(\d+(?:\.\d*)?)\s*[;,]\s*(?:url\s*=)?\s*["']?([^"'\s]+)""", re.IGNORECASE
)
_JSON = re.compile(r"\s*[{\[]\s*[{\"]")
"""The beginning of an object or of a list of such; a program does not begin so."""
_CONTROLS = bytes({*range(0x20)} - set(b"\t\n\f\r"))
_SPACED = bytes.maketrans(b"\f", b" ")
_NONCHARACTERS = ("\ufffe".encode(), "\uffff".encode())
_BEFORE_NONCHARACTERS = b"\xef\xbf"
"""How all characters from U+FFC0 on begin in UTF-8; few pages have one."""
_NO_REFERENCE = re.compile(
    rb"&#(?:[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]|[dD][89a-fA-F][0-9a-fA-F]{2}|[fF]{3}[efEF])"
    rb"(?![0-9a-fA-F])|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|6553[45])(?![0-9]));?"
)


class _PageElement(HtmlElement):  # type: ignore[misc]  # lxml has no types
    """An element whose text is asked for without XPath, also by trafilatura."""

    def text_content(self) -> str:
        """Return all text in the element."""
        return _text_in(self)


_CLASSES = etree.ElementDefaultClassLookup(
    element=_PageElement, comment=lxml.html.HtmlComment, entity=lxml.html.HtmlEntity
)
"""The lookup of lxml.html calls Python for each element, for form classes that are not needed."""
DOOMED = "pressmark.doomed"
"""The tag of an element that is about to be removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A parsed page and its head. All URLs are absolute and normalized.

    *meta* maps the lower-case name, property, itemprop or http-equiv of ``meta`` elements to
    their contents in document order. *json_ld* holds every node with a type, also nodes inside
    graphs and nodes that others refer to. What a template left unfilled is left out of both.
    *refresh* is the target of a meta refresh within 5 s. *elements* are all of *tree*, in order:
    kept alive, since lxml else makes new proxies of them for each walk. *having* maps the name of
    an attribute to the places in *elements* of those that have it.
    """

    url: str
    base: str
    tree: HtmlElement
    elements: tuple[HtmlElement, ...] = field(repr=False)
    having: Mapping[str, Sequence[int]] = field(repr=False)
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

    def elements_having(self, *names: str) -> list[HtmlElement]:
        """Return the elements that have one of the attributes *names*, in order."""
        return [self.elements[at] for at in self.places_having(*names)]

    def places_having(self, *names: str) -> Sequence[int]:
        """Return the places of ``elements_having`` in ``elements``."""
        found = [places for name in names if (places := self.having.get(name))]
        return found[0] if len(found) == 1 else sorted({at for each in found for at in each})

    def first_meta(self, *names: str) -> str | None:
        """Return the first content of the first of *names* that has one; None without any."""
        return next((value for name in names for value in self.meta.get(name, ()) if value), None)


def parse_page(data: bytes, url: str, content_type: str | None = None) -> Page | None:
    """Return the page in *data*; None when *data* has no element at all.

    *url* is the URL of the capture. *content_type* is the value of the header; its charset may be
    wrong.
    """
    decoded = decode_text(data, content_type)
    text = decoded.text
    if any(_LONG_TAG.match(text, found.start()) for found in _LONG.finditer(text)):
        text = _LONG_TAG.sub(_without_surplus_attributes, text)
    tree, flags = _parse(text)
    if tree is None:
        return None
    if not decoded.charset.startswith("utf-"):
        for element in tree.iter("a", "area", "link", "base"):
            if "?" in (href := element.get("href") or "") and not href.isascii():
                element.set("href", escaped_query(href, decoded.charset))
    head = _Head(url, tree)
    return head.page((*decoded.remarks, *flags))


def content_of(element: HtmlElement) -> str:
    """Return all text under *element* as in the source, without comments."""
    return _text_in(element) if len(element) else element.text or ""


def _text_in(element: HtmlElement) -> str:
    # Serialized as text: the function of libxml2 that "string()" calls, in a tenth of the time.
    text: str = etree.tostring(element, method="text", encoding="unicode", with_tail=False)
    return text


def element_text(element: HtmlElement) -> str:
    """Return all text under *element* on one line (see ``one_line``)."""
    return one_line(content_of(element))


def text_length(element: HtmlElement) -> int:
    """Return the length of ``element_text``, but faster."""
    return len(" ".join(content_of(element).split()))


def outermost(tree: HtmlElement, tag: str) -> list[HtmlElement]:
    """Return the *tag* elements of *tree* that are inside no other *tag* element."""
    return [element for element in tree.iter(tag) if next(element.iterancestors(tag), None) is None]


def drop(element: HtmlElement) -> None:
    """Remove *element* and all under it from its tree; the text after it stays."""
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
    """Remove *elements* from *tree*, like ``drop`` for each of them, but in linear time.

    The texts between thousands of elements become one text, and ``drop`` would copy that text each
    time.
    """
    for element in elements:
        element.tag = DOOMED
    parents = dict.fromkeys(element.getparent() for element in tree.iter(DOOMED))
    etree.strip_elements(tree, DOOMED, with_tail=False)
    for parent in parents:
        join_texts(parent)


def join_texts(parent: HtmlElement) -> None:
    """Join adjacent text nodes in *parent*: XPath is slow when there are many."""
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
    # libxml2 stops at 2,048 open elements and drops the rest. Elements that only divide or style
    # the page are removed; elements with a meaning stay.
    tree, _ = _tree_of(_DIVISIONS.sub(" ", text))
    return tree, ("markup: nested too deep",)


def _tree_of(text: str) -> tuple[HtmlElement | None, bool]:
    # Without huge_tree the limit is 256. The text is encoded again, because lxml refuses a str that
    # has an XML declaration with an encoding.
    parser = _parser()
    try:
        tree = etree.fromstring(_without_controls(text), parser=parser)
    except etree.XMLSyntaxError:  # no element in it
        tree = None
    if any(entry.type == etree.ErrorTypes.ERR_NO_MEMORY for entry in parser.error_log):
        raise MemoryError  # libxml2 returns the beginning of the page, or nothing
    too_deep = any("depth" in entry.message for entry in parser.error_log)
    return tree, too_deep


def _parser() -> etree.HTMLParser:
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    parser.set_element_class_lookup(_CLASSES)
    return parser


def new_document() -> HtmlElement:
    """Return the root of a new page without anything in it."""
    root: HtmlElement = _parser().makeelement("html")
    return root


def _without_controls(text: str) -> bytes:
    """Return *text* as UTF-8, without the characters that XML forbids (XML 1.0, 2.2)."""
    data = text.encode().translate(_SPACED, _CONTROLS)
    if _BEFORE_NONCHARACTERS in data:
        for noncharacter in _NONCHARACTERS:
            data = data.replace(noncharacter, b"")
    return _NO_REFERENCE.sub(b" ", data) if b"&#" in data else data


def _without_surplus_attributes(match: re.Match[str]) -> str:
    """Return the tag with its first attributes: lxml takes 100 s for 100,000 on one element."""
    tag = match.group(0)
    for number, attribute in enumerate(_ATTRIBUTE.finditer(tag)):
        if number > _MAX_ATTRIBUTES:
            return tag[: attribute.start()] + ">"
    return tag


def _is_json_ld(script: HtmlElement) -> bool:
    """Return whether *script* has JSON-LD, also with another type or without one."""
    if "ld+json" in (script.get("type") or "").lower():
        return True
    text = script.text
    if not text or script.get("src") or not _JSON.match(text):
        return False
    return '"@type"' in text and "schema.org" in text


class _Head:
    """Collects the meta, link and script elements of a page in one pass over the tree."""

    def __init__(self, url: str, tree: HtmlElement) -> None:
        self.url, self.tree = url, tree
        base = tree.find(".//base[@href]")
        self.base = (absolute(url, base.get("href", "")) if base is not None else None) or url
        self.links: dict[str, str] = {}
        self.alternates: dict[Alternate, None] = {}
        self.feeds: dict[str, None] = {}
        self.meta: dict[str, dict[str, None]] = {}
        self.scripts: list[str] = []
        self.elements = tuple(tree.iter("*"))
        self.having: defaultdict[str, list[int]] = defaultdict(list)
        having = self.having
        for at, names in enumerate(map(HtmlElement.keys, self.elements)):
            for name in names:
                having[name].append(at)
        for element in tree.iter("meta", "link", "script"):
            match element.tag:
                case "meta":
                    self._meta(element)
                case "link":
                    self._link(element)
                case "script" if _is_json_ld(element):
                    self.scripts.append(element.text or "")

    def page(self, flags: tuple[str, ...]) -> Page:
        element = self.tree.find(".//title")
        title = element_text(element) if element is not None else ""
        body = self.tree.find(".//body")
        refresh = next(iter(self.meta.get("refresh", ())), None)
        return Page(
            url=self.url,
            base=self.base,
            tree=self.tree,
            elements=self.elements,
            having=dict(self.having),
            title=None if not title or is_placeholder(title) else title,
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
        if not content or is_placeholder(content):
            return
        for attribute in ("name", "property", "itemprop", "http-equiv"):
            if name := (element.get(attribute) or "").strip().lower():
                self.meta.setdefault(name, {}).setdefault(content)

    def _link(self, element: HtmlElement) -> None:
        rels = (element.get("rel") or "").lower().split()
        if _LINKED.isdisjoint(rels):
            return
        href = (element.get("href") or "").strip()
        target = absolute(self.base, href) if href and not is_placeholder(href) else None
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
