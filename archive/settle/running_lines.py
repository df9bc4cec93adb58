"""Lines of a page that run while nobody edits it: counters of readers, "3 minutes ago", weather.

They are told in two ways. A line says itself what it is, if it has nothing but what pages count of
themselves and times that pass. Or the captures of the article show it: a short line, no sentence,
that is another in its digits alone from one capture to the next, while all else stays as it was, or
that grows above or below the text. Such lines are left out of the comparison of two captures; in
the text of a version they stay as they were.

What digits mean is never guessed in a sentence, a table, a list or a heading: they are the content.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from itertools import pairwise

from archive.diff.tokens import tokens_of
from archive.extract.phrases.loading import phrases
from archive.extract.phrases.notation import any_whole
from archive.extract.phrases.relative_times import without_relative_times
from archive.model import Article, Block, BlockKind
from archive.settle.changes import unified

MOST_WORDS_OF_A_LINE = 12
"""A longer line is prose, or a table without cells; both are the text."""
MOST_LETTERS_OF_A_LINE = 120
LEAST_COUNT = 100
"""A number that only grew once counts readers if it is large; small ones are mostly facts."""
MOST_LABEL_WORDS = 6

_SAYING = frozenset({BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.LIST_ITEM})
_SHOWING = frozenset({BlockKind.PARAGRAPH})
_NUMBER = re.compile(
    r"(?:(?<!\w)[+▲▼↑↓-]\s?)?\d+(?:[.,'’\u00a0\u202f ]\d+)*\s?(?:[KkMm]\b|[万萬千億亿만천])?"
)
_SENTENCE = re.compile(r"[.!?;…。！？।؟۔]\W*$")
_LETTER = re.compile(r"[^\W\d_]")
_PLAIN = re.compile(r"[\w\s:：()\[\]|·•.,'’-]*")
"""Without signs of money, shares, degrees and the like, whose numbers are facts."""
_YEAR = re.compile(r"(?:19|20)\d\d")

_Line = tuple[str, int]
"""A line without its numbers, and how many lines before it on the page are the same without."""

_Listed = tuple[int, _Line, tuple[str, ...]]
"""Which block a line is, the line, and its numbers."""


def without_running(articles: Sequence[Article]) -> list[Article]:
    """Return *articles*, what one page said at successive captures, without the lines that run.

    They are for comparison only. What is left out of one depends on all of them.
    """
    said = [replace(article, blocks=_without_counts(article)) for article in articles]
    running = _running(said)
    return [_without(article, running) for article in said] if running else said


@lru_cache(maxsize=4_096)  # the captures of an article have mostly the same lines
def counts_itself(text: str) -> bool:
    """Return whether *text*, a line, says only what its page counts, or how long ago it was."""
    if len(text) > MOST_LETTERS_OF_A_LINE:
        return False
    # The phrases of all languages take a tenth of a second to load; no command begins with them.
    from archive.extract.phrases.datelines import tells_of_change, without_reading_time

    rest = without_reading_time(without_relative_times(text))
    rest, counted = _counts().subn(" ", rest)
    is_all = _LETTER.search(rest) is None and (counted or rest != text.casefold())
    return bool(is_all) or tells_of_change(rest)


@cache
def _counts() -> re.Pattern[str]:
    words = any_whole(phrases().counted)
    number = rf"(?:{_NUMBER.pattern})"
    return re.compile(rf"{number}\W{{0,3}}{words}|{words}(?:\W{{0,3}}{number})?", re.IGNORECASE)


def _without_counts(article: Article) -> tuple[Block, ...]:
    return tuple(block for block in article.blocks if not _is_count(block))


def _is_count(block: Block) -> bool:
    text = unified(block.text)
    if block.kind is BlockKind.HEADING and not _NUMBER.search(text):
        return False  # the comments and reactions of an article may be those that it tells of
    return block.kind in _SAYING and counts_itself(text)


def _lines(article: Article) -> Iterator[_Listed]:
    """Yield the lines of *article* that may run."""
    seen: Counter[str] = Counter()
    for at, block in enumerate(article.blocks):
        text = unified(block.text)
        if block.kind in _SHOWING and _may_run(text):
            shape = _NUMBER.sub("0", text)
            yield at, (shape, seen[shape]), tuple(_NUMBER.findall(text))
            seen[shape] += 1


def _may_run(text: str) -> bool:
    if len(text) > MOST_LETTERS_OF_A_LINE or not _NUMBER.search(text) or _SENTENCE.search(text):
        return False
    return _label_words(text) <= MOST_WORDS_OF_A_LINE


def _label_words(text: str) -> int:
    return sum(token.is_word and not token.key[0].isdigit() for token in tokens_of(text))


def _running(said: Sequence[Article]) -> set[_Line]:
    """Return which lines of a page run, given what it said at successive captures."""
    listed = [list(_lines(article)) for article in said]
    found = [{line: numbers for _, line, numbers in lines} for lines in listed]
    rests = [_rest(article, lines) for article, lines in zip(said, listed, strict=True)]
    changed: Counter[_Line] = Counter()
    alone: Counter[_Line] = Counter()
    stayed: Counter[_Line] = Counter()
    grown: Counter[_Line] = Counter()
    for (before, after), (rest, next_rest) in zip(pairwise(found), pairwise(rests), strict=True):
        for line in before.keys() & after.keys():
            is_changed = before[line] != after[line]
            (changed if is_changed else stayed)[line] += 1
            alone[line] += is_changed and rest == next_rest
            grown[line] += _grew(line[0], before[line], after[line])
    ends = {
        line
        for article, lines in zip(said, listed, strict=True)
        for line in _at_an_end(article, lines)
    }
    return {
        line
        for line, times in changed.items()
        if times >= stayed[line] and (alone[line] > 1 or (grown[line] and line in ends))
    }


def _rest(article: Article, lines: Sequence[_Listed]) -> tuple[str, ...]:
    """Return what *article* says beside *lines*, those that may run.

    A figure that changes together with the story belongs to it: the dead of an accident.
    """
    running = {at for at, _, _ in lines}
    blocks = (unified(block.text) for at, block in enumerate(article.blocks) if at not in running)
    return (unified(article.headline), *blocks)


def _grew(shape: str, before: Sequence[str], after: Sequence[str]) -> bool:
    """Return whether a line looks like a counter of readers that went on."""
    if len(before) != 1 or not _PLAIN.fullmatch(shape) or _label_words(shape) > MOST_LABEL_WORDS:
        return False
    if _YEAR.fullmatch(before[0]) and _YEAR.fullmatch(after[0]):
        return False
    old, new = (int("".join(filter(str.isdecimal, number))) for number in (before[0], after[0]))
    return new >= LEAST_COUNT and old < new


def _at_an_end(article: Article, lines: Sequence[_Listed]) -> Iterator[_Line]:
    """Return those of *lines* that stand before the prose of *article* or behind it."""
    others = {*range(len(article.blocks))} - {at for at, _, _ in lines}
    first, last = min(others, default=len(article.blocks)), max(others, default=-1)
    return (line for at, line, _ in lines if at < first or at > last)


def _without(article: Article, running: Collection[_Line]) -> Article:
    left_out = {at for at, line, _ in _lines(article) if line in running}
    kept = tuple(block for at, block in enumerate(article.blocks) if at not in left_out)
    return replace(article, blocks=kept)
