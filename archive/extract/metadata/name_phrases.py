"""Regular expressions over what stands before, between and behind the names of authors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from babel.core import get_global

from archive.extract.phrases.calendar_names import locale_of
from archive.extract.phrases.loading import languages, phrases
from archive.extract.phrases.notation import any_of, any_whole, is_unspaced

_PHRASES = phrases()
_SIGN = r"\s*[:：=＝/／|｜・]\s*"
_LEAST_LABEL = 6
"""Letters of the shortest label of a date: a shorter word may be a name."""
_NOTHING = re.compile("(?!)")
_ATTACHED = "وו"
"""Words for "and" that are written without a space before the next word: Arabic, Hebrew."""
_JUST_A_WORD = re.compile(r"\{0\}([^{}]+)\{1\}")


@dataclass(frozen=True, slots=True)
class NamePhrases:
    """What stands around names on a page in one language, or in an unknown one."""

    label: re.Pattern[str]
    """At the beginning: "by", and the sign or the space behind it."""
    credit: re.Pattern[str]
    """At the beginning of a credit for something else than the text: "photo:"."""
    breaks: re.Pattern[str]
    """The space before such a credit in a line without signs: "记者甲 编辑乙", "By Ann Lee Photos:
    Bo Ray"."""
    joint: re.Pattern[str]
    """Between two names, with the white space around it."""
    place: re.Pattern[str]
    """From the word before a place to the end: " in Berlin"."""
    source: re.Pattern[str]
    """At the beginning, before the outlet from which a text is taken."""


@lru_cache(maxsize=64)
def name_phrases(language: str | None) -> NamePhrases:
    """Return the phrases for a page in *language*, a BCP 47 tag; None where it is unknown.

    Labels and credits are those of all languages. A word that means "and" in one language may mean
    "in" in another, so the page's language decides.
    """
    code = (language or "").partition("-")[0]
    own = languages().get(code)
    place_language = own or languages()["en"]
    places = frozenset(place_language.byline_place) - {*place_language.name_particle}
    joints = [word for word in _PHRASES.name_joint if word not in places]
    joints.extend(word for word in _cldr_joints(language) if word not in joints)
    spaced = [word for word in joints if not is_unspaced(word) and word not in _ATTACHED]
    unspaced = [word for word in joints if is_unspaced(word)]
    upper = [word.upper() for word in spaced]  # in a byline that is all in capitals
    joint = (
        rf"\s+(?:&|\+|＋|{any_of(spaced)}|{any_of(upper)})\s+|\s*[＆&]\s*(?=\S)|\s+[{_ATTACHED}]\s?(?=\w{{2}})"
        rf"|(?<=[가-힣]{{2}})(?:와|과)\s+|\s*{any_of(set(unspaced) - {'와', '과'})}\s*"
    )
    by = any_of(places) if places else "(?!)"
    return NamePhrases(
        label=_label(),
        credit=_credit(),
        breaks=_breaks(),
        joint=re.compile(joint),
        place=re.compile(rf"\s+{by}\s+(?=[^\W\d_])(?![a-zà-ÿ]+$).*$"),
        source=re.compile(rf"^{any_of(own.according_to)}\s+", re.IGNORECASE)
        if own and own.according_to
        else _NOTHING,
    )


@cache
def role() -> re.Pattern[str]:
    """Return what finds the words for what an author is: "reporter"."""
    return re.compile(any_whole(_PHRASES.author_role), re.IGNORECASE)


@cache
def role_at_ends() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what finds roles before a name, and behind one without a comma."""
    spaced = any_of(each for each in _PHRASES.author_role if not is_unspaced(each))
    unspaced = any_of(each for each in _PHRASES.author_role if is_unspaced(each))
    return (
        re.compile(rf"^(?:{spaced}[\s:]+|{unspaced}\s*[:：]?\s*)+", re.IGNORECASE),
        re.compile(rf"(?:\s+{spaced}|\s*{unspaced})+$", re.IGNORECASE),
    )


@cache
def date_behind() -> re.Pattern[str]:
    """Return what finds the date behind a name, from its label to the end: "Updated 3 May"."""
    listed = (*_PHRASES.published_label, *_PHRASES.updated_label, *_PHRASES.update_word)
    labels = any_whole(each for each in listed if len(each.strip("*")) >= _LEAST_LABEL)
    return re.compile(
        rf"(?<![\s|,;·•–—-])[\s|,;·•–—-]++{labels}[^\d\n]{{0,25}}\d[^\n]*", re.IGNORECASE
    )


@cache
def date_label() -> re.Pattern[str]:
    """Return what finds a text that only says what the date behind it is: "Updated on:"."""
    listed = (*_PHRASES.publish_word, *_PHRASES.update_word)
    return re.compile(rf"^\W*{any_whole(listed)}\W*$", re.IGNORECASE)


@lru_cache(maxsize=64)
def places(language: str | None) -> frozenset[str]:
    """Return names of countries and large cities, casefolded: in English and in *language*."""
    return frozenset(
        name.casefold() for tag in {"en", language or "en"} for name in _places(tag)
    ) | frozenset(
        zone.rpartition("/")[2].replace("_", " ").casefold()
        for zone in get_global("zone_territories")
    )


@cache
def _label() -> re.Pattern[str]:
    # Languages have words for "by" that begin names in others ("Di", "Per"). Those are written in
    # lower case, as names are not.
    lower = [each for each in _PHRASES.byline if each not in _PHRASES.byline_in_name]
    return re.compile(
        rf"^(?:(?i:{_before(_PHRASES.byline_in_name)})|{any_of(lower)}(?:{_SIGN}|\s+|$))"
    )


@cache
def _credit() -> re.Pattern[str]:
    # A word needs a sign behind it ("Camera: …"); two, or a word for a picture, need none.
    listed = _PHRASES.other_credit
    free = [each for each in (*listed, *_PHRASES.picture_credit) if " " in each]
    free.extend(_PHRASES.picture_credit)
    signed = [each for each in listed if not is_unspaced(each)]
    unspaced = [each for each in listed if is_unspaced(each)]
    return re.compile(
        rf"{any_of(free)}(?:{_SIGN}|\s+|$)|{any_of(signed)}(?:{_SIGN}|$)|{_before(unspaced)}",
        re.IGNORECASE,
    )


@cache
def _breaks() -> re.Pattern[str]:
    listed = (*_PHRASES.other_credit, *_PHRASES.picture_credit)
    spaced = [each for each in listed if not is_unspaced(each)]
    unspaced = [each for each in listed if is_unspaced(each)]
    several = any_of(each for each in spaced if " " in each)
    return re.compile(
        rf"(?<!\s)\s++(?={_before(unspaced)}|(?i:{any_of(spaced)})\s?[:：])"
        rf"|(?<=\w\w\w)\.\s+(?=(?i:{several})\s)"
    )


def _before(listed: Iterable[str]) -> str:
    """Return what matches one of *listed* before a name, in a script with spaces or without.

    A single sign of a script without spaces may begin a name, so something must follow it.
    """
    known = list(listed)
    spaced = any_of(each for each in known if not is_unspaced(each))
    unspaced = [each for each in known if is_unspaced(each)]
    long = any_of(each for each in unspaced if len(each) > 1)
    return rf"(?:{spaced}|{any_of(unspaced)})(?:{_SIGN}|\s+|$)|{long}(?=\w{{2}})"


def _cldr_joints(language: str | None) -> Iterator[str]:
    locale = locale_of(language) if language else None
    if locale is None:
        return
    found = _JUST_A_WORD.fullmatch(str(locale.list_patterns.get("standard", {}).get("2", "")))
    if found and (word := found[1].strip().lower()) and word.isalpha():
        yield word


def _places(tag: str) -> Iterator[str]:
    locale = locale_of(tag)
    if locale is None:
        return
    yield from locale.territories.values()
    for zone in locale.time_zones.values():
        if city := zone.get("city"):
            yield city
