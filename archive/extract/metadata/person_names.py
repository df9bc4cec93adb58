"""Split lists, bylines and other strings into single names of authors.

A string is cut at signs, then at words for "and", then at commas. What is left is a name, or
something about the person before it: a role, a place, the outlet.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from archive.extract.coding import one_line
from archive.extract.dates.folding import composed, folded_line
from archive.extract.dates.habits import Habits
from archive.extract.dates.lines import dates_in
from archive.extract.dates.months import weekday_of
from archive.extract.metadata.name_phrases import (
    NamePhrases,
    date_behind,
    date_label,
    name_phrases,
    places,
    role,
    role_at_ends,
)
from archive.extract.phrases.loading import phrases
from archive.extract.phrases.notation import is_unspaced
from archive.extract.placeholders import is_placeholder

_PHRASES = phrases()
_SIGNS = re.compile(
    r"\s*[;；|｜•·∙●⋅/／、\r\n\v\f\u2028\u2029]+\s*|\s+[-–—−~]+\s+|\s*[—―]\s*|\s+\\+\s+"
)
_TAG = re.compile(r"<[^<>]{1,300}>")
_ACCOUNT = re.compile(r"(?<=\w)\s+[<(\[]?(?:[\w.+-]{1,60}@[\w.-]{1,60}\.\w+|@\w{1,60})[>)\]]?")
"""An address or an account behind a name."""
_BESIDE_DATES = " ,;:|·•-–—"
_DATELINE = re.compile(r"^[^\s=()\[\]]{1,20}=[^\s=()\[\]]{1,20}\s+(?=\w)")
"""The place and the agency before a name in Korea: "서울=뉴시스 김철수 기자"."""
_SPACES = re.compile(r"[^\S\r\n\v\f\u2028\u2029]+")
_LINE_ENDS = re.compile(r"\s*[\r\n\v\f\u2028\u2029]\s*")
_COMMA = re.compile(r"\s*[,，،]\s*")
_IN_BRACKETS = re.compile(r"\s*[(（\[【〔«]([^()（）\[\]【】〔〕«»]*)[)）\]】〕»]\s*")
_NO_AUTHOR = "\ue000"
"""Marks the name of somebody who is no author, as its brackets say: "Bo Ray (photos)"."""
_NUMBERS = re.compile(r"(?:\s+[^\W\d_A-Z]{1,4})?[\s,]+\d.*$")
"""A date, or the minutes that it takes to read, behind a name."""
_SEVERAL = {"zh": re.compile(r"[\u3400-\u9fff]{2,4}"), "ko": re.compile(r"[가-힣]{3}")}
"""A whole name in a language whose names have no space in them."""
_NO_NAME = re.compile(
    r"https?://|www\.|@\S+\.\w|^@|^[\W\d_]*$|^\d[\d\s:./-]*"
    r"|^(?:(?:wp[-_ ]?)?admin(?:istrator)?\d*|super ?admin|root|user[-_ ]?\d*|web ?master|guest"
    r"|unknown|anonymous|null|none|undefined|false|true|default|test|demo|author|byline|by|editor"
    r"|(?:the )?(?:author|your|first|full|last|display|user)[-_ ]?name|name|your name here"
    r"|(?:no|unknown|default|multiple|various|guest|sample|test) authors?|author \d+)$",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"(?:jr|sr|jun|sen|ii|iii|iv)\.?", re.IGNORECASE)
_DEGREE = re.compile(
    r"(?:ph\.?\s?d|d\.?phil|m\.?d|m\.?a|m\.?sc|b\.?a|b\.?sc|mba|j\.?d|ll\.?[bmd]|esq|cfa|cpa|rn|"
    r"r\.?d|frcp|mph|obe|mbe|cbe|dds|psy\.?d|ed\.?d|dr)\.?",
    re.IGNORECASE,
)
_SHORT = re.compile(r"(?:[^\W\d_]\.[-\s]?){1,4}|[A-Z]{1,3}")
"""The initials of given names, as in "Doe, J."."""
_NOT_IN_NAMES = re.compile(r"[\d?!:@#<>{}=_]|\.{2}|…")
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}", re.IGNORECASE)
_AGENCIES = frozenset(_PHRASES.agency)
_DESKS = frozenset(_PHRASES.desk)
_UNSPACED_DESKS = tuple(word for word in (*_DESKS, *_AGENCIES) if is_unspaced(word))
_PARTICLES = frozenset(_PHRASES.name_particle)
_PLACE_WORDS = frozenset(_PHRASES.place_word)
_MAX_WORDS = 6
_MAX_NAME_CHARS = 100
_MAX_PART_CHARS = 200
_MAX_CHARS = 1_000
_MAX_UNSPACED = 10
"""Signs of the longest name in a script without spaces: one from another language."""


def names_in(text: str, language: str | None = None) -> list[str]:
    """Return the names in *text*: "By Ann Lee and Bo Ray" gives two; URLs give none.

    *language* is that of the page, a BCP 47 tag. A line break separates names.
    """
    text = _TAG.sub("\n", html.unescape(text[: 4 * _MAX_CHARS]))
    text = _LINE_ENDS.sub("\n", _SPACES.sub(" ", text))
    text = date_behind().sub("", _ACCOUNT.sub("", _DATELINE.sub("", text))).strip()
    text = _without_date(text, language)
    if len(text) > _MAX_CHARS or _is_nobody(text[:_MAX_NAME_CHARS]):
        return []
    known = name_phrases(language)
    names: list[str] = []
    is_other = False
    for piece in _pieces(known.breaks.sub(" ; ", text), known):
        is_other = _begins_credit(piece, known) or (is_other and known.label.match(piece) is None)
        if is_other:
            is_other = known.credit.fullmatch(piece) is not None
            continue
        said = known.label.sub("", _joined(piece, known) if names else piece)
        found = _in_piece(known.source.sub("", said), known, language)
        names.extend(name for name in found if not names or _is_further(name, language))
    tidy = (_tidy(name) for name in names if _NO_AUTHOR not in name)
    return [name for name in tidy if name and not _is_nobody(name)]


def _without_date(text: str, language: str | None) -> str:
    """Return *text* up to the date in it, or what is behind a date at its beginning.

    The day of the week before the date is left out, and a word as in "Ann Lee *on* 3 May 2026".
    """
    habits = Habits((language,) if language else ())
    found = next(dates_in(text, habits), None)
    if found is None:
        return text
    words = date_label().sub("", found.before).split()
    if words and weekday_of(folded_line(composed(words[-1].strip(".,"))), habits) is not None:
        words.pop()
    if words and words[-1].islower():
        words.pop()
    return " ".join(words).strip(_BESIDE_DATES) or found.behind.strip(_BESIDE_DATES) or text


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """Return *names* in order, without those that differ from an earlier one in case only."""
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(name.casefold(), name)
    return tuple(seen.values())


def is_agency(name: str) -> bool:
    """Return whether *name* is a news agency's, or one that newspapers credit in the same way.

    A short name must be in the agency's own case: "AP" and "dpa", but not "Sid".
    """
    words = " ".join(re.findall(r"\w+", name.casefold()))
    if words in _AGENCIES and (len(name) > 4 or name.isupper() or name.islower()):
        return True
    return _DOMAIN.fullmatch(name) is not None


def is_organization(name: str) -> bool:
    """Return whether the words of *name* are those of an agency, an outlet or a desk."""
    if is_agency(name) or not _DESKS.isdisjoint(re.findall(r"\w+", name.casefold())):
        return True
    return is_unspaced(name) and any(desk in name for desk in _UNSPACED_DESKS)


@lru_cache(maxsize=2_048)
def is_role(text: str) -> bool:
    """Return whether *text* says what somebody is, and names nobody: "chief economist"."""
    return len(text) <= _MAX_PART_CHARS and role().search(text) is not None


def is_whole_name(name: str) -> bool:
    """Return whether *name* could be a person's whole name, and is no role, place or outlet."""
    return _is_whole(name) and not is_organization(name) and _is_further(name, None)


def could_be_name(name: str) -> bool:
    """Return whether *name* is written as names are; "3 min" and "read more" are not."""
    words = name.split()
    if _NOT_IN_NAMES.search(name) or len(words) > _MAX_WORDS:
        return False
    if is_unspaced(name):
        return 1 < len(name) <= _MAX_UNSPACED + name.count(" ")
    return not any(word[0].islower() and word not in _PARTICLES for word in words)


def _is_nobody(name: str) -> bool:
    return len(name) > _MAX_NAME_CHARS or bool(_NO_NAME.search(name)) or is_placeholder(name)


def _pieces(text: str, known: NamePhrases) -> Iterator[str]:
    """Yield the parts of *text* between signs, without what brackets say of a person."""

    def beside(match: re.Match[str]) -> str:
        inner = match[1].strip()
        if _DATELINE.match(f"{inner} _"):
            return " "
        if len(match[0]) == len(match.string) or is_organization(inner):
            return f" ; {inner} ; "
        return f"{_NO_AUTHOR} " if known.credit.fullmatch(inner) else " "

    for piece in _SIGNS.split(_IN_BRACKETS.sub(beside, text)):
        line = " ".join(one_line(piece).split())  # no-break spaces too, since names are compared
        if line := line.strip(" ,;|-–="):
            yield line


def _begins_credit(piece: str, known: NamePhrases) -> bool:
    return known.credit.match(piece) is not None and known.label.match(piece) is None


def _in_piece(piece: str, known: NamePhrases, language: str | None) -> Iterator[str]:
    words = piece.split()
    for at in range(2, min(len(words), _MAX_WORDS)):
        if is_agency(words[at]) and words[at].casefold() in _AGENCIES and could_be_name(piece):
            # "ANN LEE AP Science Writer"
            yield " ".join(words[:at])
            yield words[at]
            return
    parts = [part for part in known.joint.split(piece) if part]
    whole = _SEVERAL.get((language or "").partition("-")[0])
    if len(parts) == 1 and whole and all(map(whole.fullmatch, piece.split())):
        parts = piece.split()
    if len(parts) > 1 and all(_is_whole(part) for part in parts):
        for part in parts:
            yield from _by_comma(known.label.sub("", part), known, language)
    else:
        yield from _by_comma(piece, known, language)


def _is_whole(part: str) -> bool:
    """Return whether *part* could be a whole name (not "Gasset" of "José Ortega y Gasset")."""
    if is_unspaced(part):
        return len(part) > 1
    words = part.split()
    return (len(words) > 1 and words[-1] not in _PARTICLES) or is_organization(part)


def _by_comma(text: str, known: NamePhrases, language: str | None) -> list[str]:
    """Return the names in a list with commas; roles and places behind a name are left out."""
    first, *further = _COMMA.split(text)
    listed = (known.label.sub("", part) for part in (first, *(_joined(p, known) for p in further)))
    parts = _with_suffixes([part for part in listed if part])
    if len(parts) == 1 or _is_inverted(parts):
        return [_alone(", ".join(parts), known)] if parts else []
    if all(len(part.split()) == 1 for part in parts):
        return [part for part in parts if not _is_place(part, language) or part == parts[0]]
    names = [_alone(part, known, is_first=at == 0) for at, part in enumerate(parts)]
    return [name for at, name in enumerate(names) if at == 0 or _is_further(name, language)]


def _joined(part: str, known: NamePhrases) -> str:
    """Return *part* without the "and" at its beginning."""
    found = known.joint.match(f" {part}")
    return part[found.end() - 1 :] if found and " " in found[0].strip(" ") + " " else part


def _with_suffixes(parts: list[str]) -> list[str]:
    """Return *parts* with "Jr." and initials behind the name they belong to, without degrees."""
    joined: list[str] = []
    in_pairs = len(parts) > 1 and _is_surname(parts[0]) and _SHORT.fullmatch(parts[1]) is not None
    for part in parts:
        is_short = in_pairs and _SHORT.fullmatch(part) and bool(joined) and _is_surname(joined[-1])
        if joined and (is_short or _SUFFIX.fullmatch(part)):
            joined[-1] = f"{joined[-1]}, {part}"
        elif not (joined and _DEGREE.fullmatch(part)):
            joined.append(part)
    return joined


def _is_surname(name: str) -> bool:
    return len(name.split()) == 1 and not is_organization(name) and "." not in name


def _is_inverted(parts: list[str]) -> bool:
    """Return whether *parts* are the surname and the given name of one person."""
    if len(parts) != 2 or any(is_organization(part) or is_unspaced(part) for part in parts):
        return False
    first, given = parts
    is_short = len(first.split()) == 1 or first.split()[0] in _PARTICLES
    return is_short and len(given.split()) <= 2 and not is_role(given) and could_be_name(given)


def _is_further(part: str, language: str | None) -> bool:
    """Return whether *part*, behind a name and a sign, is another name."""
    if is_role(part):
        return False
    if is_organization(part):
        return len(part.split()) <= _MAX_WORDS and not _DOMAIN.fullmatch(part)
    if not could_be_name(part.rstrip(_NO_AUTHOR)) or _is_place(part, language):
        return False
    return _is_whole(part) or ", " in part


def _is_place(part: str, language: str | None) -> bool:
    words = part.casefold().split()
    return words[0] in _PLACE_WORDS or part.casefold() in places(language)


def _alone(part: str, known: NamePhrases, *, is_first: bool = True) -> str:
    """Return the name in *part* without the place and the role around it.

    Behind a comma stands the whole name of an outlet before a role, as in "Kestrel Sports Writer".
    """
    name = part
    if len(part) > _MAX_PART_CHARS:
        return name
    before, behind = role_at_ends()
    is_sure = is_unspaced(part) or (is_first and not is_organization(part))
    for ends in (known.place, _NUMBERS, before, *([behind] if is_sure else [])):
        rest = ends.sub("", name).strip()
        if rest in {"", name}:
            continue
        if _is_whole(rest) and not is_role(rest) and could_be_name(rest):
            name = rest
    return name


def _tidy(name: str) -> str:
    return re.sub(r"\s+et al\.?$", "", name).strip(" ,;:|*\"“”„«»'")
