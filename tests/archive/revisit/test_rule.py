"""When a URL is due again, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model import Outcome, Truncation
from archive.model.reason import Reason
from archive.revisit.failures import failed
from archive.revisit.inputs import Due, Evidence, LastmodAccuracy, Observation
from archive.revisit.rule import (
    LEAST_REST,
    MOST_REST,
    MOST_REST_OF_LISTINGS,
    RETRY_AFTER,
    SOURCE_OUTCOMES,
    SOURCE_RESTS,
    due_again,
    edits,
    is_new_lastmod_believed,
    is_old_lastmod_believed,
)

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def seen(*said: str, every: timedelta = DAY) -> tuple[Observation, ...]:
    """Captures up to noon that showed *said*, one *every* day."""
    return tuple(
        Observation(NOON - every * back, text) for back, text in enumerate(reversed(said))
    )[::-1]


def article(**values: Any) -> Evidence:
    return Evidence(**{"outcome": Outcome.ARTICLE, "fetched_at": NOON, **values})


def rest(known: Evidence) -> timedelta:
    due = due_again(known)
    assert due is not None
    return due.at - known.fetched_at


@pytest.mark.parametrize("outcome", sorted(SOURCE_OUTCOMES))
def test_what_names_new_urls_is_due_soon_whatever_its_age(outcome):
    known = article(outcome=outcome, published_at=NOON - 900 * DAY, depth=4)

    assert due_again(known) == Due(NOON + SOURCE_RESTS, Reason.SOURCE)


@pytest.mark.parametrize("outcome", [Outcome.LISTING, Outcome.PAGE, Outcome.ARTICLE, Outcome.EMPTY])
def test_the_front_page_is_a_source_whatever_it_is_taken_for(outcome):
    due = due_again(article(outcome=outcome, is_front=True))

    assert due is not None
    assert due.reason is Reason.SOURCE


def test_a_listing_rests_longer_the_more_links_lead_to_it():
    rests = [rest(article(outcome=Outcome.LISTING, depth=depth)) for depth in range(1, 9)]

    assert rests[0] == SOURCE_RESTS
    assert rests == sorted(rests)
    assert rests[-1] == MOST_REST_OF_LISTINGS


def test_a_picture_is_never_due_again_whatever_a_sitemap_says():
    known = article(outcome=Outcome.NOT_HTML, modified_at=NOON + DAY, vanished_at=NOON + DAY)

    assert due_again(known) is None


def test_a_failure_is_tried_again_later_and_later_but_for_ever():
    waits = [rest(article(outcome=Outcome.ERROR, fail_count=count)) for count in range(1, 9)]

    assert waits[: len(RETRY_AFTER)] == list(RETRY_AFTER)
    assert waits[len(RETRY_AFTER) :] == [RETRY_AFTER[-1]] * (8 - len(RETRY_AFTER))
    assert list(RETRY_AFTER) == sorted(RETRY_AFTER)


def test_an_article_of_today_is_due_within_hours_and_one_of_last_year_within_months():
    assert rest(article(published_at=NOON - 8 * HOUR)) == 2 * HOUR
    assert rest(article(published_at=NOON - 400 * DAY)) == MOST_REST


def test_an_article_without_a_date_is_as_old_as_its_first_capture():
    assert rest(article(observations=seen("a"))) == LEAST_REST[Outcome.ARTICLE]
    assert rest(article(observations=seen("a", "a", "a", every=4 * DAY))) == 2 * DAY


def test_a_date_to_come_makes_no_article_older_or_younger():
    assert (
        rest(article(observations=seen("a"), published_at=NOON + DAY))
        == LEAST_REST[Outcome.ARTICLE]
    )


def test_a_page_that_just_changed_is_looked_at_like_a_new_one():
    old = article(published_at=NOON - 400 * DAY, observations=seen("a", "a", "b"))

    assert rest(old) == LEAST_REST[Outcome.ARTICLE]


def test_a_page_that_changed_twice_rests_less_than_one_that_changed_once():
    once = article(observations=seen("a", "a", "b", "b", every=8 * DAY))
    twice = article(observations=seen("a", "c", "b", "b", every=8 * DAY))

    assert rest(twice) < rest(once) < rest(article(observations=seen(*"bbbb", every=8 * DAY)))


def test_what_was_deleted_is_looked_at_sooner_than_what_never_was_there():
    deleted = article(outcome=Outcome.MISSING, observations=seen("a", "missing"))
    never = article(outcome=Outcome.MISSING, observations=seen("missing", "missing"))

    assert rest(deleted) == DAY
    assert rest(never) == LEAST_REST[Outcome.MISSING]


def test_a_new_modification_date_makes_a_page_due_at_that_moment():
    known = article(published_at=NOON - 400 * DAY, modified_at=NOON + HOUR)

    assert due_again(known) == Due(NOON + HOUR, Reason.LASTMOD)
    assert due_again(replace(known, modified_reason=Reason.FEED)) == Due(NOON + HOUR, Reason.FEED)


def test_a_modification_date_we_have_seen_lets_a_page_rest_longer():
    told = article(published_at=NOON - 40 * DAY, modified_at=NOON - 39 * DAY)

    assert rest(told) == 2 * rest(replace(told, modified_at=None))


def test_a_date_that_moves_while_the_text_stays_is_forgiven_once():
    known = article(published_at=NOON - 400 * DAY, modified_at=NOON + HOUR)
    once, twice = LastmodAccuracy(false_positives=1), LastmodAccuracy(false_positives=2)

    assert rest(replace(known, accuracy=once)) == HOUR
    assert rest(replace(known, accuracy=twice)) == MOST_REST
    assert is_new_lastmod_believed(LastmodAccuracy(correct=2, false_positives=3))


def test_a_date_that_stays_while_the_text_changes_lets_no_page_rest_longer():
    known = article(published_at=NOON - 40 * DAY, modified_at=NOON - 39 * DAY)

    assert rest(replace(known, accuracy=LastmodAccuracy(missed=1))) == rest(
        replace(known, modified_at=None)
    )
    assert is_old_lastmod_believed(LastmodAccuracy(correct=3, missed=1))


def test_a_source_whose_dates_lie_of_other_pages_is_not_believed_of_a_page_not_heard_of_yet():
    known = article(published_at=NOON - 400 * DAY, modified_at=NOON + HOUR)
    liar = LastmodAccuracy(correct=1, false_positives=40)

    assert rest(replace(known, others_accuracy=liar)) == MOST_REST
    assert rest(replace(known, others_accuracy=liar, accuracy=LastmodAccuracy(correct=1))) == HOUR
    assert (
        rest(replace(known, others_accuracy=LastmodAccuracy(correct=9, false_positives=40))) == HOUR
    )


def test_a_page_that_vanished_from_its_sitemap_is_due_at_once_until_it_is_looked_at():
    known = article(published_at=NOON - 400 * DAY, vanished_at=NOON + HOUR)

    assert due_again(known) == Due(NOON + HOUR, Reason.VANISHED)
    assert rest(replace(known, fetched_at=NOON + 2 * HOUR)) == MOST_REST


ages = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=9_000))
pages = st.builds(
    Evidence,
    outcome=st.sampled_from(sorted(LEAST_REST)),
    fetched_at=st.just(NOON),
    depth=st.integers(2, 2_000),
    published_at=st.none() | ages.map(lambda age: NOON - age),
    observations=st.lists(st.tuples(ages, st.sampled_from("ab")), max_size=8).map(
        lambda some: tuple(
            Observation(NOON - age, said) for age, said in sorted(some, reverse=True)
        )
    ),
    modified_at=st.none() | ages.map(lambda age: NOON - age),
    accuracy=st.builds(LastmodAccuracy, st.integers(0, 5), st.integers(0, 5), st.integers(0, 5)),
)


@given(pages)
def test_every_page_rests_for_a_while_and_none_for_ever(known: Evidence):
    assert min(*LEAST_REST.values(), DAY) <= rest(known) <= MOST_REST


@given(pages, ages)
def test_the_older_of_two_articles_rests_no_less(known: Evidence, more: timedelta):
    published = known.published_at or NOON
    younger = replace(known, outcome=Outcome.ARTICLE, observations=(), published_at=published)

    assert rest(replace(younger, published_at=published - more)) >= rest(younger)


@given(pages, st.integers(0, 7))
def test_a_page_seen_to_change_once_more_rests_no_longer(known: Evidence, at: int):
    steady = replace(
        known, observations=tuple(Observation(s.fetched_at, "a") for s in known.observations)
    )
    changed = tuple(
        Observation(s.fetched_at, "a" if number < at else "b")
        for number, s in enumerate(known.observations)
    )

    assert edits(changed) in {0, 1}
    assert rest(replace(known, observations=changed)) <= rest(steady)


@given(pages, st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=900)))
def test_news_of_a_page_is_never_reason_to_wait_longer(known: Evidence, later: timedelta):
    silent = replace(known, modified_at=None)

    assert rest(replace(known, modified_at=NOON + later)) <= rest(silent)
    assert rest(replace(known, vanished_at=NOON + later)) <= rest(known)


@given(pages, st.integers(1, 50))
def test_a_failure_is_tried_again_within_a_day(known: Evidence, count: int):
    assert rest(replace(known, fail_count=count)) <= timedelta(days=1)


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
