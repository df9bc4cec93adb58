"""What patterns hold back, as rows on each engine: counted, held, tested, freed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, update

from archive.crawl_traps import pattern_rows, pattern_yield
from archive.crawl_traps.patterns import LIMIT, Tally
from archive.model import Kind, Via
from archive.model.reason import Reason
from archive.profile import Profile
from archive.revisit import url_updates
from archive.sql.frontier import store as frontier
from archive.sql.frontier.store import State
from archive.sql.schema.state_tables import pattern
from archive.sql.views import url as table
from tests.support.frontier import NOON, entry, fetched

PROFILE = Profile(name="news", home="http://news.test/")
KEY = "news.test/calendar/<number>/"
DAYS = [f"http://news.test/calendar/{number}/" for number in range(1, 101)]
DAY = timedelta(days=1)


def condemn(connection, owner: int, key: str = KEY) -> None:
    """Have *key* hold back what is of its pattern."""
    pattern_rows.put_tallies(connection, owner, {key: Tally(fetched=39, score=LIMIT)}, NOON)


def add(connection, owner: int, *urls: str, profile: Profile = PROFILE, **values) -> set[str]:
    entries, naming = pattern_yield.admit(
        connection, owner, profile, [entry(url, source_url=PROFILE.home, **values) for url in urls]
    )
    frontier.add(connection, owner, entries)
    return naming


def in_state(connection, state: State) -> list[str]:
    return list(connection.scalars(select(table.c.url).filter_by(state=state).order_by(table.c.id)))


def test_a_url_of_a_worthless_pattern_is_held_back_and_every_doubling_is_tested(connection, owner):
    condemn(connection, owner)

    add(connection, owner, *DAYS)

    assert in_state(connection, State.PENDING) == [DAYS[15], DAYS[31], DAYS[63]]
    (held,) = pattern_rows.held_back(connection, owner)
    assert (held.pattern, held.urls, held.fetched, held.new) == (KEY, 97, 39, 0)


def test_what_was_pending_before_is_held_back_when_its_turn_comes(connection, owner):
    add(connection, owner, *DAYS)
    condemn(connection, owner)
    leases = frontier.pending(connection, owner, (), 50)

    pattern_yield.hold_back(connection, owner, PROFILE, leases)

    assert in_state(connection, State.PENDING) == [DAYS[15], DAYS[31], *DAYS[50:]]
    tests = frontier.pending(connection, owner, (), 2)
    assert {lease.due_reason for lease in tests} == {Reason.PROBE}
    assert pattern_yield.held_among(connection, owner, PROFILE, tests) == {}


def test_a_held_url_that_a_page_names_again_stays_and_one_that_a_feed_names_does_not(
    connection, owner
):
    condemn(connection, owner)
    add(connection, owner, *DAYS[:2])

    add(connection, owner, DAYS[0])
    add(connection, owner, DAYS[1], via=Via.FEED, priority=40, depth=0)

    assert in_state(connection, State.HELD_BACK) == [DAYS[0]]
    assert in_state(connection, State.PENDING) == [DAYS[1]]
    lease = frontier.pending(connection, owner, (), 1)
    assert pattern_yield.held_among(connection, owner, PROFILE, lease) == {}


def test_what_the_profile_follows_is_never_held_back_and_what_was_is_freed(connection, owner):
    condemn(connection, owner)
    add(connection, owner, *DAYS[:3])
    follows = replace(PROFILE, follow=("^/calendar/[12]/",))

    pattern_yield.release_patterns(connection, owner, follows)
    add(connection, owner, *DAYS[9:19], profile=replace(PROFILE, follow=("^/calendar/1",)))

    assert in_state(connection, State.PENDING) == [*DAYS[:2], *DAYS[9:19]]
    assert in_state(connection, State.HELD_BACK) == [DAYS[2]]


def test_the_last_found_is_tested_now_and_then(connection, owner):
    condemn(connection, owner)
    add(connection, owner, *DAYS[:5])

    tested = [
        pattern_rows.probe(connection, owner, NOON + days * DAY) for days in (0, 0.5, 1, 2, 3, 6, 7)
    ]

    assert tested == [1, 0, 1, 0, 1, 0, 1]
    assert in_state(connection, State.HELD_BACK) == DAYS[:1]


def test_a_pattern_that_yields_again_frees_what_it_held_back(connection, owner):
    condemn(connection, owner)
    add(connection, owner, *DAYS[:5])
    connection.execute(update(pattern).values(score=LIMIT - 1))

    pattern_yield.release_patterns(connection, owner, PROFILE)

    assert in_state(connection, State.PENDING) == DAYS[:5]
    assert pattern_rows.held_back(connection, owner) == ()


def test_another_spelling_of_a_url_is_known_for_one(connection, owner):
    add(connection, owner, "http://news.test/a/story?b=1&c=2")

    add(connection, owner, "http://news.test/A/Story/?c=2&b=1", "http://news.test/a/other")
    add(connection, owner, "http://news.test/A/STORY?b=1&c=2", via=Via.REDIRECT)

    twins = connection.scalars(select(table.c.url).where(table.c.is_twin)).all()
    assert twins == ["http://news.test/A/Story/?c=2&b=1"]


def test_a_source_has_named_something_only_if_it_is_new_and_to_be_fetched(connection, owner):
    condemn(connection, owner)

    assert add(connection, owner, DAYS[0]) == set()
    assert add(connection, owner, "http://news.test/a/") == {PROFILE.home}
    assert add(connection, owner, "http://news.test/a/") == set()
    assert add(connection, owner, "http://news.test/b/", skip_reason="too deep") == set()


def test_no_more_sitemaps_are_added_than_a_publisher_may_have(connection, owner, monkeypatch):
    monkeypatch.setattr(pattern_yield, "MOST_SITEMAPS", 3)
    maps = [f"http://news.test/map-{number}.xml" for number in range(5)]
    of_a_sitemap = {"kind": Kind.SITEMAP, "via": Via.SITEMAP, "priority": 10}

    add(connection, owner, *maps[:2], **of_a_sitemap)
    add(connection, owner, *maps, **of_a_sitemap)

    assert in_state(connection, State.PENDING) == maps[:3]


def test_a_url_that_was_fetched_is_not_held_back_any_more(connection, owner):
    condemn(connection, owner)
    add(connection, owner, DAYS[0])

    url_updates.fetched(connection, owner, [fetched(DAYS[0])])

    assert in_state(connection, State.FETCHED) == [DAYS[0]]
    assert pattern_rows.held_back(connection, owner) == ()
