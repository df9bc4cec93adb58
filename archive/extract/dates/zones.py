"""Read the zone behind a clock: an offset, an abbreviation, a zone of the tz database, a place.

Behind GMT and UTC pages write the offset that is added to UTC, as ISO 8601 does: "GMT+7" is east of
Greenwich. POSIX gives such names the other sign; of the tz database only "Etc/GMT+7" has it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta, timezone, tzinfo
from functools import cache

from archive.extract.dates.folding import folded_line
from archive.extract.dates.habits import Habits
from archive.extract.dates.zone_names import database_zone, named_zone_at
from archive.extract.phrases.loading import languages
from archive.extract.phrases.notation import expression_of

_HOURS_TEXT = """
    UTC:0 GMT:0 Z:0 UT:0 WET:0 WEST:1 CET:1 CEST:2 MEZ:1 MESZ:2 HNEC:1 HAEC:2 EET:2 EEST:3 OEZ:2
    OESZ:3 MSK:3 MSD:4 TRT:3 SAST:2 CAT:2 WAT:1 EAT:3 IRST:3.5 IRDT:4.5 AFT:4.5 PKT:5 UZT:5 NPT:5.75
    MMT:6.5 ICT:7 WIB:7 WITA:8 WIT:9 HKT:8 SGT:8 MYT:8 PHT:8 AWST:8 JST:9 KST:9 ACST:9.5 ACDT:10.5
    AEST:10 AEDT:11 NZST:12 NZDT:13 IDT:3 NDT:-2.5 BRT:-3 BRST:-2 ART:-3 UYT:-3 CLT:-4 CLST:-3
    PET:-5 COT:-5 VET:-4 ADT:-3 EST:-5 EDT:-4 CDT:-5 MST:-7 MDT:-6 PST:-8 PDT:-7 AKST:-9 AKDT:-8
    HST:-10 HNT:-3.5 HAT:-2.5 HNA:-4 HAA:-3 HNE:-5 HAE:-4 HNC:-6 HAC:-5 HNR:-7 HAR:-6 HNP:-8 HAP:-7
"""
_HOURS = {
    name: float(hours) for name, _, hours in (each.partition(":") for each in _HOURS_TEXT.split())
}
"""Offsets from UTC, in hours, of abbreviations that have one meaning where news is written."""
_SEVERAL: Mapping[str, Mapping[str, float]] = {
    "IST": {"IN": 5.5, "LK": 5.5, "IE": 1, "IL": 2},
    "CST": {"US": -6, "CA": -6, "MX": -6, "CR": -6, "GT": -6, "HN": -6, "SV": -6, "NI": -6}
    | {"CN": 8, "TW": 8, "MO": 8, "HK": 8, "CU": -5, "AU": 9.5},
    "BST": {"GB": 1, "GG": 1, "JE": 1, "IM": 1, "BD": 6},
    "AST": {"SA": 3, "KW": 3, "QA": 3, "BH": 3, "IQ": 3, "YE": 3}
    | {"CA": -4, "PR": -4, "BM": -4, "TT": -4, "BB": -4, "DO": -4, "VI": -4},
    "GST": {"AE": 4, "OM": 4, "GS": -2},
    "AMT": {"AM": 4, "BR": -4},
    "ECT": {"EC": -5, "FR": 1},
    "NST": {"CA": -3.5, "NP": 5.75},
    "SST": {"SG": 8, "WS": -11, "AS": -11},
    "WST": {"AU": 8, "WS": 13, "EH": 1},
}
"""Abbreviations with several meanings, by the country that means each."""
_ABROAD: Mapping[str, Mapping[str, float]] = {
    "EST": {"AU": 10},
    "EDT": {"AU": 11},
    "PST": {"PH": 8, "PK": 5},
    "MST": {"MY": 8},
}
"""Abbreviations with an American meaning that a country far away uses for its own time."""
NAMES_ABROAD = frozenset(_ABROAD)
_SUMMER_ONLY = {("BST", "GB"), ("BST", "GG"), ("BST", "JE"), ("BST", "IM"), ("IST", "IE")}
"""Names of summer time; in winter these countries do not use them."""
_FEDERAL = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}
"""Names that American pages use in winter and summer alike."""
_OFFSET = re.compile(
    r"(?P<name>gmt|utc|ut)?\s?(?P<sign>[+\-\u2013])\s?"
    r"(?P<hours>\d{1,2})(?:(?P<colon>\s?[:.]\s?)?(?P<minutes>\d{2})(?::?00)?)?(?!\d|[:.]\d)"
)
_ABBREVIATION = re.compile(r"[a-z]{1,5}(?![^\W_])")
_DATABASE = re.compile(
    r"\[!?([a-z]+(?:[/_+-][a-z0-9]+)*)\]"
    r"|(etc/gmt[+-]\d{1,2}(?!\d)|[a-z]+(?:/[a-z]+(?:[_-][a-z]+)*)+)"
)
"""A name of the tz database, in brackets (RFC 9557, 3.1) or alone, with a slash."""
_SUMMER = range(3, 11)
"""Months in which, at least in part, the north of Europe has summer time."""
_MAX_EAST, _MAX_WEST = timedelta(hours=14), timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class ZoneFound:
    """A zone that a text names up to *end*; *zone* is None where the name has several meanings."""

    end: int
    name: str
    zone: tzinfo | None


def zone_at(
    text: str, start: int, habits: Habits, month: int, *, attached: bool = False
) -> ZoneFound | None:
    """Return the zone that *text*, which is composed, names from *start* on; None without one.

    *month* is that of the date beside it. With *attached* a sign directly behind the clock begins
    an offset ("T10:30-05:00"); else "10:30-12:00" are the hours from one to the other. Raises
    ``ValueError`` for an offset that no zone has.
    """
    plain = folded_line(text)
    if found := _DATABASE.match(plain, start):
        name = found.group(1) or found.group(2)
        zone = database_zone(name)
        return ZoneFound(found.end(), name, zone) if zone else None
    if found := _OFFSET.match(plain, start):
        is_closed = start > 0 and plain[start - 1] in "(["
        if attached or found["name"] or is_closed or _is_offset(found):
            return ZoneFound(_end(plain, found), found.group().strip(), _offset_of(found))
        return None
    if placed := _place_at(plain, start):
        return placed
    if long_name := named_zone_at(plain, start, habits):
        end, long_zone = long_name
        return ZoneFound(end, plain[start:end], long_zone)
    found = _ABBREVIATION.match(plain, start)
    return _named(text, found, habits, month) if found else None


def offset_zone(sign: str, hours: str, minutes: str | None) -> tzinfo:
    """Return the zone of an offset. Raises ``ValueError`` for one that no place on earth has."""
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if offset > (_MAX_EAST if sign == "+" else _MAX_WEST) or int(minutes or 0) > 59:
        raise ValueError(f"no zone is {sign}{hours}:{minutes or '00'} from UTC")
    return timezone(offset if sign == "+" else -offset)


def _is_offset(found: re.Match[str]) -> bool:
    """Return whether a number behind a clock, without GMT, is an offset: "+7", "-0500"."""
    if found["sign"] == "+":
        return True
    return found["sign"] == "-" and found["minutes"] is not None and found["colon"] is None


def _offset_of(found: re.Match[str]) -> tzinfo:
    sign = "+" if found["sign"] == "+" else "-"
    return offset_zone(sign, found["hours"], found["minutes"])


def _end(plain: str, found: re.Match[str]) -> int:
    end = found.end()
    return end + 1 if plain[end : end + 1] in {")", "]"} else end


def _place_at(plain: str, start: int) -> ZoneFound | None:
    for pattern, name in _places():
        if found := pattern.match(plain, start):
            zone = database_zone(name)
            if zone is not None:
                return ZoneFound(found.end(), found.group(), zone)
    return None


@cache
def _places() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return what languages say of the zone of a clock, and the name of that zone."""
    parted = (each.rpartition(" = ") for known in languages().values() for each in known.zone_name)
    return tuple(
        (re.compile(expression_of(folded_line(phrase))), name) for phrase, _, name in parted
    )


def _named(text: str, found: re.Match[str], habits: Habits, month: int) -> ZoneFound | None:
    name, is_capital = found.group().upper(), text[found.start() : found.end()].isupper()
    # In lower case "est", "cat" and "et" are words.
    if not is_capital and name not in {"UTC", "GMT", "Z"}:
        return None
    if name in _FEDERAL:
        is_english = not habits.languages or "en" in habits.languages
        return ZoneFound(found.end(), name, database_zone(_FEDERAL[name])) if is_english else None
    if name in _HOURS:
        abroad = _ABROAD.get(name, {}) if len(habits.places) == 1 else {}
        hours_here = abroad.get(next(iter(habits.places), ""), _HOURS[name])
        return ZoneFound(found.end(), name, timezone(timedelta(hours=hours_here)))
    if name not in _SEVERAL:
        return None
    meanings = {
        country: hours
        for country, hours in _SEVERAL[name].items()
        if month in _SUMMER or (name, country) not in _SUMMER_ONLY
    }
    here = {hours for country, hours in meanings.items() if country in habits.places}
    zone = timezone(timedelta(hours=here.pop())) if len(here) == 1 else None
    return ZoneFound(found.end(), name, zone)
