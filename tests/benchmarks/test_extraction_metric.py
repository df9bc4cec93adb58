"""The metric by cases that were worked out by hand."""

from __future__ import annotations

import pytest

from benchmarks.extraction.metric import (
    Match,
    compare,
    held_at_best,
    held_by_least,
    score,
    shingles,
    tokens,
)


def test_words_are_runs_of_letters_digits_and_underscores_and_case_counts():
    assert tokens("L’été à Đà Nẵng: 3,5 °C, snake_case") == [
        *("L", "été", "à", "Đà", "Nẵng", "3", "5", "C", "snake_case")
    ]
    assert tokens("Word") != tokens("word")


def test_shingles_are_counted_as_often_as_they_occur():
    found = shingles(["a", "b", "c", "d", "a", "b", "c", "d"])

    assert found["a", "b", "c", "d"] == 2
    assert found.total() == 5


def test_a_text_shorter_than_a_shingle_is_one_shingle():
    assert dict(shingles(["only", "three", "words"])) == {("only", "three", "words"): 1}
    assert not shingles([])


def test_a_line_added_behind_the_text_costs_precision_alone():
    # true: abcd bcde; said: abcd bcde cdex dexy, so two of four shingles are right.
    match = compare("a b c d e", "a b c d e x y")

    assert match == Match(both=2, added=2, lost=0, exact=False)
    assert (match.precision, match.recall) == (0.5, 1.0)
    assert match.f1 == pytest.approx(2 / 3)


def test_a_text_said_twice_is_half_wrong():
    # true: abcd; said: abcd bcda cdab dabc abcd.
    match = compare("a b c d", "a b c d a b c d")

    assert match == Match(both=1, added=4, lost=0, exact=False)


def test_white_space_and_punctuation_between_words_do_not_count():
    assert compare("One, two.\n\nThree", "• One | two  Three!").exact
    assert not compare("One, two.\n\nThree", "One two three").exact


def test_a_page_without_prediction_has_no_precision_and_loses_its_recall():
    match = compare("a b c d", "")

    assert (match.precision, match.recall, match.f1) == (None, 0.0, 0.0)


def test_nothing_extracted_where_nothing_is_to_be_had_is_exact():
    match = compare("", " … ")

    assert (match.precision, match.recall, match.f1, match.exact) == (None, None, 1.0, True)


def test_precision_and_recall_are_averaged_over_pages_whatever_their_length():
    short = Match(both=1, added=0, lost=1, exact=False)
    long = Match(both=1000, added=1000, lost=0, exact=False)

    found = score([short, long])

    assert (found.precision, found.recall) == (0.75, 0.75)
    assert found.f1 == pytest.approx(0.75)


def test_f1_is_that_of_the_averages_and_not_an_average_of_f1s():
    precise = Match(both=1, added=0, lost=3, exact=False)
    complete = Match(both=1, added=3, lost=0, exact=False)

    found = score([precise, complete])

    assert found.f1 == pytest.approx(0.625)
    assert (precise.f1 + complete.f1) / 2 == pytest.approx(0.4)


def test_a_page_without_prediction_is_left_out_of_precision_and_stays_in_recall():
    whole = Match(both=4, added=0, lost=0, exact=True)
    nothing = Match(both=0, added=0, lost=4, exact=False)

    found = score([whole, nothing])

    assert (found.precision, found.recall, found.exact, found.pages) == (1.0, 0.5, 0.5, 2)


def test_a_set_of_which_nothing_was_extracted_scores_nothing():
    found = score([compare("a b c d e", "")])

    assert (found.precision, found.recall, found.f1, found.exact) == (0.0, 0.0, 0.0, 0.0)


def test_the_least_confident_tenth_holds_its_share_of_what_is_lost_and_added():
    wrong = [10, 0, 0, 40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 50]
    matches = [Match(both=100, added=each // 2, lost=each // 2, exact=False) for each in wrong]
    confidences = [0.2, 0.9, 0.9, 0.1, *[0.9] * 15, 0.8]

    assert held_by_least(matches, confidences) == 0.5
    assert held_at_best(matches) == 0.9


def test_where_nothing_is_wrong_any_order_holds_all_of_it():
    assert held_by_least([Match(both=1, added=0, lost=0, exact=True)], [0.5]) == 1.0
