"""Find the number of a month by its name, in the languages of a page or in any language.

The names are CLDR's and those that the phrases add. A name may be shortened ("sept", "янв"), have
another ending ("februārī"), and stand without accents or in capitals.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache, lru_cache

from archive.extract.dates.folding import composed, folded_line
from archive.extract.dates.habits import Habits
from archive.extract.phrases.calendar_names import month_names, month_prefix, weekday_names
from archive.extract.phrases.loading import languages

_LEAST_LETTERS = 3
_LEAST_STEM = 5
_ENDING = 2
"""Letters at the end of a name that grammar may change."""
_PERSIAN = "persian "
_MARKS = re.compile(r"[.\s'\u200c\u093c\u09bc-]+")
"""Signs that are left out at will, with the nukta of Devanagari and Bengali."""
_OTHER_LANDS = {"ar": ("ar-SY", "ar-DZ", "ar-MA"), "de": ("de-AT",), "no": ("nb", "nn")}
"""Languages whose months have other names in some countries."""

Month = tuple[int, bool]
"""The number of a month, and whether it is one of the Persian calendar."""


def month_of(word: str, habits: Habits) -> Month | None:
    """Return the month that *word* (folded) names.

    The languages of *habits* come first, then English, then all languages whose names of months are
    known, if they agree. None if *word* names no month, or not the same in all of them.
    """
    name = _plain(word)
    if len(name) < 2:
        return None
    for language in (*habits.tags, "en"):
        if found := _in_language(name, language):
            return found
    return _in_any_language(name) if len(name) >= _LEAST_LETTERS else None


@cache
def weekdays(tag: str) -> dict[str, int]:
    """Return the names of the days in *tag*, folded; Monday is 0. Those with two letters too."""
    return {
        plain: number
        for name, number in weekday_names(tag)
        if len(plain := _plain(folded_line(composed(name)))) > 1 or not plain.isascii()
    }


def weekday_of(word: str, habits: Habits) -> int | None:
    """Return the day of the week that *word* (folded) names, as ``month_of`` does; Monday is 0."""
    name = _plain(word)
    for language in (*habits.tags, "en"):
        if (number := weekdays(language).get(name)) is not None:
            return number
    return _all_weekdays().get(name) if len(name) >= _LEAST_LETTERS else None


@cache
def _all_weekdays() -> dict[str, int]:
    found: dict[str, set[int]] = defaultdict(set)
    for language in languages():
        for name, number in weekdays(language).items():
            found[name].add(number)
    return {name: next(iter(days)) for name, days in found.items() if len(days) == 1}


@lru_cache(maxsize=4_096)
def _in_language(name: str, tag: str) -> Month | None:
    names = _names(tag)
    if name in names:
        return names[name]
    if len(name) < _LEAST_LETTERS or any(map(str.isdigit, name)):
        return None
    has_case = name.upper() != name
    shortened = {month for each, month in names.items() if has_case and each.startswith(name)}
    if len(shortened) == 1:
        return shortened.pop()
    inflected = {
        month
        for each, month in names.items()
        if len(each) - _ENDING >= _LEAST_STEM
        and name.startswith(each[:-_ENDING])
        and len(name) <= len(each) + _ENDING
    }
    return inflected.pop() if len(inflected) == 1 else None


@cache
def _names(tag: str) -> dict[str, Month]:
    language = tag.partition("-")[0].lower()
    names: dict[str, Month] = {}
    for each in dict.fromkeys((tag, language, *_OTHER_LANDS.get(language, ()))):
        for name, number in month_names(each):
            if not (plain := _plain(folded_line(composed(name)))).isdigit() and len(plain) > 1:
                names.setdefault(plain, (number, False))
    if prefix := month_prefix(language):
        names |= {prefix + name: month for name, month in names.items()}
    added = languages()[language].month_name if language in languages() else ()
    for entry in added:
        name, _, value = entry.rpartition(" = ")
        is_persian = value.startswith(_PERSIAN)
        month = (int(value.removeprefix(_PERSIAN)), is_persian)
        names.setdefault(_plain(folded_line(composed(name))), month)
    return names


@cache
def _all_names() -> dict[str, Month]:
    """Return the names that mean one month in all languages that Pressmark has phrases of."""
    found: dict[str, set[Month]] = defaultdict(set)
    for language in languages():
        for name, month in _names(language).items():
            found[name].add(month)
    return {name: next(iter(months)) for name, months in found.items() if len(months) == 1}


def _in_any_language(name: str) -> Month | None:
    return _all_names().get(name)


def _plain(word: str) -> str:
    return _MARKS.sub("", word)
