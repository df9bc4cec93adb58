"""Whose turn it is: sources first, and when there are many of them, sources and pages in turn."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from archive.model import Kind, Via
from archive.scope import priority
from archive.sql.captures.store import publisher_id
from archive.sql.database import Database
from archive.sql.frontier import store as frontier
from crawler.scheduling.turns import LEASES_AT_ONCE, MOST_AT_ONCE, SOURCES_FIRST, Turns
from tests.support.frontier import entry

ORIGIN = "http://news.test"


def add(connection: Connection, *, sitemaps: int, pages: int) -> int:
    """Add so many of each to the frontier of a publisher, and return its id."""
    owner = publisher_id(connection, "news", None, None)
    first = priority(Kind.SITEMAP, Via.SITEMAP, 1)
    maps = [
        entry(f"{ORIGIN}/{n}.xml", kind=Kind.SITEMAP, via=Via.SITEMAP, priority=first)
        for n in range(sitemaps)
    ]
    frontier.add(connection, owner, maps + [entry(f"{ORIGIN}/{n}/") for n in range(pages)])
    return owner


def kinds(turns: Turns, connection: Connection, owner: int, *leased: str) -> list[Kind]:
    return [lease.kind for lease in turns.read(connection, owner, leased, None, ())]


def after(sources: int) -> Turns:
    """Return whose turn it is after so many sources."""
    turns = Turns()
    for _ in range(sources):
        turns.source_was_read()
    return turns


def test_sources_come_before_any_page_as_long_as_they_are_few(home_database: Database):
    with home_database.writing() as connection:
        owner = add(connection, sitemaps=30, pages=10)

        read = kinds(after(SOURCES_FIRST - 1), connection, owner)

    assert read == [Kind.SITEMAP] * 30 + [Kind.PAGE] * 2


def test_after_fifty_sources_a_page_is_fetched_for_each(home_database: Database):
    with home_database.writing() as connection:
        owner = add(connection, sitemaps=40, pages=40)

        read = kinds(after(SOURCES_FIRST), connection, owner)

    assert read == [Kind.PAGE, Kind.SITEMAP] * (LEASES_AT_ONCE // 2)


def test_what_one_side_lacks_the_other_has_when_both_have_their_turn(home_database: Database):
    with home_database.writing() as connection:
        owner = add(connection, sitemaps=2, pages=40)

        read = kinds(after(SOURCES_FIRST), connection, owner)

    assert read == [Kind.PAGE, Kind.SITEMAP] * 2 + [Kind.PAGE] * (LEASES_AT_ONCE - 4)


@pytest.mark.parametrize("sources", [0, SOURCES_FIRST])
def test_what_is_leased_is_not_read_again(home_database: Database, sources: int):
    with home_database.writing() as connection:
        owner = add(connection, sitemaps=1, pages=1)

        read = kinds(after(sources), connection, owner, f"{ORIGIN}/0.xml")

    assert read == [Kind.PAGE]


def test_after_a_read_that_was_held_back_as_a_whole_the_next_one_goes_further(
    home_database: Database,
):
    turns = Turns()
    with home_database.writing() as connection:
        owner = add(connection, sitemaps=0, pages=MOST_AT_ONCE + 1)
        assert len(kinds(turns, connection, owner)) == LEASES_AT_ONCE

        turns.were_held(all_of_them=True)
        assert len(kinds(turns, connection, owner)) == MOST_AT_ONCE

        turns.were_held(all_of_them=False)
        assert len(kinds(turns, connection, owner)) == LEASES_AT_ONCE


def test_what_sources_told_is_acted_on_at_the_last_of_them_and_after_every_fifty():
    turns = after(SOURCES_FIRST - 1)
    assert not turns.tell(is_last=False)
    assert turns.tell(is_last=True)

    for _ in range(SOURCES_FIRST):
        assert not turns.tell(is_last=False)
        turns.source_was_read()

    assert turns.tell(is_last=False)
    assert not turns.tell(is_last=False)  # these fifty are done with
