"""An HTML page to its Extraction: parse once, decide its kind, read article and links."""

from __future__ import annotations

from datetime import datetime

from lxml.html import HtmlElement

from archive.extract.discovery import page_candidates
from archive.extract.kind import Verdict, classify
from archive.extract.metadata import Metadata, page_language, read_metadata
from archive.extract.page import Page, element_text, parse_page
from archive.extract.text import article_blocks, framed
from archive.model import Article, Block, Edge, EdgeKind, Extraction, Outcome

_REFRESH_LETTERS = 300
"""A page with more text than this is read although it also sends its reader on."""
_SCRIPT_LETTERS = 150
_APP_ROOTS = frozenset({"root", "app", "__next", "__nuxt", "app-root", "main-app", "react-root"})


def html_extraction(
    data: bytes,
    url: str,
    content_type: str,
    captured_at: datetime,
    *,
    extractor: str,
) -> Extraction | str:
    """Return what the HTML in *data* says; the target, where it only sends its reader there."""
    page = parse_page(data, url, content_type)
    if page is None:
        return Extraction(outcome=Outcome.EMPTY, extractor=extractor, reason="no element in it")
    bare = framed(page.tree)
    if (
        page.refresh is not None
        and page.refresh != url
        and len(element_text(bare)) < _REFRESH_LETTERS
    ):
        return page.refresh
    verdict = classify(page, bare)
    article: Article | None = None
    flags: tuple[str, ...] = ()
    if verdict.outcome is Outcome.ARTICLE:
        article, flags = _article(page, bare, captured_at)
    outcome, reason = _outcome(page, verdict, article)
    return Extraction(
        outcome=outcome,
        extractor=extractor,
        reason=reason,
        evidence=verdict.evidence,
        article=article,
        language=page_language(page),
        candidates=page_candidates(page, article=outcome is Outcome.ARTICLE),
        edges=_edges(page),
        alternates=page.alternates,
        flags=(*page.flags, *flags),
    )


def _outcome(page: Page, verdict: Verdict, article: Article | None) -> tuple[Outcome, str | None]:
    if article is not None:
        return Outcome.ARTICLE, None
    if _needs_script(page):
        return Outcome.NEEDS_SCRIPT, "hardly any text, and a script that would write it"
    if not element_text(page.tree):
        return Outcome.EMPTY, "no text in it"
    if verdict.outcome is Outcome.ARTICLE:
        return Outcome.PAGE, "marked as an article, but no text was found"
    return verdict.outcome, None


def _article(
    page: Page, bare: HtmlElement, captured_at: datetime
) -> tuple[Article | None, tuple[str, ...]]:
    data = read_metadata(page, bare, captured_at)
    blocks = article_blocks(bare, data.headlines)
    if not blocks:
        return None, data.flags
    return _assembled(page, data, blocks), data.flags


def _assembled(page: Page, data: Metadata, blocks: tuple[Block, ...]) -> Article:
    published, modified = data.published, data.modified
    return Article(
        headline=data.headline,
        blocks=blocks,
        description=data.description,
        author=data.author,
        date_published=published.instant if published else None,
        date_published_raw=published.raw if published else None,
        date_source=published.source if published and published.instant else None,
        date_precision=published.precision if published else None,
        date_modified=modified.instant if modified else None,
        date_modified_raw=modified.raw if modified else None,
        article_section=data.section,
        keywords=data.keywords,
        in_language=page_language(page),
        image=data.image,
        is_accessible_for_free=data.is_accessible_for_free,
    )


def _edges(page: Page) -> tuple[Edge, ...]:
    edges = []
    if page.canonical and page.canonical != page.url:
        edges.append(Edge(EdgeKind.CANONICAL, page.canonical))
    if page.amphtml and page.amphtml != page.url:
        edges.append(Edge(EdgeKind.AMPHTML, page.amphtml))
    return tuple(edges)


def _needs_script(page: Page) -> bool:
    """Whether the page is the empty shell of an application that a browser would fill."""
    visible = sum(
        len((element.text or "").strip())
        * (element.tag not in {"script", "style", "noscript", "title"})
        + len((element.tail or "").strip())
        for element in page.tree.iter("*")
    )
    if visible > _SCRIPT_LETTERS or page.tree.find(".//script") is None:
        return False
    asks = any("javascript" in element_text(note).lower() for note in page.tree.iter("noscript"))
    empty_root = any(
        element.get("id") in _APP_ROOTS and not element_text(element)
        for element in page.tree.iter("div")
    )
    return asks or empty_root
