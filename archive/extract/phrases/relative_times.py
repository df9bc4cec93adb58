"""Recognise times that pass while a page is read, as in "3 minutes ago", from Unicode's CLDR."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Literal

from babel.dates import format_timedelta

from archive.extract.phrases.calendar_names import locale_of
from archive.extract.phrases.loading import languages

_Unit = Literal["second", "minute", "hour", "day", "week", "month", "year"]
_SECONDS: dict[_Unit, int] = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86_400,
    "week": 604_800,
    "month": 2_630_000,
    "year": 31_600_000,
}
_Width = Literal["long", "short", "narrow"]
_WIDTHS: tuple[_Width, ...] = ("long", "short", "narrow")
_COUNTS = (1, 2, 3, 5, 11, 21)
"""Enough to see each plural form of the languages of CLDR."""
_NUMBER = re.compile(r"\d+")


def without_relative_times(text: str) -> str:
    """Return *text*, casefolded, without the times in it that pass while nobody edits anything."""
    folded = " ".join(text.casefold().split())
    kept, end = [], 0
    for number in _NUMBER.finditer(folded):
        span = _span(folded, number.start(), number.end())
        if span is not None and span[0] >= end:
            kept.append(folded[end : span[0]])
            end = span[1]
    return " ".join((*kept, folded[end:]))


def _span(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return where the time begins and ends whose number is at *start*; None if it is none."""
    spans = [
        (start - len(before), found.end())
        for before, behind in _expressions().items()
        if text.endswith(before, 0, start) and (found := behind.match(text, end))
    ]
    return max(spans, key=lambda span: span[1] - span[0], default=None)


@cache
def _expressions() -> Mapping[str, re.Pattern[str]]:
    """Return what may come behind the number, by what comes before it."""
    behind: dict[str, set[str]] = defaultdict(set)
    for tag in languages():
        for text in _forms(tag):
            if number := _NUMBER.search(text):
                behind[text[: number.start()]].add(text[number.end() :])
    return {before: _any_whole(some) for before, some in behind.items()}


def _any_whole(texts: Iterable[str]) -> re.Pattern[str]:
    ordered = sorted(texts, key=lambda text: (-len(text), text))
    return re.compile(rf"(?:{'|'.join(map(re.escape, ordered))})(?!\w)")


def _forms(tag: str) -> Iterator[str]:
    """Yield how *tag* tells some past times; of those that say no number, too ("yesterday")."""
    for unit in _SECONDS:
        for count in _COUNTS:
            for width in _WIDTHS:
                yield " ".join(_told(tag, unit, count, width).split())


def _told(tag: str, unit: _Unit, count: int, width: _Width) -> str:
    """Return how *tag* says that *count* units are past; "" where CLDR does not know."""
    locale = locale_of(tag)
    if locale is None:
        return ""
    try:
        return format_timedelta(
            -_SECONDS[unit] * count,
            granularity=unit,
            threshold=1_000_000,
            add_direction=True,
            format=width,
            locale=locale,
        ).casefold()
    except KeyError:  # a language may lack a unit or a width
        return ""
