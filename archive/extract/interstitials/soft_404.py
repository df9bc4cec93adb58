"""Detect soft 404s: pages with status 200 that say that there is nothing at their URL.

An article about error pages says "404" as well, so words alone never decide: the markup, the robots
tag, the canonical link and the scripts must agree. A page with a text, a date or the metadata of an
article is no soft 404.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from archive.extract.dom import schema_org
from archive.extract.dom.class_names import names_of
from archive.extract.dom.document import Page, element_text
from archive.extract.interstitials.base import Interstitial, is_unlisted
from archive.extract.page_type import Shape
from archive.extract.phrases.loading import phrases
from archive.extract.phrases.notation import any_of
from archive.extract.signs import Sign, Table, decide
from archive.model import Flag, Outcome
from archive.urls import is_home

_MAX_PROSE = 600
"""Letters of an error message; sites add a paragraph on where to look instead."""
_MAX_WORDING = 90
"""A longer title or heading is more than an error message."""
_NUMBER = re.compile(r"(?<![\w.,])4(?:04|10)(?![\w.,]\d)\b")
_NOTHING = re.compile(any_of(phrases().not_found), re.IGNORECASE)
_MARKUP = re.compile(
    r"(?:^|[\s_-])(?:error-?_?404|404-?_?(?:error|page|wrapper|content|container)"
    r"|(?:page|http|is|status)-?_?404"
    r"|page-?_?not-?_?found|not-?_?found(?:-?_?page)?|fourohfour|four-?oh-?four)(?=[\s_-]|$)",
    re.IGNORECASE,
)
_FOUND_NOTHING = re.compile(r"no-?_?results|search", re.IGNORECASE)
"""A search or a category without entries has the same class, but is not missing."""
_SCRIPT = re.compile(
    r'"(?:statusCode|status_code|httpStatus|errorCode)"\s*:\s*"?(?:404|410)\b|"page"\s*:\s*"/(?:404|_error)"'
    r"""|\bpage_?type["']?\s*[:=]\s*["'](?:404|error|not[-_ ]?found|error[-_ ]?404)["']""",
    re.IGNORECASE,
)
_ERROR_PATH = re.compile(r"/(?:404|not-?found)\b")
_STATUS_META = ("prerender-status-code", "status", "http-status", "error")


@dataclass(frozen=True, slots=True)
class _Look:
    """The facts in which the signs of a soft 404 are looked for; *bare* has no frame."""

    page: Page
    bare: HtmlElement


def soft_404(page: Page, bare: HtmlElement, shape: Shape) -> Interstitial | None:
    """Return why *page* is a soft 404; None if it is not.

    *bare* is its tree without the frame, and *shape* describes the text there.
    """
    if shape.prose > _MAX_PROSE or shape.has_date or is_home(page.url) or _is_declared(page):
        return None
    found = decide(_SIGNS, _Look(page, bare), _THRESHOLD)
    if found is None:
        return None
    reason = f"soft 404: {', '.join(sign.name for sign in found.found)}"
    return Interstitial(Outcome.MISSING, Flag.SOFT_404, reason, found.evidence("soft 404"))


def _says_nothing(text: str) -> bool:
    """Return whether *text* is short, and says "404" or that something was not found."""
    return len(text) <= _MAX_WORDING and bool(_NUMBER.search(text) or _NOTHING.search(text))


def _has_heading(at: _Look) -> bool:
    return any(_says_nothing(element_text(h)) for h in islice(at.bare.iter("h1", "h2"), 3))


def _marked_class(at: _Look) -> str | None:
    for element in at.page.tree.iter("section", "main", "div", "article", "h1"):
        names = names_of(element)
        if names and _MARKUP.search(names) and not _FOUND_NOTHING.search(names):
            return names.split()[0]
    return None


def _has_marked_body(at: _Look) -> bool:
    return any(map(_MARKUP.search, at.page.body_classes))


def _has_status_in_meta(at: _Look) -> bool:
    return any(re.match(r"(?:404|410)\b", at.page.first_meta(name) or "") for name in _STATUS_META)


def _has_status_in_script(at: _Look) -> bool:
    return any(_SCRIPT.search(script.text or "") for script in at.page.tree.iter("script"))


def _is_canonical_elsewhere(at: _Look) -> bool:
    url = at.page.canonical
    return url is not None and (is_home(url) or bool(_ERROR_PATH.search(urlsplit(url).path)))


_SIGNS: Table[_Look] = (
    Sign("title", lambda at: _says_nothing(at.page.title or ""), is_decisive=True),
    (
        Sign("heading", _has_heading, is_decisive=True),
        Sign(
            "og:title",
            lambda at: _says_nothing(at.page.first_meta("og:title") or ""),
            is_decisive=True,
        ),
    ),
    (
        Sign("class of the body", _has_marked_body, is_decisive=True),
        Sign("class {}", _marked_class, is_decisive=True),
    ),
    (
        Sign("status in a meta tag", _has_status_in_meta),
        Sign("status in a script", _has_status_in_script),
    ),
    Sign("noindex", lambda at: is_unlisted(at.page)),
    Sign("no canonical", lambda at: at.page.canonical is None),
    Sign("canonical elsewhere", _is_canonical_elsewhere),
)
_THRESHOLD = 3
"""Title and heading alone do not reach it: an author may write both about error pages."""


def _is_declared(page: Page) -> bool:
    """Return whether the page declares what only an article or a list of articles declares."""
    if {"search", "search-results", "archive", "category", "tag"} & set(page.body_classes):
        return True
    if page.first_meta("article:published_time"):
        return True
    node = schema_org.article_node(page.json_ld) or {}
    return bool(schema_org.text(node.get("datePublished")))
