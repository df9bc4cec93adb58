"""Text as every database can hold it: the one door for what archived bytes say.

What is not cleaned before it is compared comes back from the database as something else, and two
texts that differ only in what is left out would be one row.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from math import isfinite
from typing import Any

from archive.model.extraction import Alternate, Candidate, Edge, Extraction
from archive.urls import bounded

LONGEST_LANGUAGE = 100
"""Characters of a language tag that are kept; RFC 5646 4.4.1 asks for 35 at least."""

_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Return *text* without NULs and with lone surrogates replaced by U+FFFD."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    if text.isascii():  # known without a look at it
        return text
    try:
        text.encode()  # many times as fast as a search for what cannot be encoded
    except UnicodeEncodeError:
        return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
    return text


def storable(found: Extraction) -> Extraction:
    """Return *found* as the database gives it back: all text clean, all URLs of bounded length.

    A confidence that is no number becomes None. What is storable already comes back equal.
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
    # A sitemap names 50,000, and hardly one of them is odd.
    url, lastmod, published = _url(item.url), item.lastmod, item.published
    dates = clean(lastmod) if lastmod else lastmod, clean(published) if published else published
    if (url, *dates) == (item.url, lastmod, published):
        return item
    return replace(item, url=url, lastmod=dates[0], published=dates[1])


def _url(url: str) -> str:
    return bounded(clean(url))


def _clean(value: Any) -> Any:
    """Return *value* with every text in it clean: of a dataclass, a tuple or a text itself."""
    if type(value) is str:  # a member of a StrEnum is a word of our own
        return clean(value)
    if isinstance(value, tuple):
        return tuple(map(_clean, value))
    if is_dataclass(value) and not isinstance(value, type):
        texts = {each.name: _clean(getattr(value, each.name)) for each in fields(value)}
        return replace(value, **texts)
    return value
