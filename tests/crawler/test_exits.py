"""How crawls end, and which end counts."""

from __future__ import annotations

from itertools import permutations

import pytest

from archive.errors import DatabaseError, LockedError, RecordError, StorageError, UsageError
from crawler.exits import ASKED_FOR_ROBOTS, Exit, exit_for, judge, worst


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


@pytest.mark.parametrize(
    ("error", "how"),
    [
        (LockedError("another crawl is running"), Exit.LOCKED),
        (StorageError("no space is left"), Exit.DISK),
        (DatabaseError("it is away"), Exit.DATABASE),
        (UsageError("no such publisher"), Exit.USAGE),
        (RecordError("news-1.warc.gz", 0, "cannot be read"), Exit.PARTLY),
        (ZeroDivisionError(), Exit.UNFORESEEN),
        (KeyboardInterrupt(), Exit.UNFORESEEN),
    ],
)
def test_an_error_says_how_the_crawl_ended_that_it_kept_from_its_work(error, how: Exit):
    assert exit_for(error) is how


@pytest.mark.parametrize(
    ("counts", "how"),
    [
        ({}, Exit.DONE),
        ({"exchanges": 2, "article": 2}, Exit.DONE),
        ({"exchanges": 2, "article": 1, "missing": 1}, Exit.DONE),
        ({"exchanges": 2, "article": 1, "robots": 1, "failed_exchanges": 1}, Exit.PARTLY),
        ({"exchanges": 2, "article": 2, "robots_unreachable": 1}, Exit.PARTLY),
        ({"exchanges": 2, "article": 2, "problems": 1}, Exit.PARTLY),
        ({"exchanges": 2, "robots": 1, "blocked": 1, "failed_exchanges": 1}, Exit.DEAD),
        ({"robots_unreachable": 1}, Exit.DEAD),
        ({"exchanges": 1, "robots": 1, ASKED_FOR_ROBOTS: 1}, Exit.DONE),
        ({"waiting": 3}, Exit.PARTLY),
        ({"exchanges": 1, "article": 1, "waiting": 3}, Exit.DONE),
        ({"exchanges": 1, "article": 1, "spider_errors": 1}, Exit.UNFORESEEN),
    ],
)
def test_what_a_crawl_counted_says_how_it_ended(counts: dict[str, int], how: Exit):
    assert judge(counts, is_cut_short=False) is how


def test_a_front_page_that_leads_to_another_site_is_dead_unless_a_page_was_found():
    assert judge({"exchanges": 1, "redirect": 1}, is_cut_short=False, is_elsewhere=True) is (
        Exit.DEAD
    )
    found = {"exchanges": 2, "redirect": 1, "article": 1}
    assert judge(found, is_cut_short=True, is_elsewhere=True) is Exit.PARTLY
