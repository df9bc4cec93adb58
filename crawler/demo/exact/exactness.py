"""Compare an archive of the demo publisher with what the publisher really said.

The functions are pure: they compare the archive's articles (``holdings`` reads them) with ``truth``
on the days of the visits. A text or a headline that differs in one character is a miss.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import combinations, pairwise

from archive.model import Block, BlockKind, ChangeKind
from crawler.demo.exact.truth import Expected, Name, Truth, expected, truth
from crawler.demo.newsroom.chronicle import Chronicle
from crawler.demo.newsroom.events import StoryEventKind
from crawler.demo.newsroom.stories import Story
from crawler.demo.publisher import DEMO_HOST, Publisher

EXCERPT = 20
"""Characters that a miss shows on each side of the first difference of two lines."""


class Fact(StrEnum):
    """What is compared, and its name in a report."""

    STORY = "stories, each one article"
    ADDRESS = "addresses, former ones included"
    VERSION = "versions, each from the first to the last visit that saw it"
    CHANGE = "changes, each of its kind"
    HEADLINE = "headlines"
    AUTHOR = "authors of each version, by name"
    TEXT = "texts, to the character"
    LANGUAGE = "languages"
    TRANSLATION = "pairs of translations"
    REMOVAL = "removals, each how and when"
    RESTORATION = "restorations"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldVersion:
    """A version in the archive; *change_kind* is None for the first."""

    seen_from: datetime
    seen_until: datetime
    headline: str
    text: str
    change_kind: ChangeKind | None
    author: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldArticle:
    """An article in the archive; *restored_at* are the captures that found it again."""

    canonical_url: str
    in_language: str | None
    translation_group: str | None
    gone_at: datetime | None
    gone_reason: str | None
    addresses: frozenset[str]
    versions: tuple[HeldVersion, ...]
    restored_at: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Miss:
    """A difference between the archive and the truth: the story, and what is wrong."""

    fact: Fact
    story: str
    problem: str


@dataclass(frozen=True, slots=True)
class Measure:
    """How many are right, *of* how many that are in the truth or in the archive."""

    right: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exactness:
    """The result of the comparison.

    *unedited* is how many versions of the archive no edit made: only the frame of the page changed,
    or nothing. Each is also in *misses*.
    """

    days: tuple[int, ...]
    measures: Mapping[Fact, Measure]
    unedited: int
    misses: tuple[Miss, ...]

    @property
    def is_exact(self) -> bool:
        """Whether there is no miss."""
        return not self.misses


def exactness(
    held: Iterable[HeldArticle], days: Iterable[int], chronicle: Chronicle | None = None
) -> Exactness:
    """Compare the articles of an archive with the truth on the *days* of its visits.

    A story of which no visit got more than a stub or an incomplete page is not compared.
    """
    told = chronicle or Chronicle()
    comparison = _Comparison(told, tuple(sorted(set(days))))
    comparison.compare(list(held))
    return comparison.result()


@dataclass
class _Tally:
    right: int = 0
    of: int = 0


@dataclass
class _Comparison:
    """The comparison so far."""

    chronicle: Chronicle
    days: tuple[int, ...]
    tallies: dict[Fact, _Tally] = field(default_factory=lambda: {fact: _Tally() for fact in Fact})
    misses: list[Miss] = field(default_factory=list)
    unedited: int = 0

    def compare(self, held: list[HeldArticle]) -> None:
        visits = [truth(day, self.chronicle) for day in self.days]
        known = expected(self.days, self.chronicle)
        found, others = _matched(known, held)
        stubs = {
            item.url()
            for visit in visits
            for name, item in visit.items()
            if item.is_live and name not in known
        }
        for article in others:
            if article.canonical_url in stubs:
                continue
            problem = "an article of the archive that is no story, or is one twice"
            self._note(Fact.STORY, article.canonical_url, problem)
        for name, item in known.items():
            article_or_none = found.get(name)
            missing = None if article_or_none else f"not archived at {_url(item.path)}"
            self._note(Fact.STORY, _called(name), missing)
            if article_or_none is not None:
                self._compare(name, item, article_or_none, [visit[name] for visit in visits])
        self._compare_translations(known, found)

    def result(self) -> Exactness:
        return Exactness(
            days=self.days,
            measures={fact: Measure(each.right, each.of) for fact, each in self.tallies.items()},
            unedited=self.unedited,
            misses=tuple(self.misses),
        )

    def _note(self, fact: Fact, story: str, problem: str | None) -> None:
        """Count a fact as right, or as a miss with *problem*."""
        self.tallies[fact].of += 1
        if problem is None:
            self.tallies[fact].right += 1
        else:
            self.misses.append(Miss(fact, story, problem))

    def _compare(
        self, name: Name, item: Expected, article: HeldArticle, visits: list[Truth]
    ) -> None:
        called = _called(name)
        for path in (item.path, *item.old_paths):
            lost = None if _url(path) in article.addresses else f"{path} does not lead to it"
            self._note(Fact.ADDRESS, called, lost)
        language = (article.in_language or "none").partition("-")[0]
        problem = None if language == name[1] else f"taken for {language}"
        self._note(Fact.LANGUAGE, called, problem)
        self._compare_versions(called, item, article)
        self._compare_authors(called, article, visits)
        self._compare_changes(called, article, visits)
        self._compare_absences(called, item, article, visits)

    def _compare_versions(self, called: str, item: Expected, article: HeldArticle) -> None:
        publisher = self.chronicle.publisher
        said: dict[int, tuple[int, HeldVersion]] = {}
        strange = []
        for first, last in _sayings(article.versions):
            since, until = (day_of(at, publisher) for at in (first.seen_from, last.seen_until))
            if since in said:
                strange.append(since)
            said[since] = until, first
        for version in item.versions:
            wanted = f"day {version.seen_from} to {version.seen_until}"
            if version.seen_from not in said:
                self._note(Fact.VERSION, called, f"no version of {wanted}")
                continue
            until, there = said.pop(version.seen_from)
            right = until == version.seen_until
            self._note(Fact.VERSION, called, None if right else f"{wanted}: seen until day {until}")
            for fact, true, said_there in (
                (Fact.HEADLINE, version.headline, there.headline),
                (Fact.TEXT, version.text, there.text),
            ):
                problem = f"day {version.seen_from}: {_unlike(true, said_there)}"
                self._note(fact, called, None if true == said_there else problem)
        for day in (*said, *strange):
            self._note(Fact.VERSION, called, f"a version from day {day} that is none")

    def _compare_authors(self, called: str, article: HeldArticle, visits: list[Truth]) -> None:
        stories = {visit.day: visit.story for visit in visits if visit.is_shown}
        for version in article.versions:
            day = day_of(version.seen_from, self.chronicle.publisher)
            story = stories.get(day)
            if story is None:  # a version of a day on which there was none is a miss of its own
                continue
            right = version.author == story.author
            said = ", ".join(version.author) or "nobody"
            problem = f"day {day}: by {', '.join(story.author)}; archived as by {said}"
            self._note(Fact.AUTHOR, called, None if right else problem)

    def _compare_changes(self, called: str, article: HeldArticle, visits: list[Truth]) -> None:
        wanted = dict(_changes(visits, self.chronicle))
        for version in article.versions[1:]:
            day, said = day_of(version.seen_from, self.chronicle.publisher), version.change_kind
            kind = wanted.pop(day, None)
            problem = None if kind == said else f"day {day}: {kind} changed; archived as {said}"
            if kind is None:
                self.unedited += 1
                problem = f"day {day}: a version ({said}) that no edit made"
            self._note(Fact.CHANGE, called, problem)
        for day, kind in wanted.items():
            self._note(Fact.CHANGE, called, f"day {day}: {kind} changed; no version says so")

    def _compare_absences(
        self, called: str, item: Expected, article: HeldArticle, visits: list[Truth]
    ) -> None:
        publisher = self.chronicle.publisher
        wanted = (item.gone_on, item.gone and str(item.gone))
        gone_on = None if article.gone_at is None else day_of(article.gone_at, publisher)
        found = (gone_on, article.gone_reason)
        if wanted != found or item.gone is not None:
            problem = f"gone {_when(*wanted)}; archived as gone {_when(*found)}"
            self._note(Fact.REMOVAL, called, None if wanted == found else problem)
        back = set(_restorations(visits))
        seen = {day_of(at, publisher) for at in article.restored_at}
        for day in sorted(back | seen):
            right = day in back and day in seen
            problem = f"day {day}: {'it came back' if day in back else 'it had not been gone'}"
            self._note(Fact.RESTORATION, called, None if right else problem)

    def _compare_translations(
        self, known: Mapping[Name, Expected], found: Mapping[Name, HeldArticle]
    ) -> None:
        for (one, first), (other, second) in combinations(sorted(found.items()), 2):
            are = one[0] == other[0] and one in known and other in known
            group = first.translation_group
            taken = group is not None and group == second.translation_group
            if not are and not taken:
                continue
            problem = (
                "in one group, and no translations"
                if taken
                else "translations, in no group together"
            )
            both = f"{_called(one)} and {_called(other)}"
            self._note(Fact.TRANSLATION, both, None if are == taken else problem)


def day_of(at: datetime, publisher: Publisher) -> int:
    """Return the day of the visit that made a capture *at* a time."""
    return (at - publisher.day_zero) // timedelta(days=1)


def _called(name: Name) -> str:
    return f"{name[0]}/{name[1]}"


def _url(path: str) -> str:
    return f"http://{DEMO_HOST}{path}"


def _when(day: int | None, how: str | None) -> str:
    return "never" if day is None else f"on day {day} ({how})"


def _matched(
    known: Mapping[Name, Expected], held: list[HeldArticle]
) -> tuple[dict[Name, HeldArticle], list[HeldArticle]]:
    """Return the article of each story, and the articles without a story.

    If two articles have the address of a story, the one with the story's headlines is taken.
    """
    left = list(held)
    found = {}
    for name, item in known.items():
        headlines = {version.headline for version in item.versions}
        candidates = [each for each in left if each.canonical_url == _url(item.path)]
        candidates.sort(key=lambda each: headlines.isdisjoint(v.headline for v in each.versions))
        if candidates:
            found[name] = candidates[0]
            left.remove(candidates[0])
    return found, left


_QUIET = frozenset({ChangeKind.FORMATTING, ChangeKind.METADATA})
"""Changes that change neither the headline nor the words."""


def _sayings(versions: Sequence[HeldVersion]) -> Iterator[tuple[HeldVersion, HeldVersion]]:
    """Yield the first and the last of consecutive versions that say the same."""
    run: list[HeldVersion] = []
    for version in versions:
        if run and version.change_kind not in _QUIET:
            yield run[0], run[-1]
            run = []
        run.append(version)
    if run:
        yield run[0], run[-1]


def _changes(visits: Sequence[Truth], told: Chronicle) -> Iterator[tuple[int, ChangeKind]]:
    """Yield the visits that found a story changed since it was last seen, and how."""
    shown = [(visit.day, visit.story) for visit in visits if visit.is_shown and visit.story]
    for (since, before), (day, after) in pairwise(shown):
        between = {event.kind for event in told.events_of(after) if since < event.day <= day}
        kind = _kind(before, after, between)
        if kind is not None:
            yield day, kind


def _kind(before: Story, after: Story, between: Collection[StoryEventKind]) -> ChangeKind | None:
    """Return how *after* differs from *before*; *between* are the events between them."""
    body = before.text != after.text
    if before.headline != after.headline:
        return ChangeKind.HEADLINE_AND_BODY if body else ChangeKind.HEADLINE
    if body:
        return ChangeKind.CORRECTION if StoryEventKind.CORRECTION in between else ChangeKind.BODY
    if _blocks(before) != _blocks(after):
        return ChangeKind.FORMATTING
    if (before.author, before.date_published) != (after.author, after.date_published):
        return ChangeKind.METADATA
    return None


def _blocks(story: Story) -> list[Block]:
    return [block for block in story.blocks if block.kind is not BlockKind.CAPTION]


def _restorations(visits: Sequence[Truth]) -> Iterator[int]:
    """Yield the visits that found a story again after it was gone."""
    was_seen = was_gone = False
    for visit in visits:
        if visit.is_shown:
            if was_seen and was_gone:
                yield visit.day
            was_seen, was_gone = True, False
        elif visit.gone is not None:
            was_gone = True


def _unlike(true: str, said: str) -> str:
    """Return in a few words how two texts differ."""
    old, new = true.splitlines(), said.splitlines()
    lacking, strange = [x for x in old if x not in new], [x for x in new if x not in old]
    if not lacking and not strange:
        return "its lines are in another order, or some are there more or less often"
    many = (
        f"{len(lacking)} of {len(old)} lines are not as written" if lacking else "a line too many"
    )
    if not strange:
        return f"{many}: “{_excerpt(lacking[0], 0)}” is lacking"
    if not lacking:
        return f"{many}: “{_excerpt(strange[0], 0)}”"
    pairs = zip(lacking[0], strange[0], strict=False)  # one may be longer than the other
    at = next((n for n, (x, y) in enumerate(pairs) if x != y), len(lacking[0]))
    return f"{many}: “{_excerpt(lacking[0], at)}” became “{_excerpt(strange[0], at)}”"


def _excerpt(line: str, at: int) -> str:
    """Return the part of *line* around *at*."""
    first, last = max(at - EXCERPT, 0), at + EXCERPT
    return f"{'…' if first else ''}{line[first:last]}{'…' if line[last:] else ''}"
