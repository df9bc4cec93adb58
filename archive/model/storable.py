"""Make text storable in every database; all text of archived bytes passes here.

Text must be cleaned before it is compared. Otherwise the database returns another text than it was
given, and two texts that differ only in removed characters would be one row.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from functools import cache
from math import isfinite
from operator import is_
from typing import Any

from archive.model.extraction import Alternate, Candidate, Edge, Extraction
from archive.urls import MAX_LENGTH, bounded

LONGEST_DATE = 200
"""Largest number of characters of a date that a source writes."""
LONGEST_LANGUAGE = 100
"""Largest number of characters of a language tag; RFC 5646 4.4.1 requires at least 35."""

_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Return *text* without NULs and with lone surrogates replaced by U+FFFD."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    if text.isascii():  # this needs no pass over the text
        return text
    try:
        text.encode()  # many times faster than searching for surrogates
    except UnicodeEncodeError:
        return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
    return text


def storable(found: Extraction) -> Extraction:
    """Return *found* as the database returns it: all text clean, all URLs of bounded length.

    A confidence that is not a number becomes None. An extraction that is already storable is
    returned equal.
    """
    sure = found.confidence is None or isfinite(found.confidence)
    rest: Extraction = _clean(replace(found, candidates=(), edges=(), alternates=()))
    return replace(
        rest,
        confidence=found.confidence if sure else None,
        candidates=tuple(map(_candidate, found.candidates)),
        edges=tuple(Edge(edge.kind, _url(edge.target)) for edge in found.edges),
        alternates=tuple(
            Alternate(clean(other.language)[:LONGEST_LANGUAGE], _url(other.url))
            for other in found.alternates
        ),
    )


def _candidate(item: Candidate) -> Candidate:
    # A sitemap names 50,000 URLs, and nearly all are storable already.
    url, lastmod, published = _url(item.url), item.lastmod, item.published
    dates = (
        clean(lastmod)[:LONGEST_DATE] if lastmod else lastmod,
        clean(published)[:LONGEST_DATE] if published else published,
    )
    if (url, *dates) == (item.url, lastmod, published):
        return item
    return replace(item, url=url, lastmod=dates[0], published=dates[1])


def _url(url: str) -> str:
    if len(url) <= MAX_LENGTH and url.isascii() and "\x00" not in url:
        return url  # nearly all
    return bounded(clean(url))


def _clean(value: Any) -> Any:
    """Return *value*, a dataclass, a tuple or a text, with every text in it clean.

    What is clean already is returned itself, since nearly all is, and copies cost time.
    """
    kind: Any = type(value)
    if kind is str:  # a member of a StrEnum is not text of a page
        return clean(value)
    if isinstance(value, tuple):
        whole = tuple(map(_clean, value))
        return value if all(map(is_, whole, value)) else whole
    changed = {}
    for name in _fields(kind):
        old = getattr(value, name)
        if (new := _clean(old)) is not old:
            changed[name] = new
    return replace(value, **changed) if changed else value


@cache
def _fields(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind)) if is_dataclass(kind) else ()
