"""A verdict is a table of named signs, their weights, and a threshold."""

from archive.extract.signs import Sign, decide, score

LONG = Sign("long", lambda text: len(text) > 9, weight=2)
WORD = Sign("word {}", lambda text: next(iter(text.split()), None))
DIGIT = Sign("digit", lambda text: any(map(str.isdigit, text)), is_decisive=True)


def names(table, text):
    return [sign.name for sign in score(table, text).found]


def test_signs_are_found_in_the_order_of_the_table():
    assert names((DIGIT, LONG), "in the year 2026") == ["digit", "long"]


def test_a_detail_takes_its_place_in_the_name():
    assert names((WORD,), "flood in town") == ["word flood"]


def test_a_detail_with_braces_is_written_as_it_is():
    assert names((WORD,), "{0} {}") == ["word {0}"]


def test_a_sign_that_is_missing_is_no_evidence():
    assert score((LONG, WORD), "").evidence("short") == ()


def test_of_alternatives_the_first_that_is_found_counts():
    assert names(((DIGIT, LONG, WORD),), "a long sentence") == ["long"]


def test_a_total_counts_the_weights_of_one_verdict():
    news = Sign("flood", lambda text: "flood" in text, weight=3, verdict="news")
    found = score((LONG, news), "the flood in the town")

    assert (found.total(), found.total("news"), found.total("sport")) == (2, 3, 0)


def test_evidence_says_what_a_sign_is_evidence_of():
    assert score((DIGIT,), "2026").evidence("year") == ("digit (year)",)


def test_a_verdict_needs_the_threshold_and_a_decisive_sign():
    table = (LONG, WORD, DIGIT)

    assert decide(table, "a long sentence", threshold=3) is None
    assert decide(table, "2026", threshold=3) is None
    assert decide(table, "the year 2026", threshold=4) is not None


def test_no_other_sign_is_looked_for_without_a_decisive_one():
    asked = []
    costly = Sign("costly", lambda text: bool(asked.append(text)))

    assert decide((costly, DIGIT), "no number", threshold=1) is None
    assert asked == []
