"""Read the time of day beside a date, with its half of the day and its zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from archive.extract.dates.folding import folded_line
from archive.extract.dates.habits import Habits
from archive.extract.dates.zones import ZoneFound, zone_at
from archive.extract.phrases.calendar_names import locale_of

_CLOCK_TEXT = r"""
    (?:(?P<before>{halves})\s?)?
    (?<![\d.:])(?P<hour>[01]?\d|2[0-4])
    (?:
        (?:(?=[0-5]\d\s?(?:gmt|utc|hrs?)\b)|\s?(?:[:h.]|[\u65f6\u6642\u70b9\u9ede\uc2dc]|\u0447\.?)\s?)(?P<minute>[0-5]\d)(?![\d./]\d)
        (?:\s?[:.\u5206\ubd84]\s?(?P<second>[0-5]\d)(?!\d))?(?:[.,:]\d{{1,9}})?[\u5206\ubd84\u79d2\ucd08]?
        (?:\s?(?P<behind>[ap]\.?\s?m\b\.?|{halves}))?
      | \s?(?P<only>[ap]\.?\s?m\b\.?|(?:{halves})(?![^\W\d_]))
      | \s?(?:uhr|h|[\u65f6\u6642\u70b9\u9ede\uc2dc])(?![^\W_])
    )
"""
"""An hour with minutes, or with a sign that it is an hour; the ideographs are hour, minute, second
in Chinese, Japanese and Korean."""
_GAP = re.compile(r"[^\d\u00a9]{0,16}")
_GAP_BEFORE = re.compile(r"[^\d\u00a9]{0,24}")
_TO_ZONE = re.compile(r"[\s,;|]{0,3}[(\[]?\s?")
_UNIT = re.compile(r"\s?[^\W\d_]{1,5}\.?\s[(\[]?")
"""A word between clock and zone: "10:30 Uhr MESZ"."""
_ENGLISH = {"am": "am", "pm": "pm"}
_HALVES = {
    "am": "am", "pm": "pm", "morning1": "am", "morning2": "am",
    "afternoon1": "pm", "afternoon2": "pm", "evening1": "pm", "evening2": "pm",
}  # fmt: skip
"""CLDR's periods of the day that say which of two hours is meant."""


@dataclass(frozen=True, slots=True)
class ClockFound:
    """A time of day in a line, from *start* to *end*, with the zone that is named behind it."""

    start: int
    end: int
    hour: int
    minute: int
    second: int | None
    zone: ZoneFound | None


def clocks_in(line: str, habits: Habits, month: int) -> Iterator[ClockFound]:
    """Yield the times of day in *line*, which is composed; *month* is that of the date beside them.

    Raises ``ValueError`` for an offset that no zone has.
    """
    plain = folded_line(line)
    pattern, halves = _pattern(habits.tags)
    end = 0
    for found in pattern.finditer(plain):
        if found.start() < end:  # the offset behind a clock is no clock
            continue
        half = found["before"] or found["behind"] or found["only"]
        hour = _hour(int(found["hour"]), _half(half, halves))
        if hour is not None:
            zone = zone_behind(line, found.end(), habits, month)
            second = int(found["second"]) if found["second"] else None
            end = zone.end if zone else found.end()
            yield ClockFound(found.start(), end, hour, int(found["minute"] or 0), second, zone)


def zone_behind(line: str, end: int, habits: Habits, month: int) -> ZoneFound | None:
    """Return the zone that *line* names within a few signs of *end*, where a clock ends."""
    plain = folded_line(line)
    gap = _TO_ZONE.match(plain, end)
    start = gap.end() if gap else end
    if found := zone_at(line, start, habits, month):
        return found
    if (word := _UNIT.match(plain, end)) is not None:
        return zone_at(line, word.end(), habits, month)
    return None


def is_beside(line: str, end: int, start: int) -> bool:
    """Return whether a clock that begins at *start* stands behind a date that ends at *end*."""
    return end <= start and _GAP.fullmatch(folded_line(line)[end:start]) is not None


def is_in_front(line: str, end: int, start: int) -> bool:
    """Return whether a clock that ends at *end* stands before a date that begins at *start*."""
    return end <= start and _GAP_BEFORE.fullmatch(folded_line(line)[end:start]) is not None


def _hour(hour: int, half: str | None) -> int | None:
    if half is None or hour > 12:
        return hour
    return hour % 12 + (12 if half == "pm" else 0)


def _half(word: str | None, halves: dict[str, str]) -> str | None:
    if not word:
        return None
    letters = "".join(filter(str.isalnum, word))
    return halves.get(word.strip()) or _ENGLISH.get(letters)


@lru_cache(maxsize=64)
def _pattern(tags: tuple[str, ...]) -> tuple[re.Pattern[str], dict[str, str]]:
    """Return a pattern of clocks in the languages *tags*, and what its words of half days mean."""
    halves: dict[str, str] = {}
    for tag in tags:
        halves |= {word: half for word, half in half_days(tag).items() if word not in halves}
    listed = "|".join(map(re.escape, sorted(halves, key=len, reverse=True))) or "(?!)"
    return re.compile(_CLOCK_TEXT.format(halves=listed), re.VERBOSE), halves


def half_days(tag: str) -> dict[str, str]:
    """Return the words of *tag* that say which half of the day is meant, folded: "am" or "pm"."""
    locale = locale_of(tag)
    if locale is None:
        return {}
    found: dict[str, str] = {}
    for context in ("format", "stand-alone"):
        for names in (locale.day_periods.get(context) or {}).values():
            for period, name in names.items():
                word = folded_line(str(name)).strip()
                if period in _HALVES and len(word) > 1:
                    found.setdefault(word, _HALVES[period])
    return found
