"""What is served in place of a page with a status that says success.

A banner that lies over an article and a captcha in a comment form are no such thing: each finder
asks first whether the page has a text of its own. No word alone decides; the signs that spoke are
kept as evidence.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml.html import HtmlElement

from archive.extract.dom.document import Page
from archive.model import Flag, Outcome


@dataclass(frozen=True, slots=True)
class Interstitial:
    """A thing served in place of the page: what it is, why it is held to be that, and the signs."""

    outcome: Outcome
    flag: Flag
    reason: str
    evidence: tuple[str, ...]


def is_unlisted(page: Page) -> bool:
    """Whether *page* asks search engines not to list it."""
    return any("noindex" in value.lower() for value in page.meta.get("robots", ()))


def links_on(tree: HtmlElement) -> int:
    """Return how many links of *tree* lead somewhere."""
    return sum(bool(link.get("href")) for link in tree.iter("a"))
