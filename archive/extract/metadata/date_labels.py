"""Read what an element, its names and the words beside it say of a date."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from functools import lru_cache

from lxml.html import HtmlElement

from archive.extract.dom.document import class_tokens, element_text
from archive.extract.dom.lines import HEADINGS
from archive.extract.metadata.seen_lines import parents_of
from archive.extract.phrases.loading import phrases
from archive.extract.phrases.notation import any_whole

_LABEL_CHARS = 40
_PUBLISHED_NAMES = re.compile(
    r"(?:^|[-_:])(?:published|publish|pubdate|issued|posted|submitted|datepublished|datecreated)"
    r"(?:$|[-_])"
)
_UPDATED_NAMES = re.compile(
    r"(?:^|[-_:])(?:updated?|modified|datemodified|lastmod|changed|revised)(?:$|[-_])"
)
_EVENT_NAMES = re.compile(r"(?:^|[-_])(?:events?|countdown|deadline|expir(?:y|es|ation))(?:$|[-_])")
_MACHINE_ATTRIBUTES = ("datetime", "title", "content", "data-datetime", "data-date", "data-time")
_MORE_ATTRIBUTES = re.compile(
    r"data-(?:\w+-)*(?:date|time|datetime|timestamp|utc|published)(?:-\w+)*"
)
_LEAST_DIGITS = 6
"""A time element may hold a duration or an hour."""
_PHRASES = phrases()
_PUBLISH = re.compile(any_whole(_PHRASES.publish_word), re.IGNORECASE)
_UPDATE = re.compile(any_whole(_PHRASES.update_word), re.IGNORECASE)
_EVENT = re.compile(any_whole(_PHRASES.event_period), re.IGNORECASE)
_EVENT_AT_END = re.compile(rf"{any_whole(_PHRASES.event_period)}\W*$", re.IGNORECASE)
_DASH = re.compile(r"\s?[-\u2013\u2014~\u301c]\s?")


def label_of_names(element: HtmlElement) -> str:
    """Return what the names of *element* say of its date: ``published``, ``updated`` or nothing."""
    for name in (*class_tokens(element), *(element.get("itemprop") or "").lower().split()):
        if _PUBLISHED_NAMES.search(name):
            return "published"
        if _UPDATED_NAMES.search(name):
            return "updated"
    return ""


def without_labels(text: str) -> str:
    """Return *text* without the words that say what a date is."""
    return _UPDATE.sub("", _PUBLISH.sub("", text))


def is_of_event(text: str) -> bool:
    """Return whether the words *text* before a date say that it is no date of publication."""
    return _EVENT.search(text) is not None


def ends_in_event(text: str) -> bool:
    """Return whether *text*, before a date for machines, ends in the name of an event: "Opens:"."""
    return _EVENT_AT_END.search(text) is not None


def machine_text(element: HtmlElement) -> str | None:
    """Return the text of an attribute that holds a date for machines; None without one.

    The date of an element that is called an event is not read.
    """
    for name in _machine_attributes(element):
        raw = (element.get(name) or "").strip()
        if sum(map(str.isdigit, raw)) >= _LEAST_DIGITS:
            is_event = any(map(_EVENT_NAMES.search, class_tokens(element)))
            return None if is_event else raw
    return None


def _machine_attributes(element: HtmlElement) -> Sequence[str]:
    if element.tag == "time":
        return _MACHINE_ATTRIBUTES
    if element.tag == "abbr" and _is_named_date(element):
        return ("title",)
    return list(filter(_is_named_moment, element.keys()))


@lru_cache(maxsize=4_096)
def _is_named_moment(attribute: str) -> bool:
    return attribute.startswith("data-") and _MORE_ATTRIBUTES.fullmatch(attribute) is not None


def _is_named_date(element: HtmlElement) -> bool:
    names = class_tokens(element)
    return any(_PUBLISHED_NAMES.search(n) or _UPDATED_NAMES.search(n) or "date" in n for n in names)


def text_before(element: HtmlElement, headline: Container[HtmlElement]) -> str:
    """Return the short text right before *element*: the label in an element beside it.

    *headline* is the headline with what is around it; its words are no label.
    """
    for each in (element, *parents_of(element)):
        previous = each.getprevious()
        if previous is None:
            parent = each.getparent()
            text = "" if parent is None else (parent.text or "").strip()
        elif previous in headline or next(previous.iter(*HEADINGS), None) is not None:
            return ""
        else:
            own = element_text(previous) if isinstance(previous.tag, str) else ""
            text = (previous.tail or "").strip() or own
        if text:
            is_label = len(text) <= _LABEL_CHARS and not any(map(str.isdigit, text))
            return text if is_label else ""
    return ""


def label_of(text: str) -> str:
    """Return what the words before a date say of it; the last word counts."""
    published = [found.end() for found in _PUBLISH.finditer(text)]
    updated = [found.end() for found in _UPDATE.finditer(text)]
    if updated and (not published or updated[-1] >= published[-1]):
        return "updated"
    return "published" if published else ""


def is_period(between: str) -> bool:
    """Return whether the text behind a date makes it the end of a period: a dash, "まで"."""
    return _DASH.fullmatch(between) is not None or _EVENT.match(between) is not None
