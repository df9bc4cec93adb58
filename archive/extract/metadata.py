"""What a page says about its article: JSON-LD first, then meta tags, then markup, then trafilatura.

Each field is read on its own, and a fault in one costs nothing but that field.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from htmldate import find_date
from lxml.html import HtmlElement

from archive.extract import linked_data
from archive.extract.dates import Dated, Written, choose, read_date
from archive.extract.page import Node, Page, element_text, outermost, tokens_of
from archive.extract.people import names_in, unique
from archive.urls import absolute

_T = TypeVar("_T")

# What htmldate finds odd in a page is no news for the operator of a crawl.
logging.getLogger("htmldate").setLevel(logging.CRITICAL)

_SEPARATOR = re.compile(r"\s+[|\-–—·•»:]\s+|\s*[|：]\s*")
_URL_DAY = re.compile(r"/((?:19|20)\d{2})[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=[/-]|$)")
_LANGUAGE = re.compile(
    r"([a-z]{2,3})(?:[-_]([a-z]{4})(?=[-_]|$))?(?:[-_][a-z0-9]+)*", re.IGNORECASE
)
_PUBLISHED_META = """
    article:published_time datepublished og:published_time parsely-pub-date dc.date.issued
    dcterms.created dc.date.created dc.date dcterms.date article.published
    cxenseparse:recs:publishtime publish-date publishdate pubdate sailthru.date date
"""
_MODIFIED_META = """
    article:modified_time datemodified og:updated_time dcterms.modified dc.date.modified
    article.updated last-modified lastmod
"""
_DATE_META = {"published": _PUBLISHED_META.split(), "modified": _MODIFIED_META.split()}
_AUTHOR_META_TEXT = """
    author article:author dc.creator dcterms.creator parsely-author sailthru.author
    cxenseparse:author byl article:author_name
"""
_AUTHOR_META = tuple(_AUTHOR_META_TEXT.split())
_BYLINE_TEXT = """
    byline byline__name byline-author author author-name article-author article__author
    entry-author post-author vcard fn
"""
_BYLINE = frozenset(_BYLINE_TEXT.split())
"""Classes around a name; ``fn`` in ``vcard`` is the hCard microformat, which WordPress writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The fields of an Article but its blocks, the other spellings of its headline, and flags."""

    headline: str
    headlines: tuple[str, ...]
    description: str | None
    author: tuple[str, ...]
    published: Dated | None
    modified: Dated | None
    section: tuple[str, ...]
    keywords: tuple[str, ...]
    image: str | None
    is_accessible_for_free: bool | None
    flags: tuple[str, ...]


def read_metadata(page: Page, bare: HtmlElement, captured_at: datetime) -> Metadata:
    """Return what *page* says of its article.

    *bare* is its tree without the frame. Dates are held against *captured_at*, which must bear a
    time zone. A date that is not to be believed stays in ``raw`` and raises a flag.
    """
    reader = _Reader(page, bare, captured_at)
    nothing: tuple[str, ...] = ()
    flags: list[str] = []

    def field(name: str, read: Callable[[], _T], default: _T) -> _T:
        try:
            return read()
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
            flags.append(f"{name}: {type(error).__name__}")
            return default

    headlines = field("headline", reader.headlines, nothing)
    published = field("date_published", lambda: reader.date("published", flags), None)
    return Metadata(
        headline=headlines[0] if headlines else (page.title or ""),
        headlines=headlines,
        description=field("description", reader.description, None),
        author=field("author", reader.author, nothing),
        published=published,
        modified=field("date_modified", lambda: reader.date("modified", flags), None),
        section=field("section", reader.section, nothing),
        keywords=field("keywords", reader.keywords, nothing),
        image=field("image", reader.image, None),
        is_accessible_for_free=field("is_accessible_for_free", reader.free, None),
        flags=tuple(flags),
    )


def page_language(page: Page) -> str | None:
    """Return the language of *page*: a lower-case BCP 47 tag without region ("fr", "zh-hant").

    ``html lang`` first, since themes set it by the text; og:locale, JSON-LD and content-language
    often stay at the site's default. The region says where the software was set up, not how the
    text is written, and one publisher's pages would differ in it by template.
    """
    node = linked_data.article_node(page.json_ld) or {}
    claims = [
        page.html_lang,
        page.first_meta("og:locale"),
        linked_data.text(node.get("inLanguage")),
        page.first_meta("content-language", "language", "dc.language"),
    ]
    for claim in claims:
        if found := _LANGUAGE.fullmatch((claim or "").strip()):
            script = f"-{found.group(2)}" if found.group(2) else ""
            return (found.group(1) + script).lower()
    return None


class _Reader:
    """The sources of one page, ready to be asked field by field."""

    def __init__(self, page: Page, bare: HtmlElement, captured_at: datetime) -> None:
        self.page, self.bare, self.captured_at = page, bare, captured_at
        self.node: Node = linked_data.article_node(page.json_ld) or {}
        named = page.first_meta("og:site_name", "application-name")
        self.sites = tuple(
            name for name in (named, *linked_data.publisher_names(page.json_ld)) if name
        )

    def headlines(self) -> tuple[str, ...]:
        """Return the spellings of the headline without the site's name, the one to use first.

        The spelling that most sources agree on: JSON-LD has search-engine variants, og:title
        variants for social media, h1 sometimes the site's name.
        """
        h1s = [element_text(element) for element in self.bare.iter("h1")]
        h1 = next(
            (text for text in h1s if text and _folded(text) not in map(_folded, self.sites)), None
        )
        sources = [
            self.page.first_meta("og:title"),
            h1,
            linked_data.text(self.node.get("headline")),
            self.page.first_meta("twitter:title", "dc.title", "parsely-title"),
            self.page.title,
            linked_data.text(self.node.get("name")),
        ]
        others = [text for text in sources if text]
        cut = [headline for text in others if (headline := self._without_site(text, others))]
        if not cut:
            return ()
        votes = Counter(_folded(text) for text in cut)
        best = max(cut, key=lambda text: votes[_folded(text)])  # of equals the first source wins
        return unique([best, *cut])

    def _without_site(self, text: str, others: list[str]) -> str:
        sites = {_folded(name) for name in self.sites}
        whole = {_folded(other) for other in others if other != text}
        while parts := list(_SEPARATOR.finditer(text)):
            last = parts[-1]
            head, tail = text[: last.start()].strip(), text[last.end() :].strip()
            if head and (_folded(tail) in sites or _folded(head) in whole):
                text = head
            elif tail and _folded(text[: parts[0].start()]) in sites:
                text = text[parts[0].end() :].strip()
            else:
                break
        return text

    def description(self) -> str | None:
        declared = self.page.first_meta(
            "og:description", "description", "twitter:description", "dc.description"
        )
        return linked_data.text(self.node.get("description")) or declared

    def author(self) -> tuple[str, ...]:
        """Return people first; the publisher as its own author only where nobody else is named."""
        sites = {_folded(name) for name in self.sites}
        others: list[str] = []
        for names in (self._authors_json_ld(), self._authors_meta(), self._authors_markup()):
            found = unique(names)
            people = tuple(name for name in found if _folded(name) not in sites)
            if people:
                return people
            others.extend(found)
        return unique(others)

    def _authors_json_ld(self) -> Iterator[str]:
        for key in ("author", "creator"):
            people = list(linked_data.people(self.node.get(key), self.page.json_ld))
            for name, is_organization in sorted(people, key=lambda person: person[1]):
                yield from [name] if is_organization else names_in(name)
            if people:
                return

    def _authors_meta(self) -> Iterator[str]:
        for name in _AUTHOR_META:
            found = [author for value in self.page.meta.get(name, ()) for author in names_in(value)]
            yield from found
            if found:
                return

    def _authors_markup(self) -> Iterator[str]:
        for element in self._near_headline("a", "span", "p", "div", "address"):
            by_rel = "author" in element.get("rel", "").lower().split()
            by_item = "author" in element.get("itemprop", "").lower().split()
            if by_rel or by_item or not _BYLINE.isdisjoint(tokens_of(element)):
                text = element_text(element)
                if 2 < len(text) <= 80:
                    found = names_in(text)
                    yield from found
                    if found:
                        return

    def date(self, which: str, flags: list[str]) -> Dated | None:
        """Return the *which* ("published", "modified") date; one not believed has no instant."""
        dates = [read_date(written, self.captured_at) for written in self._written(which)]
        # A time element may hold a duration or an hour; that is no date gone wrong.
        wrong = [
            date
            for date in dates
            if date.problem and (date.source != "time" or date.raw[:4].isdigit())
        ]
        flags.extend(dict.fromkeys(f"date_{which}: {date.problem} {date.source}" for date in wrong))
        chosen = choose(dates)
        if chosen is None and which == "published":
            chosen = self._searched_date()
        if chosen is not None and not chosen.zoned and chosen.precision != "day":
            flags.append(f"date_{which}: no zone, taken as UTC")
        return chosen or next(iter(wrong), None)

    def _written(self, which: str) -> Iterator[Written]:
        keys = (
            ("datePublished", "dateCreated", "uploadDate")
            if which == "published"
            else ("dateModified",)
        )
        for key in keys:
            if raw := linked_data.text(self.node.get(key)):
                yield Written(raw, "json-ld")
        for name in _DATE_META[which]:
            for raw in self.page.meta.get(name, ())[:1]:
                yield Written(raw, "meta")
        for element in self._near_headline("time"):
            raw = (element.get("datetime") or element.get("content") or "").strip()
            words = {*tokens_of(element), *element.get("itemprop", "").lower().split()}
            is_update = (
                bool({"updated", "modified", "datemodified"} & words) and "published" not in words
            )
            if raw and is_update == (which == "modified"):
                yield Written(raw, "time")

    def _near_headline(self, *tags: str) -> Iterator[HtmlElement]:
        """Yield the elements of the smallest part of the page that holds headline and byline."""
        h1 = next(self.bare.iter("h1"), None)
        region = None if h1 is None else next(h1.iterancestors("article", "header", "main"), None)
        if region is not None and region.tag == "header":
            region = region.getparent()
        if region is None and (articles := self.bare.findall(".//article")) and len(articles) == 1:
            region = articles[0]
        yield from (region if region is not None else self.bare).iter(*tags)

    def _searched_date(self) -> Dated | None:
        """Look for a day in the URL, then in the article's own markup; never in the whole page.

        A footer's "© 2026" would be found there.
        """
        if found := _URL_DAY.search(self.page.url):
            year, month, day = found.groups()
            written = Written(f"{year}-{month:0>2}-{day:0>2}", "url")
            return _believed(read_date(written, self.captured_at))
        articles = outermost(self.bare, "article")
        if len(articles) != 1:
            return None
        raw = _htmldate(articles[0], self.captured_at)
        return _believed(read_date(Written(raw, "trafilatura"), self.captured_at)) if raw else None

    def section(self) -> tuple[str, ...]:
        declared = list(linked_data.texts(self.node.get("articleSection")))
        declared = declared or list(self.page.meta.get("article:section", ()))
        if not declared:
            declared = [
                element_text(e)
                for e in self._near_headline("a")
                if "category" in e.get("rel", "").split()
            ]
        return unique(entry for entry in declared if entry)

    def keywords(self) -> tuple[str, ...]:
        listed = [
            list(linked_data.texts(self.node.get("keywords"))),
            list(self.page.meta.get("article:tag", ())),
            list(self.page.meta.get("news_keywords", ())),
            list(self.page.meta.get("keywords", ())),
        ]
        for entries in listed:
            # One entry is a list in a string; several may hold commas of their own.
            words = re.split(r"[,;]", entries[0]) if len(entries) == 1 else entries
            found = unique(word.strip() for word in words if word.strip())
            if found:
                return found
        return ()

    def image(self) -> str | None:
        declared = linked_data.image_url(self.node.get("image"))
        named = declared or self.page.first_meta("og:image", "og:image:url", "twitter:image")
        return absolute(self.page.base, named) if named else None

    def free(self) -> bool | None:
        value = linked_data.truth(self.node.get("isAccessibleForFree"))
        if value is not None:
            return value
        tier = self.page.first_meta("article:content_tier")
        return {"free": True, "metered": False, "locked": False}.get((tier or "").lower())


def _htmldate(element: HtmlElement, captured_at: datetime) -> str | None:
    found = find_date(
        deepcopy(element),
        extensive_search=False,
        original_date=True,
        max_date=captured_at.strftime("%Y-%m-%d"),
        outputformat="%Y-%m-%d",
    )
    return found if isinstance(found, str) else None


def _believed(date: Dated) -> Dated | None:
    return date if date.instant is not None else None


def _folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
