"""Which blocks a site repeats around its articles: a pure function of all its articles' blocks.

A footer that no rule of ours names stands below every article; learning finds it by counting. What
counts is conservative, since real paragraphs recur too (a standing introduction, a correction, an
agency's note): whole blocks only, at the same end of more than half of a language's articles, and
short. Counts are over articles, not captures, so that a page that is captured a hundred times
counts once, and they do not depend on the order of anything.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from archive.model import Block, BlockKind

ENDS = 8
"""Blocks at each end of a page that take part: a frame is never in the middle of a text."""
LEAST_ARTICLES = 5
"""Fewer articles that bear a block prove nothing, however few there are."""
LEAST_SHARE = 0.5
"""Share of a language's articles that bear it: above any standing note that was seen to be text."""
COUNTER_WORDS = 12
"""A block of no more words may differ in its digits: a year in a footer, a counter of readers."""
MOST_WORDS = 60
"""A longer block is somebody's prose (measured: no frame's block was longer)."""

_WORD = re.compile(r"\w+")
_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, order=True)
class Rule:
    """A block that is boilerplate in one language of a publisher, with what speaks for it.

    *key* names the block whatever its digits and spaces (the year in a footer moves on); *text* is
    one spelling of it, the first in order. *articles* of *of_articles* bear it, *at_end* of them
    among their last blocks.
    """

    language: str
    key: str
    text: str
    articles: int
    of_articles: int
    at_end: int


def block_key(text: str) -> str:
    """Return what is the same for two spellings of one block: hex of a hash.

    Case, spaces and compatibility forms are folded; in a short block digits too, since a copyright
    year and a view counter move on.
    """
    folded = _SPACE.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()
    if len(_WORD.findall(folded)) <= COUNTER_WORDS:
        folded = _NUMBER.sub("0", folded)
    return hashlib.sha256(folded.encode("utf-8", "replace")).hexdigest()[:32]


def learn(articles: Iterable[tuple[str, Sequence[Sequence[Block]]]]) -> list[Rule]:
    """Return the rules that *articles* teach, in order of language and key.

    Each article is its language and the blocks of each of its distinct readings. An article bears
    a block when any reading of it does.
    """
    totals: dict[str, int] = defaultdict(int)
    seen: dict[tuple[str, str], _Count] = defaultdict(_Count)
    for language, readings in articles:
        totals[language] += 1
        ends: dict[str, tuple[str, bool]] = {}
        for blocks in readings:
            for key, text, at_end in _ends(blocks):
                known = ends.get(key)
                spelling = text if known is None else min(text, known[0])
                ends[key] = spelling, at_end or (known is not None and known[1])
        for key, (text, at_end) in ends.items():
            seen[language, key].add(text, at_end=at_end)
    return sorted(
        Rule(language, key, count.text, count.articles, totals[language], count.at_end)
        for (language, key), count in seen.items()
        if count.articles >= LEAST_ARTICLES and count.articles > LEAST_SHARE * totals[language]
    )


def strip(
    blocks: Sequence[Block], keys: frozenset[str] | Mapping[str, Rule]
) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Return the blocks that are kept and those removed: the ones at the ends that *keys* names.

    What stands in the middle stays, whatever it says. An article of which nothing would be left
    stays as it is: a rule that eats a whole text is wrong about it.
    """
    if not keys:
        return tuple(blocks), ()
    last = len(blocks) - 1
    dropped = {
        number
        for number, block in enumerate(blocks)
        if (number < ENDS or last - number < ENDS) and block_key(block.text) in keys
    }
    kept = tuple(block for number, block in enumerate(blocks) if number not in dropped)
    if not any(block.kind is not BlockKind.CAPTION for block in kept):
        return tuple(blocks), ()
    return kept, tuple(blocks[number] for number in sorted(dropped))


@dataclass(slots=True)
class _Count:
    articles: int = 0
    at_end: int = 0
    text: str = ""

    def add(self, text: str, *, at_end: bool) -> None:
        self.text = text if not self.articles else min(self.text, text)
        self.articles += 1
        self.at_end += at_end


def _ends(blocks: Sequence[Block]) -> Iterable[tuple[str, str, bool]]:
    """Yield key and text of the blocks that take part, and whether they are among the last."""
    last = len(blocks) - 1
    for number, block in enumerate(blocks):
        at_end = last - number < ENDS
        if (number < ENDS or at_end) and len(_WORD.findall(block.text)) <= MOST_WORDS:
            yield block_key(block.text), block.text, at_end
