"""Which blocks a site repeats around its articles, by the number of articles that have them.

A footer that no rule names is below every article; learning finds it by counting. The conditions
are conservative, since real paragraphs recur too (a regular introduction, a correction, the note of
an agency): only whole blocks count, and only at the ends of nearly all articles in a language, or
of nearly all that were first seen in one month, as after a redesign of the site. Articles are
counted and not captures, so that a page that is captured a hundred times counts once. The counts do
not depend on the order of captures.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from archive.model import Article, Block, BlockKind

ENDS = 8
"""Blocks at each end of a page that take part: a frame is never in the middle of a text."""
LEAST_ARTICLES = 8
"""Fewer articles with a block prove nothing: they may all belong to one series."""
LEAST_SHARE = 0.75
"""Share of the articles in a language. Most articles of an agency may end with its name."""
LEAST_IN_A_MONTH = 20
LEAST_SHARE_OF_A_MONTH = 0.9
"""All articles since a redesign have the new footer; their share of all may take years to rise."""
COUNTER_WORDS = 12
"""The digits of a block with at most so many words may differ: a year, a counter of readers."""
COUNTING = frozenset({BlockKind.PARAGRAPH, BlockKind.HEADING})
"""Kinds of blocks that count; in tables and lists the digits are the content: results, prices."""
OWN_NAME_LETTERS = 12
"""A shorter headline may occur in a block by chance."""

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+")
_SCHEME = re.compile(r"https?://(?:www\.)?")


def block_keys(article: Article, url: str) -> Iterator[tuple[str, Block]]:
    """Yield the blocks of *article*, whose address is *url*, each with its key.

    A key is a hash in hex, and the same for all spellings of one block: case, spaces and
    compatibility forms are folded. In a short block digits are folded too, because a copyright year
    and a view counter change. So are the article's own headline and address, which a block may have
    that invites readers to share the article.
    """
    own = _own_names(article.headline, url)
    return ((block_key(block, own), block) for block in article.blocks)


def block_key(block: Block, own: Sequence[str] = ()) -> str:
    """Return the key of *block*; *own* are what its article is called, folded."""
    text = _folded(block.text)
    for name in own:
        text = text.replace(name, "\N{OBJECT REPLACEMENT CHARACTER}")
    if block.kind in COUNTING and _is_short(text):
        text = _NUMBER.sub("0", text)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def ends(readings: Iterable[tuple[Article, str]]) -> dict[str, bool]:
    """Return the blocks that take part in learning, of all *readings* of one article, with URLs.

    By key; the value says whether any reading has the block among its last ones.
    """
    found: dict[str, bool] = {}
    for article, url in readings:
        last = len(article.blocks) - 1
        for number, key in _at_ends(article, url):
            found[key] = found.get(key, False) or last - number < ENDS
    return found


def is_boilerplate(articles: int, of_articles: int) -> bool:
    """Return whether a block in *articles* of the *of_articles* in a language is boilerplate."""
    return articles >= LEAST_ARTICLES and articles >= LEAST_SHARE * of_articles


def is_boilerplate_of_a_month(articles: int, of_articles: int) -> bool:
    """Like ``is_boilerplate``, when all counted articles were first seen in one month."""
    return articles >= LEAST_IN_A_MONTH and articles >= LEAST_SHARE_OF_A_MONTH * of_articles


def kept_blocks(article: Article, url: str, keys: frozenset[str]) -> tuple[int, ...]:
    """Return the numbers of the blocks of *article* without those at its ends with a key in *keys*.

    A block in the middle is kept, whatever its text is. An article that would have no block left is
    kept as it is: a rule that removes a whole text is wrong about it.
    """
    numbers = tuple(range(len(article.blocks)))
    if not keys:
        return numbers
    dropped = {number for number, key in _at_ends(article, url) if key in keys}
    kept = tuple(number for number in numbers if number not in dropped)
    if not any(article.blocks[number].kind is not BlockKind.CAPTION for number in kept):
        return numbers
    return kept


def _at_ends(article: Article, url: str) -> Iterator[tuple[int, str]]:
    own = _own_names(article.headline, url)
    last = len(article.blocks) - 1
    for number, block in enumerate(article.blocks):
        if number < ENDS or last - number < ENDS:
            yield number, block_key(block, own)


def _own_names(headline: str, url: str) -> list[str]:
    place = _SCHEME.sub("", _folded(url).partition("?")[0]).rstrip("/")
    named = [place] if "/" in place else []
    title = _folded(headline)
    return [*named, title] if len(title) >= OWN_NAME_LETTERS else named


def _is_short(text: str) -> bool:
    return next(islice(_WORD.finditer(text), COUNTER_WORDS, None), None) is None


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
