"""The notation of phrases, and regular expressions that find them.

A phrase is written as it is read, in lower case. One space means any white space, and an
apostrophe means a typographic one as well. These signs have a meaning of their own:

=============  ==================================================================
``(a|b)``      one of several
``[a]``        may be missing; ``[a|b]`` is one of several, or none
``*``          any letters, or none: at the end or at the start of a word
``_``          one word, whatever it is
``a {30} b``   up to 30 characters between *a* and *b*
=============  ==================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

_TOKEN = re.compile(
    r" \{(?P<gap>[1-9]\d{0,2})\} |(?P<sign>[][()|*_ '])|(?P<odd>[{}\\])|(?P<text>.)"
)
_MEANINGS = {
    "(": "(?:",
    "[": "(?:",
    "|": "|",
    ")": ")",
    "]": ")?",
    "*": r"\w*",
    "_": r"\w+",
    " ": r"\s+",
    "'": "['’]",
}
_CLOSING = {"(": ")", "[": "]"}
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]"
)
"""Letters of scripts that put no space between words, or add endings without one (Korean)."""
_NOTHING = "(?!)"


@cache
def expression_of(phrase: str) -> str:
    """Return the regular expression of *phrase*; ``ValueError`` says what is wrong with it."""
    parts: list[str] = []
    open_signs: list[str] = []
    for found in _TOKEN.finditer(phrase):
        sign = found["sign"]
        if found["odd"]:
            raise ValueError(f"has {found['odd']!r} in a place where it means nothing")
        if found["gap"]:
            parts.append(rf"\b.{{0,{found['gap']}}}\b")
        elif sign:
            if sign in _CLOSING:
                open_signs.append(sign)
            elif sign in ")]" and (not open_signs or _CLOSING[open_signs.pop()] != sign):
                raise ValueError(f"has {sign!r} without its opening bracket")
            elif sign == "|" and not open_signs:
                raise ValueError("has '|' outside of brackets")
            parts.append(_MEANINGS[sign])
        else:
            parts.append(re.escape(found["text"]))
    if open_signs:
        raise ValueError(f"has {open_signs[-1]!r} without its closing bracket")
    return "".join(parts)


def any_of(phrases: Iterable[str]) -> str:
    """Return a group that matches one of *phrases* anywhere, within a word as well.

    The longest phrase is tried first, so that a match is as long as it can be. Without any phrase
    the group matches nothing.
    """
    return _group((phrase, expression_of(phrase), "") for phrase in _longest_first(phrases))


def any_whole(phrases: Iterable[str]) -> str:
    """Return a group that matches one of *phrases* between the bounds of words.

    A script without spaces has no such bounds; its phrases match anywhere.
    """
    return _group(
        (
            phrase,
            expression_of(phrase) + _bound(phrase.rstrip(")]")[::-1]),
            _bound(phrase.lstrip("([")),
        )
        for phrase in _longest_first(phrases)
    )


def is_unspaced(phrase: str) -> bool:
    """Return whether *phrase* begins in a script that puts no space between words."""
    return _UNSPACED.match(phrase.lstrip("([*")) is not None


def any_text(texts: Iterable[str]) -> str:
    """Return a group that matches one of *texts*, which have no notation; the longest first."""
    return _group((text, re.escape(text), "") for text in _longest_first(texts))


def _group(found: Iterable[tuple[str, str, str]]) -> str:
    """Return a group of alternatives: phrases, their expressions, and what matches before them.

    ``re`` tries one alternative after the other at each letter of a text. So those that stand
    together and begin with one letter share it, and most letters are done with after a few trials.
    Which alternative matches stays the same: the others cannot match where these can.
    """
    parts: list[str] = []
    sharing: dict[tuple[str, str], list[str]] = {}
    for phrase, expression, before in found:
        first = re.escape(phrase[:1])
        if not first or not expression.startswith(first):  # it begins with a sign of the notation
            parts += [*_shared(sharing), f"{before}{expression}"]
            sharing = {}
        else:
            sharing.setdefault((before, first), []).append(expression.removeprefix(first))
    parts += _shared(sharing)
    return f"(?:{'|'.join(parts) or _NOTHING})"


def _shared(sharing: Mapping[tuple[str, str], Sequence[str]]) -> Iterator[str]:
    """Yield an alternative for each first letter: the letter comes first, its bound after it."""
    for (before, first), rests in sharing.items():
        bound = f"(?<={before}{first})" if before else ""
        yield f"{first}{bound}(?:{'|'.join(rests)})"


def _longest_first(phrases: Iterable[str]) -> list[str]:
    return sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))


def _bound(text: str) -> str:
    """Return what matches at the bound of a word that begins with the first letter of *text*."""
    is_in_word = text[0].isalnum() or text[0] in "*_"
    return r"\b" if is_in_word and not _UNSPACED.match(text) else ""
