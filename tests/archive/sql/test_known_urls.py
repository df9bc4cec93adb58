"""The numbers of URLs: each text once, found among its spellings, and the words of the frontier."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import pytest
from sqlalchemy import select

from archive.model import Kind, Outcome, Via
from archive.model.reason import Reason
from archive.sql.captures.store import publisher_id
from archive.sql.frontier.store import State
from archive.sql.known_urls import fold, fold_number, ids_for, ids_of
from archive.sql.schema import words
from archive.sql.schema.view_tables import known_url

A, B = "http://news.test/a/", "http://news.test/b/"
SPELLINGS = [A, "https://news.test/A", "http://news.test//a", "http://NEWS.test/a/"]


def test_a_url_keeps_the_number_that_it_got_first(connection, owner):
    first = ids_for(connection, owner, [A])

    again = ids_for(connection, owner, [B, A, B])

    assert again[A] == first[A]
    assert again[B] > first[A]
    assert ids_of(connection, owner, [A, B, "http://news.test/c/"]) == again
    assert len(connection.execute(select(known_url)).all()) == 2


def test_urls_with_one_hash_are_told_apart_by_their_texts(connection, owner):
    numbers = ids_for(connection, owner, SPELLINGS[:2])
    numbers |= ids_for(connection, owner, SPELLINGS)

    assert len({fold_number(fold(url)) for url in SPELLINGS}) == 1
    assert len({*numbers.values()}) == len(SPELLINGS)
    assert ids_of(connection, owner, SPELLINGS) == numbers


def test_the_urls_of_two_publishers_have_numbers_of_their_own(connection, owner):
    other = publisher_id(connection, "other", None, None)

    ours, theirs = ids_for(connection, owner, [A]), ids_for(connection, other, [A])

    assert ours[A] != theirs[A]
    assert ids_of(connection, owner, [A]) == ours


@pytest.mark.parametrize(
    ("places", "enumeration"),
    [
        (words.VIA_WORDS, Via),
        (words.KIND_WORDS, Kind),
        (words.STATE_WORDS, State),
        (words.REASON_WORDS, Reason),
        (words.OUTCOME_WORDS, Outcome),
    ],
)
def test_every_word_has_a_place(places: Sequence[str], enumeration: type[StrEnum]):
    assert sorted(places) == sorted(enumeration)
