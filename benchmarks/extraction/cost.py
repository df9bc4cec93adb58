"""CPU of our whole extraction, compared with trafilatura's text and metadata, warm.

A sample of pages of every set is read by both in turn, page by page, several rounds long, in one
process; the first round only fills the caches. The CPU of a page is the least of its rounds
(``time.process_time``), because other processes on the machine can only add to it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.extraction.bars import cpu_bar
from benchmarks.extraction.extractors import ours, trafilatura_document
from benchmarks.extraction.sets import Page, every_page

__all__ = ["lines", "needs", "run"]

_PAGES = 24
"""Pages of a set, spread evenly over it."""
_ROUNDS = 4
_READERS: tuple[Callable[[Page], Any], ...] = (ours, trafilatura_document)


def needs(data: Path) -> list[Path]:
    """Return the folder that must exist."""
    return [data / "extraction"]


def run(data: Path) -> dict[str, Any]:
    """Return milliseconds of CPU a page by set, and the ratios."""
    sample = _sample(data)
    best: dict[str, list[list[float]]] = {
        name: [[float("inf")] * len(_READERS) for _ in pages] for name, pages in sample.items()
    }
    for number in range(_ROUNDS + 1):
        for name, pages in sample.items():
            for page, seconds in zip(pages, best[name], strict=True):
                _measure(page, seconds, turned=number % 2 == 1, counts=number > 0)
    sets = {name: _figures(seconds) for name, seconds in best.items()}
    whole = _figures([each for seconds in best.values() for each in seconds])
    bar = cpu_bar(whole["ours"], whole["theirs"])
    return {
        "sets": {**sets, "all": whole},
        "bars": [bar.as_dict()],
        "reached": bar.reached,
        "line": bar.line(),
    }


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the report's lines for a person."""
    yield f"{'CPU a page, ms':28} pages    ours  trafilatura  ratio  median ratio"
    for name, found in report["sets"].items():
        yield (
            f"  {name:26} {found['pages']:5}  {found['ours']:6.2f}       {found['theirs']:6.2f}"
            f"  {found['ratio']:5.3f}         {found['median_ratio']:5.3f}"
        )
    yield report["line"]


def _sample(data: Path) -> dict[str, list[Page]]:
    sets: dict[str, list[Page]] = {}
    for name, page in every_page(data):
        sets.setdefault(name, []).append(page)
    return {name: pages[:: max(1, len(pages) // _PAGES)][:_PAGES] for name, pages in sets.items()}


def _measure(page: Page, best: list[float], *, turned: bool, counts: bool) -> None:
    order = reversed(range(len(_READERS))) if turned else range(len(_READERS))
    for at in order:
        began = time.process_time()
        _READERS[at](page)
        if counts:
            best[at] = min(best[at], time.process_time() - began)


def _figures(seconds: list[list[float]]) -> dict[str, float]:
    """Return means in milliseconds, the ratio of the means and the median of each page's ratio."""
    own, theirs = (sum(each[at] for each in seconds) for at in range(2))
    return {
        "pages": len(seconds),
        "ours": round(1000 * own / len(seconds), 2),
        "theirs": round(1000 * theirs / len(seconds), 2),
        "ratio": round(own / theirs, 3),
        "median_ratio": round(median(each[0] / each[1] for each in seconds), 3),
    }
