"""An article's versions: what makes one, what makes none, and when an article is gone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.model import Component, History, Outcome, Role
from archive.settle.versions import history
from tests.support.graphs import DAWN, Seen, graphs, url_of

AMP_PATH = "/a/?amp=1"
ARTICLE = Component(url_of("/a/"), {url_of("/a/"): Role.CANONICAL, url_of(AMP_PATH): Role.AMP})


def told(seen: list[Seen], component: Component = ARTICLE) -> History:
    readings = [reading for item in seen if (reading := item.reading()) is not None]
    return history(component, readings, [item.sighting() for item in seen])


def minutes(result: History) -> list[tuple[int, int]]:
    """The first and last minute of each version."""
    return [
        (
            int((span.seen_from - DAWN).total_seconds() // 60),
            int((span.seen_until - DAWN).total_seconds() // 60),
        )
        for span in result.spans
    ]


CASES: dict[str, tuple[list[Seen], list[tuple[int, int]]]] = {
    "one capture is one version": ([Seen("/a/", 1)], [(1, 1)]),
    "the same text again makes none": ([Seen("/a/", 1), Seen("/a/", 9)], [(1, 9)]),
    "a changed text makes one": (
        [Seen("/a/", 1, text="x"), Seen("/a/", 5, text="y"), Seen("/a/", 9, text="y")],
        [(1, 1), (5, 9)],
    ),
    "a text that comes back is a third one": (
        [Seen("/a/", 1, text="x"), Seen("/a/", 5, text="y"), Seen("/a/", 9, text="x")],
        [(1, 1), (5, 5), (9, 9)],
    ),
    "an AMP twin that reads otherwise makes none": (
        [Seen("/a/", 1, text="x"), Seen(AMP_PATH, 5, text="x'"), Seen("/a/", 9, text="x")],
        [(1, 9)],
    ),
    "AMP pages make versions where there are no others": (
        [Seen(AMP_PATH, 1, text="x"), Seen(AMP_PATH, 5, text="y")],
        [(1, 1), (5, 5)],
    ),
    "an error in between ends no version": (
        [Seen("/a/", 1), Seen("/a/", 5, Outcome.ERROR), Seen("/a/", 9)],
        [(1, 9)],
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_versions(case):
    seen, expected = case

    result = told(seen)

    assert minutes(result) == expected
    assert (result.seen_from, result.seen_until) == (
        result.spans[0].seen_from,
        result.spans[-1].seen_until,
    )


def test_a_version_refers_to_the_record_that_first_showed_it():
    seen = [Seen("/a/", 1), Seen("/a/", 5)]

    assert told(seen).spans[0].reading.record_id == seen[0].record_id


def test_an_article_is_gone_since_the_first_capture_that_found_nothing():
    seen = [Seen("/a/", 1), Seen("/a/", 5, Outcome.MISSING), Seen("/a/", 9, Outcome.MISSING)]

    assert told(seen).gone_at == seen[1].at


def test_an_article_that_came_back_is_not_gone():
    seen = [Seen("/a/", 1), Seen("/a/", 5, Outcome.MISSING), Seen("/a/", 9)]

    assert told(seen).gone_at is None


def test_an_article_is_not_gone_because_its_twin_is():
    seen = [Seen("/a/", 1), Seen(AMP_PATH, 5, Outcome.MISSING)]

    assert told(seen).gone_at is None


@pytest.mark.parametrize("outcome", [Outcome.ERROR, Outcome.BLOCKED, Outcome.FAILED])
def test_a_failure_does_not_make_an_article_gone(outcome):
    seen = [Seen("/a/", 1), Seen("/a/", 5, outcome)]

    assert told(seen).gone_at is None


def test_an_article_without_a_reading_is_a_mistake():
    with pytest.raises(ValueError, match="needs at least one reading"):
        told([Seen("/a/", 1, Outcome.MISSING)])


@given(graphs(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_captures_does_not_matter(seen, chance):
    of_article = [item for item in seen if item.url in ARTICLE.roles]
    if not any(item.outcome is Outcome.ARTICLE for item in of_article):
        return

    shuffled = list(of_article)
    chance.shuffle(shuffled)

    assert told(shuffled) == told(of_article)
