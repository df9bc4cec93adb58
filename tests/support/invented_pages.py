"""Extractions of articles that no page has: each with words of its own."""

from __future__ import annotations

from archive.extract.stamp import EXTRACTOR
from archive.model import Article, Block, BlockKind, Extraction, Outcome
from benchmarks.scaling.site import letters


def invented_pages(number: int) -> list[Extraction]:
    """Return *number* extractions of articles in English."""
    return [_page(each) for each in range(number)]


def _page(number: int) -> Extraction:
    words = " ".join(f"word{letters(number * 7 + n, 3)}" for n in range(60))
    blocks = [Block(BlockKind.PARAGRAPH, f"The {part} part of it: {words}.") for part in range(3)]
    said = Article(headline=f"Story {letters(number, 3)}", blocks=tuple(blocks), in_language="en")
    return Extraction(
        outcome=Outcome.ARTICLE,
        extractor=EXTRACTOR,
        article=said,
        language="en",
        confidence=0.9,
    )
