"""When a URL is due again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from archive.model import Outcome, Truncation
from archive.settle.schedule import RETRY_AFTER, SOURCES, due_again, failed

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("outcome", sorted(SOURCES))
def test_what_names_new_urls_is_due_in_every_crawl(outcome):
    assert due_again(outcome, NOON, 0) == NOON


def test_an_article_rests():
    assert due_again(Outcome.ARTICLE, NOON, 0) == NOON + timedelta(days=7)


def test_a_picture_is_never_due_again():
    assert due_again(Outcome.NOT_HTML, NOON, 0) is None


def test_a_failure_is_tried_again_later_and_later_but_for_ever():
    waits = [due_again(Outcome.ERROR, NOON, count) for count in range(1, 9)]

    assert waits[: len(RETRY_AFTER)] == [NOON + wait for wait in RETRY_AFTER]
    assert waits[len(RETRY_AFTER) :] == [NOON + RETRY_AFTER[-1]] * (8 - len(RETRY_AFTER))
    assert list(RETRY_AFTER) == sorted(RETRY_AFTER)


@pytest.mark.parametrize("outcome", sorted(Outcome))
def test_only_errors_and_refusals_are_failures(outcome):
    assert failed(outcome, None) == (outcome in {Outcome.ERROR, Outcome.BLOCKED})


@pytest.mark.parametrize(
    ("truncated", "expected"),
    [
        (Truncation.DISCONNECT, True),
        (Truncation.TIME, True),
        (Truncation.LENGTH, False),
        (Truncation.UNSPECIFIED, False),
    ],
)
def test_a_page_is_tried_again_when_its_end_was_lost_on_the_way(truncated, expected):
    assert failed(Outcome.ARTICLE, truncated) is expected
