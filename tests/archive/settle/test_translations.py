"""Which articles are translations: those that name each other, and who is joined through them."""

from archive.settle.translations import group_names, reciprocal

NAMES = {1: "http://news.test/b/", 2: "http://news.test/fr/a/", 3: "http://news.test/en/c/"}


def test_two_articles_that_name_each_other_are_translations():
    assert reciprocal([(1, "fr", 2), (2, "vi", 1)]) == {(1, 2)}


def test_one_that_is_named_and_does_not_name_back_is_none():
    assert reciprocal([(1, "fr", 2), (2, "vi", 3)]) == set()


def test_two_that_name_each_other_in_one_language_are_none():
    assert reciprocal([(1, "en", 2), (2, "en", 1)]) == set()


def test_two_varieties_of_a_language_are_translations():
    assert reciprocal([(1, "pt-pt", 2), (2, "pt-br", 1)]) == {(1, 2)}


def test_a_group_is_called_after_the_first_of_its_members_in_order():
    assert group_names([(1, 2), (2, 3)], NAMES) == dict.fromkeys((1, 2, 3), NAMES[1])


def test_who_has_no_translation_is_in_no_group():
    assert group_names([(1, 2)], NAMES).keys() == {1, 2}
