"""Read the dates that a page writes, and choose between several.

A time without a zone is read as UTC, unless another date on the page gives the same time with its
zone. The text as written is always kept beside the instant. The result never depends on today's
date or on the time zone of the machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from dateutil import parser as dateutil_parser

_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:[T ]\s*(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(
    r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?()(Z|[+-]\d{4})?)?", re.IGNORECASE
)
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
_TIME_OF_DAY = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")
_ZONE_NAMES = """
    UTC:0 GMT:0 Z:0 WET:0 WEST:1 BST:1 CET:1 CEST:2 EET:2 EEST:3 MSK:3 ICT:7 JST:9 KST:9
    EST:-5 EDT:-4 CST:-6 CDT:-5 MST:-7 MDT:-6 PST:-8 PDT:-7
"""
_ZONES = {name: int(hours) for name, _, hours in (z.partition(":") for z in _ZONE_NAMES.split())}
"""Offsets from UTC, in hours, of the names that publishers write; other names count as no zone."""
_NUMERIC = re.compile(r"(\d{1,2})([./-])(\d{1,2})[./-](\d{4})\b(.*)", re.DOTALL)
_PARENTHESIS = re.compile(r"\([^()]*\)")
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""No web page is older; a scanned newspaper has its date in the text, if anywhere."""

_WRONG_CLOCK = timedelta(hours=1)
_UNNAMED_ZONE = timedelta(hours=14)
"""Offset of the easternmost zone from UTC; a date without zone may be that much too late."""


@dataclass(frozen=True, slots=True)
class Written:
    """A date as a page wrote it: the *raw* text, and its *source* (``json-ld``, ``meta`` ...)."""

    raw: str
    source: str


@dataclass(frozen=True, slots=True)
class Dated:
    """An instant (UTC) with the text it was read from, its source and its precision.

    *instant* is None when the text is no believable date; *problem* then says why. *zoned* says
    whether the text itself names its zone.
    """

    raw: str
    source: str
    instant: datetime | None = None
    precision: str | None = None
    zoned: bool = False
    problem: str | None = None


def read_date(written: Written, captured_at: datetime) -> Dated:
    """Return *written* as an instant.

    A date has the problem ``impossible`` when no calendar has it (``+25:99``) or when it is older
    than the web. It has the problem ``future`` when it is later than *captured_at* by more than
    wrong clocks and unnamed zones explain.
    """
    parsed = _parsed(written.raw)
    if parsed is None:
        return Dated(written.raw, written.source, problem="impossible")
    moment, precision = parsed
    zoned = moment.tzinfo is not None
    try:
        instant = (moment if zoned else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return Dated(written.raw, written.source, problem="impossible")
    if instant < _EARLIEST:
        return Dated(written.raw, written.source, problem="impossible")
    is_exact = zoned and precision != "day"
    if instant - captured_at > (_WRONG_CLOCK if is_exact else _UNNAMED_ZONE):
        return Dated(written.raw, written.source, problem="future")
    return Dated(written.raw, written.source, instant, precision, zoned)


def choose(dates: Iterable[Dated]) -> Dated | None:
    """Return the date to believe among *dates*, which begin with the best source; None without one.

    The first date that has an instant is chosen. A later date replaces it when it says the same
    more precisely: a time for the day, or a zone for the time.
    """
    believable = [date for date in dates if date.instant is not None]
    if not believable:
        return None
    best = believable[0]
    for other in believable[1:]:
        if _says_more(other, best):
            best = other
    return best


def _says_more(other: Dated, best: Dated) -> bool:
    if other.instant is None or best.instant is None:
        return False
    if best.precision == "day" and other.precision != "day":
        return _wall(other)[:10] == _wall(best)[:10]
    return (
        other.zoned
        and not best.zoned
        and best.precision != "day"
        and _wall(other)[:16] == _wall(best)[:16]
    )


def _wall(date: Dated) -> str:
    """Return the local time that the publisher wrote: "2025-02-16T20:11"."""
    parsed = _parsed(date.raw)
    return parsed[0].replace(tzinfo=None).isoformat() if parsed else ""


def _parsed(raw: str) -> tuple[datetime, str] | None:
    text = _PARENTHESIS.sub("", raw).strip("\"' \t\n")
    if len(text) > 80:
        return None
    found = _ISO.fullmatch(text) or _COMPACT.fullmatch(text)
    try:
        if found:
            return _from_parts(*found.groups())
        if _EPOCH.fullmatch(text):
            seconds = int(text[:10])
            return datetime.fromtimestamp(seconds, UTC), "second"
        return _loosely(text)
    except (ValueError, OverflowError):
        return None


def _from_parts(
    year: str,
    month: str,
    day: str,
    hour: str | None,
    minute: str | None,
    second: str | None,
    fraction: str | None,
    zone: str | None,
) -> tuple[datetime, str]:
    date = datetime(int(year), int(month), int(day))  # noqa: DTZ001 - no zone was written
    if hour is None:
        return date, "day"
    moment = date.replace(
        hour=int(hour),
        minute=int(minute or 0),
        second=int(second or 0),
        microsecond=int(f"{fraction or 0:0<6}"[:6]),
        tzinfo=_zone(zone),
    )
    return moment, "second" if second else "minute"


def _zone(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 14 or minutes > 59:  # offsets range from -12:00 to +14:00
        raise ValueError(f"impossible offset {text}")
    return timezone((-1 if text[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes))


def _loosely(text: str) -> tuple[datetime, str] | None:
    """Read a date in words, such as RFC 822's, unless day and month could be swapped."""
    if not re.search(r"\d{4}", text):
        return None
    if numeric := _NUMERIC.match(text):
        first, sign, second, year, rest = numeric.groups()
        if sign == "." or int(first) > 12:
            text = f"{year}-{second}-{first}{rest}"
        elif int(second) > 12:
            text = f"{year}-{first}-{second}{rest}"
        else:
            return None
    readings = set()
    # dateutil takes missing parts from a default: two defaults show which parts are missing.
    for default in (datetime(2001, 1, 1), datetime(2004, 2, 2)):  # noqa: DTZ001 - only to compare
        try:
            moment = dateutil_parser.parse(text, default=default, tzinfos=_named_zone)
        except (ValueError, OverflowError, TypeError):
            return None
        readings.add((moment.replace(tzinfo=None), moment.utcoffset()))
    if len(readings) != 1:
        return None
    time = _TIME_OF_DAY.search(text)
    precision = "day" if time is None else "second" if time.group(1) else "minute"
    return moment, precision


def _named_zone(name: str | None, offset: int | None) -> tzinfo | None:
    """Return the zone of *name* or *offset* for dateutil, which else uses the machine's zone."""
    if offset is not None:
        if abs(offset) > 14 * 3600:
            raise ValueError(f"impossible offset of {offset} s")
        return timezone(timedelta(seconds=offset))
    hours = _ZONES.get((name or "").upper())
    return None if hours is None else timezone(timedelta(hours=hours))
