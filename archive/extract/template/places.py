"""Where on a page an element is: the tags, classes and ids from the root of the page to it.

Pages of one template have their text in equal places, whatever the text is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from zlib import crc32

from lxml.html import HtmlElement

from archive.extract.dom.lines import Line

_CLASSES = 3
"""Further classes often name the subject of a page: WordPress adds its categories and tags."""
_DIGITS = re.compile(r"\d+")
_ROOTS = frozenset({"html", "body"})
"""Elements whose classes and id name the page, and not a place on it."""


def places_of_lines(lines: Sequence[Line]) -> list[int]:
    """Return the places of *lines*, as numbers of 32 bits.

    A place is the CRC-32 of the path of names from the root. A name is a tag with the first
    ``_CLASSES`` classes and the id, with digits as 0, since these number what is there.
    """
    known: dict[HtmlElement, int] = {}
    return [_place(line.element, known) for line in lines]


def _place(element: HtmlElement, known: dict[HtmlElement, int]) -> int:
    path = []
    above: HtmlElement | None = element
    while above is not None and above not in known:
        path.append(above)
        above = above.getparent()
    place = 0 if above is None else known[above]
    for each in reversed(path):
        place = known[each] = crc32(_name(each), place)
    return place


def _name(element: HtmlElement) -> bytes:
    if element.tag in _ROOTS:
        return _encoded(element.tag, None, None)
    return _encoded(element.tag, element.get("class"), element.get("id"))


@lru_cache(maxsize=16_384)
def _encoded(tag: str, classes: str | None, key: str | None) -> bytes:
    names = [_DIGITS.sub("0", name) for name in (classes or "").split()[:_CLASSES]]
    mark = _DIGITS.sub("0", key or "")
    return f"/{tag}.{' '.join(names)}#{mark}".lower().encode("utf-8", "replace")


def path_of(element: HtmlElement) -> str:
    """Return the path that the place of *element* is made of, for people, from body on."""
    names = [
        _name(each).decode("utf-8", "replace").strip("/#.").replace(".#", "#")
        for each in (element, *element.iterancestors())
        if each.tag not in _ROOTS
    ]
    return " > ".join(reversed(names))
