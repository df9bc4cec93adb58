"""How crawls end, and which end counts."""

from __future__ import annotations

from itertools import permutations

import pytest

from crawler.exits import Exit, judge, worst


def test_the_worst_exit_is_what_somebody_has_to_mend():
    some = (Exit.LIMIT, Exit.DISK, Exit.PARTLY)

    assert {worst(order) for order in permutations(some)} == {Exit.DISK}
    assert worst([]) is Exit.DONE


@pytest.mark.parametrize("one", list(Exit))
def test_every_exit_is_worse_than_done(one: Exit):
    assert worst([Exit.DONE, one, Exit.DONE]) is one


def test_a_budget_that_was_spent_is_told_though_some_urls_failed():
    counts = {"exchanges": 9, "article": 8, "error": 1, "failed_exchanges": 1}

    assert judge(counts, is_cut_short=True) is Exit.LIMIT
    assert judge(counts, is_cut_short=False) is Exit.PARTLY
    assert judge({"exchanges": 1, "error": 1}, is_cut_short=True) is Exit.DEAD
