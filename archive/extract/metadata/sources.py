"""Find the sources of a page's metadata once, for all fields.

The sources in order: nodes (JSON-LD, microdata and the JSON of some analytics tags), meta tags,
elements near the headline.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from archive.extract.coding import folded_words
from archive.extract.dates.capture_moment import CaptureMoment
from archive.extract.dates.habits import Habits, habits_of
from archive.extract.dates.written import Dated, Written, read_date
from archive.extract.dates.zones import NAMES_ABROAD
from archive.extract.dom import json_ld, schema_org
from archive.extract.dom.document import Page, content_of, element_text
from archive.extract.dom.json_ld import Node
from archive.extract.language import declared_language, written_language
from archive.extract.metadata.microdata import microdata_nodes
from archive.extract.placeholders import is_placeholder, without_placeholders

_BYLINE_PARTS = re.compile(
    "[Aa]?uthor|yline|vcard|utor|uteur|edakt|erson|riter|fn|p-name|eporter|ournalist|ontributor"
    "|ignature|irma|kribent|gia|azar|enulis|ritten"
)
"""What the classes of bylines have: a quick test, since most pages have 3,000 elements."""
_BYLINE_LINKS = re.compile("author|autor|auteur|profile|people")
_MARKED_PARTS = ("vcard", "p-name", "p-author", "fn")
_META_NAMES = ("name", "property", "itemprop")
_MAX_BYLINES = 300
_PROSE_CHARS = 250
"""The text has begun after so many characters in paragraphs longer than ``_LEAST_PROSE``."""
_LEAST_PROSE = 60
_HEADLINE_WORDS = 3
_HEADLINE_SHARE = 0.8
"""Share of a headline's words in the page's title; the rest may be labels beside it."""
_SHARE_OF_OWN = 0.3
"""Share of the words of a headline that the page's title has, if it is that of the page."""
_PAGE_TYPES = frozenset(
    {"webpage", "itempage", "claimreview", "review", "recipe", "howto", "creativework"}
)
"""Types of nodes about the page, read when there is no node of an article."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A node about the article, and the name of its source: ``json-ld`` ..."""

    node: Node
    source: str


class Sources:
    """The sources of one page.

    *bare* is its tree without the frame. *nodes* are those of the article, the best first: from
    JSON-LD, microdata, an analytics tag. *others* are nodes of the page. *region* is the smallest
    element that holds headline and byline.
    """

    def __init__(self, page: Page, bare: HtmlElement, captured_at: CaptureMoment) -> None:
        self.page, self.bare, self.captured_at = page, bare, captured_at
        items = microdata_nodes(bare) if "itemscope" in page.having else ()
        self.all_nodes: tuple[Node, ...] = (*page.json_ld, *items)
        own = (
            Spoken(_own(page.json_ld, page) or {}, "json-ld"),
            Spoken(_own(items, page) or {}, "microdata"),
            Spoken(_parsely(page), "meta"),
        )
        self.nodes = tuple(spoken for spoken in own if spoken.node)
        self.others = tuple(
            Spoken(node, source)
            for nodes, source in ((page.json_ld, "json-ld"), (items, "microdata"))
            for node in nodes
            if schema_org.types_of(node) & _PAGE_TYPES
        )
        self.h1s: list[HtmlElement] = list(bare.iter("h1"))
        self.headline = headline_of(bare, page)
        self.region = _region(bare, self.headline)
        self.sites = _site_names(page, self.all_nodes)
        self.hosts = _host_names(page)

    def values(self, *keys: str) -> Iterator[tuple[Any, str]]:
        """Yield the values of *keys* in the nodes, the best node first, each with its source."""
        for spoken in (*self.nodes, *self.others):
            for key in keys:
                if (value := spoken.node.get(key)) not in (None, "", []):
                    yield value, spoken.source

    def text(self, *keys: str) -> str | None:
        """Return the first text under *keys* in the nodes of the article; *others* are not read."""
        found = (schema_org.text(s.node.get(key)) for s in self.nodes for key in keys)
        return next((text for text in found if text), None)

    @cached_property
    def language(self) -> str | None:
        """The language that the page declares, without its region."""
        return declared_language(self.page)

    def lines_of_meta(self, name: str) -> list[str]:
        """Return the contents of the meta elements called *name*, with their line breaks."""
        if name not in self.page.meta:
            return []
        return [
            content
            for element in self.page.tree.iter("meta")
            if name in {(element.get(key) or "").strip().lower() for key in _META_NAMES}
            and (content := (element.get("content") or "").strip())
            and not is_placeholder(content)
        ]

    @cached_property
    def habits(self) -> Habits:
        """What the languages and the country of the page tell of the dates that it writes."""
        page = self.page
        tags = (
            page.html_lang,
            page.first_meta("og:locale"),
            page.first_meta("content-language", "language", "dc.language"),
            self.language,
            written_language(element_text(self.bare)),
        )
        return habits_of(tags, page.url, content_of(page.tree))

    def read_date(self, raw: str, source: str) -> Dated:
        """Return the date *raw*; the page's languages are asked only where they are needed."""
        written = Written(raw, source)
        date = read_date(written, self.captured_at)
        is_unsure = date.problem in {"ambiguous", "unread"} or date.others or date.unclear
        # Other scripts have words for the halves of the day, and Australia has an "EST" of its own.
        is_local = date.precision != "day" and (not raw.isascii() or raw[-3:] in NAMES_ABROAD)
        if is_unsure or is_local:
            return read_date(written, self.captured_at, self.habits)
        return date

    @cached_property
    def bylines(self) -> list[HtmlElement]:
        """The first 300 elements of ``region`` that may contain names of authors."""
        return list(islice(_bylines(self.region), _MAX_BYLINES))

    @cached_property
    def marked(self) -> list[HtmlElement]:
        """The first 300 elements of ``region`` that may be marked as names of authors."""
        return list(islice(_marked(self.region), _MAX_BYLINES))

    @cached_property
    def framed_bylines(self) -> list[HtmlElement]:
        """The same in the region of the whole page: also in its frame, which ``bare`` lacks."""
        tree = self.page.tree
        headline = self.headline
        said = element_text(headline) if headline is not None else None
        same = (each for each in tree.iter("h1", "h2", "h3") if said and element_text(each) == said)
        return list(islice(_bylines(_region(tree, next(same, None))), _MAX_BYLINES))

    @cached_property
    def near_headline(self) -> tuple[list[HtmlElement], list[HtmlElement]]:
        """The elements of ``region`` before the headline, and after it until the text has begun.

        Both are empty without a headline.
        """
        headline = self.headline
        before: list[HtmlElement] = []
        behind: list[HtmlElement] = []
        if headline is None:
            return before, behind
        inside = set(headline.iter())
        is_past, begun = False, 0
        for element in self.region.iter("*"):
            if element is headline:
                is_past = True
            if is_past and element.tag == "p":
                length = len(element_text(element))
                begun += length if length > _LEAST_PROSE else 0
                if begun > _PROSE_CHARS:
                    break
            if element not in inside:
                (behind if is_past else before).append(element)
        return before, behind

    def is_site(self, name: str) -> bool:
        """Return whether *name* is the name of the site or of its publisher, or the site's host."""
        return squashed(name) in self.sites | self.hosts


def _bylines(region: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the elements in *region* that may contain names of authors, by their markup."""
    for element in region.iterdescendants("*"):
        get = element.get
        classes, rel = get("class"), get("rel")
        if (
            (classes and _has_byline_part(classes))
            or (rel and "author" in rel)
            or get("itemprop") == "author"
            or (element.tag == "a" and _BYLINE_LINKS.search(get("href") or ""))
        ):
            yield element


@lru_cache(maxsize=16_384)
def _has_byline_part(classes: str) -> bool:
    return _BYLINE_PARTS.search(classes) is not None


def _marked(region: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the elements in *region* that microformats or microdata may mark as authors' names."""
    for element in region.iterdescendants("*"):
        get = element.get
        classes, rel, item = get("class"), get("rel"), get("itemprop")
        if (
            (rel and "author" in rel)
            or (item and "author" in item)
            or (classes and any(part in classes for part in _MARKED_PARTS))
        ):
            yield element


def lower_words(text: str) -> str:
    """Return the words of *text* in lower case, to compare spellings of a headline."""
    return folded_words(html.unescape(text))


def squashed(text: str) -> str:
    """Return the letters and digits of *text* in lower case, to compare names of a site."""
    return "".join(filter(str.isalnum, text.casefold().removeprefix("the ")))


def _site_names(page: Page, nodes: tuple[Node, ...]) -> frozenset[str]:
    named = (
        *page.meta.get("og:site_name", ()),
        *page.meta.get("application-name", ()),
        *(handle for handle in page.meta.get("twitter:site", ()) if handle.startswith("@")),
        *schema_org.publisher_names(nodes),
    )
    return frozenset(name for raw in named if (name := squashed(raw)))


def _host_names(page: Page) -> frozenset[str]:
    """Return the whole host and its longest label: "news.example.co.uk" and "example"."""
    host = (urlsplit(page.url).hostname or "").removeprefix("www.")
    label = max(host.split("."), key=len)
    return frozenset(name for raw in (host, label) if (name := squashed(raw)))


def _own(nodes: tuple[Node, ...], page: Page) -> Node | None:
    """Return the article's node with the URL of this page, else the one with its headline.

    Without both it is the one with most properties, of those that are not surely of another page.
    """
    paths = {urlsplit(url).path.rstrip("/") for url in (page.url, page.canonical) if url}
    mine = tuple(node for node in nodes if _path(node) in paths - {""})
    titles = [lower_words(title) for title in (page.first_meta("og:title"), page.title) if title]
    named = tuple(node for node in nodes if _is_named(node, titles))
    left = tuple(node for node in nodes if not _is_of_another(node, paths, titles))
    found = (schema_org.article_node(each) for each in (mine, named, left))
    return next(filter(None, found), None)


def _is_named(node: Node, titles: Sequence[str]) -> bool:
    """Return whether the headline of *node* is the beginning of one of the page's *titles*."""
    headline = lower_words(schema_org.text(node.get("headline")) or "")
    return bool(headline) and any(title.startswith(headline) for title in titles)


def _is_of_another(node: Node, paths: set[str], titles: Sequence[str]) -> bool:
    """Return whether *node* names another path, and a headline of other words than the *titles*."""
    words = set(lower_words(schema_org.text(node.get("headline")) or "").split())
    if _path(node) in {None, *paths} or not words or not titles:
        return False
    shared = max(len(words.intersection(title.split())) for title in titles)
    return shared < _SHARE_OF_OWN * len(words)


def _path(node: Node) -> str | None:
    for value in (node.get("mainEntityOfPage"), node.get("url"), node.get("@id")):
        address = value.get("@id") or value.get("url") if isinstance(value, dict) else value
        if isinstance(address, str) and address.startswith(("http", "/")):
            return urlsplit(address).path.rstrip("/")
    return None


def _parsely(page: Page) -> Node:
    """Return the content of the tag ``parsely-page``: JSON with its own names."""
    found = json_ld.loads(html.unescape(page.first_meta("parsely-page") or ""))
    if not isinstance(found, dict):
        return {}
    found = without_placeholders(found)
    names = {
        "title": "headline", "pub_date": "datePublished", "authors": "author", "author": "author",
        "section": "articleSection", "tags": "keywords", "image_url": "image",
    }  # fmt: skip
    return {names[key]: value for key, value in found.items() if key in names and value}


def headline_of(tree: HtmlElement, page: Page) -> HtmlElement | None:
    """Return the heading of *tree* in the page's title; the first h1 may be the site's name."""
    h1s = list(tree.iter("h1"))
    titles = [
        lower_words(title).split() for title in (page.first_meta("og:title"), page.title) if title
    ]
    for element in (*h1s, *tree.iter("h2", "h3")):
        words = lower_words(element_text(element)).split()
        known = max((sum(word in title for word in words) for title in titles), default=0)
        if known >= _HEADLINE_WORDS and known >= _HEADLINE_SHARE * len(words):
            return element
    return next(iter(h1s), None)


def _region(bare: HtmlElement, h1: HtmlElement | None) -> HtmlElement:
    """Return the smallest element that holds headline and byline, or the whole page."""
    region = None if h1 is None else next(h1.iterancestors("article", "header", "main"), None)
    if region is not None and region.tag == "header":
        region = region.getparent()
        whole = None if region is None else next(region.iterancestors("article", "main"), None)
        if region is not None and whole is not None and next(_marked(region), None) is None:
            region = whole  # the names stand below the header
    if region is None and (articles := bare.findall(".//article")) and len(articles) == 1:
        region = articles[0]
    return bare if region is None else region
