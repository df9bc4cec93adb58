"""Estimate for each line of a page how likely it is text of the article.

Two logistic regressions, one after the other: the second also sees what the first says of the lines
around. Their weights were fitted to pages whose text is known (``benchmarks/extraction``), without
the sites that are kept for validation. docs/extraction.md has the figures.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from operator import mul
from pathlib import Path

from archive.extract.dom.lines import Line
from archive.extract.line_model.features import FIRST_NAMES, SECOND_NAMES, LineFeatures

WEIGHTS_FILE = Path(__file__).parent / "weights.toml"
CONSTANT = "constant"
"""The name of the number that is added for every line."""
_STEEPEST = 30.0
_MARGIN = 0.1
_LIKELY, _POSSIBLE = 0.5, 0.3


def line_probabilities(lines: Sequence[Line], title: str) -> list[float]:
    """Return for each of *lines*, all lines of a page, how likely it is text, from 0 to 1.

    *title* is the page's title.
    """
    if not lines:
        return []
    page = LineFeatures(lines, title)
    tables = _tables()
    rows = page.rows()
    first = [tables[0](row) for row in rows]
    return [
        tables[1]([*row, *more]) for row, more in zip(rows, page.in_context(first), strict=True)
    ]


def likely_text(likely: Sequence[float]) -> list[bool]:
    """Return which lines are text, by their probabilities.

    A line beside text needs less to be text as well.
    """
    taken = [p > _LIKELY for p in likely]
    for order in (range(1, len(likely)), range(len(likely) - 2, -1, -1)):
        step = 1 if order.step < 0 else -1
        for at in order:
            taken[at] = taken[at] or (taken[at + step] and likely[at] > _POSSIBLE)
    return taken


def is_better(
    likely: Sequence[float], chosen: Sequence[bool], other: Sequence[bool], weights: Sequence[int]
) -> bool:
    """Return whether the lines *other* are clearly a better text than the lines *chosen*.

    Better is a higher F1, as far as the probabilities *likely* can tell; *weights* are lengths.
    """
    return _expected(likely, other, weights) > _expected(likely, chosen, weights) + _MARGIN


def _expected(likely: Sequence[float], taken: Sequence[bool], weights: Sequence[int]) -> float:
    """Return the F1 of the lines *taken* that the probabilities let expect."""
    text = sum(p * weight for p, weight in zip(likely, weights, strict=True))
    kept = sum(weight for weight, is_kept in zip(weights, taken, strict=True) if is_kept)
    both = sum(
        p * weight for p, weight, is_kept in zip(likely, weights, taken, strict=True) if is_kept
    )
    return 2 * both / (text + kept) if text + kept else 1.0


@cache
def _tables() -> tuple[Callable[[Sequence[float]], float], Callable[[Sequence[float]], float]]:
    tables = tomllib.loads(WEIGHTS_FILE.read_text("utf-8"))
    return _regression(tables["first"], FIRST_NAMES), _regression(tables["second"], SECOND_NAMES)


def _regression(
    table: Mapping[str, float], names: Sequence[str]
) -> Callable[[Sequence[float]], float]:
    if set(table) != {CONSTANT, *names}:
        raise ValueError(f"{WEIGHTS_FILE}: has other names than the features; fit the weights anew")
    constant, weights = table[CONSTANT], [table[name] for name in names]

    def probability(row: Sequence[float]) -> float:
        odds = constant + sum(map(mul, weights, row))
        return 1 / (1 + math.exp(-max(-_STEEPEST, min(_STEEPEST, odds))))

    return probability
