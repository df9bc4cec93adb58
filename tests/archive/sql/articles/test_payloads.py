"""Settling finds the addresses of one path that showed an equal payload, whenever they come."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.model import Outcome
from archive.sql.articles.neighbourhood import neighbourhood
from archive.sql.database import Database
from tests.support.graphs import TEXTS, Seen, canonical, moved, url_of
from tests.support.settled import new_profile, store
from tests.support.whole_set import by_the_whole_set, in_database

HOUR = 60
PLACES = ("/s", "/s?ref=x", "/s?ref=y", "http://www.news.test/s", "/t", "/t?ref=x")


def seen_at(path: str, hour: float, text: str = "mole", **fields: object) -> Seen:
    values = {"headline": "Briefing", "published": 0, "payload": f"sha1:{text}", **fields}
    return Seen(path, round(hour * HOUR), text=TEXTS[text], **values)


@st.composite
def visits(draw: st.DrawFn) -> list[Seen]:
    """Captures of a few addresses, two of them paths with variants, that claim to be each other."""
    found = []
    for number in range(draw(st.integers(2, 9))):
        path = draw(st.sampled_from(PLACES))
        if draw(st.integers(0, 5)) == 0:
            found.append(moved(path, number * HOUR, draw(st.sampled_from(PLACES))))
            continue
        target = draw(st.sampled_from((None, *PLACES)))
        found.append(
            seen_at(
                path,
                number + draw(st.sampled_from((0, 0.5))),
                draw(st.sampled_from(tuple(TEXTS))),
                edges=(canonical(target),) if target not in {None, path} else (),
                headline=draw(st.sampled_from(("Briefing", "The news"))),
                outcome=draw(st.sampled_from((*(Outcome.ARTICLE,) * 5, Outcome.PAGE))),
            )
        )
    return found


@given(visits(), st.randoms(use_true_random=False), st.integers(1, 4))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_comes_in_any_order_and_is_settled_at_any_time_amounts_to_the_whole_set(
    ingest, database, seen, chance, at_once
):
    profile = new_profile()
    numbered = list(enumerate(seen))
    chance.shuffle(numbered)

    for at in range(0, len(numbered), at_once):
        some = numbered[at : at + at_once]
        store(ingest, profile, some)
        if chance.random() < 0.7:
            ingest.settle(profile, [item.url for _, item in some]).result()
    ingest.settle_all(profile)

    assert in_database(database, profile) == by_the_whole_set(seen, profile)


@pytest.mark.parametrize("paths", [("/s", "/s?ref=x"), ("/s?ref=x", "/s")])
def test_the_address_that_comes_later_joins_the_article_that_is_there(ingest, database, paths):
    profile = new_profile()

    for number, path in enumerate(paths):
        store(ingest, profile, [(number, seen_at(path, number))])
        ingest.settle(profile, [url_of(path)]).result()

    ((name, (roles, versions, _)),) = in_database(database, profile).items()
    assert name == (url_of("/s"), 1)
    assert roles == {(url_of("/s"), 1): "canonical", (url_of("/s?ref=x"), 1): "alias"}
    assert len(versions) == 1


def test_an_article_of_two_addresses_is_two_once_their_texts_are_seen_to_differ(ingest, database):
    """A page that stood at both was no article's; it is found out when each shows its own."""
    profile = new_profile()
    error = {"text": "weir", "headline": "Sorry", "published": None}
    store(ingest, profile, [(n, seen_at(f"/s?id={n}", 9, **error)) for n in (1, 2)])
    ingest.settle_all(profile)
    assert len(in_database(database, profile)) == 1

    for number, text in ((1, "mole"), (2, "harbour")):
        store(ingest, profile, [(number + 2, seen_at(f"/s?id={number}", 10, text))])
        ingest.settle(profile, [url_of(f"/s?id={number}")]).result()

    assert len(in_database(database, profile)) == 2


def test_an_equal_payload_at_other_paths_or_of_other_publishers_is_not_looked_at(
    ingest, database: Database
):
    profile, stranger = new_profile(), new_profile()
    paths = ("/s", "/s?ref=x", "/s/", "/t", "/")
    store(ingest, profile, [(n, seen_at(path, n)) for n, path in enumerate(paths)])
    store(ingest, stranger, [(0, seen_at("/s?ref=y", 0))])

    with database.reading() as connection:
        owner = ingest.publisher_id(connection, profile)
        found = neighbourhood(connection, owner, [url_of("/s")], lambda _: True)

    assert found.urls == {url_of("/s"), url_of("/s?ref=x")}
