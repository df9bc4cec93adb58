"""The extractors that are compared: each returns the text of an HTML page.

trafilatura, resiliparse and readability get the decoded page; ours gets the bytes and decodes them
itself, as in a crawl.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import lxml.html
import trafilatura

from archive.extract.article import extract_page
from archive.model import Extraction
from benchmarks.extraction.sets import Page

CONTENT_TYPE = "text/html; charset=utf-8"
OURS, DEFAULT, PRECISION = "ours", "trafilatura", "trafilatura precision"
RESILIPARSE, READABILITY = "resiliparse", "readability-lxml"
WITH_METADATA = "trafilatura with metadata"
"""Text and metadata in one call, for the comparison of CPU."""
PACKAGES = ("resiliparse", "readability-lxml")
"""Only this benchmark needs these packages."""
INSTANT = "%Y-%m-%dT%H:%M:%S%z"
_BLOCKS = frozenset(
    {"p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "figcaption"}
    | {"br", "td", "th", "dt", "dd", "section", "article", "figure", "ul", "ol", "table"}
)

# readability logs a traceback for each page that it cannot read, and trafilatura logs odd pages.
for _name in ("trafilatura", "readability.readability", "htmldate"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


def lacks() -> list[str]:
    """Return the packages of ``PACKAGES`` that are not installed."""
    return [name for name in PACKAGES if not _version(name)]


def versions() -> dict[str, str]:
    """Return the versions of the compared packages, ``-`` if one is not installed."""
    return {name: _version(name) or "-" for name in ("trafilatura", *PACKAGES, "lxml")}


def ours(page: Page) -> Extraction:
    """Return our whole extraction of *page*: text and metadata."""
    return extract_page(page.payload, page.url, CONTENT_TYPE)


def trafilatura_text(page: Page, *, precise: bool = False) -> str:
    """Return trafilatura's text with its defaults except for comments; *precise* is its mode."""
    found = trafilatura.bare_extraction(
        page.html, include_comments=False, include_tables=True, favor_precision=precise
    )
    return getattr(found, "text", None) or ""


def trafilatura_document(page: Page, *, instants: bool = False) -> Any:
    """Return trafilatura's document with metadata; None if it gives none.

    With *instants* its date search keeps the original date and the time of day.
    """
    dates = {"original_date": True, "extensive_search": True, "outputformat": INSTANT}
    return trafilatura.bare_extraction(
        page.html,
        url=page.url,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
        date_extraction_params=dates if instants else None,
    )


def resiliparse_text(page: Page) -> str:
    """Return resiliparse's main content as plain text."""
    module = import_module("resiliparse.extract.html2text")
    text: str = module.extract_plain_text(page.html, main_content=True)
    return text


def readability_text(page: Page) -> str:
    """Return the text of readability's summary, a line for each block; empty if it fails."""
    module = import_module("readability.readability")
    try:
        summary = module.Document(page.html).summary(html_partial=True)
    except module.Unparseable:  # an error of the library; other errors are our bugs
        return ""
    return html_text(summary)


def html_text(html: str) -> str:
    """Return the text of *html* with a line break where a block begins or ends."""
    if not html.strip():
        return ""
    parts: list[str] = []
    tree = lxml.html.fragment_fromstring(html, create_parent="div")
    for element in tree.iter():
        if isinstance(element.tag, str) and element.tag in _BLOCKS:
            element.text = "\n" + (element.text or "")
            element.tail = "\n" + (element.tail or "")
    parts.extend(str(text) for text in tree.itertext(with_tail=True))
    return "\n".join(line for raw in "".join(parts).splitlines() if (line := raw.strip()))


TEXTS: dict[str, Callable[[Page], Any]] = {
    DEFAULT: trafilatura_text,
    PRECISION: lambda page: trafilatura_text(page, precise=True),
    RESILIPARSE: resiliparse_text,
    READABILITY: readability_text,
    OURS: ours,
    WITH_METADATA: trafilatura_document,
}
"""The functions that run on each page in turn, by name."""


def text_in(said: Any) -> str:
    """Return the text in the result of one of ``TEXTS``."""
    if isinstance(said, str):
        return said
    if isinstance(said, Extraction):
        return said.article.text if said.article else ""
    return getattr(said, "text", None) or ""


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
