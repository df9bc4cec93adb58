"""Interstitials: what a server sends with status 200 in place of the requested page.

A banner over an article and a captcha in a comment form are no interstitials: each detector first
checks that the page has no text of its own. No single word decides; the signs that were found are
kept as evidence.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml.html import HtmlElement

from archive.extract.dom.document import Page
from archive.model import Flag, Outcome


@dataclass(frozen=True, slots=True)
class Interstitial:
    """A page served with status 200 in place of the requested content, and the evidence."""

    outcome: Outcome
    flag: Flag
    reason: str
    evidence: tuple[str, ...]


def is_unlisted(page: Page) -> bool:
    """Return whether *page* asks search engines not to list it."""
    return any("noindex" in value.lower() for value in page.meta.get("robots", ()))


def links_on(tree: HtmlElement) -> int:
    """Return the number of links in *tree* that have a target."""
    return sum(bool(link.get("href")) for link in tree.iter("a"))
