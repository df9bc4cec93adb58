"""Read the time of day beside a date, with its half of the day and its zone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale

from archive.extract.dates.folding import composed, folded_line
from archive.extract.dates.habits import Habits
from archive.extract.dates.zones import ZoneFound, zone_at
from archive.extract.phrases.calendar_names import locale_of

_CLOCK_TEXT = r"""
    (?:(?P<before>{halves})\s?)?
    (?<![\d.:])(?P<hour>[01]?\d|2[0-4])
    (?:
        (?:(?=[0-5]\d\s?(?:gmt|utc|hrs?)\b)|\s?(?:[:h.]|[\u65f6\u6642\u70b9\u9ede\uc2dc]|\u0447\.?)\s?)
        (?P<minute>[0-5]\d|\d(?=\s?[\u5206\ubd84]))(?![\d./]\d)
        (?:\s?[:.\u5206\ubd84]\s?(?P<second>[0-5]\d|\d(?=\s?[\u79d2\ucd08]))(?!\d))?(?:[.,:]\d{{1,9}})?[\u5206\ubd84\u79d2\ucd08]?
        (?:\s?(?P<behind>[ap]\.?\s?m\b\.?|(?:{halves}|{signs})(?![^\W\d_])))?
      | \s?(?P<only>[ap]\.?\s?m\b\.?|(?:{halves}|{signs})(?![^\W\d_]))
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
Period = tuple[float, float]
"""The hours from which to which a period of the day lasts; the second may be over 24."""
_IDEOGRAPHS = "\u2e80"
"""From here on, a single character of Unicode is a word."""
_AM, _PM = (0.0, 12.0), (12.0, 24.0)
_ENGLISH = {"am": _AM, "pm": _PM}
_NOT_IN_CLDR: Mapping[str, Mapping[str, Period]] = {
    "ar": {
        **dict.fromkeys(("صباحا", "صباحاً"), _AM),
        **dict.fromkeys(("مساء", "مساءا", "مساءاً"), _PM),
    },
    "bn": {"এএম": _AM, "পিএম": _PM, "বিকেল": (15, 18), "রাত": (18, 28)},
    "hi": {"एएम": _AM, "पीएम": _PM, "पूर्वाह्न": _AM, "अपराह्न": _PM},
    "mr": {"एएम": _AM, "पीएम": _PM},
}
"""Words that newspapers write and CLDR does not have."""


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
    pattern, known = _pattern(habits.tags)
    end = 0
    for found in pattern.finditer(plain):
        if found.start() < end:  # the offset behind a clock is no clock
            continue
        word = found["before"] or found["behind"] or found["only"]
        hour = _hour(int(found["hour"]), _periods(word, known))
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


def _hour(hour: int, periods: Sequence[Period]) -> int:
    """Return the hour of the day that is meant by *hour* with a word for one of *periods*.

    Some write "11:30 at noon" or "12:30 at night": if neither of the two hours is within a period,
    the one that is nearer to its middle is meant.
    """
    if not periods or hour > 12:
        return hour
    both = (hour % 12, hour % 12 + 12)
    return min(both, key=lambda each: min(_distance(each, when) for when in periods))


def _distance(hour: int, period: Period) -> float:
    """Return the hours from *hour* to the middle of *period*; none if it is within the period."""
    begin, end = period
    if (hour - begin) % 24 < end - begin:
        return 0
    return abs((hour - (begin + end) / 2 + 12) % 24 - 12)


def _periods(word: str | None, known: Mapping[str, Sequence[Period]]) -> Sequence[Period]:
    if not word:
        return ()
    letters = "".join(filter(str.isalnum, word))
    if letters in _ENGLISH:
        return (_ENGLISH[letters],)
    return known.get(word.strip(), ())


@lru_cache(maxsize=64)
def _pattern(tags: tuple[str, ...]) -> tuple[re.Pattern[str], dict[str, tuple[Period, ...]]]:
    """Return a pattern of clocks in the languages *tags*, and when each of their words is."""
    known: dict[str, tuple[Period, ...]] = {}
    for tag in tags:
        known |= {word: when for word, when in periods_of(tag).items() if word not in known}
    # A single letter, as in Arabic, may be another word or sign where it stands before a clock.
    signs = [word for word in known if len(word) == 1 and word < _IDEOGRAPHS]
    words = [word for word in known if word not in signs]
    return re.compile(
        _CLOCK_TEXT.format(halves=_any_of(words), signs=_any_of(signs)), re.VERBOSE
    ), known


def _any_of(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True))) or "(?!)"


@lru_cache(maxsize=64)
def periods_of(tag: str) -> dict[str, tuple[Period, ...]]:
    """Return the words of *tag* for periods of the day, folded, each with the hours it is said of.

    The words and the hours are those of CLDR: "siang" of Indonesian is from 10 to 15 o'clock.
    """
    locale = locale_of(tag)
    if locale is None:
        return {}
    found: dict[str, set[Period]] = {}
    hours = {"am": _AM, "pm": _PM, **_hours_of_periods(locale)}
    for context in ("format", "stand-alone"):
        for names in (locale.day_periods.get(context) or {}).values():
            for period, name in names.items():
                word = folded_line(composed(str(name))).strip()
                if period in hours and (len(word) > 1 or not word.isascii()):
                    found.setdefault(word, set()).add(hours[period])
    added = {word: {when} for word, when in _NOT_IN_CLDR.get(locale.language, {}).items()}
    return {word: tuple(sorted(periods)) for word, periods in (added | found).items()}


def _hours_of_periods(locale: Locale) -> dict[str, Period]:
    found: dict[str, Period] = {}
    for period, spans in locale.day_period_rules.get(None, {}).items():
        for span in spans:
            begin = span.get("at", span.get("from", 0)) / 3600
            end = span.get("before", span.get("at", 0) + 3600) / 3600
            found[period] = (begin, end if end > begin else end + 24)
    return found
