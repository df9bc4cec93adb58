"""Settling in the database: a step at a time it comes to what the whole set amounts to."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from archive.model import Component, Outcome
from archive.profile import Profile
from archive.queries.search import find_article
from archive.settle.versions import history_of
from archive.sql.database import Database
from archive.sql.schema import view_tables
from tests.support.graphs import Seen, amphtml, articles_of, canonical, graphs, moved, url_of
from tests.support.settled import new_profile, record_id, store

Name = tuple[str, int]
"""URL and ordinal of an address."""
Told = dict[Name, tuple[dict[Name, str], list[tuple[str, str]], str | None]]
"""By canonical address: the addresses with their roles, the versions' first records and texts, and
how the article was found gone."""


def in_database(database: Database, profile: Profile) -> Told:
    article, address, version = view_tables.article, view_tables.address, view_tables.version
    found: Told = {}
    with database.reading() as connection:
        owner = connection.scalar(select(view_tables.publisher.c.id).filter_by(name=profile.name))
        for row in connection.execute(select(article).filter_by(publisher_id=owner)):
            roles = connection.execute(select(address).filter_by(article_id=row.id))
            versions = connection.execute(
                select(view_tables.capture.c.warc_record_id, version.c.text)
                .select_from(version)
                .join(view_tables.extraction)
                .join(view_tables.capture)
                .where(version.c.article_id == row.id)
                .order_by(version.c.seq)
            )
            found[row.canonical_url, row.ordinal] = (
                {(place.url, place.ordinal): place.role for place in roles},
                [(record, text) for record, text in versions],
                row.gone_reason,
            )
    return found


def by_the_whole_set(seen: Sequence[Seen], profile: Profile) -> Told:
    ids = {item.record_id: record_id(item, profile) for item in seen}

    def of(component: Component) -> tuple[dict[Name, str], list[tuple[str, str]], str | None]:
        told = history_of(component, {})
        return (
            {(place.url, place.ordinal): str(role) for place, role in component.roles.items()},
            [(ids[span.reading.record_id], span.article.text) for span in told.spans],
            str(told.gone.reason) if told.gone else None,
        )

    return {(item.canonical.url, item.canonical.ordinal): of(item) for item in articles_of(seen)}


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
