"""What the language and the country of a page tell of the dates that it writes.

A page may say several languages and countries, or none. What they do not agree on is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from babel.core import get_global

from archive.extract.phrases.calendar_names import locale_of

_NO_COUNTRY = frozenset(
    [
        "ac",
        "ai",
        "bz",
        "cc",
        "co",
        "eu",
        "fm",
        "gg",
        "im",
        "io",
        "la",
        "ly",
        "me",
        "ms",
        "nu",
        "sh",
        "st",
        "tk",
        "to",
        "tv",
        "vc",
        "ws",
    ]
)
"""Top-level domains with two letters that are sold to everyone."""
_SLASHED = re.compile(r"/(\d{1,2})/(?:19|20)\d{2}(?![\d/])")
"""The end of a date, which is found faster than its beginning."""
_ENDS_IN_NUMBER = re.compile(r"(?<![\d/])(\d{1,2})$")
_OTHER_CODES = {"uk": "GB", "su": "RU"}
_LIKELY = {
    "hi": "IN",
    "he": "IL",
    "ga": "IE",
    "ja": "JP",
    "ko": "KR",
    "th": "TH",
    "ta": "IN",
    "te": "IN",
    "ml": "IN",
    "mr": "IN",
    "gu": "IN",
    "kn": "IN",
    "pa": "IN",
}
"""Languages that are at home in one country, as far as zones with an ambiguous name go."""


@dataclass(frozen=True, slots=True)
class Habits:
    """Languages of a page as BCP 47 tags, the best first, and the codes of its countries."""

    tags: tuple[str, ...] = ()
    countries: frozenset[str] = frozenset()
    order: bool | None = None
    """Whether other dates of the page have the day first, where some show it."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages without regions, each once."""
        return tuple(dict.fromkeys(_language(tag) for tag in self.tags))

    @property
    def places(self) -> frozenset[str]:
        """The countries, or without any that of a language that is at home in one only."""
        if self.countries:
            return self.countries
        return frozenset(_LIKELY[each] for each in self.languages if each in _LIKELY)

    def is_day_first(self) -> bool | None:
        """Return whether the day comes before the month in "3/4/2026"; None where it is open.

        English is written with both orders, so that only a country decides.
        """
        if self.order is not None:
            return self.order
        tags = [tag for tag in self.tags if _region(tag) or _language(tag) != "en"]
        tags += [_own_tag(country) for country in self.countries]
        orders = {order for tag in tags if (order := _order(tag)) is not None}
        return orders.pop() if len(orders) == 1 else None

    def is_year_first(self) -> bool:
        """Return whether a short date of the first language begins with its year."""
        return bool(self.tags) and _begins_with_year(self.tags[0])


NO_HABITS = Habits()


def habits_of(tags: Iterable[str | None], url: str = "", text: str = "") -> Habits:
    """Return the habits of a page of *url* with *tags*, language tags in any spelling.

    *text* is that of the page, whose dates may show the order of day and month.
    """
    known = dict.fromkeys(tag.strip().replace("_", "-") for tag in tags if tag and tag.strip())
    countries = {region for tag in known if (region := _region(tag))}
    if code := _country_of(url):
        countries.add(code)
    return Habits(tuple(known), frozenset(countries), shown_order(text))


def shown_order(text: str) -> bool | None:
    """Return whether the dates in *text* have the day before the month; None if none shows it.

    Only a number above twelve shows it, and dates that contradict each other show nothing.
    """
    orders: set[bool] = set()
    for found in _SLASHED.finditer(text):
        ahead = _ENDS_IN_NUMBER.search(text, max(0, found.start() - 3), found.start())
        first, second = int(ahead.group(1)) if ahead else 0, int(found.group(1))
        if ahead and (first > 12) != (second > 12) and max(first, second) <= 31:
            orders.add(first > 12)
    return orders.pop() if len(orders) == 1 else None


def _country_of(url: str) -> str | None:
    try:
        code = (urlsplit(url).hostname or "").rpartition(".")[2].lower()
    except ValueError:
        return None
    if len(code) != 2 or not code.isalpha() or code in _NO_COUNTRY:
        return None
    return _OTHER_CODES.get(code, code.upper())


def _language(tag: str) -> str:
    return tag.partition("-")[0].lower()


def _region(tag: str) -> str | None:
    parts = tag.split("-")[1:]
    return next((part.upper() for part in parts if len(part) == 2 and part.isalpha()), None)


def _own_tag(country: str) -> str:
    """Return the tag of the language that most people of *country* write, from CLDR."""
    likely = get_global("likely_subtags").get(f"und_{country}") or f"en_{country}"
    return str(likely).replace("_", "-")


@lru_cache(maxsize=256)
def _order(tag: str) -> bool | None:
    locale = locale_of(tag)
    if locale is None:
        return None
    pattern = str(locale.date_formats["short"].pattern)
    day, month = pattern.find("d"), pattern.find("M")
    if min(day, month) < 0 or pattern.lstrip("\u200f").startswith("y"):
        return None
    return day < month


@lru_cache(maxsize=256)
def _begins_with_year(tag: str) -> bool:
    locale = locale_of(tag)
    if locale is None:
        return False
    return str(locale.date_formats["short"].pattern).lstrip("\u200fG").startswith("y")
