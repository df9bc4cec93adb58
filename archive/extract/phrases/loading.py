"""Read and check the files of phrases, one for each language.

A page does not always say its language, or says a wrong one, so phrases are looked for in all
languages at once.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_type_hints

from archive.errors import SettingsError
from archive.extract.phrases.keys import PhraseList, Phrases, Words
from archive.extract.phrases.notation import expression_of

FOLDER = Path(__file__).parent
_CODE = re.compile(r"[a-z]{2,3}")
_WORD = re.compile(r"[\w'-]+")
_HINTS = get_type_hints(Phrases, include_extras=True)
_WORDS = frozenset(key for key, hint in _HINTS.items() if hint == Words)
_KEYS = tuple(key.name for key in fields(Phrases))
_LISTS = tuple(key for key in _KEYS if key != "calendar")


def read_languages(folder: Path = FOLDER) -> Mapping[str, Phrases]:
    """Return the phrases of each language that *folder* has a file of, by its ISO 639 code.

    Raises ``SettingsError`` for a file that is not as it must be; see ``read_language``.
    """
    return MappingProxyType(
        {file.stem: read_language(file) for file in sorted(folder.glob("*.toml"))}
    )


def read_language(file: Path) -> Phrases:
    """Return the phrases of the language after whose ISO 639 code *file* is named.

    Raises ``SettingsError``, which names the file and the key, unless the file has each key of
    ``Phrases`` and no other, and each value is a list of different texts in lower case (NFC) that
    are single words, or are written in the notation of phrases.
    """
    if not _CODE.fullmatch(file.stem):
        raise SettingsError(file, "name", "is no language code", expected="ISO 639, as in sw.toml")
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(file, "content", f"is no TOML ({error})", expected="TOML 1.0") from None
    for key in found:
        if key not in _KEYS:
            raise SettingsError(file, key, "is unknown", expected=f"one of {', '.join(_KEYS)}")
    for key in _KEYS:
        if key not in found:
            raise SettingsError(file, key, "is missing", expected="a list, which may be empty")
    if not isinstance(found["calendar"], bool):
        raise SettingsError(file, "calendar", f"is {found['calendar']!r}", expected="true or false")
    lists = {key: _checked(file, key, found[key]) for key in _LISTS}
    return Phrases(calendar=found["calendar"], **lists)


@cache
def languages() -> Mapping[str, Phrases]:
    """Return the phrases of all languages that Pressmark knows, by ISO 639 code; read once."""
    return read_languages()


@cache
def phrases() -> Phrases:
    """Return the phrases of all languages together, each phrase once."""
    known = tuple(languages().values())
    lists = {
        key: tuple(dict.fromkeys(phrase for each in known for phrase in getattr(each, key)))
        for key in _LISTS
    }
    return Phrases(calendar=any(each.calendar for each in known), **lists)


def _checked(file: Path, key: str, value: Any) -> PhraseList:
    if not isinstance(value, list):
        raise SettingsError(file, key, f"is {value!r}", expected="a list, which may be empty")
    for phrase in value:
        if problem := _problem(phrase, is_word=key in _WORDS):
            raise SettingsError(
                file,
                key,
                f"{phrase!r} {problem}",
                expected="a phrase as docs/languages.md describes",
            )
    if len(set(value)) < len(value):
        twice = next(phrase for phrase in value if value.count(phrase) > 1)
        raise SettingsError(file, key, f"has {twice!r} twice", expected="each phrase once")
    return tuple(value)


def _problem(phrase: Any, *, is_word: bool) -> str | None:
    """Return what is wrong with *phrase*; None where nothing is."""
    if not isinstance(phrase, str):
        return "is no text"
    if not phrase or phrase != " ".join(phrase.split()):
        return "has white space at an end, two spaces in a row, or nothing in it"
    if not unicodedata.is_normalized("NFC", phrase):
        return "is not normalized (Unicode NFC)"
    if phrase != phrase.lower():
        return "is not in lower case"
    if is_word:
        return None if _WORD.fullmatch(phrase) else "is no single word"
    try:
        expression_of(phrase)
    except ValueError as error:
        return str(error)
    return None
