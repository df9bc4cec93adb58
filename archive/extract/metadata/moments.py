"""Find when an article was published and modified, from the best source on its page.

The sources in order: dates for machines (JSON-LD, microdata, meta tags, elements that declare a
date); dates beside the headline, those that say what they are first; the day in the URL; dates
behind the text; the day in elements with a class about publication, if all agree. A date that is
not believed adds a flag, and the next source is asked. The whole page is never searched for any
date, since "© 2026" in the footer would be found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Literal

from lxml.html import HtmlElement

from archive.extract.dates.written import Dated, choose
from archive.extract.dom import schema_org
from archive.extract.dom.document import class_tokens, element_text
from archive.extract.metadata.date_places import DatePlaces, PlacedDate
from archive.extract.metadata.sources import Sources

Which = Literal["published", "modified"]

_URL_DAY = re.compile(
    r"(?<!\d)(?<![a-z]{2})((?:19|20)\d{2})(?:"
    r"([/_.-])(0?[1-9]|1[0-2])[/_.-]?(0[1-9]|[12]\d|3[01]|(?<=[/_.-])[1-9])"
    r"|[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01]))(?!\d)",
    re.IGNORECASE,
)
"""/2020/04/28/, /2020-04-28-, /2020-04/28/, /20200428/, t20200428_: no digit stands beside it."""
_PUBLISHED_META = """
    article:published_time datepublished og:published_time og:article:published_time
    article:published parsely-pub-date dc.date.issued dcterms.issued dc.issued dcterms.created
    dc.date.created dc.created dc.date dcterms.date article.published
    cxenseparse:recs:publishtime publish-date publishdate publish_date publication_date
    published_time pubdate sailthru.date rnews:datepublished originalpublicationdate date
"""
_MODIFIED_META = """
    article:modified_time article:modified datemodified og:updated_time og:article:modified_time
    dcterms.modified dc.date.modified dc.modified article.updated rnews:datemodified
    last-modified lastmod
"""
_META = {"published": _PUBLISHED_META.split(), "modified": _MODIFIED_META.split()}
_NAME_PARTS = re.compile(r"[^a-z]+")
_PUBLISHED_PART = re.compile(
    r"publi(?:sh|c)|pub(?:_?date|_?time)?$|^pub|creat(?:ed|ion)|issued|posted|firstposted|^post_?date"
    r"|^(?:article|news|content|story|page)?_?date(?:time)?$|release_?date"
)
_MODIFIED_PART = re.compile(r"modif|updat|revis(?:ed|ion)|chang|last")
_OTHER_PART = re.compile(
    r"expir|valid|event|start|end|avail|copyright|embargo|birth|death|until|deadline|live|"
    r"book|music|movie|album|"
    r"retriev|access|crawl|generat|build|server|current|now|today|publisher|publication$|public$"
)
_KEYS = {
    "published": ("datePublished", "dateCreated", "uploadDate"),
    "modified": ("dateModified", "datemodified", "dateUpdated"),
}
_PROPERTIES: dict[Which, frozenset[str]] = {
    "published": frozenset(
        [
            "datepublished",
            "datecreated",
            "published",
            "created",
            "issued",
            "date",
            "pubdate",
            "dateposted",
        ]
    ),
    "modified": frozenset(["datemodified", "modified", "updated", "dateupdated"]),
}
_CLASSES: dict[Which, frozenset[str]] = {
    "published": frozenset({"published", "dt-published"}),
    "modified": frozenset({"updated", "modified", "dt-updated"}),
}
"""Classes of ``abbr`` in hAtom, which has a date for machines as its title."""
_NAMES_TEXT = """
    published submitted posted posted-on post-date entry-date pubdate pub-date publish-date
    date-published published-date published-on dt-published datepublished publication-date
    article-date article_date post_date entry_date entry-published post-published asset-meta
"""
_NAMES = frozenset(_NAMES_TEXT.split())
_MOST_NAMED = 50
_LEAST_DIGITS = 6
"""A time element may hold a duration or an hour."""


class Moments:
    """Finds the moments of one page, so that the page is searched for both at most once."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.places = DatePlaces(sources)

    def moment(self, which: Which, flags: list[str]) -> Dated | None:
        """Return the *which* date; a date that is not believed has no instant, and adds a flag."""
        stated = [self.sources.read_date(*each) for each in self._declared(which)]
        stated += [] if choose(stated) else self._marked(which)
        wrong = [date for date in stated if date.problem]
        chosen = choose(stated)
        if chosen is None or chosen.others:
            chosen = self._visible(which, stated) or chosen
            wrong += self._doubted(which, is_needed=chosen is None)
        flags.extend(dict.fromkeys(f"date_{which}: {date.problem} {date.source}" for date in wrong))
        if chosen is not None and not chosen.zoned and chosen.precision != "day":
            # The page may show the same time with its zone.
            shown = (each.date for each in self.places.near if each.date.zoned)
            chosen = choose([chosen, *shown]) or chosen
        if chosen is not None:
            flags.extend(f"date_{which}: {doubt}" for doubt in _doubts(chosen))
        return chosen or next(iter(wrong), None)

    def _declared(self, which: Which) -> Iterator[tuple[str, str]]:
        """Yield the texts and the sources of the dates that the page states for machines."""
        sources = self.sources
        for spoken in sources.nodes:
            for key in _KEYS[which]:
                if raw := schema_org.text(spoken.node.get(key)):
                    yield raw, spoken.source
        for name in _META[which]:
            for raw in sources.page.meta.get(name, ())[:1]:
                yield raw, "meta"
        for name, contents in sources.page.meta.items():
            has_year = sum(map(str.isdigit, contents[0])) >= _LEAST_DIGITS
            if has_year and name not in _META[which] and _meta_meaning(name) == which:
                yield contents[0], "meta"
        for spoken in sources.others:
            if raw := schema_org.text(spoken.node.get(_KEYS[which][0])):
                yield raw, spoken.source

    @cached_property
    def _declaring(self) -> list[HtmlElement]:
        found = self.sources.page.elements_having("itemprop", "property", "pubdate", "title")
        return [element for element in found if element.tag not in {"meta", "link"}]

    def _marked(self, which: Which) -> list[Dated]:
        """Return the dates of elements that declare one: microdata, RDFa, hAtom, ``pubdate``."""
        found = []
        for element in self._declaring:
            source = _declared_by(element, which)
            if source is None or self.places.is_of_another(element):
                continue
            raw = _value_of(element)
            if sum(map(str.isdigit, raw)) >= (_LEAST_DIGITS if source == "time" else 1):
                found.append(self.sources.read_date(raw, source))
        return found

    def _doubted(self, which: Which, *, is_needed: bool) -> list[Dated]:
        """Return the dates beside the headline that are not believed.

        A line is read without having been declared, so that its doubts count only where they are
        needed, for lack of another date.
        """
        if which == "modified":
            return []
        near = [each.date for each in self.places.near if each.label != "updated"]
        return [
            date
            for date in near
            if date.problem
            and (date.source == "time" or (is_needed and date.problem == "ambiguous"))
        ]

    def _visible(self, which: Which, stated: Sequence[Dated]) -> Dated | None:
        """Return the date that the page shows; with a guess in *stated*, one that agrees with it.

        A page that declares when it was published also declares when it was modified, so that its
        lines are not read for that.
        """
        if which == "modified" and next(self._declared("published"), None) is not None:
            return None
        if guess := choose(stated):
            return choose([guess, *(date for group in self._ranked(which) for date in group)])
        for date in stated:
            if date.problem == "ambiguous" and (known := self._agreeing(which, date)):
                return known
        return next(filter(None, map(choose, self._ranked(which))), None)

    def _agreeing(self, which: Which, date: Dated) -> Dated | None:
        """Return the date shown on a day that *date*, which is ambiguous, can mean."""
        days = {each.date() for each in date.others}
        shown = (each for group in self._ranked(which) for each in group)
        return next((each for each in shown if each.wall and each.wall.date() in days), None)

    def _ranked(self, which: Which) -> Iterator[list[Dated]]:
        """Yield the dates that the page shows in groups, the best group first."""
        places = self.places
        if which == "modified":
            yield [each.date for each in places.near if each.label == "updated"]
            yield [each.date for each in places.far if each.label == "updated"]
            return
        address = self._in_address()
        yield _by_agreement([each for each in places.near if each.label == "published"], address)
        plain = [each for each in places.near if not each.label]
        behind = [each for each in plain if each.place == "behind"]
        yield _by_agreement(sorted(behind, key=_is_told), address)
        if address is not None:
            yield [address]
        yield [each.date for each in plain if each.place == "before"]
        yield _far(places.far)
        yield self._named()

    def _named(self) -> list[Dated]:
        """Return the day in elements with a class about publication, if all have the same day."""
        found: list[PlacedDate] = []
        named = [
            each
            for each in self.sources.page.elements_having("class", "itemprop")
            if not _NAMES.isdisjoint(_names_of(each))
        ]
        for element in named[:_MOST_NAMED]:
            found += self.places.in_element(element)
        dates = [each.date for each in found if each.date.wall and each.label != "updated"]
        return dates[:1] if len({date.wall.date() for date in dates if date.wall}) == 1 else []

    def _in_address(self) -> Dated | None:
        address = self.sources.page.url
        for found in _URL_DAY.finditer(address, address.find("//") + 2):
            year, _, month, day, other_month, other_day = found.groups()
            raw = f"{year}-{month or other_month:0>2}-{day or other_day:0>2}"
            date = self.sources.read_date(raw, "url")
            if date.instant is not None:
                return date
        return None


def _doubts(date: Dated) -> Iterator[str]:
    """Yield what is assumed of *date*."""
    if date.others:
        yield f"day and month guessed {date.source}"
    if date.unclear:
        yield f"zone {date.unclear} has several meanings, taken as UTC"
    elif not date.zoned and date.precision != "day":
        yield "no zone, taken as UTC"


@lru_cache(maxsize=4_096)
def _meta_meaning(name: str) -> str | None:
    """Return what a meta tag of *name* dates, where its name is not one of those that are known."""
    plain = "_".join(part for part in _NAME_PARTS.split(name) if part)
    words = {plain, *plain.split("_")}
    if any(_OTHER_PART.search(word) for word in words):
        return None
    if any(_MODIFIED_PART.search(word) for word in words):
        return "modified"
    return "published" if any(_PUBLISHED_PART.search(word) for word in words) else None


def _declared_by(element: HtmlElement, which: Which) -> str | None:
    """Return the source that *element* is, if it declares the *which* date."""
    item = (element.get("itemprop") or "").lower().split()
    if not _PROPERTIES[which].isdisjoint(item):
        return "microdata"
    terms = (element.get("property") or "").lower().split()
    if any(_term(term) in _PROPERTIES[which] for term in terms):
        return "rdfa"
    if element.tag == "abbr" and not _CLASSES[which].isdisjoint(class_tokens(element)):
        return "microdata"
    return "time" if "pubdate" in element.attrib and which == "published" else None


def _term(written: str) -> str:
    """Return the last part of a term of RDFa: "schema:dateCreated", "http://purl.org/dc/date"."""
    return re.split(r"[:/#.]", written)[-1]


def _value_of(element: HtmlElement) -> str:
    for name in ("content", "datetime", "title"):
        if value := (element.get(name) or "").strip():
            return value
    return element_text(element)


def _is_told(placed: PlacedDate) -> bool:
    """Return whether the line of a date says more than when and by whom, and gives no hour."""
    return not placed.is_pure and placed.date.precision == "day"


def _by_agreement(placed: Sequence[PlacedDate], address: Dated | None) -> list[Dated]:
    """Return the dates of *placed*; of several days first those of the day in the address."""
    dates = [each.date for each in placed]
    if address is None or address.wall is None:
        return dates
    day = address.wall.date()
    agreeing = [each for each in dates if each.wall and abs((each.wall.date() - day).days) <= 1]
    return agreeing if agreeing or not dates else []


def _far(placed: Sequence[PlacedDate]) -> list[Dated]:
    """Return the dates behind the text: labelled ones, time elements, or pure ones that agree."""
    own = [each for each in placed if each.label != "updated"]
    said = [each.date for each in own if each.label == "published"]
    timed = [each.date for each in own if each.date.source == "time"]
    if said or timed:
        return [*said, *timed]
    pure = [each.date for each in own if each.is_pure and each.date.wall is not None]
    if exact := [date for date in pure if date.precision != "day"]:
        return exact
    clocked = [each.date for each in own if each.date.wall and each.date.precision != "day"]
    if len(clocked) == 1:
        return clocked
    return pure[:1] if len({date.wall.date() for date in pure if date.wall}) == 1 else []


def _names_of(element: HtmlElement) -> list[str]:
    return [*class_tokens(element), *(element.get("itemprop") or "").lower().split()]
