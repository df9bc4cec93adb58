"""Which blocks a site repeats around its articles, from the count of the articles that bear them.

A footer that no rule of ours names stands below every article; learning finds it by counting. What
counts is conservative, since real paragraphs recur too (a standing introduction, a correction, an
agency's note): whole blocks only, at the ends of more than half of a language's articles, and
short. Counts are over articles, not captures, so that a page that is captured a hundred times
counts once, and they do not depend on the order of anything.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence

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


def block_key(text: str) -> str:
    """Return what is the same for two spellings of one block: hex of a hash.

    Case, spaces and compatibility forms are folded; in a short block digits too, since a copyright
    year and a view counter move on.
    """
    folded = _SPACE.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()
    if len(_WORD.findall(folded)) <= COUNTER_WORDS:
        folded = _NUMBER.sub("0", folded)
    return hashlib.sha256(folded.encode("utf-8", "replace")).hexdigest()[:32]


def ends(readings: Iterable[Sequence[Block]]) -> dict[str, bool]:
    """Return the blocks that take part in learning, of all *readings* of one article.

    By key; the value says whether any reading has the block among its last ones.
    """
    found: dict[str, bool] = {}
    for blocks in readings:
        last = len(blocks) - 1
        for number, block in enumerate(blocks):
            at_end = last - number < ENDS
            if (number < ENDS or at_end) and len(_WORD.findall(block.text)) <= MOST_WORDS:
                key = block_key(block.text)
                found[key] = found.get(key, False) or at_end
    return found


def is_boilerplate(articles: int, of_articles: int) -> bool:
    """Return whether a block that *articles* of a language's *of_articles* bear is the site's."""
    return articles >= LEAST_ARTICLES and articles > LEAST_SHARE * of_articles


def strip(
    blocks: Sequence[Block], keys: frozenset[str]
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
