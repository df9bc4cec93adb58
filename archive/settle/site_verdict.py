"""Whether a capture is read as an article: the page's own verdict, and the site's beside it.

A page is judged by its own signs when it is extracted, and that verdict decides what a crawl does
with it. When articles are settled, more is known: a sitemap of news or a feed may name the page as
an article. Such a source errs as well. It names front pages, galleries and lists, so the page must
have a text of some sentences, and a page that looks like a list must have a text like an article's.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from archive.model import Article, BlockKind, Outcome, Part
from archive.urls import is_home

SENTENCE_LETTERS = 60
"""A paragraph with fewer letters is a label, a caption or the name of an author."""
TEXT_LETTERS = 250
"""Letters in sentences that a text of some sentences has (as ``dom.lines.bears_text``)."""
LEAST_PROSE = 0.75
"""Share of its letters that an article has in paragraphs; a list has them in headings and links."""
MOST_HEADED = 0.5
"""Share of the paragraphs that stand first below a heading; of a list with teasers, nearly all."""

_SAYING = frozenset({BlockKind.PARAGRAPH, BlockKind.QUOTE})
_BESIDE = frozenset({BlockKind.CAPTION, BlockKind.FOOTNOTE})


class VerdictReason(StrEnum):
    """Why a capture is read as an article."""

    PAGE = "page"
    """Its own signs say so."""
    PART = "part"
    """It is a later page of an article."""
    NAMED = "named"
    """A sitemap of news or a feed of articles names it."""
    IN_PLACE = "in_place"
    """Its text is where the publisher's articles have theirs, and it is dated as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteEvidence:
    """What the captures of a site say about one URL, beside those of the URL itself.

    *is_named*: some capture of a sitemap of news, or of a feed of articles, names the URL. Such
    sources are windows on the latest articles, so a URL that was named once stays named.
    """

    is_named: bool = False


NO_EVIDENCE = SiteEvidence()


def site_verdict(
    url: str,
    outcome: Outcome,
    article: Article | None,
    part: Part | None,
    evidence: SiteEvidence = NO_EVIDENCE,
    *,
    is_in_place: bool = False,
) -> VerdictReason | None:
    """Return why a capture of *url* is read as an article; None if it is none.

    *outcome* is the page's own verdict, *article* its text, *part* which part of an article it is.
    *is_in_place* says that its text is where the publisher's articles have theirs. Pages about the
    publisher have it there, too, but they have no date.
    """
    if article is None:
        return None
    if outcome is Outcome.ARTICLE:
        return VerdictReason.PAGE
    if part is not None and part.number > 1:
        return VerdictReason.PART
    may_be = outcome is Outcome.PAGE or (outcome is Outcome.LISTING and _is_prose(article))
    if not may_be or is_home(url) or not _has_sentences(article):
        return None
    if evidence.is_named:
        return VerdictReason.NAMED
    is_dated = article.date_published is not None
    return VerdictReason.IN_PLACE if is_in_place and is_dated else None


def _has_sentences(article: Article) -> bool:
    letters = (_letters(block.text) for block in article.blocks if block.kind in _SAYING)
    return sum(number for number in letters if number >= SENTENCE_LETTERS) >= TEXT_LETTERS


def _is_prose(article: Article) -> bool:
    """Return whether the text is one of paragraphs that follow each other."""
    blocks = [block for block in article.blocks if block.kind not in _BESIDE]
    headed: list[bool] = []
    said = 0
    for before, block in zip([None, *blocks], blocks, strict=False):
        letters = _letters(block.text)
        if block.kind in _SAYING and letters >= SENTENCE_LETTERS:
            headed.append(before is not None and before.kind not in _SAYING)
            said += letters
    total = sum(_letters(block.text) for block in blocks)
    return (
        len(headed) > 1 and said >= LEAST_PROSE * total and sum(headed) <= MOST_HEADED * len(headed)
    )


def _letters(text: str) -> int:
    """Return the number of letters and digits; a wide one counts three, as three make a word."""
    return sum(
        3 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
        if character.isalnum()
    )
