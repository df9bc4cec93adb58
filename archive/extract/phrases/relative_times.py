"""Recognise times that pass while a page is read, as in "3 minutes ago", from Unicode's CLDR."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Literal

from archive.extract.phrases.calendar_names import locale_of
from archive.extract.phrases.loading import languages, phrases
from archive.extract.phrases.notation import any_text, any_whole

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
_ALSO = {"قبل": "منذ", "ที่ผ่านมา": "ที่แล้ว", "giờ": "tiếng"}
"""CLDR has one of two usual words."""
_NUMBER = re.compile(r"\d+")


def without_relative_times(text: str) -> str:
    """Return *text*, casefolded, without the times in it that pass while nobody edits anything.

    A time may be rounded ("about 3 hours ago"), say no figure ("an hour ago"), or have two units
    ("1 day 3 hours ago").
    """
    folded = " ".join(text.casefold().split())
    kept, end = [], 0
    for number in _number().finditer(folded):
        span = _span(folded, number.start(), number.end())
        if span is not None and span[0] >= end:
            kept.append(folded[end : span[0]])
            end = span[1]
    if not kept:
        return " ".join(_told_without_number().sub(" ", folded).split())
    rest = " ".join((*kept, folded[end:]))
    return " ".join(_durations().sub(" ", rest).split())


@cache
def _number() -> re.Pattern[str]:
    return re.compile(rf"\d+|{any_whole(phrases().rounded_number)}(?=\s)")


@cache
def _rounded() -> re.Pattern[str]:
    return re.compile(rf"{any_whole(phrases().rounded_number)}\s*$")


@cache
def _durations() -> re.Pattern[str]:
    """Return what finds the larger unit of a time with two."""
    texts = (text for tag in languages() for text in _forms(tag, is_past=False))
    behind = {text[found.end() :] for text in texts if (found := _NUMBER.match(text))}
    return re.compile(rf"\d+{_any_whole(behind).pattern}")


@cache
def _told_without_number() -> re.Pattern[str]:
    """Return what finds times in which the unit says the number, as in Hebrew and Arabic."""
    texts = {text for tag in languages() for text in _forms(tag) if not _NUMBER.search(text)}
    return re.compile(rf"(?<!\w){_any_whole(texts - {''}).pattern}")


def _span(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return where the time begins and ends whose number is at *start*; None if it is none."""
    starts = [start]  # "about" may be a part of the time, as "a" is of "il y a 3 heures"
    while found := _rounded().search(text[: starts[-1]]):
        starts.append(found.start())
    spans = [
        (at - len(before), found.end())
        for before, behind in _expressions().items()
        if (found := behind.match(text, end))
        for at in starts
        if text.endswith(before, 0, at)
    ]
    return max(spans, key=lambda span: span[1] - span[0], default=None)


@cache
def _expressions() -> Mapping[str, re.Pattern[str]]:
    """Return what may come behind the number, by what comes before it."""
    behind: dict[str, set[str]] = defaultdict(set)
    for tag in languages():
        for text in _forms(tag):
            if number := _NUMBER.search(text):
                unit = text[number.end() :]
                behind[text[: number.start()]] |= {unit, f" {unit.lstrip()}"}
    return {before: _any_whole(some) for before, some in behind.items()}


def _any_whole(texts: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"{any_text(texts)}(?!\w)")


def _forms(tag: str, *, is_past: bool = True) -> Iterator[str]:
    """Yield how *tag* tells some times, past ones or mere durations, with a number and without."""
    for unit in _SECONDS:
        for count in _COUNTS:
            for width in _WIDTHS:
                told = " ".join(_told(tag, unit, count, width, is_past=is_past).split())
                yield told
                for word, other in _ALSO.items():
                    if is_past and word in told:
                        yield told.replace(word, other)


def _told(tag: str, unit: _Unit, count: int, width: _Width, *, is_past: bool) -> str:
    """Return how *tag* says *count* units; "" where CLDR does not know."""
    from babel.dates import format_timedelta  # a tenth of a second, that few commands need

    locale = locale_of(tag)
    if locale is None:
        return ""
    try:
        told: str = format_timedelta(
            -_SECONDS[unit] * count,
            granularity=unit,
            threshold=1_000_000,
            add_direction=is_past,
            format=width,
            locale=locale,
        )
    except KeyError:  # a language may lack a unit or a width
        return ""
    return told.casefold()
