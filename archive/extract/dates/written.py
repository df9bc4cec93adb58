"""Read one date as a page or a source writes it, and choose between several.

A time without a zone is read as UTC, unless another date on the page gives the same time with its
zone. The text as written is always kept beside the instant. The result never depends on today's
date or on the time zone of the machine.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from archive.extract.dates.capture_moment import CaptureMoment
from archive.extract.dates.folding import composed, folded_line
from archive.extract.dates.habits import NO_HABITS, Habits
from archive.extract.dates.lines import DateReading, dates_in
from archive.extract.dates.machine import in_order, machine_reading
from archive.extract.phrases.loading import phrases
from archive.extract.phrases.notation import any_whole
from archive.extract.placeholders import is_placeholder

Problem = Literal["impossible", "future", "ambiguous", "placeholder", "unread"]

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""No web page is older; a scanned newspaper has its date in the text, if anywhere."""
_WRONG_CLOCK = timedelta(hours=1)
_UNNAMED_ZONE = timedelta(hours=14)
"""Offset of the easternmost zone from UTC; a date without zone may be that much too late."""
_MOST_CHARS = 120
_TAG = re.compile(r"<[^<>]{0,200}>")
_PLACEHOLDER = re.compile(
    r"invalid date|nan(?:\W+nan)*|date|false|tbd|-+"
    r"|(?:[dmy]{1,4}\W+){2}[dmy]{1,4}(?:\W.*)?|[x?]{1,4}(?:\W+[x?]{1,4}){2}"
)
"""What programs print for no date, and forms of dates that were not filled in: "dd/mm/yyyy"."""
_IMPOSSIBLE = re.compile(
    r"[+-]?\d{4}-\d{2}-\d{2}|\d{8,}(?!\d)|.*(?<!\d)(?:0\d{3}|9999)(?!\d)"
    r"|.*(?<!\d)\d{1,2}\s?([./-])\s?\d{1,2}\s?\1\s?\d{4}(?!\d)"
)
"""A text in the form of a date: if none can be read, no calendar has it."""
_UPDATE = re.compile(any_whole(phrases().update_word), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Written:
    """A date as a page wrote it: the *raw* text, and its *source* (``json-ld``, ``meta`` ...)."""

    raw: str
    source: str


@dataclass(frozen=True, slots=True)
class Dated:
    """An instant (UTC) with the text it was read from, its source and its precision.

    *instant* is None when the text is no believable date; *problem* then says why. *zoned* says
    whether the text itself names its zone, *unclear* a zone in it that has several meanings.
    *wall* is the local time that the publisher wrote. *others* are what the text could mean as
    well, if day and month changed places: with an instant, that is the likelier reading.
    """

    raw: str
    source: str
    instant: datetime | None = None
    precision: str | None = None
    zoned: bool = False
    problem: Problem | None = None
    wall: datetime | None = None
    unclear: str | None = None
    others: tuple[datetime, ...] = ()


def read_date(written: Written, captured_at: CaptureMoment, habits: Habits = NO_HABITS) -> Dated:
    """Return *written* as an instant; *habits* are those of its page.

    A date has the problem ``impossible`` when no calendar has it (``+25:99``) or when it is older
    than the web. It has the problem ``future`` when it is later than *captured_at* by more than
    wrong clocks and unnamed zones explain, ``ambiguous`` when day and month could change places,
    ``placeholder`` when a template was not filled in, and ``unread`` when it has no form that is
    known.
    """
    if _is_unfilled(written.raw):
        return Dated(written.raw, written.source, problem="placeholder")
    text = _TAG.sub(" ", html.unescape(written.raw)) if "<" in written.raw else written.raw
    text = composed(" ".join(text.split()).strip("\"' "))
    plain = folded_line(text)
    if len(text) > _MOST_CHARS:
        return Dated(written.raw, written.source, problem="unread")
    try:
        reading = machine_reading(plain, habits) or _line_reading(text, habits)
    except (ValueError, OverflowError):
        return Dated(written.raw, written.source, problem="impossible")
    if reading is None:
        problem: Problem = "impossible" if _IMPOSSIBLE.match(plain) else "unread"
        return Dated(written.raw, written.source, problem=problem)
    return dated(written, reading, captured_at)


def _is_unfilled(raw: str) -> bool:
    plain = folded_line(composed(raw[:_MOST_CHARS])).strip("\"' ")
    return is_placeholder(raw) or _PLACEHOLDER.fullmatch(plain) is not None


def dated(written: Written, reading: DateReading, captured_at: CaptureMoment) -> Dated:
    """Return *written* with the instant of *reading*, or with the problem that it has."""
    problem: Problem | None = None
    believed: list[Dated] = []
    for moment in reading.moments:
        one = _believed(written, moment, reading, captured_at)
        problem = problem or one.problem
        if one.instant is not None:
            believed.append(one)
    if not believed:
        return Dated(written.raw, written.source, problem=problem)
    others = tuple(one.instant for one in believed[1:] if one.instant is not None)
    if others and not reading.is_guess:
        instants = (believed[0].instant, *others)
        known = tuple(each for each in instants if each is not None)
        return Dated(written.raw, written.source, problem="ambiguous", others=known)
    return replace(believed[0], others=others)


def _believed(
    written: Written, moment: datetime, reading: DateReading, captured_at: CaptureMoment
) -> Dated:
    zoned = moment.tzinfo is not None
    try:
        instant = (moment if zoned else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return Dated(written.raw, written.source, problem="impossible")
    if instant < _EARLIEST:
        return Dated(written.raw, written.source, problem="impossible")
    is_exact = zoned and reading.precision != "day"
    if captured_at.refuses(instant, _WRONG_CLOCK if is_exact else _UNNAMED_ZONE):
        return Dated(written.raw, written.source, problem="future")
    wall = moment.replace(tzinfo=None)
    return Dated(
        written.raw,
        written.source,
        instant,
        reading.precision,
        zoned,
        wall=wall,
        unclear=reading.unclear,
    )


def choose(dates: Iterable[Dated]) -> Dated | None:
    """Return the date to believe among *dates*, which begin with the best source; None without one.

    The first date that has an instant is chosen. A later date replaces it when it says the same
    more precisely: a time for the day, or a zone for the time. A guess of day and month gives way
    to a date that is no guess and that the other reading agrees with.
    """
    listed: Sequence[Dated] = [date for date in dates if date.instant is not None]
    if not listed:
        return None
    best = listed[0]
    for other in listed[1:]:
        if _says_more(other, best):
            best = _with_zone_of(other, best) if _is_coarser(other, best) else other
    return best


def agrees(one: datetime, date: Dated) -> bool:
    """Return whether *date* is on the day of *one*, an instant, as the publisher wrote it."""
    return date.wall is not None and date.wall.date() == one.date()


def _is_coarser(other: Dated, best: Dated) -> bool:
    return (best.precision, other.precision) == ("second", "minute") and not best.others


def _with_zone_of(other: Dated, best: Dated) -> Dated:
    """Return *best*, whose seconds *other* lacks, in the zone of *other*."""
    if other.wall is None or other.instant is None or best.wall is None:
        return best
    offset = other.wall - other.instant.replace(tzinfo=None)
    instant = (best.wall - offset).replace(tzinfo=UTC)
    return replace(best, instant=instant, zoned=True, unclear=None)


def _says_more(other: Dated, best: Dated) -> bool:
    if other.wall is None or best.wall is None:
        return False
    if best.others and not other.others and any(agrees(each, other) for each in best.others):
        return True
    if best.precision == "day" and other.precision != "day":
        return other.wall.date() == best.wall.date()
    return (
        other.zoned
        and not best.zoned
        and best.precision != "day"
        and other.wall.replace(second=0, microsecond=0)
        == best.wall.replace(second=0, microsecond=0)
    )


def _line_reading(text: str, habits: Habits) -> DateReading | None:
    """Return what the first date in *text* means that is not said to be one of an update."""
    found = list(dates_in(in_order(text), habits))
    published = [each for each in found if not _UPDATE.search(each.before)]
    first = next(iter(published or found), None)
    return first.reading if first else None
