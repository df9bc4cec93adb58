"""Settling in the database: a step at a time it comes to what the whole set amounts to."""

from __future__ import annotations

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from archive.model import Outcome
from archive.queries.search import find_article
from tests.support.graphs import Seen, amphtml, canonical, graphs, moved, url_of
from tests.support.settled import new_profile, store
from tests.support.whole_set import by_the_whole_set, in_database

LISTING = Outcome.LISTING
TURNED = [Seen("/a/", 0), Seen("/b/", 1, edges=(canonical("/a/"),)), Seen("/a/", 2, LISTING)]
PAGE_BETWEEN = [
    Seen("/c/", 0, Outcome.PAGE, (canonical("/a/"), amphtml("/b/"))),
    Seen("/a/", 1, headline="one"),
    Seen("/b/", 2, headline="other"),
]
FREED = [
    Seen("/list/", 0, LISTING),
    Seen("/b/", 1, edges=(canonical("/list/"),)),
    Seen("/list/", 2),
]


@example(PAGE_BETWEEN, [False] * 10)
@example(TURNED, [True] * 10)
@example(FREED, [True] * 10)
@given(graphs(), st.lists(st.booleans(), min_size=10, max_size=10))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_settling_a_capture_at_a_time_comes_to_what_the_whole_set_amounts_to(
    ingest, database, seen, settle_at
):
    profile = new_profile()

    for number, item in enumerate(seen):
        store(ingest, profile, [(number, item)])
        if settle_at[number]:
            ingest.settle(profile, [item.url]).result()
    ingest.settle_all(profile)

    assert in_database(database, profile) == by_the_whole_set(seen, profile)


@given(graphs(), st.randoms(use_true_random=False))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_captures_may_come_in_any_order_and_twice(ingest, database, seen, chance):
    profile = new_profile()
    numbered = list(enumerate(seen))
    twice = [*numbered, *chance.sample(numbered, len(numbered) // 2)]
    chance.shuffle(twice)

    for at in range(0, len(twice), 3):
        store(ingest, profile, twice[at : at + 3])
        ingest.settle_all(profile)

    assert in_database(database, profile) == by_the_whole_set(seen, profile)


def test_settling_again_changes_nothing_and_leaves_nothing_to_settle(ingest, database):
    profile = new_profile()
    store(ingest, profile, list(enumerate(TURNED)))
    ingest.settle_all(profile)
    before = in_database(database, profile)

    ingest.settle(profile, [url_of("/a/"), url_of("/b/")]).result()

    assert in_database(database, profile) == before
    assert ingest.settle_all(profile) == 0


def test_more_urls_than_fit_into_one_transaction_are_all_settled(ingest, database):
    profile = new_profile()
    texts = [f"It happened {'once and ' * n}again" for n in range(450)]
    store(ingest, profile, [(n, Seen(f"/story-{n}/", n, text=t)) for n, t in enumerate(texts)])

    assert ingest.settle_all(profile) == 450

    assert len(in_database(database, profile)) == 450


def test_settling_one_article_does_not_read_the_rest_of_the_site(ingest, database):
    """Ten articles name the front page, or an agency's page, as canonical: they stay apart."""
    profile = new_profile()
    wrong = (canonical("/"), canonical("http://agency.test/1"))
    pages = [Seen(f"/{n}/", n, edges=(wrong[n % 2],)) for n in range(10)]
    store(ingest, profile, list(enumerate([*pages, Seen("/", 10, LISTING)])))

    ingest.settle(profile, [url_of("/1/")]).result()

    assert list(in_database(database, profile)) == [(url_of("/1/"), 1)]


def test_two_publishers_may_have_one_url_each_with_its_own_article(ingest, database):
    one, other = new_profile(), new_profile()
    for profile in (one, other):
        store(ingest, profile, [(0, Seen("/a/", 0))])
        ingest.settle_all(profile)

    with database.reading() as connection:
        found = find_article(connection, url_of("/a/"))

    assert {article.publisher for article in found} == {one.name, other.name}


def test_an_article_is_found_by_any_of_its_addresses(ingest, database):
    profile = new_profile()
    seen = [
        moved("/?p=1", 0, "/a/"),
        Seen("/a/", 1, edges=(amphtml("/a/?amp=1"),)),
        Seen("/a/?from=mail", 2, edges=(canonical("/a/"),)),
    ]
    store(ingest, profile, list(enumerate(seen)))
    ingest.settle_all(profile)

    with database.reading() as connection:
        found = {
            path: [article.canonical_url for article in find_article(connection, url_of(path))]
            for path in ("/?p=1", "/a/", "/a/?amp=1", "/a/?from=mail", "/b/")
        }

    assert found.pop("/b/") == []
    assert set(map(tuple, found.values())) == {(url_of("/a/"),)}
