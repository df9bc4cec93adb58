"""Find what two sequences have in common, in order.

This is patience diff: items that occur once in both sequences are anchors, and what is between
anchors is compared again. Parts without anchors are compared by their longest common subsequence.
So a moved "the" connects nothing, and the work is bounded: sequences that share nothing take a few
passes, while ``difflib`` needs time proportional to the product of both lengths.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

K = TypeVar("K", str, tuple[str, ...])
Pair = tuple[int, int]

DEPTH = 24
"""How often the search for anchors is repeated between two anchors."""
MOST_CELLS = 400_000_000
"""Largest product of two lengths for which the common subsequence is computed: 50 MB of bits.
Longer sequences without an anchor only share their most common words."""


def matches(a: Sequence[K], b: Sequence[K], is_anchor: Callable[[K], bool]) -> list[Pair]:
    """Return pairs of indexes of equal items in *a* and *b*, in rising order in both."""
    found: list[Pair] = []
    todo = [(0, len(a), 0, len(b), 0)]
    while todo:
        i, i_end, j, j_end, depth = todo.pop()
        while i < i_end and j < j_end and a[i] == b[j]:
            found.append((i, j))
            i, j = i + 1, j + 1
        while i < i_end and j < j_end and a[i_end - 1] == b[j_end - 1]:
            i_end, j_end = i_end - 1, j_end - 1
            found.append((i_end, j_end))
        if i == i_end or j == j_end:
            continue
        old, new = a[i:i_end], b[j:j_end]
        anchors: list[Pair] = _anchors(old, new, is_anchor) if depth < DEPTH else []
        if anchors:
            ends = [(-1, -1), *anchors, (len(old), len(new))]
            todo += [
                (i + left[0] + 1, i + right[0], j + left[1] + 1, j + right[1], depth + 1)
                for left, right in pairwise(ends)
            ]
        elif len(old) * len(new) <= MOST_CELLS:
            anchors = _common(old, new)
        found += [(i + x, j + y) for x, y in anchors]
    return sorted(found)


def _anchors(a: Sequence[K], b: Sequence[K], is_anchor: Callable[[K], bool]) -> list[Pair]:
    """Return the longest rising sequence of items that occur once in *a* and once in *b*."""
    in_a, in_b = Counter(a), Counter(b)
    place = {
        item: j for j, item in enumerate(b) if in_b[item] == 1 == in_a[item] and is_anchor(item)
    }
    pairs = [(i, place[item]) for i, item in enumerate(a) if item in place]
    # Patience sorting: the top card of each pile, and for each card the top of the pile before.
    tops: list[int] = []
    cards: list[int] = []
    before: list[int] = []
    for number, (_, j) in enumerate(pairs):
        pile = bisect_left(tops, j)
        before.append(cards[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [j]
        cards[pile : pile + 1] = [number]
    row = []
    at = cards[-1] if cards else -1
    while at >= 0:
        row.append(pairs[at])
        at = before[at]
    return row[::-1]


def _common(a: Sequence[K], b: Sequence[K]) -> list[Pair]:
    """Return a longest common subsequence of *a* and *b*: a step for each item, on bits of *a*.

    Bit-parallel, after Hyyrö, "Bit-Parallel LCS-length Computation Revisited" (2004).
    """
    places: dict[K, int] = {}
    for i, item in enumerate(a):
        places[item] = places.get(item, 0) | 1 << i
    full = state = (1 << len(a)) - 1
    states = [state]
    for item in b:
        met = state & places.get(item, 0)
        state = ((state + met) | (state - met)) & full
        states.append(state)
    found = []
    i, j = len(a), len(b)
    while i and j:
        if states[j] >> (i - 1) & 1:
            i -= 1
        elif states[j - 1] >> (i - 1) & 1:
            i, j = i - 1, j - 1
            found.append((i, j))
        else:
            j -= 1
    return found
