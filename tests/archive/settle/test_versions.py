"""An article's versions: what makes one, what makes none, and when an article is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.model import DOUBTFUL, Absence, Block, BlockKind, History, Outcome, Removal
from archive.settle.boilerplate import block_key
from archive.settle.versions import Rules, history_of
from tests.support.graphs import DAWN, Seen, articles_of, canonical, graphs, missing

AMP_PATH = "/a/?amp=1"


def told(seen: list[Seen], rules: Rules | None = None) -> History:
    """The history of the article at /a/, whose AMP page names it."""
    named = [replace(i, edges=(canonical("/a/"),)) if i.path == AMP_PATH else i for i in seen]
    (component,) = articles_of(named)
    return history_of(component, rules or {})


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
    seen = [Seen("/a/", 1), missing("/a/", 5), missing("/a/", 9, 410)]

    assert told(seen).gone == Absence(seen[1].at, Removal.NOT_FOUND)


def test_an_article_that_came_back_is_not_gone():
    seen = [Seen("/a/", 1), missing("/a/", 5), Seen("/a/", 9)]

    assert told(seen).gone is None


def test_an_article_is_not_gone_because_its_twin_is():
    seen = [Seen("/a/", 1), missing(AMP_PATH, 5)]

    assert told(seen).gone is None


@pytest.mark.parametrize("outcome", [Outcome.ERROR, Outcome.BLOCKED, Outcome.FAILED])
def test_a_failure_does_not_make_an_article_gone(outcome):
    seen = [Seen("/a/", 1), Seen("/a/", 5, outcome)]

    assert told(seen).gone is None


STUB = "The first lines, and then a price."


@pytest.mark.parametrize("flag", sorted(DOUBTFUL))
def test_a_page_in_doubt_never_replaces_a_whole_one(flag):
    doubt = Seen("/a/", 5, text=STUB, flags=frozenset({flag}))

    result = told([Seen("/a/", 1), doubt, Seen("/a/", 9), replace(doubt, minute=12)])

    assert minutes(result) == [(1, 9)]
    assert result.latest.fetched_at == DAWN + timedelta(minutes=9)


def test_a_whole_page_takes_the_place_of_what_was_in_doubt_before():
    doubt = Seen("/a/", 1, text=STUB, flags=DOUBTFUL)

    assert minutes(told([doubt])) == [(1, 1)]
    assert minutes(told([doubt, Seen("/a/", 5)])) == [(5, 5)]


FOOTER = "Follow us, every morning at seven."


def key(text: str) -> str:
    return block_key(Block(BlockKind.PARAGRAPH, text))


RULES = {"en": frozenset({key(FOOTER)})}


def test_a_version_is_what_the_page_says_without_the_boilerplate_which_is_kept_aside():
    (span,) = told([Seen("/a/", 1, text=f"text\n{FOOTER}")], RULES).spans

    assert span.article.text == "text"
    assert [block.text for block in span.removed] == [FOOTER]


def test_a_changed_boilerplate_is_no_edit():
    seen = [Seen("/a/", 1, text=f"text\n{FOOTER}"), Seen("/a/", 5, text="text")]

    assert minutes(told(seen)) == [(1, 1), (5, 5)]
    assert minutes(told(seen, RULES)) == [(1, 5)]


def test_the_rules_of_another_language_do_not_count():
    (span,) = told([Seen("/a/", 1, text=f"text\n{FOOTER}")], {"fr": RULES["en"]}).spans

    assert span.removed == ()


def test_what_is_learned_from_does_not_depend_on_the_rules():
    seen = [Seen("/a/", 1, text=f"text\n{FOOTER}"), Seen("/a/", 5, text=f"other\n{FOOTER}")]

    assert told(seen, RULES).ends == told(seen).ends
    assert told(seen).ends.keys() == {key(text) for text in ("text", "other", FOOTER)}


@given(graphs(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_captures_does_not_matter(seen, chance):
    shuffled = list(seen)
    chance.shuffle(shuffled)

    histories = [
        [history_of(item, RULES) for item in articles_of(some)] for some in (seen, shuffled)
    ]

    assert histories[0] == histories[1]
