"""What two sequences share: in order, true, and found in a bounded number of steps."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.diff import matches as module
from archive.diff.matches import matches


class Watched(list[str]):
    """A list that counts how many of its items are looked at."""

    looks = 0

    def __getitem__(self, at):
        Watched.looks += len(range(*at.indices(len(self)))) if isinstance(at, slice) else 1
        return super().__getitem__(at)

    def __iter__(self) -> Iterator[str]:
        Watched.looks += len(self)
        return super().__iter__()


def looks(a: list[str], b: list[str]) -> int:
    Watched.looks = 0
    matches(Watched(a), Watched(b), str.isalnum)
    return Watched.looks


LETTERS = st.text("abcd", max_size=40).map(list)


@given(LETTERS, LETTERS)
def test_matches_are_equal_items_in_rising_order(a, b):
    found = matches(a, b, str.isalnum)

    assert all(a[i] == b[j] for i, j in found)
    assert all(left[0] < right[0] and left[1] < right[1] for left, right in pairwise(found))


@given(LETTERS, LETTERS)
def test_without_anchors_as_much_as_can_be_is_matched(a, b):
    lengths = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, left in enumerate(a):
        for j, right in enumerate(b):
            best = max(lengths[i][j + 1], lengths[i + 1][j])
            lengths[i + 1][j + 1] = lengths[i][j] + 1 if left == right else best

    assert len(matches(a, b, lambda _: False)) == lengths[-1][-1]


def test_what_occurs_once_in_both_decides():
    a = ["said", "the", "x", "the", "mayor"]
    b = ["told", "the", "the", "x", "us"]

    assert matches(a, b, str.isalnum) == [(1, 2), (2, 3)]


UNLIKE = {
    "nothing in common": ([f"a{n}" for n in range(20_000)], [f"b{n}" for n in range(20_000)]),
    "two words": (["a", "b"] * 10_000, ["b", "b", "a"] * 6_667),
    "turned round": ([f"w{n}" for n in range(20_000)], [f"w{n}" for n in range(20_000, 0, -1)]),
    "the common words of a language": (
        [f"w{n * n % 97}" for n in range(20_000)],
        [f"w{n * n * n % 89}" for n in range(20_000)],
    ),
}


@pytest.mark.parametrize(("a", "b"), UNLIKE.values(), ids=UNLIKE)
def test_twenty_thousand_words_rewritten_are_passed_over_a_few_times(a, b):
    assert looks(a, b) <= 4 * (len(a) + len(b))


def test_what_is_too_long_for_a_common_subsequence_has_none(monkeypatch):
    monkeypatch.setattr(module, "MOST_CELLS", 10)

    assert matches(list("xabaay"), list("zbabbw"), str.isalnum) == []
