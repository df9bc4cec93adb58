"""Names of authors, one by one, out of lists, bylines and strings that join several."""

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
"""The sign of an agency or newspaper writer: "Ann Lee (ale)"."""
_ROLE = re.compile(rf",\s*(?:\w+\s+){{0,4}}{any_of(_PHRASES.author_role)}\b.*$", re.IGNORECASE)
_AGENCIES = frozenset(_PHRASES.agency)
_DESKS = frozenset(_PHRASES.desk)

_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}", re.IGNORECASE)


def names_in(text: str) -> list[str]:
    """Return the names in *text*: "By Ann Lee and Bo Ray" gives two; addresses give none."""
    text = " ".join(one_line(text).split())  # no-break spaces too: names are compared
    text = _ROLE.sub("", _BY.sub("", text)).strip(" ,;|-–")
    if _NO_NAME.search(text) or len(text) > 300:
        return []
    names: list[str] = []
    for part in _SIGNS.split(text):
        names.extend(name for joined in _by_word(part) for name in _by_comma(joined))
    names = [_INITIALS.sub("", name) for name in names]
    return [name for name in names if name and not _NO_NAME.search(name) and len(name) <= 100]


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """Return *names* in order, each once whatever its case."""
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(name.casefold(), name)
    return tuple(seen.values())


def is_organization(name: str) -> bool:
    """Whether *name* is an agency's, an outlet's or a desk's by its words; people's are not.

    A short one must be written as agencies write theirs: "AP" and "dpa", but not "Sid".
    """
    words = re.findall(r"\w+", name.casefold())
    if " ".join(words) in _AGENCIES and (len(name) > 4 or name.isupper() or name.islower()):
        return True
    return not _DESKS.isdisjoint(words) or _DOMAIN.fullmatch(name) is not None


def _by_word(text: str) -> list[str]:
    """Split at "and" where each part could be a whole name (not "José Ortega y Gasset")."""
    parts = _WORDS.split(text)
    return parts if all(len(part.split()) > 1 for part in parts) else [text]


def _by_comma(text: str) -> list[str]:
    """Split at commas where each part could be a whole name ("Ann Lee, Bo Ray", not "Lee, Ann").

    Behind the last of them may stand for whom they write.
    """
    parts = [part.strip() for part in text.strip(" ,").split(",")]
    *names, last = parts
    is_list = bool(names) and all(len(name.split()) > 1 for name in names)
    if is_list and (len(last.split()) > 1 or is_organization(last)):
        return parts
    return [text.strip(" ,")]
