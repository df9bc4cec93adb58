"""Split class names and ids into words, and read from them whether an element is hidden."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml.html import HtmlElement

MAX_NAMES = 300
"""Letters of class names that are read; only an attack on the reader has more."""

_SPLIT = re.compile(r"[-_:.]+|(?<=[a-z0-9])(?=[A-Z])")


def names_of(element: HtmlElement) -> str:
    """Return the class names and the id of *element* as written, up to ``MAX_NAMES`` letters."""
    return f"{element.get('class') or ''} {element.get('id') or ''}".strip()[:MAX_NAMES]


@lru_cache(maxsize=4_096)
def words_in(names: str) -> frozenset[str]:
    """Return the words of class names in lower case: "consentWall-box" is consent, wall, box."""
    return frozenset(word.lower() for name in names.split() for word in _SPLIT.split(name) if word)


def is_hidden(element: HtmlElement) -> bool:
    """Return whether the markup hides *element*; style sheets are not read."""
    if element.tag == "template" or "hidden" in element.attrib:
        return True
    if element.get("aria-hidden") == "true":
        return True
    style = (element.get("style") or "").replace(" ", "").lower()
    return "display:none" in style or "hidden" in words_in(names_of(element))
