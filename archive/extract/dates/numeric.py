"""Find days written in digits: "4. 2. 2022", "2022年2月4日", "令和4年2月4日", "1401/5/3".

Dots stand between day, month and year, in this order, in all languages that use them; a page that
could be American is doubted. With other signs, language and country decide, or nothing does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from archive.extract.dates.calendars import (
    ERA_NAMES,
    MINGUO_YEARS,
    PERSIAN_YEARS,
    gregorian_year,
    persian_day,
    year_of_era,
)
from archive.extract.dates.habits import Habits

_ERAS = "|".join(sorted(ERA_NAMES, key=len, reverse=True))
_IDEOGRAPHIC = re.compile(
    rf"(?:(?P<era>{_ERAS})\s?|(?<![\d.]))(?P<year>\d{{1,4}}|元)\s?[年년]\s?(?P<month>\d{{1,2}})"
    r"\s?[月월]\s?(?P<day>\d{1,2})(?!\d)\s?[日일號号]?"
)
_NUMERALS = "〇一二三四五六七八九"
_IN_NUMERALS = re.compile(
    r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
_YEAR_FIRST = re.compile(
    r"(?<!\d)(?<!\d[./-])(?P<year>[12]?\d{3})\s?(?P<sign>[-./])\s?(?P<month>\d{1,2})\s?(?P=sign)\s?"
    r"(?P<day>\d{1,2})(?!\d)(?![./-]\d)"
)
_YEAR_LAST = re.compile(
    r"(?<!\d)(?<!\d[.,/:-])(?P<first>\d{1,2})\s?(?P<sign>[./·|\u2013-])\s?(?P<second>\d{1,2})"
    r"\s?(?P=sign)\s?(?P<year>\d{4}|'?\d{1,2})(?!\d)(?![./-]\d(?!\d?:\d\d))(?!:\d)"
)
_ERA_LETTER = re.compile(
    r"(?<![^\W_])(?P<era>[rhs])\.?\s?(?P<year>\d{1,2})\s?(?P<sign>[./-])\s?(?P<month>\d{1,2})\s?"
    r"(?P=sign)\s?(?P<day>\d{1,2})(?!\d)"
)
"""A Japanese era by its letter: R7.7.22."""
_EARLIEST, _LATEST = 1900, 2199
_PERSIAN_LANGUAGES = frozenset({"fa", "ps", "prs", "ckb", "tg", "glk", "mzn"})
_PERSIAN_COUNTRIES = frozenset({"IR", "AF"})
_MINGUO_TAGS = frozenset({"zh-tw", "zh-hant"})
_OLDEST_SHORT_YEAR = 90
"""A year in two digits from this on is of the 20th century."""


@dataclass(frozen=True, slots=True)
class DayFound:
    """A day in a line, from *start* to *end*; several *days* if day and month could change places.

    The first of *days* is the likely one where *is_guess*.
    """

    start: int
    end: int
    days: tuple[date, ...]
    is_guess: bool = False


def numeric_days(plain: str, habits: Habits) -> Iterator[DayFound]:
    """Yield the days in digits in *plain*, a folded line; what no calendar has is left out."""
    eras = _by_era_letter(plain) if "ja" in habits.languages else ()
    for found in (*eras, *_ideographic(plain, habits), *_year_first(plain, habits)):
        if found.days:
            yield found
    for match in _YEAR_LAST.finditer(plain):
        days, is_guess = _ordered(match, habits)
        if days:
            yield DayFound(*match.span(), days, is_guess)


def full_year(written: str, habits: Habits) -> int | None:
    """Return the Gregorian year of *written*: four digits, or two with or without apostrophe."""
    digits = written.lstrip("'")
    year = int(digits)
    if len(digits) > 2:
        year = gregorian_year(year)
        return year if _EARLIEST <= year <= _LATEST else None
    if "th" in habits.languages and year >= 33:  # 2533 of the Thai calendar is 1990
        return year + 2500 - 543
    return year + (1900 if year >= _OLDEST_SHORT_YEAR else 2000)


def gregorian_day(year: int | None, month: int, day: int) -> tuple[date, ...]:
    """Return the one day of *year*, or nothing where the calendar has none."""
    try:
        return () if year is None else (date(year, month, day),)
    except ValueError:
        return ()


def is_persian(habits: Habits) -> bool:
    """Return whether dates of the page can be of the Persian calendar."""
    return bool(
        _PERSIAN_LANGUAGES.intersection(habits.languages)
        or _PERSIAN_COUNTRIES.intersection(habits.countries)
    )


def day_of_persian(year: int, month: int, day: int) -> tuple[date, ...]:
    """Return the one day of the Persian *year*, or nothing where that calendar has none."""
    try:
        return (persian_day(year, month, day),)
    except ValueError:
        return ()


def _ideographic(plain: str, habits: Habits) -> Iterator[DayFound]:
    for found in _IDEOGRAPHIC.finditer(plain):
        year = 1 if found["year"] == "元" else int(found["year"])
        full = _year_in_ideographs(found["era"], year, found["year"], habits)
        days = gregorian_day(full, int(found["month"]), int(found["day"]))
        yield DayFound(*found.span(), days)
    for found in _IN_NUMERALS.finditer(plain):
        year_text, month, day = found.groups()
        digits = (str(_NUMERALS.index(sign.translate(_ZEROS))) for sign in year_text)
        yield DayFound(
            *found.span(), gregorian_day(int("".join(digits)), _number(month), _number(day))
        )


def _by_era_letter(plain: str) -> Iterator[DayFound]:
    for found in _ERA_LETTER.finditer(plain):
        year = year_of_era(found["era"], int(found["year"]))
        days = gregorian_day(year, int(found["month"]), int(found["day"]))
        yield DayFound(*found.span(), days)


_ZEROS = str.maketrans("零○", "〇〇")


def _number(numeral: str) -> int:
    """Return the number below 100 of a Chinese numeral: 二十五 is 25."""
    tens, ten, units = numeral.rpartition("十")
    total = (_NUMERALS.index(tens) if tens in _NUMERALS[1:] and tens else 1) * 10 if ten else 0
    return total + (_NUMERALS.index(units) if len(units) == 1 else 0)


def _year_in_ideographs(era: str | None, year: int, text: str, habits: Habits) -> int | None:
    if era:
        return year_of_era(era, year)
    if len(text) == 4:
        return full_year(text, habits)
    is_taiwanese = "TW" in habits.countries or any(t.lower() in _MINGUO_TAGS for t in habits.tags)
    if year in MINGUO_YEARS and (year > 99 or is_taiwanese):
        return year_of_era("民國", year)
    if len(text) == 2 and year < 80 and not is_taiwanese:
        return 2000 + year
    return None


def _year_first(plain: str, habits: Habits) -> Iterator[DayFound]:
    for found in _YEAR_FIRST.finditer(plain):
        year, month, day = int(found["year"]), int(found["month"]), int(found["day"])
        days: tuple[date, ...] = ()
        if len(found["year"]) == 3:
            if "TW" in habits.countries and year in MINGUO_YEARS:
                days = gregorian_day(year_of_era("民國", year), month, day)
        elif year in PERSIAN_YEARS:
            days = day_of_persian(year, month, day) if is_persian(habits) else ()
        else:
            days = gregorian_day(full_year(found["year"], habits), month, day)
        yield DayFound(*found.span(), days)


def _ordered(found: re.Match[str], habits: Habits) -> tuple[tuple[date, ...], bool]:
    """Return the days that a date with its year at the end can be, and whether one is guessed."""
    first, second, written = int(found["first"]), int(found["second"]), found["year"]
    if len(written) == 4 and int(written) in PERSIAN_YEARS:
        return (day_of_persian(int(written), second, first) if is_persian(habits) else ()), False
    year = full_year(written, habits)
    day_first, month_first = gregorian_day(year, second, first), gregorian_day(year, first, second)
    year_first: tuple[date, ...] = ()
    is_year_first = len(found["first"]) == 2 and habits.is_year_first()
    if len(written) == 1 and not is_year_first:
        return (), False
    if len(written) <= 2:
        year_first = gregorian_day(full_year(found["first"].zfill(2), habits), second, int(written))
        if is_year_first:
            return year_first, False
    order = habits.is_day_first()
    if found["sign"] == ".":
        if not day_first:  # "2.25.2022" is American, "23.10.31" begins with its year
            return month_first or year_first, False
        if order is True:
            return day_first, False
        days = tuple(dict.fromkeys((*day_first, *month_first, *year_first)))
        return days, len(days) > 1
    if order is not None and (sure := day_first if order else month_first):
        return sure, False
    days = tuple(dict.fromkeys((*day_first, *month_first, *year_first)))
    return days, False
