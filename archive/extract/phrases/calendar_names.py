"""Names of months and days of the week in the languages of the world, from Unicode's CLDR.

Babel brings the CLDR along. It takes some milliseconds to load a language, so none is loaded
before it is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError

from archive.extract.phrases.loading import languages

_CONTEXTS = ("format", "stand-alone")
_WIDTHS = ("wide", "abbreviated")
_LEAST_LETTERS = 3
"""Shorter parts of a name are words of another meaning."""
_PREFIXED = re.compile(r"(?:^|\s)'?([^\W\d_dMy'])'?MMM")
"""A letter right before the month in CLDR's pattern of a date: "d בMMMM y"."""
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=64)
def locale_of(tag: str) -> Locale | None:
    """Return the locale of *tag*, a BCP 47 tag; None where CLDR does not know it."""
    try:
        return Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError, TypeError):
        return None


def month_names(tag: str) -> Iterator[tuple[str, int]]:
    """Yield the names of the months in *tag*, whole and abbreviated, each with its number."""
    locale = locale_of(tag)
    if locale is None:
        return
    for context in _CONTEXTS:
        for width in _WIDTHS:
            for number, name in locale.months[context][width].items():
                yield name, number


def month_prefix(tag: str) -> str:
    """Return the letters that *tag* joins to the name of a month in a date, as Hebrew does."""
    locale = locale_of(tag)
    found = _PREFIXED.search(str(locale.date_formats["long"].pattern)) if locale else None
    return found.group(1) if found else ""


def weekday_names(tag: str) -> Iterator[tuple[str, int]]:
    """Yield the names of the days in *tag*, whole and abbreviated; Monday has the number 0."""
    locale = locale_of(tag)
    if locale is None:
        return
    for context in _CONTEXTS:
        for width in _WIDTHS:
            for number, name in locale.days[context][width].items():
                yield name, number


@cache
def calendar_words() -> frozenset[str]:
    """Return the words, casefolded, of the names of months and days in many languages.

    These are the languages whose file of phrases has ``calendar = true``.
    """
    return frozenset(
        word
        for tag in (code for code, each in languages().items() if each.calendar)
        for name in (*(name for name, _ in month_names(tag)), *_day_names(tag))
        for word in _WORD.findall(name.casefold())
        if len(word) >= _LEAST_LETTERS
    )


@cache
def day_phrases() -> frozenset[str]:
    """Return the names of days that have several words, casefolded: "thứ ba"."""
    return frozenset(
        name.casefold()
        for tag, each in languages().items()
        if each.calendar
        for name in _day_names(tag)
        if " " in name
    )


def _day_names(tag: str) -> Iterator[str]:
    """Yield the whole names: many an abbreviation is a word of another language ("per", "man")."""
    locale = locale_of(tag)
    if locale is None:
        return
    for context in _CONTEXTS:
        yield from locale.days[context]["wide"].values()
