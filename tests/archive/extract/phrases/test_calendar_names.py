"""Names of months and days from Unicode's CLDR."""

import pytest

from archive.extract.phrases.calendar_names import calendar_words, locale_of, month_names


def test_the_months_of_a_language_have_whole_and_short_names():
    names = dict(month_names("de"))

    assert names["September"] == 9
    assert names["Sept."] == 9


@pytest.mark.parametrize("tag", ["", "xx-nowhere", "not a tag"])
def test_an_unknown_language_has_no_months(tag: str):
    assert locale_of(tag) is None
    assert [*month_names(tag)] == []


@pytest.mark.parametrize("word", ["märz", "samedi", "września", "ağustos", "sexta", "feira"])
def test_months_and_days_are_known_in_the_languages_whose_files_ask_for_them(word: str):
    assert word in calendar_words()


def test_short_names_of_days_are_left_out_because_they_are_words_of_other_languages():
    assert calendar_words().isdisjoint({"per", "man", "sam", "dim", "do"})
