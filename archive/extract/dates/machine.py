"""Read dates in the forms that programs write: ISO 8601, RFC 9557, digits alone, seconds.

Dates in words, which RFC 822, RFC 850 and JavaScript write too, are read as lines for readers are.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from archive.extract.dates.calendars import gregorian_year
from archive.extract.dates.folding import folded_line
from archive.extract.dates.habits import Habits
from archive.extract.dates.lines import DateReading
from archive.extract.dates.zones import zone_at

_ISO = re.compile(
    r"(?P<year>[12]\d{3})-(?P<month>\d{2})-(?P<day>\d{2})(?:(?:\s?t\s?|\s+|-(?=\d\d:))"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,:](?P<fraction>\d{1,9}))?)?"
    r"\s?(?P<zone>.*)|z|[+-]\d{2}:\d{2})?",  # a day of XML Schema may have a zone
    re.DOTALL,
)
_ZERO = re.compile(r"0{4}\D?\d{2}\D?\d{2}|0\d{3}-\d{2}-\d{2}|-\d{4}-\d{2}-\d{2}")
"""Years before the first, which programs write for no date: 0000-00-00, 0001-01-01, -0001-11-30."""
_WEEK = re.compile(r"(\d{4})-?w(\d{2})-?([1-7])")
_COMPACT = re.compile(
    r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})(?:\s?t?\s?(?P<hour>\d{2}):?"
    r"(?P<minute>\d{2})(?::?(?P<second>\d{2}))?(?:\.(?P<fraction>\d{1,9}))?\s?(?P<zone>\D.*)?)?"
)
_EPOCH = re.compile(r"(?:/date\()?(1\d{9})(?:\.\d+|\d{3}|\d{6})?(?:[+-]\d{4})?(?:\)/)?")
"""Seconds, milliseconds or microseconds since 1970, from 2001 on; also as .NET writes them."""
_RFC_850_FIRST = re.compile(
    r"(?P<day>[a-z]+ \d{1,2}) (?P<clock>\d{2}:\d{2}(?::\d{2})?)(?P<zone> [a-z]{1,5}| [+-]\d{4})?"
    r" (?P<year>\d{4})"
)
"""What the program ``date`` and ``ctime`` of C write: the year behind the clock."""
_BRACKETS = re.compile(r"(\[[^\]]*\])+$")


def machine_reading(plain: str, habits: Habits) -> DateReading | None:
    """Return what *plain*, a folded text, means in one of the forms of programs.

    None if it has no such form. Raises ``ValueError`` if it has one with a day, an hour or an
    offset that does not exist.
    """
    if _ZERO.match(plain):
        raise ValueError("a year before the first")
    if found := _ISO.fullmatch(plain) or _COMPACT.fullmatch(plain):
        return _from_parts(found, habits)
    if found := _EPOCH.fullmatch(plain):
        return DateReading((datetime.fromtimestamp(int(found.group(1)), UTC),), "second")
    if found := _WEEK.fullmatch(plain):
        year, week, day = map(int, found.groups())
        return DateReading(
            (datetime.combine(date.fromisocalendar(year, week, day), _MIDNIGHT),), "day"
        )
    return None


_MIDNIGHT = datetime.min.time()


def in_order(text: str) -> str:
    """Return *text* with its year before its clock, where C's functions put it behind."""
    found = _RFC_850_FIRST.search(folded_line(text))
    if found is None:
        return text
    day, clock, year = (text[slice(*found.span(part))] for part in ("day", "clock", "year"))
    zone = text[slice(*found.span("zone"))] if found["zone"] else ""
    return f"{text[: found.start()]}{day} {year} {clock}{zone}{text[found.end() :]}"


def _from_parts(found: re.Match[str], habits: Habits) -> DateReading | None:
    year, month, day = gregorian_year(int(found["year"])), int(found["month"]), int(found["day"])
    moment = datetime(year, month, day)  # noqa: DTZ001 - no zone was written
    if found["hour"] is None:
        return DateReading((moment,), "day")
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
    fraction = int(f"{found['fraction'] or 0:0<6}"[:6])
    if (hour, minute, second) == (24, 0, 0):  # ISO 8601-1: the end of the day
        moment, hour = moment + timedelta(days=1), 0
    # A leap second is read as the second before it.
    moment = moment.replace(hour=hour, minute=minute, second=min(second, 59), microsecond=fraction)
    if second > 60:
        raise ValueError(f"no minute has a second {second}")
    precision = "second" if found["second"] else "minute"
    written = (found["zone"] or "").strip()
    if not written:
        return DateReading((moment,), precision)
    return _zoned(moment, precision, written, habits)


def _zoned(moment: datetime, precision: str, written: str, habits: Habits) -> DateReading | None:
    """Return *moment* in the zone *written*; None if the text behind the clock is no zone.

    An offset counts more than the name in brackets behind it (RFC 9557, 3.4).
    """
    zone = zone_at(written.upper(), 0, habits, moment.month, attached=True)
    if zone is None:
        bare = _BRACKETS.sub("", written)
        return DateReading((moment,), precision) if bare == "" else None
    unclear = zone.name if zone.zone is None else None
    return DateReading((moment.replace(tzinfo=zone.zone),), precision, unclear=unclear)
