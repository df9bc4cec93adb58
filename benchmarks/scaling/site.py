"""An invented site of real articles: its captures in five years, and what is read in each.

The texts, fields, blocks and tables of lines are those that our extraction reads in real pages.
Addresses, dates and visits are invented: a fifth of the articles names an AMP twin, a tenth is
reached by a redirect, a fifth has a translation, a seventh is edited, and a third is visited again
and has not changed. Two sitemaps, a feed, the front page and the pages of tags name them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha1, sha256
from typing import Any

from archive.model import (
    Alternate,
    Article,
    Block,
    BlockKind,
    Candidate,
    Capture,
    Edge,
    EdgeKind,
    Extraction,
    Kind,
    Outcome,
    RecordType,
    Via,
)
from archive.profile import Profile


def letters(number: int, width: int) -> str:
    """Return *number* in letters: digits are not compared in a short block, nor in an address."""
    found = ""
    for _ in range(width):
        number, digit = divmod(number, 26)
        found = chr(ord("a") + digit) + found
    return found


def mark_of(number: int) -> str:
    """Return what names a copy in its addresses, file names and texts."""
    return f"zq{letters(number, 5)}"


MARK = mark_of(0)
HOME = "https://scale.test/"
BEGINNING = datetime(2021, 1, 1, tzinfo=UTC)
YEARS = timedelta(days=365 * 5)
PROFILE = Profile(name="scale", home=HOME, feeds=(f"{HOME}feed",), exclude=("/tag/",))
FILE = f"scale-20210101000000000-{MARK}.warc.gz"
FEED_ENTRIES, FRONT_ENTRIES = 10, 20
RARE_WORDS = 40
"""A word of ``rare_word`` is in one article of so many of each copy."""
_NO_WORD = re.compile(r"\W+")
_FOOTER = Block(BlockKind.PARAGRAPH, "Read more news of the day, and subscribe to our newsletter.")


@dataclass(frozen=True, slots=True)
class Visit:
    """A capture with what extraction reads in its record."""

    capture: Capture
    found: Extraction


def rare_word(number: int, mark: str = MARK) -> str:
    """Return a word that the articles of one copy have whose numbers differ by ``RARE_WORDS``."""
    return f"zr{letters(number % RARE_WORDS, 2)}{mark}"


def cut_to(found: Extraction, most: int) -> Extraction:
    """Return *found* with the first *most* characters of its text."""
    assert found.article is not None
    blocks, left = [], most
    for block in found.article.blocks:
        blocks.append(replace(block, text=block.text[:left]))
        left -= len(block.text) + 1
        if left <= 0:
            break
    return replace(found, article=replace(found.article, blocks=tuple(blocks)))


class Site:
    """The site of *pages*, extractions of real articles. Its articles are numbered from 0."""

    def __init__(self, pages: Sequence[Extraction]) -> None:
        self._pages = pages
        self._records = 0
        self.urls = [
            f"{HOME}{MARK}/{self._published(n):%Y/%m}/{_slug(page, n)}/"
            for n, page in enumerate(pages)
        ]

    def visits(self) -> Iterator[Visit]:
        """Yield the captures of five years, in order of time."""
        yield from sorted(self._visits(), key=lambda visit: visit.capture.fetched_at)

    def story(self, number: int, url: str, at: datetime) -> Visit:
        """Return a visit at *url* of a new article, with the text of article *number* and more."""
        found = self._article(number, url, edits=0)
        assert found.article is not None
        blocks = (*found.article.blocks[:-1], Block(BlockKind.PARAGRAPH, f"Read at {url}"), _FOOTER)
        article = replace(found.article, blocks=blocks, headline=f"{found.article.headline} {at}")
        return self._visit(url, at, replace(found, article=article, edges=(), alternates=()))

    def front(self, at: datetime, number: int) -> Visit:
        """Return a visit of the front page that links the articles from *number* on."""
        named = range(number, min(number + FRONT_ENTRIES, len(self._pages)))
        blocks = tuple(Block(BlockKind.HEADING, self._headline(n), 2) for n in named)
        blocks = (Block(BlockKind.PARAGRAPH, f"{at:%A, %d %B %Y, %H:%M}"), *blocks)
        found = Extraction(
            outcome=Outcome.LISTING,
            extractor=self._pages[0].extractor,
            article=Article(headline="News of today", blocks=blocks, in_language="en"),
            language="en",
            candidates=tuple(Candidate(url=self.urls[n], via=Via.LINK) for n in named),
            confidence=0.5,
        )
        return self._visit(HOME, at, found)

    def _visits(self) -> Iterator[Visit]:
        total = len(self._pages)
        for number in range(total):
            yield from self._of_article(number)
        for first in range(0, total, FRONT_ENTRIES):
            yield self.front(self._published(first) + timedelta(minutes=5), first)
        for first in range(0, total, FEED_ENTRIES):
            yield self._feed(range(first, min(first + FEED_ENTRIES, total)))
        middle = total // 2
        for part, named in enumerate((range(middle), range(middle, total))):
            for months in (1, 2, 3):
                yield self._sitemap(part, named, BEGINNING + YEARS - timedelta(days=30 * months))

    def _of_article(self, number: int) -> Iterator[Visit]:
        url, at = self.urls[number], self._published(number) + timedelta(minutes=20)
        first = self._visit(url, at, self._article(number, url, edits=0))
        yield first
        if number % 10 == 3:
            yield self._redirect(f"{HOME}{MARK}/r/{number}", url, at - timedelta(minutes=1))
        if number % 7 == 0:
            for edits in range(1, 2 + (number % 14 == 0)):
                edited = self._article(number, url, edits=edits)
                yield self._visit(url, at + timedelta(days=edits), edited)
        elif number % 3 == 0:
            for days in (2, 9):
                yield self._revisit(first, at + timedelta(days=days))

    def _article(self, number: int, url: str, *, edits: int) -> Extraction:
        page = self._pages[number]
        assert page.article is not None
        marks = f"File {rare_word(number)} zx{letters(number, 3)}{MARK}."
        added = [Block(BlockKind.PARAGRAPH, f"Correction {n} of {marks}") for n in range(edits)]
        blocks = (*page.article.blocks, Block(BlockKind.PARAGRAPH, marks), *added, _FOOTER)
        others = [n for n in range(number + 1, number + 11) if n < len(self._pages)]
        candidates = [Candidate(url=self.urls[n], via=Via.LINK) for n in others]
        candidates.append(Candidate(url=f"{HOME}{MARK}/tag/{number}/", via=Via.LINK))
        edges, alternates = [], []
        if number % 5 == 0:
            edges.append(Edge(EdgeKind.AMPHTML, f"{url}amp/"))
            candidates.append(Candidate(url=f"{url}amp/", via=Via.AMPHTML, kind=Kind.AMP))
        if number % 10 in {6, 7}:
            pair = number - number % 10 + 6
            named = zip(("en", "fr"), self.urls[pair : pair + 2], strict=False)
            alternates = [Alternate(language, other) for language, other in named]
        return replace(
            page,
            article=replace(page.article, blocks=blocks),
            candidates=tuple(candidates),
            edges=tuple(edges),
            alternates=tuple(alternates),
            part=None,
        )

    def _redirect(self, url: str, target: str, at: datetime) -> Visit:
        found = Extraction(
            outcome=Outcome.REDIRECT,
            extractor=self._pages[0].extractor,
            edges=(Edge(EdgeKind.REDIRECT, target),),
            candidates=(Candidate(url=target, via=Via.REDIRECT),),
        )
        return self._visit(url, at, found, status=301)

    def _feed(self, named: range) -> Visit:
        at = self._published(named[-1]) + timedelta(minutes=10)
        entries = [
            Candidate(url=self.urls[n], via=Via.FEED, published=self._published(n).isoformat())
            for n in named
        ]
        return self._source(f"{HOME}feed", at, Outcome.FEED, entries)

    def _sitemap(self, part: int, named: range, at: datetime) -> Visit:
        entries = [
            Candidate(
                url=self.urls[n], via=Via.SITEMAP, lastmod=self._published(n).date().isoformat()
            )
            for n in named
        ]
        return self._source(f"{HOME}{MARK}/sitemap-{part}.xml", at, Outcome.SITEMAP, entries)

    def _source(self, url: str, at: datetime, outcome: Outcome, entries: list[Candidate]) -> Visit:
        extractor = self._pages[0].extractor
        found = Extraction(outcome=outcome, extractor=extractor, candidates=tuple(entries))
        return self._visit(url, at, found)

    def _visit(self, url: str, at: datetime, found: Extraction, status: int = 200) -> Visit:
        digest = sha1(f"{url} {at}".encode(), usedforsecurity=False).hexdigest()[:32].upper()
        capture = Capture(
            url=url,
            fetched_at=at,
            record_type=RecordType.RESPONSE,
            http_status=status,
            content_type="text/html; charset=utf-8",
            payload_digest=f"sha1:{digest}",
            etag=f'"{digest[:16]}"',
            last_modified=at.strftime("%a, %d %b %Y %H:%M:%S GMT"),
            ip="192.0.2.1",
            **self._place(url, at),
        )
        return Visit(capture, found)

    def _revisit(self, first: Visit, at: datetime) -> Visit:
        url = first.capture.url
        capture = replace(
            first.capture,
            fetched_at=at,
            record_type=RecordType.REVISIT,
            http_status=304,
            payload_digest=None,
            refers_to=first.capture.warc_record_id,
            **self._place(url, at),
        )
        extractor = first.found.extractor
        return Visit(capture, Extraction(outcome=Outcome.REVISIT, extractor=extractor))

    def _place(self, url: str, at: datetime) -> dict[str, Any]:
        self._records += 1
        name = sha256(f"{url} {at}".encode()).hexdigest()
        uuid = "-".join((name[:8], name[8:12], name[12:16], name[16:20], name[20:32]))
        return {
            "warc_file": FILE,
            "warc_offset": 20_000 * self._records,
            "warc_length": 18_000,
            "warc_record_id": f"<urn:uuid:{uuid}>",
        }

    def _published(self, number: int) -> datetime:
        return BEGINNING + YEARS * number / len(self._pages)

    def _headline(self, number: int) -> str:
        article = self._pages[number].article
        return article.headline if article else ""


def _slug(page: Extraction, number: int) -> str:
    headline = page.article.headline if page.article else ""
    return f"{_NO_WORD.sub('-', headline.casefold())[:50].strip('-')}-{number}"
