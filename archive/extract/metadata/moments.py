"""Find when an article was published and modified, from the best source on its page.

The sources in order: dates for machines (JSON-LD, microdata, meta tags); time elements near the
headline; a date in words near the headline; time elements elsewhere in the article; the day in
elements with a class about publication, if all agree; the day in the URL. The whole page is never
searched, since "© 2026" in the footer would be found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from lxml.html import HtmlElement

from archive.extract.dates import Dated, Written, choose, read_date
from archive.extract.dom import schema_org
from archive.extract.dom.document import class_tokens
from archive.extract.metadata.sources import Sources, lines_near_headline
from archive.extract.metadata.words import dates_in_words

Which = Literal["published", "modified"]

_URL_DAY = re.compile(r"/((?:19|20)\d{2})[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=[/-]|$)")
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
_KEYS = {
    "published": ("datePublished", "dateCreated", "uploadDate"),
    "modified": ("dateModified", "datemodified", "dateUpdated"),
}
_NAMES_TEXT = """
    published submitted posted posted-on post-date entry-date pubdate pub-date publish-date
    date-published published-date published-on dt-published datepublished publication-date
    article-date article_date post_date entry_date entry-published post-published asset-meta
"""
_NAMES = frozenset(_NAMES_TEXT.split())
_UPDATED = frozenset({"updated", "modified", "datemodified"})


def moment(sources: Sources, which: Which, flags: list[str]) -> Dated | None:
    """Return the *which* date; a date that is not believed has no instant, and adds a flag."""
    chosen, dates = _stated(sources, which)
    wrong = [date for date in dates if date.problem and _means_a_date(date)]
    flags.extend(dict.fromkeys(f"date_{which}: {date.problem} {date.source}" for date in wrong))
    if chosen is None:
        guesses = (_in_address,) if wrong else _GUESSES
        chosen = next(filter(None, (guess(sources, which) for guess in guesses)), None)
    if chosen is not None and not chosen.zoned and chosen.precision != "day":
        flags.append(f"date_{which}: no zone, taken as UTC")
    return chosen or next(iter(wrong), None)


def _stated(sources: Sources, which: Which) -> tuple[Dated | None, list[Dated]]:
    """Return the date that is written for machines, and all dates that were read to choose it.

    Time elements near the headline are read only when no declared date is believed.
    """
    declared = [read_date(written, sources.captured_at) for written in _declared(sources, which)]
    if (chosen := choose(declared)) is not None:
        return chosen, declared
    near = [read_date(written, sources.captured_at) for written in _timed(sources, which)]
    return choose(near), declared + near


def _means_a_date(date: Dated) -> bool:
    """Return whether *date* is a wrong date; a time element may hold a duration or an hour."""
    return date.source != "time" or date.raw[:4].isdigit()


def _declared(sources: Sources, which: Which) -> Iterator[Written]:
    for spoken in sources.nodes:
        for key in _KEYS[which]:
            if raw := schema_org.text(spoken.node.get(key)):
                yield Written(raw, spoken.source)
    for name in _META[which]:
        for raw in sources.page.meta.get(name, ())[:1]:
            yield Written(raw, "meta")
    for spoken in sources.others:
        if raw := schema_org.text(spoken.node.get(_KEYS[which][0])):
            yield Written(raw, spoken.source)


def _timed(sources: Sources, which: Which, *, far: bool = False) -> Iterator[Written]:
    """Yield the dates of time elements near the headline, or with *far* in all of its region.

    Outside the region are the dates of other stories. Without a headline, all count as near.
    """
    elements: Iterable[HtmlElement] = sources.region.iter("time")
    if sources.headline is not None and not far:
        before, behind = sources.near_headline
        elements = (each for each in (*behind, *reversed(before)) if each.tag == "time")
    for element in elements:
        raw = (element.get("datetime") or element.get("content") or "").strip()
        words = _names_of(element)
        is_update = not _UPDATED.isdisjoint(words) and "published" not in words
        if raw and is_update == (which == "modified"):
            yield Written(raw, "time")


def _in_words(sources: Sources, which: Which) -> Dated | None:
    """Return the date in the lines near the headline.

    A page that declares when it was published also declares when it was modified, so that its
    lines are not read for that.
    """
    if which == "modified" and next(_declared(sources, "published"), None) is not None:
        return None
    return next(
        (
            date
            for date, is_update in dates_in_words(sources, lines_near_headline(sources))
            if date.instant is not None and is_update == (which == "modified")
        ),
        None,
    )


def _far_from_headline(sources: Sources, which: Which) -> Dated | None:
    if sources.region is sources.bare:
        return None
    far = _timed(sources, which, far=True)
    return choose([read_date(written, sources.captured_at) for written in far])


def _named(sources: Sources, which: Which) -> Dated | None:
    """Return the day in elements with a class about publication, if all have the same day."""
    if which != "published":
        return None
    named = [
        each
        for each in sources.page.tree.iter("*")
        if (each.get("class") or each.get("itemprop")) and not _NAMES.isdisjoint(_names_of(each))
    ]
    dates = [
        date
        for date, is_update in dates_in_words(sources, named)
        if date.instant is not None and not is_update
    ]
    return dates[0] if len({date.instant.date() for date in dates if date.instant}) == 1 else None


def _names_of(element: HtmlElement) -> list[str]:
    return [*class_tokens(element), *(element.get("itemprop") or "").lower().split()]


def _in_address(sources: Sources, which: Which) -> Dated | None:
    found = _URL_DAY.search(sources.page.url) if which == "published" else None
    if found is None:
        return None
    year, month, day = found.groups()
    date = read_date(Written(f"{year}-{month:0>2}-{day:0>2}", "url"), sources.captured_at)
    return date if date.instant is not None else None


_GUESSES = (_in_words, _far_from_headline, _named, _in_address)
"""Where a date is looked for when none is stated, the best place first."""
