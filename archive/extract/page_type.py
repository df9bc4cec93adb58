"""Is a page an article, a list of articles, or neither? Decided by evidence that is kept.

No single sign is believed: themes mark listings as articles, sites without JSON-LD exist, and
class names differ. Each sign has a weight; the signs that spoke are the evidence of the verdict.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from archive.extract.dom import schema_org
from archive.extract.dom.document import Page, element_text, text_length
from archive.extract.dom.page_chrome import body_elements
from archive.extract.dom.text_density import Prose
from archive.model import Extraction, Outcome
from archive.urls import amp_base, is_home

_SINGLE = re.compile(
    r"single|single-post|single-article|article-page|postid-\d+|node-type-article|page-node-type-article|article"
)
_LISTS_TEXT = """
    home blog archive category tag author search search-results date tax-category
"""
_LISTS = frozenset(_LISTS_TEXT.split())
_STATIC = re.compile(r"page|page-id-\d+|single-page|node-type-page|page-node-type-page|error404")
_LIST_PATH = re.compile(
    r"/(?:category|categories|tag|tags|author|authors|topic|topics|section|archives?|search|rubrique"
    r"|rubriques|auteur|chuyen-muc|tac-gia|kategorie|thema|themen|categoria|page)/[^/]*/?(?:page/\d+/?)?$"
    r"|/page/\d+/?$|/(?:19|20)\d\d/(?:\d\d/)?(?:\d\d/)?$"
)
_LIST_QUERY = re.compile(r"(?:^|&)(?:s|q|search|query|paged|cat|author|tag)=")
_STATIC_PATH = re.compile(
    r"/(?:about|about-us|contact|contact-us|contacts|privacy|privacy-policy|terms|terms-of-service"
    r"|terms-of-use|terms-and-conditions|imprint|impressum|datenschutz|kontakt|legal|legal-notice"
    r"|cookies|cookie-policy|advertise|advertising|faq|help|newsletter|subscribe|login|register|a-propos"
    r"|qui-sommes-nous|nous-contacter|mentions-legales|confidentialite|politique-de-confidentialite"
    r"|cgu|cgv|gioi-thieu|ve-chung-toi|lien-he|lien-he-toa-soan|chinh-sach-bao-mat|dieu-khoan"
    r"|dieu-khoan-su-dung|sobre-nosotros|contacto|aviso-legal|sitemap|plan-du-site)(?:\.\w+|/)?$"
)
_DATED_PATH = re.compile(r"/(?:19|20)\d\d[/-]?\d\d?(?:[/-]?\d\d?)?[/-]")
_LONG_SLUG = re.compile(r"(?:[^/\-_]+[-_]){4,}[^/\-_]+")
_DATES = frozenset({"date", "time", "published", "timestamp", "datetime", "pubdate", "posted"})
_BETWEEN = re.compile(r"[\s_-]+")
_MIN_PARAGRAPH = 60
"""Letters of a paragraph that counts as prose, not as a label or a teaser's date."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How the text lies on a page without its frame; *prose* is that of *place*, in letters."""

    place: HtmlElement
    """The element that holds the most paragraphs; one of the tree that was looked at."""
    prose: int
    """Letters outside links in the paragraphs of *place*."""
    letters: int
    """All letters on the page, links and headings included."""
    has_headline: bool
    has_date: bool
    teasers: int
    """Headings below h1 that are a link as a whole."""
    cards: int
    """Outermost article or hentry elements that hold such a heading."""
    link_share: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """``ARTICLE``, ``LISTING`` or ``PAGE``, and the signs that spoke, each with its weight."""

    outcome: Outcome
    evidence: tuple[str, ...]
    shape: Shape


@dataclass(frozen=True, slots=True)
class _Sign:
    name: str
    article: float = 0.0
    listing: float = 0.0
    page: float = 0.0


def classify(page: Page, bare: HtmlElement, prose: Prose) -> Verdict:
    """Return what kind of page *page* is; *bare* is its tree without the frame."""
    shape = _shape_of(bare, prose)
    signs = [*_declared(page), *_by_address(page), *_by_shape(shape)]
    article = sum(sign.article for sign in signs)
    listing = sum(sign.listing for sign in signs)
    static = sum(sign.page for sign in signs)
    if article > max(listing, static):
        outcome = Outcome.ARTICLE
    else:
        outcome = Outcome.LISTING if listing >= static and listing > 0 else Outcome.PAGE
    evidence = tuple(
        f"{sign.name} ({label} {weight:g})"
        for sign in signs
        for label, weight in (
            ("article", sign.article),
            ("listing", sign.listing),
            ("page", sign.page),
        )
        if weight
    )
    return Verdict(outcome, evidence, shape)


_LONG_TEXT, _TEXT = "long text in one place", "text in one place"


def bears_text(found: Extraction) -> bool:
    """Return whether a page that was read has a text of its own, whatever kind of page it is."""
    return any(sign.startswith((_LONG_TEXT, _TEXT)) for sign in found.evidence)


def _declared(page: Page) -> Iterator[_Sign]:
    """Yield what the page says it is: JSON-LD, OpenGraph, classes of its body."""
    types = {name for node in page.json_ld for name in schema_org.types_of(node)}
    node = schema_org.article_node(page.json_ld)
    if node is not None and schema_org.text(node.get("headline")):
        yield _Sign("json-ld article", article=3)
    for name in sorted(types & schema_org.LISTING_TYPES):
        # An article may carry a list of others; a page that says it is a collection is no article.
        yield _Sign(f"json-ld {name}", listing=0.5 if node is not None else 3)
    if types & {"aboutpage", "contactpage"}:
        yield _Sign("json-ld about or contact", page=3)
    og_type = (page.first_meta("og:type") or "").lower()
    if og_type in {"article", "blog", "news", "news_article"}:
        yield _Sign(f"og:type {og_type}", article=1.5)
    elif og_type in {"website", "profile"}:
        yield _Sign(f"og:type {og_type}", listing=0.5, page=0.5)
    if page.first_meta(
        "article:published_time", "datepublished", "parsely-pub-date", "dc.date.issued", "pubdate"
    ):
        yield _Sign("publication date in meta", article=1.5)
    classes = page.body_classes
    if any(_SINGLE.fullmatch(name) for name in classes) and _LISTS.isdisjoint(classes):
        yield _Sign("body class single", article=2)
    if found := sorted(_LISTS.intersection(classes)):
        yield _Sign(f"body class {found[0]}", listing=3)
    if any(_STATIC.fullmatch(name) for name in classes):
        yield _Sign("body class page", page=3)


def _by_address(page: Page) -> Iterator[_Sign]:
    parts = urlsplit(page.url)
    path = unquote(parts.path).lower()
    if is_home(amp_base(page.url) or page.url):
        yield _Sign("address of a front page", listing=20)
    elif _LIST_PATH.search(path) or _LIST_QUERY.search(parts.query):
        yield _Sign("address of a list", listing=2)
    elif _STATIC_PATH.search(path):
        yield _Sign("address of a static page", page=3)
    elif _DATED_PATH.search(path):
        yield _Sign("address with a date", article=1)
    elif _LONG_SLUG.search(path.rstrip("/").rpartition("/")[2]):
        yield _Sign("address with a long slug", article=1)


def _by_shape(shape: Shape) -> Iterator[_Sign]:
    """Yield what the page looks like: one text under a headline, or many headlines of others."""
    if shape.prose >= 1200:
        yield _Sign(_LONG_TEXT, article=2)
    elif shape.prose >= 250:
        yield _Sign(_TEXT, article=1)
    elif shape.prose < 80:
        yield _Sign("hardly any text in one place", listing=0.5, page=1)
    if shape.has_headline and shape.prose >= 80:
        yield _Sign("headline over the text", article=1)
    if shape.has_date and shape.prose >= 80:
        yield _Sign("date beside the headline", article=1.5)
    elif shape.has_date is False:
        yield _Sign("no date in the markup", page=1)
    if shape.teasers >= 3 and shape.teasers * 150 > shape.prose:
        yield _Sign("headlines that are links", listing=2 if shape.teasers < 6 else 3)
    if shape.cards >= 3 and shape.prose < 600:
        yield _Sign("several article elements", listing=1.5)
    if shape.link_share > 0.6:
        yield _Sign("mostly links", listing=1)


def _shape_of(bare: HtmlElement, prose: Prose) -> Shape:
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
        has_headline=len(h1) >= 1,
        has_date=any(
            _is_date(element, cards)
            for element in region.iter("time", "span", "meta", "abbr", "p", "div")
        ),
        teasers=len(teasers),
        cards=len(cards),
        link_share=linked / text if text else 0.0,
    )


def _densest(bare: HtmlElement, prose: Prose) -> tuple[HtmlElement, int]:
    """Return the element with the most prose right under it, and the letters of that prose."""
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
    """Return the smallest element around text and headline: where the date would be."""
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
    """Whether the whole heading leads elsewhere: a link in it, or it in a link."""
    text = element_text(heading)
    linked = next((link for link in heading.iter("a") if link.get("href")), None)
    if linked is None:
        linked = next(heading.iterancestors("a"), None)
        return linked is not None and bool(text)
    return bool(text) and len(element_text(linked)) >= 0.8 * len(text)
