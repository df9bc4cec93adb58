"""Names of authors, one by one, out of lists, bylines and strings that join several."""

from __future__ import annotations

import re
from collections.abc import Iterable

from archive.extract.coding import one_line

_BY = re.compile(
    r"^(?:(?:written|reported|posted|words|text|story)\s+by|by|par|von|por|bởi|tác giả)"
    r"\s*:?(?:\s+|$)",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"\s*(?:;|\||•|·)\s*|\s+/\s+")
_WORDS = re.compile(r"\s+(?:&|and|et|und|y|e|và|with|avec|mit)\s+", re.IGNORECASE)
_NO_NAME = re.compile(
    r"https?://|www\.|@\S+\.\w|^@|^[\W\d_]*$"
    r"|^(?:admin|administrator|root|user\d*|webmaster|unknown|null|none|undefined)$",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"\s*\([a-zé.]{1,6}\)$")
"""The sign of an agency or newspaper writer: "Ann Lee (ale)"."""
_ROLE = re.compile(
    r",\s*(?:\w+\s+){0,4}(?:writer|reporter|editor|correspondent|journalist|contributor|staff)\b.*$",
    re.IGNORECASE,
)


def names_in(text: str) -> list[str]:
    """Return the names in *text*: "By Ann Lee and Bo Ray" gives two; addresses give none."""
    text = one_line(text)
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


def _by_word(text: str) -> list[str]:
    """Split at "and" where each part could be a whole name (not "José Ortega y Gasset")."""
    parts = _WORDS.split(text)
    return parts if all(len(part.split()) > 1 for part in parts) else [text]


def _by_comma(text: str) -> list[str]:
    """Split at commas where each part could be a whole name ("Ann Lee, Bo Ray", not "Lee, Ann")."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > 1 and all(len(part.split()) > 1 for part in parts):
        return parts
    return [text.strip(" ,")]
