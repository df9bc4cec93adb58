"""Read the entries of sitemaps and feeds, the worst XML of the web.

A document that is well-formed is parsed as it is. Any other is written anew first: bare ampersands,
HTML entities, control characters, undeclared prefixes and text around the root are mended without
loss. An element whose end is missing may be torn, so it gets a child ``torn``, and its text is no
value: half of an address is another address.
"""

from __future__ import annotations

import io
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html.entities import html5
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from archive.model import Candidate, Flag

MENDED = "markup: mended"
"""Flag of a sitemap or feed that is not well-formed XML."""

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML 1.0, 'Char'
_DECLARATION = re.compile(r"<\?xml\b[^<>]*+>", re.IGNORECASE)
_NAME = r"[A-Za-z_][\w.:-]*+"
# Possessive throughout, so that no markup takes longer than its length.
_ATTRIBUTE = r"""[^\s=<>"'/]++(?:\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'|[^\s"'<>]++))?+"""
_TOKEN = re.compile(
    r"<!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|(?P<open_cdata>\Z))"
    r"|<!--.*?(?:-->|(?P<open_comment>\Z))"
    r"|<\?[^<>]*+>|<!DOCTYPE[^<>\[]*+(?:\[[^\]]{0,8192}+\]\s*+)?>"
    rf"|</\s*(?P<end>{_NAME})\s*>"
    rf"|<(?P<start>{_NAME})(?P<attributes>(?:\s*+{_ATTRIBUTE})*+)\s*+(?P<empty>/?)>",
    re.DOTALL | re.IGNORECASE,
)
_PAIR = re.compile(r"""([^\s=<>"'/]++)(?:\s*+=\s*+(?:"([^"<]*+)"|'([^'<]*+)'|([^\s"'<>]++)))?+""")
_LIKE_A_TAG = re.compile(r"<[A-Za-z/!]")
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(\w{2,31}));")
_ENTITY = re.compile(r"""<!ENTITY\s+([\w.-]+)\s+(?:"([^"&<%]{0,200})"|'([^'&<%]{0,200})')\s*>""")
_ANY_ENTITY = re.compile(r"<!ENTITY\s+([\w.-]+)\s")
_MOST_ENTITIES = 10_000
_TORN = "torn"
_LINK = "link"
_VALUES = """
    loc lastmod publication_date link guid updated modified published pubdate issued created date
    url sitemap item entry urlset sitemapindex rss feed rdf channel
"""
_OF_VALUE = frozenset(_VALUES.split())
"""Elements whose missing end may mean that something is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The URLs that a source names.

    The flag ``partial`` says that not all that the source names was read: an URL that is missing
    here did not vanish from the source.
    """

    candidates: tuple[Candidate, ...]
    flags: tuple[str, ...] = ()


def read_entries(
    text: str, names: frozenset[str], candidates_of: Callable[[etree._Element], Iterable[Candidate]]
) -> tuple[list[Candidate], tuple[str, ...]]:
    """Return what *candidates_of* finds in the elements of *text* with a local name in *names*.

    Safe for hostile input: nothing is loaded, no entity is expanded but short texts that *text*
    itself declares, and the limits of libxml2 apply. The flags are those of ``Named``.
    """
    body = text.lstrip("\ufeff \t\r\n")
    if declaration := _DECLARATION.match(body):
        body = body[declaration.end() :].lstrip()
    if "<!ENTITY" not in body[:8192]:
        try:
            return list(_found(body, names, candidates_of)), ()
        except etree.XMLSyntaxError:
            pass
    mender = _Mender(body, names)
    found: list[Candidate] = []
    try:
        # One by one, so that what stands before the error is kept.
        found.extend(_found(mender.mended(), names, candidates_of))
    except etree.XMLSyntaxError:  # a limit of libxml2
        mender.is_whole = False
    flags = (MENDED,) if mender.is_whole else (MENDED, Flag.PARTIAL)
    return found, (*flags, Flag.TRUNCATED) if mender.breaks_off else flags


def local_name(element: etree._Element) -> str:
    """Return the lower-case name of *element* without namespace or prefix; "" for a comment."""
    tag = element.tag
    return _local(tag) if isinstance(tag, str) else ""


@lru_cache(maxsize=1_000)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def value_of(element: etree._Element) -> str | None:
    """Return the text of *element*; None if there is none, or if it is torn or has elements."""
    if len(element) == 0:
        return (element.text or "").strip() or None
    if any(isinstance(child.tag, str) for child in element):
        return None
    return "".join(element.itertext("*")).strip() or None


def is_torn(element: etree._Element) -> bool:
    """Return whether the end of *element* is missing."""
    return element.find(_TORN) is not None


def _found(
    text: str, names: frozenset[str], candidates_of: Callable[[etree._Element], Iterable[Candidate]]
) -> Iterator[Candidate]:
    data = text.encode("utf-8", "replace")
    for entry in _elements(data, names):
        yield from candidates_of(entry)


def _elements(data: bytes, names: frozenset[str]) -> Iterator[etree._Element]:
    """Yield the elements of *data* with a local name in *names*, and free the memory of each."""
    walk = etree.iterparse(
        io.BytesIO(data),
        events=("end",),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    for _, element in walk:
        if local_name(element) in names:
            yield element
            element.clear()
            while element.getprevious() is not None and (parent := element.getparent()) is not None:
                del parent[0]


@dataclass(slots=True)
class _Mender:
    """Writes a document anew as well-formed XML with local names in lower case."""

    text: str
    names: frozenset[str]
    is_whole: bool = True
    breaks_off: bool = False
    _out: list[str] = field(default_factory=list)
    _open: list[tuple[str, str]] = field(default_factory=list)
    """Local name and name of each open element."""
    _counts: Counter[str | tuple[str, str]] = field(default_factory=Counter)
    """How many elements are open with a local name, and with a local name and a name."""
    _entities: dict[str, str | None] = field(default_factory=dict)
    """The text of each declared entity; None if it cannot be known."""
    _expanded: int = 0

    def mended(self) -> str:
        """Return the document with a root of its own around it."""
        head = self.text[:65_536]
        self._entities = dict.fromkeys(_ANY_ENTITY.findall(head))
        for match in _ENTITY.finditer(head):
            self._entities[match[1]] = match[2] or match[3] or ""
        position = 0
        for token in _TOKEN.finditer(self.text):
            self._characters(self.text[position : token.start()])
            position = token.end()
            self._token(token)
        self._characters(self.text[position:])
        self.breaks_off = bool(self._open)
        while self._open:
            self._close(torn=True)
        return f"<document>{''.join(self._out)}</document>"

    def _token(self, token: re.Match[str]) -> None:
        if token["cdata"] is not None:
            self._out.append(escape(_NO_XML.sub("", token["cdata"])))
        elif token["end"] is not None:
            self._end(token["end"])
        elif token["start"] is not None:
            self._start(token["start"], token["attributes"], is_empty=bool(token["empty"]))
        if token["open_cdata"] is not None or token["open_comment"] is not None:
            self.is_whole = False

    def _characters(self, text: str) -> None:
        if _LIKE_A_TAG.search(text):  # a tag that cannot be read
            self._tear()
        self._out.append(escape(self._decoded(text)))

    def _tear(self) -> None:
        """Note that the text of the open element is not all that was meant."""
        self._out.append(f"<{_TORN}/>")
        self.is_whole = self.is_whole and bool(self._open) and self._open[-1][0] not in _OF_VALUE

    def _decoded(self, text: str) -> str:
        if "&" in text:
            text = _REFERENCE.sub(self._character, text)
        return _NO_XML.sub("", text)

    def _character(self, match: re.Match[str]) -> str:
        decimal, hexadecimal, name = match.groups()
        if name in self._entities:
            own = self._entities[name]
            self._expanded += 1
            if own is not None and self._expanded <= _MOST_ENTITIES:
                return own
            self._tear()
            return ""
        if name:
            return html5.get(f"{name};", match[0])
        number = int(decimal) if decimal else int(hexadecimal, 16)
        if number > sys.maxunicode or 0xD800 <= number <= 0xDFFF:
            return ""
        return chr(number)

    def _start(self, name: str, attributes: str, *, is_empty: bool) -> None:
        local = name.rpartition(":")[2].lower()
        if local in self.names and self._counts[local, name]:
            self._close_to(local, torn=True)  # the end of the entry before it is missing
        pairs: dict[str, str] = {}
        for key, *values in _PAIR.findall(attributes):
            own = key.lower() if key.lower() == "xml:base" else key.rpartition(":")[2]
            if not key.lower().startswith("xmlns") and re.fullmatch(rf"{_NAME}", own):
                pairs.setdefault(own, self._decoded("".join(values)))
        written = "".join(f" {key}={quoteattr(value)}" for key, value in pairs.items())
        # Atom's link is empty, though some write it like the link of HTML, without an end.
        if is_empty or (local == _LINK and "href" in pairs):
            self._out.append(f"<{local}{written}/>")
            return
        self._open.append((local, name))
        self._counts.update((local, (local, name)))
        self._out.append(f"<{local}{written}>")

    def _end(self, name: str) -> None:
        local = name.rpartition(":")[2].lower()
        if self._counts[local]:
            self._close_to(local, torn=False)

    def _close_to(self, local: str, *, torn: bool) -> None:
        while self._open[-1][0] != local:
            self._close(torn=True)
        self._close(torn=torn)

    def _close(self, *, torn: bool) -> None:
        local, name = self._open.pop()
        self._counts.subtract((local, (local, name)))
        if torn:
            self._out.append(f"<{_TORN}/>")
            self.is_whole = self.is_whole and local not in _OF_VALUE
        self._out.append(f"</{local}>")
