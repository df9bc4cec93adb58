"""What one version of an article changed of another: a pure function of the two.

Spaces, quotation marks, dashes and the like are compared as one: a theme or an editor's plugin
rewrites them for a whole site, and nobody has edited anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache, lru_cache

from archive.extract.phrases.loading import phrases
from archive.extract.phrases.notation import any_of
from archive.model import Article, BlockKind, ChangeKind

_TYPOGRAPHY: dict[str, str] = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4`", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", ""),
    "\u2026": "...",
}
_TYPOGRAPHIC = re.compile(f"[{''.join(_TYPOGRAPHY)}]")
_INNER_SPACE = re.compile(r'(?<=")\s+|\s+(?=["!?;:%])')
"""French sets a space inside its quotation marks and before high punctuation, or does not."""

SAME_PASSAGE = 0.5
"""Share of its words that a block keeps when a figure or a name in it is corrected."""


def change(before: Article, after: Article) -> ChangeKind | None:
    """Return what *after* changed of *before*; None where it comes to the same."""
    headline = unified(before.headline) != unified(after.headline)
    old, new = _blocks(before), _blocks(after)
    body = _words(old) != _words(new)
    if headline:
        return ChangeKind.HEADLINE_AND_BODY if body else ChangeKind.HEADLINE
    if body:
        return ChangeKind.CORRECTION if _is_a_correction(old, new) else ChangeKind.BODY
    if _shape(old) != _shape(new):
        return ChangeKind.FORMATTING
    if (before.author, before.date_published) != (after.author, after.date_published):
        return ChangeKind.METADATA
    return None


def begins(whole: Article, part: Article) -> bool:
    """Return whether the text of *whole* begins with that of *part*."""
    words = _words(_blocks(part))
    return _words(_blocks(whole))[: len(words)] == words


@lru_cache(maxsize=4_096)  # the captures of an article have mostly the same blocks
def unified(text: str) -> str:
    """Return *text* with one kind of space, quotation mark and dash."""
    plain = unicodedata.normalize("NFKC", text)
    # ``str.translate`` looks up each character of a text that is not ASCII; this only scans it.
    plain = _TYPOGRAPHIC.sub(lambda found: _TYPOGRAPHY[found[0]], plain)
    return _INNER_SPACE.sub("", " ".join(plain.split())).strip()


def compared_lines(article: Article) -> tuple[str, ...]:
    """Return the text of *article* as it is compared: its blocks without captions, ``unified``."""
    return tuple(text for _, _, text in _blocks(article))


_Blocks = list[tuple[BlockKind, int, str]]


def _blocks(article: Article) -> _Blocks:
    return [
        (block.kind, block.level, text)
        for block in article.blocks
        if block.kind is not BlockKind.CAPTION and (text := unified(block.text))
    ]


def _words(blocks: _Blocks) -> list[str]:
    return " ".join(text for _, _, text in blocks).split()


def _shape(blocks: _Blocks) -> list[tuple[BlockKind, int, int]]:
    return [(kind, level, len(text)) for kind, level, text in blocks]


def _is_a_correction(old: _Blocks, new: _Blocks) -> bool:
    """Return whether *new* adds a note of a correction, and else changes passages at the most."""
    before, after = Counter(text for _, _, text in old), Counter(text for _, _, text in new)
    removed, added = [*(before - after).elements()], [*(after - before).elements()]
    passages = [text for text in added if not _correction().match(text)]
    return len(passages) < len(added) and _are_passages_of(removed, passages)


def _are_passages_of(removed: list[str], added: list[str]) -> bool:
    """Return whether each block of *added* says about what the one in its place did before."""
    return len(removed) == len(added) and all(
        (Counter(one.split()) & Counter(other.split())).total()
        >= SAME_PASSAGE * max(len(one.split()), len(other.split()))
        for one, other in zip(removed, added, strict=True)
    )


@cache
def _correction() -> re.Pattern[str]:
    """Return what the beginning of a note on a correction matches: its words, then a mark."""
    words = any_of(phrases().correction)
    return re.compile(rf"[\W_]*{words}\b[^.!?]{{0,40}}?[:.\-(]", re.IGNORECASE)
