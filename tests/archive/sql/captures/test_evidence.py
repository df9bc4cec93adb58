"""What a site says of its URLs makes articles of pages, and takes stories away, in any order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select

from archive.model import Candidate, Extraction, Outcome, Removal, Via
from archive.profile import Profile
from archive.queries.events import EventKind, article_events
from archive.queries.stories import stories_at
from archive.sql.captures import replace as replacing
from archive.sql.captures import rereading
from archive.sql.captures.store import Ingestible
from archive.sql.database import Database
from archive.sql.schema import state_tables, view_tables
from tests.archive.settle.test_memory import APOLOGY, OTHER, STORY
from tests.support.graphs import DAWN, Seen, url_of
from tests.support.settled import new_profile, settled, store

PAGE = Seen("/page/", 5, Outcome.PAGE, text=STORY, headline="The mole")


def source(minute: int, via: Via = Via.FEED, *paths: str) -> Seen:
    """A capture of a source that names *paths*, by default the page."""
    return Seen(
        "/feed/", minute, Outcome.FEED, names=tuple((via, path) for path in paths or (PAGE.path,))
    )


def told(database: Database, profile: Profile) -> dict[str, tuple[list[str], str | None]]:
    """The versions' texts of each article, and how it was found gone, by canonical URL."""
    article, version = view_tables.article, view_tables.version
    statement = (
        select(article.c.canonical_url, article.c.gone_reason, version.c.text)
        .join(version)
        .join(view_tables.publisher, view_tables.publisher.c.id == article.c.publisher_id)
        .where(view_tables.publisher.c.name == profile.name)
        .order_by(version.c.seq)
    )
    found: dict[str, tuple[list[str], str | None]] = {}
    with database.reading() as connection:
        for row in connection.execute(statement):
            found.setdefault(row.canonical_url, ([], row.gone_reason))[0].append(row.text)
    return found


def in_turn(ingest: Any, seen: Sequence[Seen]) -> Profile:
    """Store and settle *seen* one after the other."""
    profile = new_profile()
    for number, item in enumerate(seen):
        store(ingest, profile, [(number, item)])
        ingest.settle_all(profile)
    return profile


@pytest.mark.parametrize("via", [Via.FEED, Via.NEWS_SITEMAP])
@pytest.mark.parametrize("named_at", [1, 9])
def test_a_page_that_a_source_of_articles_names_is_one_since_its_first_capture(
    ingest, database, via, named_at
):
    for seen in permutations([PAGE, source(named_at, via)]):
        profile = in_turn(ingest, seen)

        assert told(database, profile) == {PAGE.url: ([STORY], None)}


@pytest.mark.parametrize("via", [Via.SITEMAP, Via.PODCAST, Via.LINK, Via.HREFLANG])
def test_a_page_that_something_else_names_is_none(ingest, database, via):
    profile = in_turn(ingest, [PAGE, source(9, via)])

    assert told(database, profile) == {}


def test_a_page_that_has_left_the_feed_was_named_all_the_same(ingest, database):
    seen = [source(1), PAGE, source(9, Via.FEED, "/later/"), replace(PAGE, minute=12)]

    assert told(database, in_turn(ingest, seen)) == {PAGE.url: ([STORY], None)}


def test_naming_a_known_name_again_settles_nothing(ingest, database):
    profile = in_turn(ingest, [source(1), PAGE])

    store(ingest, profile, [(7, source(9))])

    with database.reading() as connection:
        owner = connection.scalar(select(view_tables.publisher.c.id).filter_by(name=profile.name))
        left = select(state_tables.unsettled.c.url).filter_by(publisher_id=owner)
        assert set(connection.scalars(left)) == set()


@pytest.mark.parametrize("in_order", [True, False])
def test_a_better_reading_of_the_source_that_does_not_name_a_page_takes_the_article_back(
    ingest, database, in_order
):
    profile = in_turn(ingest, [source(1), PAGE])

    def again(connection: Any) -> None:
        owner = ingest.publisher_id(connection, profile)
        ids = rereading.captures_of_source(connection, owner, url_of("/feed/"))
        (capture,) = rereading.captures_with(connection, ids=ids)
        named = (Candidate(url=PAGE.url, via=Via.PODCAST),)
        found = Extraction(outcome=Outcome.FEED, extractor="better", candidates=named)
        replacing.replace_extractions(
            connection, owner, [Ingestible(capture, found, "sha256:0")], {}, in_order=in_order
        )

    ingest.do(again).result()
    ingest.settle_all(profile)

    assert told(database, profile) == {}


def story(path: str, minute: int, text: str) -> Seen:
    return Seen(path, minute, text=text, headline=f"About {path}", author=("Ann",), published=0)


STORIES = [story(f"/{n}/", n, f"{STORY}\nThis is story {n}.") for n in range(3)]
STANDING = [
    Seen(f"/{n}/", 10 + n, text=OTHER, headline="All of it", author=("Bo",)) for n in range(3)
]
LOST = ([STORIES[0].text], Removal.SHARED_TEXT)


@pytest.mark.parametrize(
    "order", [(0, 1, 2, 3, 4, 5), (5, 4, 3, 2, 1, 0), (3, 0, 4, 1, 5, 2), (0, 3, 5, 2, 4, 1)]
)
def test_stories_are_gone_when_three_addresses_show_one_text(ingest, database, order):
    seen = [*STORIES, *STANDING]

    profile = in_turn(ingest, [seen[at] for at in order])

    assert told(database, profile) == {
        each.url: ([each.text], Removal.SHARED_TEXT) for each in STORIES
    }


def test_two_addresses_are_too_few(ingest, database):
    profile = in_turn(ingest, [*STORIES[:2], *STANDING[:2]])

    assert {reason for _, reason in told(database, profile).values()} == {None}


def test_an_address_where_the_text_is_at_home_keeps_it(ingest, database):
    home = replace(STANDING[0], path="/home/", minute=4)

    found = told(database, in_turn(ingest, [*STANDING, home, *STORIES]))

    assert found[home.url] == ([OTHER], None)
    assert found[STORIES[0].url] == LOST


def test_a_story_that_comes_back_is_not_gone_and_has_no_version_of_what_stood_there(
    ingest, database
):
    back = replace(STORIES[0], minute=30)

    found = told(database, in_turn(ingest, [*STORIES, *STANDING, back]))

    assert found[back.url] == ([back.text], None)
    assert found[STORIES[1].url][1] == Removal.SHARED_TEXT


def test_a_better_reading_of_one_of_three_gives_the_others_back(ingest, database):
    profile = in_turn(ingest, [*STORIES, *STANDING])

    def again(connection: Any) -> None:
        owner = ingest.publisher_id(connection, profile)
        ids = rereading.captures_of_source(connection, owner, STANDING[0].url)
        capture = rereading.captures_with(connection, ids=ids)[-1]
        found = Extraction(outcome=Outcome.MISSING, extractor="test")
        replacing.replace_extractions(
            connection, owner, [Ingestible(capture, found, "sha256:0")], {}, in_order=True
        )

    ingest.do(again).result()
    ingest.settle_all(profile)

    found = told(database, profile)
    assert found.pop(STORIES[0].url) == ([STORIES[0].text], Removal.SOFT_404)
    assert {reason for _, reason in found.values()} == {None}


def test_the_events_of_an_article_are_those_that_its_captures_were_judged_to_be(ingest, database):
    first = story("/a/", 1, STORY)
    sorry = Seen("/a/", 10, Outcome.PAGE, text=APOLOGY, headline="Oops")
    profile = settled(ingest, first, sorry, replace(sorry, minute=20), replace(first, minute=30))

    with database.reading() as connection:
        (found,) = [
            each for each in stories_at(connection, first.url) if each.publisher == profile.name
        ]
        events = article_events(connection, found)

    assert [(event.kind, event.what, event.captures) for event in events] == [
        (EventKind.GONE, "soft_404", 2),
        (EventKind.RESTORED, None, 1),
    ]
    assert events[0].at > DAWN
