"""News pages of other years and scripts, and pages that are no articles: text and page type.

For each part, the sites that are kept for validation first, then the others:

- ``daniel``: text by language, page by page, ours and trafilatura's. All of its pages are articles;
  the share that is taken for articles stands beside.
- ``wcxb-types``: the share of pages of each type that is taken for articles. None is one.
- the article sets: the share of pages that is taken for articles.

A character of Chinese, Japanese or Korean is a token, as is a word in other scripts. A page's F1
is that of its own precision and recall, a part's F1 the mean over its pages.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path
from statistics import fmean
from typing import Any

from archive.model import Outcome
from benchmarks.extraction.extractors import ours, text_in, trafilatura_text
from benchmarks.extraction.metric import Match, shingles
from benchmarks.extraction.sets import Page, load, pages_of
from benchmarks.extraction.validation import is_validation

__all__ = ["lines", "needs", "run"]

DANIEL, TYPES = "daniel", "wcxb-types"
KEPT, OTHERS = "validation", "others"
TOKEN = re.compile(
    # CJK ideographs, kana and hangul one by one (Unicode blocks); words of other scripts.
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]"
    r"|[^\W\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]+"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One page: its part (a set with a language or type), and what came out."""

    part: str
    is_kept: bool
    is_article: bool
    ours: float
    trafilatura: float


Task = tuple[str, bool, Page]


def needs(data: Path) -> list[Path]:
    """Return the files that this benchmark reads in *data*."""
    return [data / DANIEL / "truth.jsonl", data / TYPES / "truth.jsonl"]


def run(data: Path) -> dict[str, Any]:
    """Return the figures of each part, validation and others. There is no bar."""
    with Pool() as pool:
        measured = pool.map(measure, list(_tasks(data)), chunksize=8)
    parts: dict[str, dict[str, list[Measured]]] = defaultdict(lambda: {KEPT: [], OTHERS: []})
    for page in measured:
        parts[page.part][KEPT if page.is_kept else OTHERS].append(page)
    return {
        "parts": {
            part: {name: _figures(pages) for name, pages in halves.items() if pages}
            for part, halves in sorted(parts.items())
        },
        "reached": True,
    }


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the report's lines for a person."""
    yield f"{'':32} {'':10} pages  as article    F1  trafilatura"
    for part, halves in report["parts"].items():
        for name, found in halves.items():
            text = f"{found['ours']:.3f}        {found['trafilatura']:.3f}" if found["text"] else ""
            share = f"{found['articles']:.3f}"
            yield f"{part:32} {name:10} {found['pages']:5}       {share}  {text}".rstrip()


def measure(task: Task) -> Measured:
    """Return what comes out of one page."""
    part, is_kept, page = task
    found = ours(page)
    return Measured(
        part=part,
        is_kept=is_kept,
        is_article=found.outcome is Outcome.ARTICLE,
        ours=f1(page.text, text_in(found)),
        trafilatura=f1(page.text, trafilatura_text(page)),
    )


def _figures(pages: Sequence[Measured]) -> dict[str, Any]:
    return {
        "pages": len(pages),
        "text": not pages[0].part.startswith(TYPES),
        "articles": round(fmean(page.is_article for page in pages), 4),
        "ours": round(fmean(page.ours for page in pages), 4),
        "trafilatura": round(fmean(page.trafilatura for page in pages), 4),
    }


def f1(true: str, said: str) -> float:
    """Return the F1 of the text *said* of a page whose text is *true*."""
    wanted, found = shingles(TOKEN.findall(true)), shingles(TOKEN.findall(said))
    both = (wanted & found).total()
    return Match(both, found.total() - both, wanted.total() - both, wanted == found).f1


def _tasks(data: Path) -> Iterator[Task]:
    for name, label in ((DANIEL, "language"), (TYPES, "type")):
        for page in pages_of(data / name):
            yield f"{name}, {page.truth[label]}", is_validation(page.url), page
    for name, pages in load(data).items():
        for page in pages:
            yield name, is_validation(page.url), page
