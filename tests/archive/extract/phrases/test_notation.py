"""Phrases in a small notation, and the expressions made of them."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.extract.phrases.notation import any_of, any_whole, expression_of


def found(phrase: str, text: str) -> bool:
    return re.search(any_whole([phrase]), text, re.IGNORECASE) is not None


def test_a_space_is_any_white_space_and_an_apostrophe_any_apostrophe():
    assert found("don't miss", "Don’t \N{NO-BREAK SPACE}miss")


def test_round_brackets_hold_alternatives():
    assert found("lue (myös|lisää)", "Lue lisää")
    assert not found("lue (myös|lisää)", "Lue")


def test_square_brackets_hold_what_may_be_missing():
    assert all(found("[how ]to read[ s|ing]", text) for text in ("how to read", "to reading"))


def test_a_star_is_the_rest_of_a_word():
    assert found("haber*", "ilgili haberler")
    assert not found("haber", "ilgili haberler")


def test_an_underscore_is_one_word():
    assert found("follow _ on x", "follow Ann on X")
    assert not found("follow _ on x", "follow on X")


def test_a_number_in_braces_is_the_most_characters_between_two_words():
    assert found("sign up {10} newsletter", "sign up for our newsletter")
    assert not found("sign up {10} newsletter", "sign up for each and every newsletter")


def test_other_signs_mean_themselves():
    assert found("what do you think?", "What do you think?")
    assert not found("min.", "mine")


def test_whole_phrases_are_not_found_within_words():
    assert not found("share", "shareholder")
    assert re.search(any_of(["share"]), "shareholder")


def test_a_script_without_spaces_has_no_bounds_of_words():
    assert found("広告", "この広告は")


def test_the_longest_phrase_is_found_first():
    match = re.match(any_of(["by", "by our staff"]), "by our staff")

    assert match is not None
    assert match[0] == "by our staff"


_PHRASES = st.text(st.sampled_from("ab "), min_size=1).map(str.strip).filter(bool)


@given(st.lists(_PHRASES | _PHRASES.map(lambda phrase: f"[{phrase}]b"), min_size=1), st.text("ab "))
@example(["ab", "[a]bb", "a", "abb"], "abbb")
def test_phrases_that_begin_alike_are_found_as_one_after_the_other(
    phrases: Sequence[str], text: str
):
    ordered = sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))
    apart = "|".join(map(expression_of, ordered))

    assert spans(any_of(phrases), text) == spans(apart, text)


def spans(expression: str, text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(expression, text)]


def test_no_phrases_match_nothing():
    assert re.search(any_of([]), "") is None


@pytest.mark.parametrize(
    ("phrase", "problem"),
    [
        ("read (more", r"'\(' without its closing"),
        ("read more]", r"'\]' without its opening"),
        ("read (more]", r"'\]' without its opening"),
        ("read|see", "outside of brackets"),
        ("read {many} more", "'{'"),
        ("\\w", "means nothing"),
    ],
)
def test_what_is_no_notation_is_an_error(phrase: str, problem: str):
    with pytest.raises(ValueError, match=problem):
        expression_of(phrase)
