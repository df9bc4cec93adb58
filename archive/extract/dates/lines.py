"""Find the dates in a line for readers, with the time of day and the zone beside each.

The day may be in digits or have the name of a month; the clock may stand before or behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from archive.extract.dates.clock import ClockFound, clocks_in, is_beside, is_in_front, zone_behind
from archive.extract.dates.folding import composed, folded_line
from archive.extract.dates.habits import Habits
from archive.extract.dates.months import month_of, weekday_of
from archive.extract.dates.numeric import (
    DayFound,
    day_of_persian,
    full_year,
    gregorian_day,
    numeric_days,
)
from archive.extract.dates.zones import ZoneFound
from archive.extract.phrases.loading import phrases
from archive.extract.phrases.notation import any_of, any_whole

_PHRASES = phrases()
_JOINTS = any_of(map(folded_line, _PHRASES.date_joint))
_SUFFIXES = any_of(map(folded_line, _PHRASES.day_suffix))
_TO = rf"(?:{_JOINTS}(?![^\W\d_])\s?)?"
_NAME = r"[^\W\d_][^\s\d,|/()\[\]<>:;\u00b7\u2013\u2014-]*"
_DAY = rf"(?P<day>\d{{1,2}})(?:\s?(?:{_SUFFIXES})(?![^\W\d_]))?"
_YEAR = r"(?P<year>\d{4}|'\d{2})(?!\d)"
_TWO_NAMES = rf"{_NAME}(?:\s{_NAME})?"
# 4 February 2022; 3 de mayo de 2026; 04-Feb-22; 4 فبراير/شباط 2022; 3 sty 12 21:28
_DAY_MONTH_YEAR = (
    rf"(?<![\d:]){_DAY}[.,]?\s{{0,2}}{_TO}[-/]?(?P<month>{_TWO_NAMES})(?:\s?/\s?{_TWO_NAMES})?"
    rf"(?:[-/]|[\s.,]{{0,3}}{_TO})(?P<year>\d{{4}}|'\d{{2}}|(?<=[-/])\d{{2}}"
    r"|(?<=\s)\d{2}(?=,?\s\(?\d{1,2}:\d{2})|(?<=[\u0e00-\u0e7f]\.\s)\d{2})(?!\d|[:h]\d)"
)
# a month whose name has a number: 3 tháng 2 năm 2026
_DAY_NUMBER_YEAR = (
    rf"(?<![\d:]){_DAY}[.,]?\s?(?P<month>{_NAME}\s?\d{{1,2}})[\s.,/-]{{1,3}}{_TO}{_YEAR}"
)
# February 4, 2022; Feb-04-2022
_MONTH_DAY_YEAR = rf"(?<!\w)(?P<month>{_TWO_NAMES})[-/\s]{{0,2}}{_DAY}[\s.,/-]{{1,3}}{_TO}{_YEAR}"
# 2022. február 4.; 2022 m. vasario 4 d.; 2022-Feb-04
_YEAR_MONTH_DAY = (
    rf"(?<!\d)(?P<year>\d{{4}})[.,]?[\s/-]?(?:{_TO}|{_NAME}\s)(?P<month>{_NAME})[\s/-]"
    r"(?P<day>\d{1,2})(?!\d|\s?[:h]\d)"
)
# 2022. gada 4. februāris
_YEAR_DAY_MONTH = (
    rf"(?<!\d)(?P<year>\d{{4}})[.,]?\s{_NAME}\s(?P<day>\d{{1,2}})\.?\s(?P<month>{_NAME})"
)
_NAMED = tuple(
    map(
        re.compile,
        (_DAY_MONTH_YEAR, _DAY_NUMBER_YEAR, _MONTH_DAY_YEAR, _YEAR_MONTH_DAY, _YEAR_DAY_MONTH),
    )
)
_UPDATE = re.compile(any_whole(_PHRASES.update_word), re.IGNORECASE)
_LAST_WORD = re.compile(r"([^\W\d_]+)[\s.,)\]]{0,3}$")
_WORD_CHARS = 20
_DIGIT = re.compile(r"\d")
_MASK = "\x01"
_HAS_DIGITS = re.compile(r"(?:\d.{0,20}?){3}|[〇零○一二三四五六七八九]年", re.DOTALL)
"""Three digits that are not far from each other, or the end of a year in Chinese numerals."""
_MOST_CHARS = 400


@dataclass(frozen=True, slots=True)
class DateReading:
    """What a text can mean: one moment, or several where day and month could change places.

    A moment without a zone has none. *is_guess* says that the first of several is likely. *unclear*
    is the name of a zone that has several meanings. *precision* is ``second``, ``minute`` or
    ``day``.
    """

    moments: tuple[datetime, ...]
    precision: str
    is_guess: bool = False
    unclear: str | None = None


@dataclass(frozen=True, slots=True)
class DateFound:
    """A date in a line: its text, what it means, and the texts before it and behind it."""

    raw: str
    reading: DateReading
    before: str
    behind: str


def dates_in(text: str, habits: Habits) -> Iterator[DateFound]:
    """Yield the dates in *text*, a line; of a line with over 400 characters none.

    A date that no calendar has is left out, as is one with an offset that no zone has.
    """
    line = composed(text)
    if len(line) > _MOST_CHARS or not _HAS_DIGITS.search(line):
        return
    plain = folded_line(line)
    numeric = (_on_weekday(plain, day, habits) for day in numeric_days(plain, habits))
    days = _apart([*numeric, *_named_days(plain, habits)])
    if not days:
        return
    try:
        clocks = list(clocks_in(_masked(line, days), habits, days[0].days[0].month))
    except ValueError:
        return
    pairs = _paired(line, days, clocks)
    zones = [_zone_of(line, day, clock, habits) for day, clock in pairs]
    spans = [_span(*pair, zone) for pair, zone in zip(pairs, zones, strict=True)]
    for number, ((day, clock), (start, end)) in enumerate(zip(pairs, spans, strict=True)):
        after = spans[number + 1][0] if number + 1 < len(spans) else len(line)
        before = spans[number - 1][1] if number else 0
        reading = _reading(day, clock, zones[number])
        yield DateFound(line[start:end], reading, line[before:start], line[end:after])


def _zone_of(
    line: str, day: DayFound, clock: ClockFound | None, habits: Habits
) -> ZoneFound | None:
    """Return the zone of *clock*; it may be named behind the day, if the clock is before it."""
    if clock is None or clock.zone is not None or clock.end > day.start:
        return clock.zone if clock else None
    try:
        return zone_behind(line, day.end, habits, day.days[0].month)
    except ValueError:  # an offset that no zone has
        return None


def _named_days(plain: str, habits: Habits) -> Iterator[DayFound]:
    for pattern in _NAMED:
        for found in pattern.finditer(plain):
            day = _named_day(found, habits)
            if day is not None:
                yield day


def _named_day(found: re.Match[str], habits: Habits) -> DayFound | None:
    """Return the day of *found*; its month may be the first or the last of two words."""
    start, words = found.start(), found["month"]
    month = month_of(words, habits)
    if month is None and " " in words and not _DIGIT.search(words):
        first, _, last = words.partition(" ")
        if (month := month_of(last, habits)) is not None:
            if found.start("month") == start:
                start += len(first) + 1
        elif found.end("month") < found.end("day"):
            return None
        else:
            month = month_of(first, habits)
    if month is None:
        return None
    number, is_of_persia = month
    if is_of_persia:
        days = day_of_persian(int(found["year"].lstrip("'")), number, int(found["day"]))
    else:
        days = gregorian_day(full_year(found["year"], habits), number, int(found["day"]))
    return DayFound(start, found.end(), days) if days else None


def _on_weekday(plain: str, day: DayFound, habits: Habits) -> DayFound:
    """Return *day*, of several days only the one that is on the day of the week named before it."""
    if len(day.days) < 2:
        return day
    word = next(iter(_LAST_WORD.findall(plain[max(0, day.start - _WORD_CHARS) : day.start])), "")
    number = weekday_of(word, habits) if word else None
    fitting = tuple(each for each in day.days if each.weekday() == number)
    return replace(day, days=fitting, is_guess=False) if len(fitting) == 1 else day


def _apart(found: Sequence[DayFound]) -> list[DayFound]:
    """Return *found* in the order of the line, of those that overlap the first and longest."""
    kept: list[DayFound] = []
    for day in sorted(found, key=lambda each: (each.start, -each.end)):
        if not kept or day.start >= kept[-1].end:
            kept.append(day)
    return kept


def _masked(line: str, days: Sequence[DayFound]) -> str:
    for day in days:
        line = line[: day.start] + _MASK * (day.end - day.start) + line[day.end :]
    return line


def _paired(
    line: str, days: Sequence[DayFound], clocks: Sequence[ClockFound]
) -> list[tuple[DayFound, ClockFound | None]]:
    """Return *days* with the clock that stands beside each.

    Where the first clock of the line stands right before the first day, clocks stand before days.
    """
    if not clocks:
        return [(day, None) for day in days]
    leads = clocks[0].end <= days[0].start and is_in_front(line, clocks[0].end, days[0].start)
    pairs: list[tuple[DayFound, ClockFound | None]] = []
    free = list(clocks)
    for number, day in enumerate(days):
        least = days[number - 1].end if number else 0
        most = days[number + 1].start if number + 1 < len(days) else len(line)
        front = [c for c in free if least <= c.start and is_in_front(line, c.end, day.start)]
        behind = [
            c
            for c in free
            if c.start < most
            and is_beside(line, day.end, c.start)
            and not _UPDATE.search(line[day.end : c.start])
        ]
        chosen = (front[-1:] or behind[:1]) if leads else (behind[:1] or front[-1:])
        for clock in chosen:
            free.remove(clock)
        pairs.append((day, chosen[0] if chosen else None))
    return pairs


def _span(day: DayFound, clock: ClockFound | None, zone: ZoneFound | None) -> tuple[int, int]:
    if clock is None:
        return day.start, day.end
    return min(day.start, clock.start), max(day.end, clock.end, zone.end if zone else 0)


def _reading(day: DayFound, clock: ClockFound | None, zone: ZoneFound | None) -> DateReading:
    moments = tuple(_moment(each, clock, zone) for each in day.days)
    precision = "day" if clock is None else "minute" if clock.second is None else "second"
    unclear = zone.name if zone is not None and zone.zone is None else None
    return DateReading(moments, precision, day.is_guess, unclear)


def _moment(day: date, clock: ClockFound | None, zone: ZoneFound | None) -> datetime:
    if clock is None:
        return datetime.combine(day, time())
    moment = datetime.combine(day, time(clock.hour % 24, clock.minute, clock.second or 0))
    if clock.hour == 24:
        moment += timedelta(days=1)
    return moment.replace(tzinfo=zone.zone if zone else None)
