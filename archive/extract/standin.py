"""What is served in place of a page with a status that says success.

A banner that lies over an article and a captcha in a comment form are no such thing: each finder
asks first whether the page has a text of its own. No word alone decides; the signs that spoke are
kept as evidence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from lxml.html import HtmlElement

from archive.extract.page import Page
from archive.model import Flag, Outcome

MAX_NAMES = 300
"""Letters of class names that are looked at; nobody writes more, but to keep a reader busy."""

_SPLIT = re.compile(r"[-_:.]+|(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class StandIn:
    """A thing served in place of the page: what it is, why it is held to be that, and the signs."""

    outcome: Outcome
    flag: Flag
    reason: str
    evidence: tuple[str, ...]


def named(element: HtmlElement) -> str:
    """Return the class names and the id of *element* as they are written, the first of them."""
    return f"{element.get('class') or ''} {element.get('id') or ''}".strip()[:MAX_NAMES]


@lru_cache(maxsize=4_096)
def words_in(names: str) -> frozenset[str]:
    """Return the words of class names in lower case: "consentWall-box" is consent, wall, box."""
    return frozenset(word.lower() for name in names.split() for word in _SPLIT.split(name) if word)


def is_hidden(element: HtmlElement) -> bool:
    """Whether the markup itself hides *element*; what a style sheet hides is not seen here."""
    if element.tag == "template" or "hidden" in element.attrib:
        return True
    if element.get("aria-hidden") == "true":
        return True
    style = (element.get("style") or "").replace(" ", "").lower()
    return "display:none" in style or "hidden" in words_in(named(element))


def is_unlisted(page: Page) -> bool:
    """Whether *page* asks search engines not to list it."""
    return any("noindex" in value.lower() for value in page.meta.get("robots", ()))


def links_on(tree: HtmlElement) -> int:
    """Return how many links of *tree* lead somewhere."""
    return sum(bool(link.get("href")) for link in tree.iter("a"))
