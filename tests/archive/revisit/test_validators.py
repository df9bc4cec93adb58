"""When a known URL is asked for with its validators, and when its body is wanted all the same."""

import pytest

from archive.model import Answer
from archive.revisit.validators import MOST_UNCHECKED, Trust, conditional_headers, trust

MONDAY, TUESDAY = "Mon, 23 Nov 2026 08:00:00 GMT", "Tue, 24 Nov 2026 08:00:00 GMT"


def answer(etag='"a"', date=MONDAY, body="sha1:ONE", text=None) -> Answer:
    return Answer(
        not_modified=False,
        etag=etag,
        last_modified=date,
        payload_digest=body,
        text_sha256=text,
    )


UNCHANGED = Answer(
    not_modified=True, etag='"a"', last_modified=None, payload_digest=None, text_sha256=None
)


def test_a_url_that_was_never_fetched_is_asked_for_without_condition():
    assert conditional_headers([]) == {}


def test_the_validators_of_the_latest_whole_answer_are_sent_as_they_came():
    seen = [answer(), answer(etag='W/"b"', date=TUESDAY, body="sha1:TWO"), UNCHANGED]

    assert conditional_headers(seen) == {
        "If-None-Match": 'W/"b"',
        "If-Modified-Since": TUESDAY,
    }


def test_an_answer_without_validators_leaves_nothing_to_send():
    assert conditional_headers([answer(etag=None, date=None)]) == {}


def test_after_enough_answers_taken_on_trust_the_body_is_asked_for():
    trusted = [answer(), *[UNCHANGED] * (MOST_UNCHECKED - 1)]

    assert conditional_headers(trusted) != {}
    assert conditional_headers([*trusted, UNCHANGED]) == {}
    assert conditional_headers([*trusted, UNCHANGED, answer()]) != {}


@pytest.mark.parametrize(
    ("one", "other", "worth"),
    [
        (answer(), answer(body="sha1:TWO", date=TUESDAY), Trust(etag=False, last_modified=True)),
        (answer(), answer(body="sha1:TWO"), Trust(etag=False, last_modified=False)),
        (
            answer(text="old", date=MONDAY),
            answer(text="new", date=MONDAY, etag='"b"', body="sha1:TWO"),
            Trust(etag=True, last_modified=False),
        ),
        (answer(), answer(etag='"b"'), Trust(etag=False, last_modified=True)),
        (
            answer(etag='W/"a"'),
            answer(etag='W/"a"', body="sha1:TWO"),
            Trust(etag=True, last_modified=True),
        ),
        (
            answer(text="same"),
            answer(text="same", body="sha1:TWO"),
            Trust(etag=True, last_modified=True),
        ),
        (
            answer(etag='W/"a"', text="old"),
            answer(etag='W/"a"', text="new", date=TUESDAY),
            Trust(etag=False, last_modified=True),
        ),
        (answer(), answer(etag='"b"', date=TUESDAY, body="sha1:TWO"), Trust(True, True)),
    ],
    ids=[
        "one ETag, two bodies",
        "neither told of the new body",
        "one date, two texts",
        "two ETags, one body",
        "a weak ETag covers another frame",
        "one text in another frame",
        "a weak ETag covers no other text",
        "both told the truth",
    ],
)
def test_a_validator_that_lied_is_not_relied_on(one, other, worth):
    assert trust([one, other]) == worth
    assert trust([other, one]) == worth


def test_a_liar_is_asked_for_its_body():
    lied = [answer(text="old"), answer(text="new", body="sha1:TWO")]

    assert conditional_headers(lied) == {}
