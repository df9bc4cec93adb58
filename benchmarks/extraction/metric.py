r"""The metric of scrapinghub's article-extraction-benchmark, from its definition.

Texts are compared as multisets of 4-gram shingles of ``\w+`` tokens. Precision and recall are
averaged over the pages, and F1 is computed from the two averages; it is not an average of F1s. A
page without a prediction has no precision: it only lowers recall.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

SHINGLE = 4
_TOKEN = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Match:
    """One page: numbers of shingles in both texts, only in the extracted, only in the true one.

    *exact* is whether both have the same tokens in the same order.
    """

    both: int
    added: int
    lost: int
    exact: bool

    @property
    def precision(self) -> float | None:
        """The share of the extracted text that is true; None if nothing was extracted."""
        said = self.both + self.added
        return self.both / said if said else None

    @property
    def recall(self) -> float | None:
        """The share of the true text that was extracted; None if it is empty."""
        true = self.both + self.lost
        return self.both / true if true else None

    @property
    def f1(self) -> float:
        """The harmonic mean of the page's precision and recall; 1.0 if both texts are empty."""
        total = 2 * self.both + self.added + self.lost
        return 2 * self.both / total if total else 1.0


@dataclass(frozen=True, slots=True)
class Score:
    """The averages over a set of pages."""

    precision: float
    recall: float
    f1: float
    exact: float
    pages: int


def tokens(text: str) -> list[str]:
    """Return the words of *text*, with their case. Text without spaces is one word."""
    return _TOKEN.findall(text)


def shingles(words: Sequence[str], size: int = SHINGLE) -> Counter[tuple[str, ...]]:
    """Return how often each run of *size* words occurs; fewer words are one shingle."""
    if not words:
        return Counter()
    return Counter(tuple(words[at : at + size]) for at in range(max(1, len(words) - size + 1)))


def compare(true: str, said: str) -> Match:
    """Return how the extracted text *said* matches the text *true*."""
    true_words, said_words = tokens(true), tokens(said)
    wanted, found = shingles(true_words), shingles(said_words)
    both = (wanted & found).total()
    return Match(both, found.total() - both, wanted.total() - both, true_words == said_words)


def held_by_least(matches: Sequence[Match], confidences: Sequence[float]) -> float:
    """Return the share of all shingles lost or added in the least confident tenth of the pages.

    Among equally confident pages the earlier comes first; the tenth is rounded to whole pages. 1.0
    if nothing is lost or added.
    """
    wrong = [match.lost + match.added for match in matches]
    order = sorted(range(len(wrong)), key=lambda at: confidences[at])
    tenth = order[: max(1, round(len(wrong) / 10))]
    return sum(wrong[at] for at in tenth) / sum(wrong) if sum(wrong) else 1.0


def held_at_best(matches: Sequence[Match]) -> float:
    """Return the same for a perfect order, by the number of shingles lost and added."""
    return held_by_least(matches, [-(match.lost + match.added) for match in matches])


def score(matches: Sequence[Match]) -> Score:
    """Return the averages of *matches*; a measure that is None is left out of its average."""
    precisions = [match.precision for match in matches if match.precision is not None]
    recalls = [match.recall for match in matches if match.recall is not None]
    precision = fmean(precisions) if precisions else 0.0
    recall = fmean(recalls) if recalls else 0.0
    both = precision + recall
    return Score(
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / both if both else 0.0,
        exact=fmean(match.exact for match in matches) if matches else 0.0,
        pages=len(matches),
    )
