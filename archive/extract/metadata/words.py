"""Read dates in words: "13. Mai 2026 um 15:44".

The names of months and the order of day and month are those of the page's language, from Unicode's
CLDR. A date that could be two days is ignored ("03/04/2025" on a page without language).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from lxml.html import HtmlElement

from archive.extract.dates import Dated, Written, read_date
from archive.extract.dom.document import element_text
from archive.extract.language import declared_language
from archive.extract.metadata.sources import Sources
from archive.extract.phrases.calendar_names import locale_of, month_names
from archive.extract.phrases.loading import phrases
from archive.extract.phrases.notation import any_of, any_whole

_MAX_LINE_CHARS = 150
_PHRASES = phrases()
_JOINTS = any_of(_PHRASES.date_joint)
_SUFFIXES = any_of(_PHRASES.day_suffix)
_JOINT = rf"[\s,.]{{0,3}}(?:{_JOINTS}\s+)?"
_AFTER_DAY = rf"(?:{_SUFFIXES}|\.)?\s{{0,2}}(?:{_JOINTS}\s+)?"
_CJK = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})([-./])\s?(\d{1,2})\2\s?(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<![\d./-])(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4})(?!\d)")
_CLOCK = re.compile(
    r"[^\d©]{0,12}?(?<!\d)([01]?\d|2[0-3])[:h.]([0-5]\d)(?::([0-5]\d))?(?!\d)(\s?[ap]\.?m\b)?",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(rf"©|\(c\)|{any_whole(_PHRASES.rights_reserved)}", re.IGNORECASE)
_UPDATE = re.compile(any_whole(_PHRASES.update_word), re.IGNORECASE)
_EVENT = re.compile(any_whole(_PHRASES.event_period), re.IGNORECASE)


def dates_in_words(
    sources: Sources, elements: Iterable[HtmlElement]
) -> Iterator[tuple[Dated, bool]]:
    """Yield the dates in those *elements* that are short, and whether each is of an update."""
    tag = (sources.page.html_lang or declared_language(sources.page) or "").replace("_", "-")
    for element in elements:
        line = element_text(element)
        if not any(sign.isdigit() for sign in line) or len(line) > _MAX_LINE_CHARS:
            continue
        if _COPYRIGHT.search(line) or _EVENT.search(line):
            continue
        for raw, iso, before in _dates(line, tag):
            date = read_date(Written(iso, "words"), sources.captured_at)
            yield replace(date, raw=raw), _UPDATE.search(before) is not None


def _dates(line: str, tag: str) -> Iterator[tuple[str, str, str]]:
    """Yield for each date in *line*: its words, its ISO 8601 form, and the text before it."""
    end = 0
    for start, stop, day in sorted(_days(line, tag)):
        if start < end:
            continue
        clock = _CLOCK.match(line, stop)
        before = line[end:start]
        end = clock.end() if clock else stop
        yield line[start:end], day + (_time(clock) if clock else ""), before


def _days(line: str, tag: str) -> Iterator[tuple[int, int, str]]:
    for found in _CJK.finditer(line):
        yield (*found.span(), _iso(*found.groups()))
    for found in _YEAR_FIRST.finditer(line):
        year, _, month, day = found.groups()
        yield (*found.span(), _iso(year, month, day))
    for found in _YEAR_LAST.finditer(line):
        first, sign, second, year = found.groups()
        is_day_first = sign == "." or int(first) > 12 or _day_first(tag)
        if int(second) > 12:
            is_day_first = False
        if is_day_first is not None:
            day, month = (first, second) if is_day_first else (second, first)
            yield (*found.span(), _iso(year, month, day))
    names, pattern = _months(tag)
    for found in pattern.finditer(line) if pattern else ():
        day, name, year = found.group("d1") or found.group("d2"), found.group("m1"), found["year"]
        month = names[_plain(name or found.group("m2"))]
        yield (*found.span(), _iso(year, month, day))


def _iso(year: str, month: str | int, day: str) -> str:
    return f"{year}-{int(month):02d}-{int(day):02d}"


def _time(clock: re.Match[str]) -> str:
    hour, minute, second, half = clock.groups()
    hours = int(hour)
    if half:
        hours = hours % 12 + (12 if "p" in half.lower() else 0)
    return f"T{hours:02d}:{minute}" + (f":{second}" if second else "")


def _day_first(tag: str) -> bool | None:
    """Return whether the day comes before the month in the language *tag*; None if unknown.

    "en" alone may be American or British.
    """
    locale = None if tag.lower() in {"", "en"} else locale_of(tag)
    if locale is None:
        return None
    pattern = str(locale.date_formats["short"].pattern)
    day, month = pattern.find("d"), pattern.find("M")
    return None if min(day, month) < 0 else day < month


@lru_cache(maxsize=64)
def _months(tag: str) -> tuple[dict[str, int], re.Pattern[str] | None]:
    """Return the month of each name in *tag* and in English, and a pattern that finds dates."""
    names: dict[str, int] = {}
    for name, number in (*month_names(tag), *month_names("en")):
        if len(_plain(name)) > 2 and not _plain(name).isdigit():
            names.setdefault(_plain(name), number)
    listed = "|".join(sorted(map(re.escape, names), key=len, reverse=True)).replace(r"\ ", r"\s")
    pattern = (
        rf"(?<!\d)(?:(?P<d1>\d{{1,2}}){_AFTER_DAY}(?P<m1>{listed})"
        rf"|\b(?P<m2>{listed})\.?\s+(?P<d2>\d{{1,2}}){_SUFFIXES}?)"
        rf"(?!\w){_JOINT}(?P<year>(?:19|20)\d{{2}})(?!\d)"
    )
    return names, re.compile(pattern, re.IGNORECASE) if names else None


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace(".", "").split())
