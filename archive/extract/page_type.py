"""Decide whether a page is an article, a list of articles or neither, and keep the evidence.

No single sign decides: themes mark listings as articles, some sites have no JSON-LD, and class
names differ. Each sign has a weight; the signs that were found are the evidence of the verdict.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from math import log1p
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from archive.extract.dom import schema_org
from archive.extract.dom.document import Page, element_text, text_length
from archive.extract.dom.lines import letters_of, weight_of
from archive.extract.dom.page_chrome import body_elements
from archive.extract.dom.text_density import Prose
from archive.extract.metadata.reader import Metadata
from archive.extract.outline import Outline
from archive.extract.phrases.loading import phrases
from archive.extract.phrases.notation import any_of
from archive.extract.signs import Sign, Table, score
from archive.model import Outcome
from archive.urls import amp_base, is_home

_SINGLE = re.compile(
    r"single|single-post|single-article|article-page|postid-\d+|node-type-article|page-node-type-article|article"
)
_LISTS_TEXT = """
    home blog archive category tag author search search-results date tax-category
"""
_LISTS = frozenset(_LISTS_TEXT.split())
_STATIC = re.compile(r"page-id-\d+|single-page|node-type-page|page-node-type-page|error404")
_LIST_PATH = re.compile(
    rf"/{any_of(phrases().list_path)}/[^/]*/?(?:page/\d+/?)?$"
    r"|/page/\d+/?$|/(?:19|20)\d\d/(?:\d\d/)?(?:\d\d/)?$"
)
_LIST_QUERY = re.compile(r"(?:^|&)(?:s|q|search|query|paged|cat|author|tag)=")
_STATIC_PATH = re.compile(rf"/{any_of(phrases().static_path)}(?:\.\w+|/)?$")
_DATED_PATH = re.compile(r"/(?:19|20)\d\d[/-]?\d\d?(?:[/-]?\d\d?)?[/-]")
_LONG_SLUG = re.compile(r"(?:[^/\-_]+[-_]){4,}[^/\-_]+")
_ABOUT_TYPES = frozenset({"aboutpage", "contactpage"})
_OG_ARTICLE = frozenset({"article", "blog", "news", "news_article"})
_OG_SITE = frozenset({"website", "profile"})
_DATES = frozenset({"date", "time", "published", "timestamp", "datetime", "pubdate", "posted"})
_BETWEEN = re.compile(r"[\s_-]+")
_MIN_PARAGRAPH = 60
"""A paragraph with fewer letters is a label or a teaser's date, not prose."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Where and how much text a page has, without its frame."""

    place: HtmlElement
    """The element that holds the most prose; part of the tree that was measured."""
    prose: int
    """Letters outside links in the paragraphs of *place*."""
    letters: int
    """All letters on the page, links and headings included."""
    has_date: bool
    teasers: int
    """Number of headings below h1 that are links as a whole."""
    cards: int
    """Number of article or hentry elements that hold such a heading."""
    link_share: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """``ARTICLE``, ``LISTING`` or ``PAGE``, and the signs that were found, each with its weight."""

    outcome: Outcome
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """The facts in which the signs of a page's type are looked for."""

    page: Page
    shape: Shape
    outline: Outline
    headline: int
    """The weight of the headline: lists have the short names of their subjects."""
    is_dated: bool
    """Whether a date of publication was read."""
    types: frozenset[str]
    """Types of all JSON-LD nodes of the page."""
    article: Mapping[str, Any] | None
    """The JSON-LD node of an article."""
    og_type: str
    path: str
    query: str


@dataclass(frozen=True, slots=True)
class LayoutMeasure:
    """A number that speaks for an article as far as *weight* times its value is above zero."""

    name: str
    of: Callable[[Look], float]
    weight: float


def classify(page: Page, shape: Shape, outline: Outline, data: Metadata) -> Verdict:
    """Return what kind of page *page* is.

    *shape* describes it without its frame, *outline* is how it is laid out around its text, and
    *data* are its fields.
    """
    at = look_at(page, shape, outline, data)
    found = score(SIGNS, at)
    measured = [(each.name, each.weight * each.of(at)) for each in MEASURES]
    layout = BASE_ODDS + sum(odds for _, odds in measured)
    article, listing, static = map(found.total, (_ARTICLE, _LISTING, _PAGE))
    signs = [*found.found]
    if article + layout > max(listing, static):
        outcome = Outcome.ARTICLE
    else:
        listed = score(_OF_A_LIST, at)
        signs += listed.found
        listing += listed.total(_LISTING)
        outcome = Outcome.LISTING if listing >= static and listing > 0 else Outcome.PAGE
    evidence = [f"{sign.name} ({sign.verdict} {sign.weight:g})" for sign in signs]
    evidence += [f"{name} ({odds:+.1f})" for name, odds in measured if abs(odds) >= _TOLD]
    return Verdict(outcome, (*evidence, f"{_LAYOUT_NAME} ({layout:+.1f})"))


_LAYOUT_NAME = "layout"
_LONG_HEADLINE = 60
_FEW_PRICES = 5
"""Exchange rates and an advertisement are on pages of all kinds."""
_FEW_LINKS = 4
_TOLD = 0.3
"""A measure of less weight is not named in the evidence."""


def look_at(page: Page, shape: Shape, outline: Outline, data: Metadata) -> Look:
    """Return the facts in which ``SIGNS`` and ``MEASURES`` look."""
    parts = urlsplit(page.url)
    return Look(
        page=page,
        shape=shape,
        outline=outline,
        headline=weight_of(letters_of(data.headline)),
        is_dated=data.published is not None and data.published.instant is not None,
        types=frozenset(name for node in page.json_ld for name in schema_org.types_of(node)),
        article=schema_org.article_node(page.json_ld),
        og_type=(page.first_meta("og:type") or "").lower(),
        path=unquote(parts.path).lower(),
        query=parts.query,
    )


def _has_headline_in_json_ld(at: Look) -> bool:
    return at.article is not None and schema_org.text(at.article.get("headline")) is not None


def _has_few_links(at: Look) -> bool:
    links = islice(at.page.tree.iter("a"), _FEW_LINKS)
    return at.outline.unbroken > 0 and len(list(links)) < _FEW_LINKS


def _has_single_class(at: Look) -> bool:
    classes = at.page.body_classes
    return any(map(_SINGLE.fullmatch, classes)) and _LISTS.isdisjoint(classes)


def _list_class(at: Look) -> str | None:
    return min(_LISTS.intersection(at.page.body_classes), default=None)


def _has_static_class(at: Look) -> bool:
    return any(map(_STATIC.fullmatch, at.page.body_classes))


def _is_front_page(at: Look) -> bool:
    return is_home(amp_base(at.page.url) or at.page.url)


def _is_list_address(at: Look) -> bool:
    return bool(_LIST_PATH.search(at.path) or _LIST_QUERY.search(at.query))


def _is_static_address(at: Look) -> bool:
    return _STATIC_PATH.search(at.path) is not None


def _has_long_slug(at: Look) -> bool:
    return _LONG_SLUG.search(at.path.rstrip("/").rpartition("/")[2]) is not None


def _listing_type(name: str) -> tuple[Sign[Look], Sign[Look]]:
    """Return the signs of *name*, a type of JSON-LD, on a page without and with an article's node.

    An article may carry a list of others. A page that says it is a collection is no article.
    """
    return (
        Sign(f"json-ld {name}", lambda at: name in at.types and at.article is None, 3, _LISTING),
        Sign(f"json-ld {name}", lambda at: name in at.types, 0.5, _LISTING),
    )


_ARTICLE, _LISTING, _PAGE = "article", "listing", "page"
_STATIC_ODDS = 4

_DECLARED: Table[Look] = (
    Sign("json-ld article", _has_headline_in_json_ld, 2.5, _ARTICLE),
    *map(_listing_type, sorted(schema_org.LISTING_TYPES)),
    Sign("json-ld about or contact", lambda at: bool(at.types & _ABOUT_TYPES), _STATIC_ODDS, _PAGE),
    Sign("og:type {}", lambda at: at.og_type in _OG_ARTICLE and at.og_type, 0.4, _ARTICLE),
    Sign("og:type {}", lambda at: at.og_type in _OG_SITE and at.og_type, 0.7, _LISTING),
    Sign("og:type {}", lambda at: at.og_type in _OG_SITE and at.og_type, 0.5, _PAGE),
    Sign("hardly any link on the page", _has_few_links, 2, _ARTICLE),
    Sign("body class single", _has_single_class, 3, _ARTICLE),
    Sign("body class {}", _list_class, 3, _LISTING),
    (
        Sign("body class of a page", _has_static_class, 2, _PAGE),
        Sign("body class page", lambda at: "page" in at.page.body_classes, 0.5, _PAGE),
    ),
)
"""What the page says it is: JSON-LD, OpenGraph, classes of its body."""

_ADDRESS: Table[Look] = (
    (
        Sign("address of a front page", _is_front_page, 20, _LISTING),
        Sign("address of a list", _is_list_address, 2, _LISTING),
        Sign("address of a static page", _is_static_address, _STATIC_ODDS, _PAGE),
        Sign("address with a date", lambda at: bool(_DATED_PATH.search(at.path)), 0.4, _ARTICLE),
        Sign("address with a long slug", _has_long_slug, 0.4, _ARTICLE),
    ),
)

SIGNS: Table[Look] = (*_DECLARED, *_ADDRESS)

_OF_A_LIST: Table[Look] = (
    Sign("headlines that are links", lambda at: at.shape.teasers >= 3, 3, _LISTING),
    Sign("several article elements", lambda at: at.shape.cards >= 3, 1.5, _LISTING),
    Sign("mostly links", lambda at: at.shape.link_share > 0.6, 1, _LISTING),
)
"""Signs by which a page that is no article is a list of articles."""

MEASURES = (
    LayoutMeasure("sentences", lambda at: log1p(at.outline.sentences), 0.65),
    LayoutMeasure("longest line", lambda at: log1p(at.outline.longest), 0.3),
    LayoutMeasure("text without gaps", lambda at: at.outline.unbroken, 0.45),
    LayoutMeasure("date of publication", lambda at: float(at.is_dated), 2.6),
    LayoutMeasure("date beside the text", lambda at: float(at.outline.has_date), 1.0),
    LayoutMeasure("date in the markup", lambda at: float(at.shape.has_date), 0.8),
    LayoutMeasure(
        "length of the headline", lambda at: log1p(min(at.headline, _LONG_HEADLINE)), 1.35
    ),
    LayoutMeasure("links within the text", lambda at: log1p(at.outline.links_within), -0.7),
    LayoutMeasure(
        "headings in it that are links", lambda at: log1p(at.outline.headings_within), -0.25
    ),
    LayoutMeasure("prices", lambda at: log1p(max(0, at.outline.prices - _FEW_PRICES)), -0.85),
    LayoutMeasure("elements alike with links", lambda at: log1p(at.outline.alike), -0.2),
    LayoutMeasure("headlines that are links", lambda at: log1p(at.shape.teasers), -0.1),
    LayoutMeasure("several article elements", lambda at: log1p(at.shape.cards), -0.55),
)
"""How the page is laid out, and what was read on it.

The weights are those that ``benchmarks/extraction/fit_page_type.py`` fits, rounded.
"""
BASE_ODDS = -9.5
"""What is added to the measures: for a page without text, they speak against an article."""


def shape_of(bare: HtmlElement, prose: Prose) -> Shape:
    """Return where and how much text *bare* has, the tree of a page without its frame."""
    teasers = [heading for heading in bare.iter("h2", "h3", "h4") if _is_link(heading)]
    cards = {card for heading in teasers for card in _cards(heading)}
    place, most = _densest(bare, prose)
    h1 = [heading for heading in bare.iter("h1") if not _is_link(heading)]
    region = _region(place, h1)
    text = text_length(bare)
    linked = sum(map(text_length, bare.iter("a")))
    return Shape(
        place=place,
        prose=most,
        letters=text,
        has_date=any(
            _is_date(element, cards)
            for element in region.iter("time", "span", "meta", "abbr", "p", "div")
        ),
        teasers=len(teasers),
        cards=len(cards),
        link_share=linked / text if text else 0.0,
    )


def _densest(bare: HtmlElement, prose: Prose) -> tuple[HtmlElement, int]:
    """Return the element with the most prose in its paragraphs, and the letters of that prose."""
    weights: dict[HtmlElement, int] = {}
    for paragraph, own in prose.own.items():
        if own < _MIN_PARAGRAPH or paragraph.tag == "dd":
            continue
        holder = paragraph.getparent() if paragraph.tag in {"p", "li", "blockquote"} else paragraph
        for element in (holder, holder.getparent() if holder is not None else None):
            if element is not None and element.tag not in {"body", "html"}:
                weights[element] = weights.get(element, 0) + own
    for element in body_elements(bare):
        weights[element] = prose.held(element)
    place = max(weights, key=lambda element: weights[element], default=bare)
    return place, weights.get(place, 0)


def _region(place: HtmlElement, h1: list[HtmlElement]) -> HtmlElement:
    """Return the smallest element around text and headline, where the date is expected."""
    around = [place, *place.iterancestors()]
    for element in around:
        if element.tag in {"body", "html"}:
            break
        if element.tag == "article" or any(element in heading.iterancestors() for heading in h1):
            return element
    above: HtmlElement | None = h1[0].getparent() if h1 else None
    return place if above is None else above


def _is_date(element: HtmlElement, cards: set[HtmlElement]) -> bool:
    if element.tag == "time" or "datepublished" in element.get("itemprop", "").lower():
        return not _is_in_card(element, cards)
    classes = element.get("class")
    if not classes or not _named_date(classes):
        return False
    if _is_in_card(element, cards):
        return False
    text = element_text(element)
    return 4 <= len(text) <= 80 and any(character.isdigit() for character in text)


@lru_cache(maxsize=16_384)
def _named_date(classes: str) -> bool:
    return not _DATES.isdisjoint(_BETWEEN.split(classes.lower()))


def _is_in_card(element: HtmlElement, cards: set[HtmlElement]) -> bool:
    return bool(cards) and any(ancestor in cards for ancestor in element.iterancestors())


def _cards(heading: HtmlElement) -> Iterator[HtmlElement]:
    for ancestor in heading.iterancestors():
        if ancestor.tag == "article" or "hentry" in ancestor.get("class", "").split():
            yield ancestor
            return


def _is_link(heading: HtmlElement) -> bool:
    """Return whether the whole heading is a link: it contains the link, or is inside it."""
    text = element_text(heading)
    linked = next((link for link in heading.iter("a") if link.get("href")), None)
    if linked is None:
        linked = next(heading.iterancestors("a"), None)
        return linked is not None and bool(text)
    return bool(text) and len(element_text(linked)) >= 0.8 * len(text)
