"""Fit the weights of the line model to the pages whose text is known.

    python -m benchmarks.extraction.fit_lines DATA

writes ``archive/extract/line_model/weights.toml``. It needs scikit-learn, which nothing else needs.
The sites that are kept for validation are left out, so that their figures stay a measure.

A line is text if most of its words stand in the true text in the same order. Each page counts the
same, whatever its length, and each further page of a host counts less.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import Pool
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomli_w

from archive.extract.dom.document import parse_page
from archive.extract.dom.lines import Line, letters_of, lines_of
from archive.extract.line_model.features import (
    CONTEXT_NAMES,
    FIRST_NAMES,
    SECOND_NAMES,
    LineFeatures,
)
from archive.extract.line_model.model import CONSTANT, WEIGHTS_FILE
from benchmarks.extraction.extractors import CONTENT_TYPE
from benchmarks.extraction.metric import shingles
from benchmarks.extraction.sets import Page, load, pages_of
from benchmarks.extraction.unseen import DANIEL, TOKEN
from benchmarks.extraction.validation import is_validation

_LONG = 400
_BASE = 20
_HOST = 0.4
_OLDER = 0.5
"""Pages of 2011-12 count half: there are as many of them as of all others."""
_ROUGHNESS = 0.1
_WORDS = 6
_CERTAIN = 8

Rows = list[list[float]]
Fit = Callable[[Rows], Any]


@dataclass(frozen=True, slots=True)
class _Sample:
    host: str
    is_older: bool
    lines: LineFeatures
    labels: list[bool]
    rows: Rows

    def weights(self, pages_of_host: int) -> list[float]:
        """Return how much each line counts."""
        lengths = [min(weight, _LONG) + _BASE for weight in self.lines.weights]
        text = sum(length for length, is_text in zip(lengths, self.labels, strict=True) if is_text)
        share = (_OLDER if self.is_older else 1.0) / pages_of_host**_HOST / max(200, text)
        return [length * share for length in lengths]


def main(data: Path) -> None:
    """Fit both regressions and write their weights."""
    tasks = [(True, page) for page in pages_of(data / DANIEL)]
    tasks += [(False, page) for pages in load(data).values() for page in pages]
    with Pool() as pool:
        found = pool.map(_sample, tasks, chunksize=8)
    samples = [sample for sample in found if sample is not None]
    hosts = Counter(sample.host for sample in samples)
    weights = [weight for each in samples for weight in each.weights(hosts[each.host])]
    labels = [label for each in samples for label in each.labels]
    first = _fitted([row for each in samples for row in each.rows], labels, weights)
    second_rows = []
    for each in samples:
        probabilities = first.predict_proba(each.rows)[:, 1].tolist()
        context = each.lines.in_context(probabilities)
        second_rows += [[*row, *more] for row, more in zip(each.rows, context, strict=True)]
    second = _fitted(second_rows, labels, weights)
    tables = {"first": _table(first, FIRST_NAMES), "second": _table(second, SECOND_NAMES)}
    head = "# Made by benchmarks/extraction/fit_lines.py. The names are those of features.py.\n\n"
    WEIGHTS_FILE.write_text(head + tomli_w.dumps(tables), "utf-8")
    print(f"{WEIGHTS_FILE}: fitted to {len(labels)} lines of {len(samples)} pages")


def _sample(task: tuple[bool, Page]) -> _Sample | None:
    is_older, page = task
    if is_validation(page.url):
        return None
    parsed = parse_page(page.payload, page.url, CONTENT_TYPE)
    lines = [] if parsed is None else lines_of(parsed.tree)
    if parsed is None or not lines:
        return None
    features = LineFeatures(lines, parsed.title or "")
    rows = features.rows()
    host = urlsplit(page.url).hostname or ""
    features.holders = [id(holder) for holder in features.holders]  # type: ignore[misc]
    features.lines = ()
    features._frames = {}
    return _Sample(host, is_older, features, _labels(lines, page.text), rows)


def _labels(lines: Sequence[Line], truth: str) -> list[bool]:
    known = shingles(TOKEN.findall(truth))
    whole = {letters_of(line) for line in truth.split("\n")}
    letters = letters_of(truth)
    labels = []
    for line in lines:
        words = TOKEN.findall(line.text)
        if len(words) >= _WORDS:
            said = shingles(words)
            labels.append(2 * (said & known).total() > said.total())
        else:
            within = len(line.letters) >= _CERTAIN and line.letters in letters
            labels.append(line.letters in whole or within)
    return labels


def _fitted(rows: Rows, labels: Sequence[bool], weights: Sequence[float]) -> Any:
    linear_model = import_module("sklearn.linear_model")
    pipeline = import_module("sklearn.pipeline")
    preprocessing = import_module("sklearn.preprocessing")
    fitted = pipeline.make_pipeline(
        preprocessing.StandardScaler(),
        linear_model.LogisticRegression(C=_ROUGHNESS, max_iter=300),
    )
    mean = sum(weights) / len(weights)
    each = [weight / mean for weight in weights]
    return fitted.fit(rows, labels, logisticregression__sample_weight=each)


def _table(fitted: Any, names: Sequence[str]) -> dict[str, float]:
    """Return the weights for numbers as they are, not scaled."""
    scaler, regression = fitted[0], fitted[1]
    slopes = (regression.coef_[0] / scaler.scale_).tolist()
    constant = regression.intercept_[0] - sum(
        slope * mean for slope, mean in zip(slopes, scaler.mean_.tolist(), strict=True)
    )
    return {CONSTANT: round(float(constant), 6)} | {
        name: round(slope, 6) for name, slope in zip(names, slopes, strict=True)
    }


if __name__ == "__main__":
    assert len(SECOND_NAMES) == len(FIRST_NAMES) + len(CONTEXT_NAMES)
    main(Path(sys.argv[1]))
