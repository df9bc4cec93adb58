"""What an article said at each moment, put together from the captures of its pages.

Most articles have one page, and each capture of it says all. Of an article in several pages, the
text at a moment is that of the first page and of the later ones that it names, each as captured
nearest before. A part that was captured only later is taken from its first capture: it completes
the text, and nobody has edited anything. Everything is a function of the set of captures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from archive.model import DOUBTFUL, Article, Block, Reading, VersionPart
from archive.settle.boilerplate import kept_blocks
from archive.settle.changes import change

VISIT = timedelta(hours=1)
"""Captures of several parts within this time show one state: a crawl fetches them together, and an
edit that moves a paragraph from one part to the next is one edit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """What an article said at a moment.

    *first* is the reading of its first page, or of its only one. *article* is the article with the
    text of all its parts, *removed* the boilerplate that it is without. Of an article in several
    pages, *parts* are those that were captured, and *missing* the numbers of the others.
    """

    first: Reading
    article: Article
    removed: tuple[Block, ...]
    parts: tuple[VersionPart, ...] = ()
    missing: tuple[int, ...] = ()

    @property
    def key(self) -> tuple[int, ...]:
        """The ids of the extractions that it is made of."""
        return tuple(part.reading.extraction_id for part in self.parts) or (
            self.first.extraction_id,
        )

    def only(self, numbers: frozenset[int]) -> Article:
        """Return the article with the text of those of its parts that are among *numbers*."""
        some = [part for part in self.parts if part.number in numbers]
        return replace(self.article, blocks=tuple(_blocks(some)))


@dataclass(frozen=True, slots=True)
class Showing:
    """Captures of an article's pages that belong together, in order of time, and what they show."""

    captures: tuple[Reading, ...]
    state: Assembly

    def since(self, before: Assembly | None) -> datetime:
        """Return the first capture that shows what *before* does not have."""
        if before is None:
            return self.state.first.fetched_at
        known = {1: before.first} | {part.number: part.reading for part in before.parts}
        new = (
            reading.fetched_at
            for reading in self.captures
            if _differs(known.get(_number(reading)), reading)
        )
        return next(new, self.captures[0].fetched_at)

    @property
    def until(self) -> datetime:
        """The last of the captures."""
        return self.captures[-1].fetched_at


def showings(
    pages: Sequence[Reading], parts: Sequence[Reading], keys: frozenset[str]
) -> Iterator[Showing]:
    """Yield what an article said at each visit, in order of time.

    *pages* are the readings of its first page, or of its only one, and *parts* those of its later
    parts; *keys* are those of the blocks that are boilerplate.
    """
    shelf = _Shelf(pages, _sound(parts), keys)
    seen: list[Reading] = []
    for captures in _together([*pages, *shelf.parts]):
        seen += captures
        state = shelf.state(seen)
        if state is not None:
            yield Showing(tuple(captures), state)


def _differs(before: Reading | None, after: Reading) -> bool:
    if before is None:
        return True
    if before.extraction_id == after.extraction_id:
        return False
    return before.part != after.part or change(before.article, after.article) is not None


def _sound(parts: Sequence[Reading]) -> list[Reading]:
    """Return *parts* without those in doubt of which another capture is whole."""
    whole = {_number(part) for part in parts if not part.flags & DOUBTFUL}
    return [part for part in parts if not part.flags & DOUBTFUL or _number(part) not in whole]


def _number(reading: Reading) -> int:
    return reading.part.number if reading.part else 1


def _together(readings: Sequence[Reading]) -> Iterator[list[Reading]]:
    here: list[Reading] = []
    for reading in sorted(readings, key=lambda each: (each.fetched_at, each.record_id)):
        is_new = _number(reading) in map(_number, here)
        if here and (is_new or reading.fetched_at - here[0].fetched_at > VISIT):
            yield here
            here = []
        here.append(reading)
    if here:
        yield here


class _Shelf:
    """The readings of one article, from which its states are put together."""

    def __init__(
        self, pages: Sequence[Reading], parts: Sequence[Reading], keys: frozenset[str]
    ) -> None:
        self.parts = parts
        self._keys = keys
        self._names_parts = any(page.part is not None for page in pages)
        self._by_number: dict[int, list[Reading]] = defaultdict(list)
        for part in sorted(parts, key=lambda each: (each.fetched_at, each.record_id)):
            self._by_number[_number(part)].append(part)
        self._made: dict[tuple[tuple[int, int], ...], Assembly] = {}

    def state(self, seen: Sequence[Reading]) -> Assembly | None:
        """Return the state that the captures *seen* so far show; None before the first page."""
        first = next((reading for reading in reversed(seen) if not reading.is_later_part), None)
        if first is None:
            return None
        chosen, missing = self._chosen(first, seen[-1].fetched_at)
        key = tuple((number, part.extraction_id) for number, part in sorted(chosen.items()))
        key = ((1, first.extraction_id), *key)
        if key not in self._made:
            self._made[key] = _put_together(first, chosen, missing, self._keys)
        return replace(self._made[key], first=first)

    def _chosen(
        self, first: Reading, moment: datetime
    ) -> tuple[dict[int, Reading], tuple[int, ...]]:
        """Return the later parts at *moment* by their numbers, and the numbers that are missing."""
        wanted: dict[int, str | None] = dict(_named(first))
        if not self._names_parts:  # what the first page does not name, the parts may say of it
            wanted = dict.fromkeys(self._by_number)
        chosen: dict[int, Reading] = {}
        while new := sorted(wanted.keys() - chosen.keys() - {1}):
            before = len(chosen)
            for number in new:
                part = self._nearest(number, wanted[number], moment)
                if part is not None:
                    chosen[number] = part
                    wanted = {**dict(_named(part)), **wanted}
            if len(chosen) == before:
                break
        missing = {*range(2, max(wanted, default=1) + 1)} - chosen.keys()
        return chosen, tuple(sorted(missing))

    def _nearest(self, number: int, url: str | None, moment: datetime) -> Reading | None:
        """Return the capture of part *number* nearest before *moment*, or the first one after."""
        known = self._by_number.get(number, [])
        some = [part for part in known if part.url == url] or known
        before = [part for part in some if part.fetched_at <= moment]
        return before[-1] if before else next(iter(some), None)


def _named(reading: Reading) -> Iterator[tuple[int, str]]:
    if reading.part is not None:
        yield from ((named.number, named.url) for named in reading.part.named)


def _put_together(
    first: Reading, later: Mapping[int, Reading], missing: tuple[int, ...], keys: frozenset[str]
) -> Assembly:
    pages = {1: first, **dict(sorted(later.items()))}
    kept = {n: kept_blocks(page.article, page.url, keys) for n, page in pages.items()}
    removed = tuple(
        block
        for n, page in pages.items()
        for at, block in enumerate(page.article.blocks)
        if at not in set(kept[n])
    )
    if len(pages) == 1 and not missing:
        whole = len(kept[1]) == len(first.article.blocks)
        blocks = tuple(first.article.blocks[at] for at in kept[1])
        article = first.article if whole else replace(first.article, blocks=blocks)
        return Assembly(first=first, article=article, removed=removed)
    parts = _without_repetitions([VersionPart(n, page, kept[n]) for n, page in pages.items()])
    return Assembly(
        first=first,
        article=replace(first.article, blocks=tuple(_blocks(parts))),
        removed=tuple(dict.fromkeys(removed)),  # each page has the same frame
        parts=tuple(parts),
        missing=missing,
    )


def _blocks(parts: Sequence[VersionPart]) -> Iterator[Block]:
    for part in parts:
        yield from (part.reading.article.blocks[at] for at in part.blocks)


def _without_repetitions(parts: Sequence[VersionPart]) -> list[VersionPart]:
    """Return *parts* without what each page repeats around its part of the text.

    A standfirst that is at the beginning of each part stays in the first, and a note that is at the
    end of each stays in the last. A page without any text of its own adds nothing.
    """
    texts = [list(_blocks([part])) for part in parts]
    front = _equal_at_start(texts)
    back = _equal_at_start([text[front:][::-1] for text in texts])
    found = []
    told: set[Block] = set()
    for at, part in enumerate(parts):
        start = front if at else 0
        end = len(part.blocks) - (back if at < len(parts) - 1 else 0)
        own = texts[at][start:end]
        is_told = at > 0 and told.issuperset(own)
        found.append(replace(part, blocks=() if is_told else part.blocks[start:end]))
        told.update(own)
    return found


def _equal_at_start(texts: Sequence[Sequence[Block]]) -> int:
    """Return how many blocks all of *texts*, two or more, begin with."""
    if len(texts) < 2:
        return 0
    columns = enumerate(zip(*texts, strict=False))
    least = min(map(len, texts))
    return next((at for at, column in columns if len(set(column)) > 1), least)
