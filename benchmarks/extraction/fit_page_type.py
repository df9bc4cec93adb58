"""Fit the weights by which the layout and the declarations of a page decide what it is.

    python -m benchmarks.extraction.fit_page_type DATA

prints the weights of ``archive/extract/page_type.py``, and the share of pages that they take for
articles. It needs scikit-learn, which nothing else needs. The sites that are kept for validation
are left out of the fit. Listings and collections are what articles are told from; other types count
a tenth, since nobody asks for them.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from datetime import UTC, datetime
from importlib import import_module
from multiprocessing import Pool
from pathlib import Path
from statistics import fmean
from typing import Any

from archive.extract import html_page, page_type
from archive.extract.page_type import MEASURES, SIGNS, Look, look_at
from archive.extract.signs import score
from benchmarks.extraction.extractors import CONTENT_TYPE
from benchmarks.extraction.sets import Page, load, pages_of
from benchmarks.extraction.unseen import DANIEL, TYPES
from benchmarks.extraction.validation import is_validation

_TOLD_FROM = {"listing": 6.0, "collection": 6.0}
_OTHER_TYPE = 0.1
_ROUGHNESS = 0.3
_RARE = 8
Sample = tuple[str, bool, float, list[float], frozenset[str]]


def main(data: Path) -> None:
    """Print the weights and what comes of them."""
    tasks: list[tuple[str, float, Page]] = []
    for page in pages_of(data / DANIEL):
        tasks.append((f"{DANIEL} {page.truth['language']}", 1.5, page))
    for page in pages_of(data / TYPES):
        weight = _TOLD_FROM.get(page.truth["type"], _OTHER_TYPE)
        tasks.append((f"{TYPES} {page.truth['type']}", weight, page))
    tasks += [(name, 1.0, page) for name, pages in load(data).items() for page in pages]
    with Pool() as pool:
        samples = [each for each in pool.map(_sample, tasks, chunksize=8) if each is not None]
    known = [sample for sample in samples if not sample[1]]
    counts = {name: sum(name in sample[4] for sample in known) for s in known for name in s[4]}
    signs = sorted(name for name, count in counts.items() if count >= _RARE)

    def row(sample: Sample) -> list[float]:
        return [*sample[3], *(float(name in sample[4]) for name in signs)]

    linear_model = import_module("sklearn.linear_model")
    fitted = linear_model.LogisticRegression(C=_ROUGHNESS, max_iter=5000).fit(
        [row(sample) for sample in known],
        [not sample[0].startswith(TYPES) for sample in known],
        [sample[2] for sample in known],
    )
    print(f"{'constant':40} {fitted.intercept_[0]:6.2f}")
    for name, weight in zip([*(m.name for m in MEASURES), *signs], fitted.coef_[0], strict=True):
        print(f"{name:40} {weight:6.2f}")
    shares: dict[tuple[str, bool], list[float]] = defaultdict(list)
    for sample, taken in zip(samples, fitted.predict([row(each) for each in samples]), strict=True):
        shares[sample[0], sample[1]].append(float(taken))
    for (part, is_kept), taken_for in sorted(shares.items()):
        kept = "validation" if is_kept else ""
        print(f"{part:26} {kept:10} {len(taken_for):4} {fmean(taken_for):.3f}")


def _sample(task: tuple[str, float, Page]) -> Sample | None:
    part, weight, page = task
    looks: list[Look] = []

    def classify(*facts: Any) -> Any:
        looks.append(look_at(*facts))
        return page_type.classify(*facts)

    html_page.classify = classify  # what the extractor knows when it decides
    html_page.html_extraction(
        page.payload, page.url, CONTENT_TYPE, datetime(2026, 1, 1, tzinfo=UTC), extractor="fit"
    )
    if not looks:
        return None
    at = looks[0]
    found = frozenset(sign.name for sign in score(SIGNS, at).found)
    measures = [measure.of(at) for measure in MEASURES]
    return part, is_validation(page.url), weight, measures, found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
