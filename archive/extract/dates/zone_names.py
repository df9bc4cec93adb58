"""Find a zone by its name in words: "Indochina Time", "mitteleuropäische Sommerzeit".

The names are those of Unicode's CLDR, in the languages of the page and in English. A name of summer
or standard time is a fixed offset; another is the zone with its own rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone, tzinfo
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel.core import get_global

from archive.extract.dates.folding import composed, folded_line
from archive.extract.dates.habits import Habits
from archive.extract.phrases.calendar_names import locale_of

_WORD = re.compile(r"[^\W\d_][^\s\d()\[\],;|]*")
_MOST_WORDS = 5
_WINTER, _SUMMER = datetime(2025, 1, 15), datetime(2025, 7, 15)  # noqa: DTZ001 - wall clocks
_NO_OFFSET = timedelta(0)


def named_zone_at(plain: str, start: int, habits: Habits) -> tuple[int, tzinfo] | None:
    """Return the end and the zone of the longest name from *start* on in *plain*, a folded line."""
    ends: list[int] = []
    end = start
    while len(ends) < _MOST_WORDS and (found := _WORD.match(plain, end)):
        ends.append(found.end())
        end = found.end() + 1
    for tag in (*habits.tags, "en") if ends else ():
        names = _names_in(tag)
        for end in reversed(ends):
            if (zone := names.get(plain[start:end].rstrip("."))) is not None:
                return end, zone
    return None


@cache
def database_zone(name: str) -> ZoneInfo | None:
    """Return the zone of *name*, in any case, as the package tzdata has it; None without one.

    The tables of the machine are not read: a page is read alike on every machine.
    """
    known = _database_names().get(name.lower())
    if known is None:
        return None
    with (files("tzdata") / "zoneinfo").joinpath(*known.split("/")).open("rb") as table:
        return ZoneInfo.from_file(table, key=known)


@cache
def _database_names() -> dict[str, str]:
    names = (files("tzdata") / "zones").read_text("utf-8").split()
    return {name.lower(): name for name in names}


@cache
def _names_in(tag: str) -> dict[str, tzinfo]:
    """Return the long names of zones in *tag*, folded, without those that mean several zones."""
    found: dict[str, set[tzinfo]] = {}
    for name, zone in _long_names(tag):
        found.setdefault(folded_line(composed(name)), set()).add(zone)
    return {name: next(iter(zones)) for name, zones in found.items() if len(zones) == 1}


def _long_names(tag: str) -> Iterator[tuple[str, tzinfo]]:
    locale = locale_of(tag)
    if locale is None:
        return
    for meta_zone, names in locale.meta_zones.items():
        zone = database_zone(_places().get(meta_zone, ""))
        if zone is None:
            continue
        offsets = [each.replace(tzinfo=zone).utcoffset() or _NO_OFFSET for each in _YEAR]
        fixed = {"standard": min(offsets), "daylight": max(offsets)}
        for kind, name in (names.get("long") or {}).items():
            yield str(name), timezone(fixed[kind]) if kind in fixed else zone


_YEAR = (_WINTER, _SUMMER)


@cache
def _places() -> dict[str, str]:
    """Return a zone of the tz database for each of CLDR's zones: the first, by its name."""
    found: dict[str, str] = {}
    for place, meta_zone in sorted(get_global("meta_zones").items()):
        found.setdefault(str(meta_zone), str(place))
    return found
