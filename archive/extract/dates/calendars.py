"""Convert years and days of other calendars to those of the Gregorian one.

The calendars of Islam are left out: their months begin with the sight of the moon, which differs by
country, so that a day computed may be wrong by one or two.
"""

from __future__ import annotations

from datetime import date, timedelta

BUDDHIST_YEARS = range(2484, 2700)
"""Years of the Thai calendar since it begins on 1 January; no other calendar in use has them."""
PERSIAN_YEARS = range(1300, 1500)
MINGUO_YEARS = range(79, 200)
"""Years of the Republic of China since 1990; 1912 is its first."""
_ERAS = {
    **dict.fromkeys(("令和", "r"), 2018),
    **dict.fromkeys(("平成", "h"), 1988),
    **dict.fromkeys(("昭和", "s"), 1925),
    **dict.fromkeys(("民國", "民国", "中華民國", "中华民国"), 1911),
    **dict.fromkeys(("西元", "公元", "西暦"), 0),
}
"""The year before the first of each era."""
ERA_NAMES = tuple(name for name in _ERAS if len(name) > 1)
_LEAP_YEARS = frozenset({1, 5, 9, 13, 17, 22, 26, 30})
"""Of a cycle of 33 years, which agrees with the calendar from 1244 to 1472 (1865 to 2093)."""
_PERSIAN_1403 = date(2024, 3, 20)


def year_of_era(era: str, year: int) -> int:
    """Return the Gregorian year of the *year* of a Japanese or Chinese *era*."""
    return _ERAS[era] + year


def gregorian_year(year: int) -> int:
    """Return *year* of the Gregorian calendar, also where it is of the Buddhist one."""
    return year - 543 if year in BUDDHIST_YEARS else year


def persian_day(year: int, month: int, day: int) -> date:
    """Return the day of the Solar Hijri calendar (Iran, Afghanistan).

    Raises ``ValueError`` for a day that the calendar does not have.
    """
    lengths = [31] * 6 + [30] * 5 + [30 if _is_leap(year) else 29]
    if year not in PERSIAN_YEARS or not 1 <= month <= 12 or not 1 <= day <= lengths[month - 1]:
        raise ValueError(f"the Persian calendar has no day {year}-{month}-{day}")
    begin = _PERSIAN_1403
    for between in range(1403, year):
        begin += timedelta(days=366 if _is_leap(between) else 365)
    for between in range(year, 1403):
        begin -= timedelta(days=366 if _is_leap(between) else 365)
    return begin + timedelta(days=sum(lengths[: month - 1]) + day - 1)


def _is_leap(year: int) -> bool:
    return year % 33 in _LEAP_YEARS
