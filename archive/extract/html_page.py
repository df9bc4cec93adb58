"""Extract an HTML page: parse it once, decide its type, read the article and the links."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from lxml.html import HtmlElement

from archive.extract.article_parts import part_of, whole_page
from archive.extract.body.confidence import Opinion
from archive.extract.body.pipeline import Text, body_text, framed
from archive.extract.body.trim_edges import About
from archive.extract.dates.capture_moment import CaptureMoment
from archive.extract.discovery.links import page_candidates
from archive.extract.discovery.subpages import story_edges, subpage_edges
from archive.extract.dom.document import Page, element_text, parse_page
from archive.extract.dom.page_chrome import is_frame, main_body_elements
from archive.extract.dom.schema_org import article_body
from archive.extract.dom.text_density import Prose
from archive.extract.dom.truncation import breaks_off
from archive.extract.interstitials.challenge import challenge
from archive.extract.interstitials.consent import consent_wall
from archive.extract.interstitials.paywall import paywall_stub
from archive.extract.interstitials.soft_404 import soft_404
from archive.extract.language import claimed_languages, declared_language, language_of
from archive.extract.metadata.reader import Metadata, read_metadata
from archive.extract.page_type import Shape, Verdict, classify, shape_of
from archive.extract.template.correction import corrected
from archive.extract.template.fields import fields_said, lacking_fields, with_fields
from archive.extract.template.line_table import line_table
from archive.model import (
    Article,
    Block,
    Edge,
    EdgeKind,
    Extraction,
    Flag,
    Outcome,
    Part,
    SiteReading,
    text_of,
)
from archive.model.template import ALONE, Template, roles_on_page
from archive.session_ids import without_sessions

_REFRESH_LETTERS = 300
"""A page with more text is read although it has a meta refresh."""
_SCRIPT_LETTERS = 150
_SHELL_LETTERS = 250
_EMPTY_LETTERS = 20
_MEDIA = ("img", "video", "audio", "iframe", "object", "embed", "amp-img", "canvas", "form")
_APP_ROOTS = frozenset({"root", "app", "__next", "__nuxt", "app-root", "main-app", "react-root"})


def html_extraction(
    data: bytes,
    url: str,
    content_type: str,
    captured_at: datetime,
    *,
    extractor: str,
    template: Template = ALONE,
) -> Extraction | str:
    """Return the extraction of the HTML in *data*, or the target of a page that only redirects.

    *template* corrects the text. Everything else is that of the page read alone.
    """
    page = parse_page(data, url, content_type)
    if page is None:
        return Extraction(outcome=Outcome.EMPTY, extractor=extractor, reason="no element in it")
    bare, prose = framed(page)
    shape = shape_of(bare, prose)
    served = consent_wall(page, shape) or challenge(page, shape, data)
    if served is None and page.refresh not in {None, url} and shape.letters < _REFRESH_LETTERS:
        return page.refresh
    served = served or soft_404(page, bare, shape)
    flags = (*page.flags, Flag.TRUNCATED) if breaks_off(data) else page.flags
    if served is not None:
        return Extraction(
            outcome=served.outcome,
            extractor=extractor,
            reason=served.reason,
            evidence=served.evidence,
            language=declared_language(page),
            flags=(*flags, served.flag),
        )
    moment = CaptureMoment(captured_at)
    found = _read(page, bare, prose, shape, moment)
    language = found.article.in_language if found.article else declared_language(page)
    site = _by_site(page, found, language, moment, template)
    return Extraction(
        outcome=found.outcome,
        extractor=extractor,
        reason=found.reason,
        evidence=found.evidence,
        article=site.article,
        language=language,
        candidates=page_candidates(page, article=found.outcome is Outcome.ARTICLE, part=found.part),
        edges=_edges(page, found),
        alternates=page.alternates,
        flags=(*flags, *found.flags),
        confidence=found.opinion.confidence if found.opinion else None,
        confidence_reasons=found.opinion.reasons if found.opinion else (),
        part=found.part,
        lines=site.lines,
        template=site.template,
        by_site=site.reading,
        is_in_place=site.is_in_place,
        holds_until=moment.holds_until,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What is read on a page that is no interstitial."""

    outcome: Outcome
    reason: str | None = None
    article: Article | None = None
    part: Part | None = None
    evidence: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    opinion: Opinion | None = None
    text: Text = field(default=Text())
    fields: Metadata | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _BySite:
    """What becomes of a page's text by the template, and what the template is learned from."""

    article: Article | None
    lines: bytes | None = None
    template: str = ""
    reading: SiteReading | None = None
    is_in_place: bool = False


def _read(
    page: Page, bare: HtmlElement, prose: Prose, shape: Shape, captured_at: CaptureMoment
) -> _Found:
    """Return the text and the fields of the page, and beside them the verdict on what it is.

    The verdict never decides whether there is a text: when it is wrong, nothing is lost.
    """
    shell = _shell(page, bare, prose, shape)
    data = read_metadata(page, bare, captured_at)
    text = Text() if shell else _text(page, bare, prose, data)
    verdict = classify(page, shape, text.outline, data)
    found = _by_itself(page, shell, data, text, verdict)
    return replace(found, text=text, fields=data)


def _text(page: Page, bare: HtmlElement, prose: Prose, data: Metadata) -> Text:
    about = About(
        headlines=data.headlines, authors=data.author.names, sections=data.section, base=page.base
    )
    return body_text(page, bare, prose, about, article_body(page.json_ld))


def text_by_lines(page: Page, captured_at: datetime) -> Text:
    """Return the text of *page*, read alone, with its lines and places."""
    bare, prose = framed(page)
    return _text(page, bare, prose, read_metadata(page, bare, CaptureMoment(captured_at)))


def _by_itself(
    page: Page, shell: str | None, data: Metadata, text: Text, verdict: Verdict
) -> _Found:
    if not text.blocks:
        return _without_text(page, verdict, shell, data.flags)
    article, flags = _assembled(page, data, text.blocks)
    found = _Found(
        outcome=verdict.outcome,
        article=article,
        evidence=verdict.evidence,
        flags=(*flags, *_doubts(text)),
        opinion=text.opinion,
    )
    part = None if verdict.outcome is Outcome.LISTING else part_of(page)
    if part is not None and part.number > 1:
        return _later_part(_without_wall(page, found, article), part)
    if verdict.outcome is not Outcome.ARTICLE:
        return found
    if not article.text:
        return replace(found, outcome=Outcome.PAGE, reason="pictures with captions, and no text")
    return _without_wall(page, replace(found, part=part), article)


def _by_site(
    page: Page, found: _Found, language: str | None, captured_at: CaptureMoment, template: Template
) -> _BySite:
    """Return the text and fields of *found*, the page read alone, as *template* corrects them."""
    text, data = found.text, found.fields
    if not text.lines or data is None:
        return _BySite(article=found.article)
    table = line_table(text, fields_said(data), lacking_fields(data))
    roles = roles_on_page(template, table, language, captured_at.instant, found.outcome)
    if not roles:
        return _BySite(article=found.article, lines=table)
    correction = corrected(text, roles)
    article = found.article
    if correction is not None:
        article = _with_blocks(page, found, data, correction.blocks)
    if article is not None:
        article = replace(
            with_fields(article, text, roles, page, captured_at), in_language=language
        )
    return _BySite(
        article=article,
        lines=table,
        template=roles.digest,
        reading=SiteReading(correction.cut, correction.restored) if correction else None,
        is_in_place=found.outcome is not Outcome.ARTICLE,
    )


def _with_blocks(page: Page, found: _Found, data: Metadata, blocks: tuple[Block, ...]) -> Article:
    """Return the article of *found* with *blocks*; of a stub, without the paywall's sentences."""
    article = found.article or _assembled(page, data, blocks)[0]
    if Flag.PAYWALL_STUB in found.flags:
        said_by_wall = {*found.text.blocks} - {*article.blocks}
        blocks = tuple(each for each in blocks if each not in said_by_wall) or article.blocks
        stub = paywall_stub(page, blocks, free=article.is_accessible_for_free)
        if stub is not None and stub.blocks:
            blocks = stub.blocks
    return replace(article, blocks=blocks)


def _later_part(found: _Found, part: Part) -> _Found:
    if found.outcome is Outcome.BLOCKED:
        return found
    reason = f"page {part.number} of an article"
    return replace(found, outcome=Outcome.PAGE, reason=reason, part=part)


def _without_wall(page: Page, found: _Found, article: Article) -> _Found:
    """Return *found* without the sentences of a paywall, flagged, if it is a stub."""
    stub = paywall_stub(page, article.blocks, free=article.is_accessible_for_free)
    if stub is None:
        return found
    evidence, flags = (*found.evidence, *stub.evidence), (*found.flags, Flag.PAYWALL_STUB)
    if stub.blocks:
        return replace(
            found, article=replace(article, blocks=stub.blocks), evidence=evidence, flags=flags
        )
    return _Found(
        outcome=Outcome.BLOCKED,
        reason="paywall: no word of the article but its headline",
        evidence=evidence,
        flags=flags,
    )


def _doubts(text: Text) -> tuple[str, ...]:
    """Return the flags of a text that was completed or that the second opinion doubts."""
    flags = ((Flag.RESCUED, text.rescued), (Flag.DISPUTED, text.opinion.disputed))
    return tuple(flag for flag, is_so in flags if is_so)


def _without_text(
    page: Page, verdict: Verdict, shell: str | None, flags: tuple[str, ...]
) -> _Found:
    outcome, reason = verdict.outcome, None
    if _needs_script(page):
        outcome, reason = Outcome.NEEDS_SCRIPT, "hardly any text, and a script that would write it"
    elif not element_text(page.tree):
        outcome, reason = Outcome.EMPTY, "no text in it"
    elif shell is not None and outcome is not Outcome.LISTING:
        outcome, reason = Outcome.EMPTY, shell
    elif verdict.outcome is Outcome.ARTICLE:
        outcome, reason = Outcome.PAGE, "marked as an article, but no text was found"
    return _Found(outcome=outcome, reason=reason, evidence=verdict.evidence, flags=flags)


def _shell(page: Page, bare: HtmlElement, prose: Prose, shape: Shape) -> str | None:
    """Return why the page is a frame without content; None when it has a text or a picture."""
    if shape.prose >= _SHELL_LETTERS:
        return None
    places = main_body_elements(bare, prose)
    if places:
        is_empty = all(len(element_text(place)) <= _EMPTY_LETTERS for place in places)
        media = any(map(_has_media, places))
        return None if media or not is_empty else "the element for the text is empty"
    if _has_media(bare):
        return None
    headings = sum(len(element_text(heading)) for heading in bare.iter("h1", "title"))
    letters = shape.letters - headings
    # A page may consist of a word or two, but not when it also has a site's frame.
    has_frame = next(page.tree.iter("header", "footer", "nav"), None) is not None
    is_bare = letters <= (_EMPTY_LETTERS if has_frame else 0)
    return "no text but the frame" if is_bare or _is_in_frame(shape.place) else None


def _is_in_frame(place: HtmlElement) -> bool:
    """Return whether *place* is part of the frame, and is kept only for lack of other text."""
    frames = [element for element in (place, *place.iterancestors()) if is_frame(element)]
    return bool(frames) and next(frames[-1].iter("h1"), None) is None


def _has_media(element: HtmlElement) -> bool:
    return any(
        next(medium.iterancestors("header", "footer", "nav"), None) is None
        for medium in element.iter(*_MEDIA)
    )


def _assembled(
    page: Page, data: Metadata, blocks: tuple[Block, ...]
) -> tuple[Article, tuple[str, ...]]:
    """Return the article and the flags of its fields."""
    published, modified, picture = data.published, data.modified, data.picture
    language, flags = language_of(claimed_languages(page), text_of(blocks), data.headline)
    article = Article(
        headline=data.headline,
        blocks=blocks,
        description=data.description,
        author=data.author.names,
        author_organization=data.author.organizations,
        date_published=published.instant if published else None,
        date_published_raw=published.raw if published else None,
        date_source=published.source if published and published.instant else None,
        date_precision=published.precision if published else None,
        date_modified=modified.instant if modified else None,
        date_modified_raw=modified.raw if modified else None,
        date_modified_source=modified.source if modified and modified.instant else None,
        date_modified_precision=modified.precision if modified else None,
        article_section=data.section,
        keywords=data.keywords,
        in_language=language,
        image=picture.url if picture else None,
        image_caption=picture.caption if picture else None,
        image_credit=picture.credit if picture else None,
        publisher=data.publisher,
        license=data.license,
        is_accessible_for_free=data.is_accessible_for_free,
    )
    return article, (*data.flags, *flags)


def _edges(page: Page, found: _Found) -> tuple[Edge, ...]:
    edges, part = [], found.part
    if part is not None:
        # From a later part to the first; from the first to the page that shows them all.
        whole = part.first if part.number > 1 else whole_page(page, part)
        if whole is not None:
            edges.append(Edge(EdgeKind.PART, without_sessions(whole)))
    # Without a canonical link the page's URL counts, without the parameters that name a visit.
    canonical = without_sessions(page.canonical or page.url)
    if canonical != page.url and all(edge.target != canonical for edge in edges):
        edges.append(Edge(EdgeKind.CANONICAL, canonical))
    if page.amphtml and page.amphtml != page.url and (part is None or part.number == 1):
        edges.append(Edge(EdgeKind.AMPHTML, without_sessions(page.amphtml)))
    if found.outcome is Outcome.ARTICLE and found.article is not None:
        others = {named.url for named in part.named} if part is not None else set()
        others |= {edge.target for edge in edges if edge.kind is EdgeKind.PART}
        edges += subpage_edges(page, found.article.headline, others)
    elif found.outcome is Outcome.PAGE and part is None:
        edges += story_edges(page)
    return tuple(edges)


def _needs_script(page: Page) -> bool:
    """Return whether the page is the empty shell of an application that a script fills."""
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
