"""Split lists, bylines and other strings into single names of authors."""

from __future__ import annotations

import re
from collections.abc import Iterable

from archive.extract.coding import one_line
from archive.extract.phrases.loading import phrases
from archive.extract.phrases.notation import any_of

_PHRASES = phrases()
_BY = re.compile(rf"^{any_of(_PHRASES.byline_in_name)}\s*:?(?:\s+|$)", re.IGNORECASE)
_SIGNS = re.compile(r"\s*(?:;|\||•|·)\s*|\s+/\s+")
_WORDS = re.compile(rf"\s+(?:&|{any_of(_PHRASES.name_joint)})\s+", re.IGNORECASE)
_NO_NAME = re.compile(
    r"https?://|www\.|@\S+\.\w|^@|^[\W\d_]*$"
    r"|^(?:admin|administrator|root|user\d*|webmaster|unknown|null|none|undefined)$",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"\s*\([a-zé.]{1,6}\)$")
"""The initials of a journalist: "Ann Lee (ale)"."""
_ROLE = re.compile(rf",\s*(?:\w+\s+){{0,4}}{any_of(_PHRASES.author_role)}\b.*$", re.IGNORECASE)
_AGENCIES = frozenset(_PHRASES.agency)
_DESKS = frozenset(_PHRASES.desk)

_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}", re.IGNORECASE)


def names_in(text: str) -> list[str]:
    """Return the names in *text*: "By Ann Lee and Bo Ray" gives two; URLs give none."""
    text = " ".join(one_line(text).split())  # no-break spaces too, since names are compared
    text = _ROLE.sub("", _BY.sub("", text)).strip(" ,;|-–")
    if _NO_NAME.search(text) or len(text) > 300:
        return []
    names: list[str] = []
    for part in _SIGNS.split(text):
        names.extend(name for joined in _by_word(part) for name in _by_comma(joined))
    names = [_INITIALS.sub("", name) for name in names]
    return [name for name in names if name and not _NO_NAME.search(name) and len(name) <= 100]


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """Return *names* in order, without those that differ from an earlier one in case only."""
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(name.casefold(), name)
    return tuple(seen.values())


def is_organization(name: str) -> bool:
    """Return whether the words of *name* are those of an agency, an outlet or a desk.

    A short name must be in the agency's own case: "AP" and "dpa", but not "Sid".
    """
    words = re.findall(r"\w+", name.casefold())
    if " ".join(words) in _AGENCIES and (len(name) > 4 or name.isupper() or name.islower()):
        return True
    return not _DESKS.isdisjoint(words) or _DOMAIN.fullmatch(name) is not None


def _by_word(text: str) -> list[str]:
    """Split at "and" if each part could be a whole name (not "José Ortega y Gasset")."""
    parts = _WORDS.split(text)
    return parts if all(len(part.split()) > 1 for part in parts) else [text]


def _by_comma(text: str) -> list[str]:
    """Split at commas if each part could be a whole name ("Ann Lee, Bo Ray", not "Lee, Ann").

    The last part may be the outlet for which they write.
    """
    parts = [part.strip() for part in text.strip(" ,").split(",")]
    *names, last = parts
    is_list = bool(names) and all(len(name.split()) > 1 for name in names)
    if is_list and (len(last.split()) > 1 or is_organization(last)):
        return parts
    return [text.strip(" ,")]
