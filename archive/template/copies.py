"""Which sampled pages show one text, so that they count once.

A page may be captured many times, or at many addresses. Two pages are copies if they share half of
the sentences of the shorter text. The more URLs have a sentence, the less it counts: authors may
end each article with one about themselves. One at very many does not count: it is the frame.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import fsum

from archive.model.template import TEXT_WEIGHT
from archive.template.sample import SampledPage

COPIED_SHARE = 0.5
FRAME_SHARE = 0.25
"""A sentence at a larger share of the URLs belongs to the frame."""
_FEW = 2

_Sentence = tuple[int, int]
"""Place and digest."""


def groups_of(pages: Sequence[SampledPage]) -> list[int]:
    """Return the number of the group of each of *pages*; copies are in one group."""
    told = [frozenset(_sentences(page)) for page in pages]
    urls = [page.url for page in pages]
    told_at = {(url, each) for url, some in zip(urls, told, strict=True) for each in some}
    spread = Counter(sentence for _, sentence in told_at)
    most = max(FRAME_SHARE * len(set(urls)), _FEW)
    own = [frozenset(each for each in some if spread[each] <= most) for some in told]
    groups = _Groups(len(pages))
    first_of: dict[str, int] = {}
    for number, url in enumerate(urls):
        groups.join(number, first_of.setdefault(url, number))
    weights = {sentence: 1 / max(1, number - 1) for sentence, number in spread.items()}
    whole = [fsum(weights[each] for each in some) for some in own]
    for one, other in _sharing(own):
        shared = fsum(weights[each] for each in own[one] & own[other])
        if shared >= COPIED_SHARE * min(whole[one], whole[other]):
            groups.join(one, other)
    return [groups.of(number) for number in range(len(pages))]


def _sentences(page: SampledPage) -> Iterator[_Sentence]:
    for each in page.places:
        for line in each.lines:
            if line.is_kept and line.weight >= TEXT_WEIGHT:
                yield each.place, line.digest


def _sharing(own: Sequence[frozenset[_Sentence]]) -> set[tuple[int, int]]:
    """Return pairs of pages that share a sentence: each page with two others for a sentence.

    All pairs would be too many where a sentence is on a thousand pages.
    """
    bearers: dict[_Sentence, list[int]] = defaultdict(list)
    for number, some in enumerate(own):
        for sentence in some:
            bearers[sentence].append(number)
    pairs: set[tuple[int, int]] = set()
    for numbers in bearers.values():
        for before, number in pairwise(numbers):
            pairs |= {(before, number), (numbers[0], number)}
    return pairs


class _Groups:
    """Disjoint sets of numbers; each is named by its smallest number."""

    def __init__(self, size: int) -> None:
        self._above = list(range(size))

    def of(self, number: int) -> int:
        above = self._above
        while above[number] != number:
            above[number] = above[above[number]]
            number = above[number]
        return number

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.of(one), self.of(other)))
        self._above[high] = low
