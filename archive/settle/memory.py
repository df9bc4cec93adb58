"""What the captures of a URL show, judged by what the site showed before: a pure function.

A server may answer 200 where an article was removed. No phrase is needed to see it, in no language:
the page that showed a story with its author and date shows another headline without either, and a
short text that has nothing of the story. Or several addresses that showed different stories show
one text. Such captures show no article. A text that several stories show under their own headlines
is none of theirs either; it stands where a paywall has the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from archive.diff.tokens import tokens_of, word_count
from archive.model import (
    DOUBTFUL,
    Article,
    BlockKind,
    Flag,
    Outcome,
    Reading,
    Removal,
    Sighting,
)
from archive.settle.changes import unified
from archive.settle.site_verdict import SiteEvidence, site_verdict
from archive.settle.stories import same_story

APOLOGY_WORDS = 120
"""An error page has at most so many, with a paragraph on where to look instead."""
APOLOGY_SHARE = 0.5
"""Share of the words of the story that the page has at most."""
LEAST_STORIES = 3
"""Stories in whose place one text stands before it counts as none of theirs."""

_TOLD = frozenset({Outcome.ARTICLE, Outcome.PAGE, Outcome.LISTING})


@dataclass(frozen=True, slots=True)
class Shown:
    """A capture, and the text that it shows, if it shows one."""

    sighting: Sighting
    reading: Reading | None
    text_sha256: str | None


@dataclass(frozen=True, slots=True)
class EarlierText:
    """A text that *url* showed as an article before it showed another that is asked for."""

    url: str
    headline: str
    text_sha256: str


def stands_for_stories(earlier: Iterable[EarlierText]) -> bool:
    """Return whether a text stands in place of several stories; *earlier* are what stood there.

    Addresses that ever showed one headline or one text are those of one story.
    """
    group_of: dict[str, set[str]] = {}
    for each in earlier:
        names = [f"at {each.url}", f"text {each.text_sha256}"]
        if headline := unified(each.headline):
            names.append(f"headline {headline}")
        merged = set().union(*(group_of.get(name, {name}) for name in names))
        group_of.update(dict.fromkeys(merged, merged))
    return len({id(group) for group in group_of.values()}) >= LEAST_STORIES


def remembered(
    shown: Iterable[Shown], evidence: Mapping[str, SiteEvidence], shared: Collection[str]
) -> Iterator[tuple[Sighting, Reading | None]]:
    """Yield each capture as the site's memory judges it, and what it reads as.

    That is an article, or a page that is none but may belong to one; else None.
    *evidence* is that of each URL, and may lack those without any. *shared* are the digests of the
    texts that stand in place of several stories (``stands_for_stories``).
    """
    by_url: dict[str, list[Shown]] = defaultdict(list)
    for item in shown:
        by_url[item.sighting.url].append(item)
    for url, items in by_url.items():
        items.sort(key=lambda item: (item.sighting.fetched_at, item.sighting.record_id))
        yield from _Page(url, evidence.get(url, SiteEvidence()), shared).judged(items)


class _Page:
    """What one URL showed so far."""

    def __init__(self, url: str, evidence: SiteEvidence, shared: Collection[str]) -> None:
        self._url, self._evidence, self._shared = url, evidence, shared
        self._stories: dict[int, Article] = {}
        """The articles that it showed, by the ids of their extractions."""
        self._digests: set[str] = set()

    def judged(self, items: Iterable[Shown]) -> Iterator[tuple[Sighting, Reading | None]]:
        for item in items:
            sighting, reading = item.sighting, item.reading
            if reading is None or sighting.outcome not in _TOLD:
                yield sighting, None
                continue
            verdict = site_verdict(
                self._url,
                sighting.outcome,
                reading.article,
                reading.part,
                self._evidence,
                is_in_place=reading.is_in_place,
            )
            if reading.is_later_part:
                yield sighting, reading if verdict else None
                continue
            removal, reading = self._remembered(reading, item.text_sha256)
            if removal is not None:
                yield replace(sighting, outcome=Outcome.MISSING, removal=removal), None
            elif verdict is None:
                is_page = sighting.outcome is Outcome.PAGE
                yield sighting, replace(reading, is_article=False) if is_page else None
            else:
                self._learn(reading, item.text_sha256)
                yield replace(sighting, outcome=Outcome.ARTICLE), reading

    def _learn(self, reading: Reading, digest: str | None) -> None:
        if reading.flags & DOUBTFUL:
            return
        self._stories[reading.extraction_id] = reading.article
        if digest is not None:
            self._digests.add(digest)

    def _remembered(self, reading: Reading, digest: str | None) -> tuple[Removal | None, Reading]:
        """Return how the article was removed when *reading* was made, and what is left of it."""
        article, stories = reading.article, self._stories.values()
        is_known = not stories or reading.extraction_id in self._stories
        if is_known or reading.flags & DOUBTFUL:
            return None, reading
        if digest in self._shared and digest not in self._digests:
            if any(_share_a_text(story, article) for story in stories):
                return None, reading
            if any(same_story(story, article) for story in stories):
                return None, replace(reading, flags=reading.flags | {Flag.PAYWALL_STUB})
            return Removal.SHARED_TEXT, reading
        return (Removal.SOFT_404 if _is_apology(article, stories) else None), reading


def _is_apology(article: Article, stories: Collection[Article]) -> bool:
    """Return whether *article* has nothing of *stories*, which its address showed, and little else.

    A live page is rewritten, a headline with it, but it keeps its author or its date. A redesign
    that loses both keeps the story.
    """
    if article.author or article.date_published is not None:
        return False
    if not all(story.author or story.date_published is not None for story in stories):
        return False
    words = _word_count(article)
    least = min(map(_word_count, stories))
    if words > min(APOLOGY_WORDS, APOLOGY_SHARE * least):
        return False
    return not any(same_story(story, article) for story in stories)


def _share_a_text(one: Article, other: Article) -> bool:
    """Return whether two articles have a text in common, whatever their headlines and dates are."""
    return same_story(replace(one, headline="", date_published=None), other)


def _word_count(article: Article) -> int:
    saying = (block.text for block in article.blocks if block.kind is not BlockKind.CAPTION)
    return word_count(map(tokens_of, saying))
