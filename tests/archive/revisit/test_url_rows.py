"""What of the frontier is due, what a crawl makes pending, and what one since a date leaves out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from archive.model import Kind, Via
from archive.model.reason import Reason
from archive.revisit import url_rows, url_updates
from archive.revisit.inputs import Due, LastmodAccuracy
from archive.revisit.url_updates import Fetched
from archive.sql.frontier import store as frontier
from archive.sql.frontier.store import RESTING
from tests.support.frontier import HOUR, NOON, A, B, C, entry, fetched


def pending(connection: Connection, owner: int, since: datetime | None = None) -> list[str]:
    return [lease.url for lease in frontier.pending(connection, owner, (), 100, since)]


def test_a_crawl_that_names_its_publisher_makes_resting_sources_pending(connection, owner):
    url_updates.fetched(connection, owner, [fetched(A, reason=Reason.SOURCE), fetched(B)])

    url_updates.make_due_pending(connection, owner, NOON, RESTING)
    as_scheduled = pending(connection, owner)
    url_updates.make_due_pending(connection, owner, NOON, RESTING, at_once=True)

    assert as_scheduled == []
    assert pending(connection, owner) == [A]


def test_what_this_crawl_has_fetched_is_not_made_pending_again_unless_it_failed(connection, owner):
    url_updates.fetched(
        connection, owner, [fetched(A), fetched(B, reason=Reason.RETRY, failed=True)]
    )

    url_updates.make_due_pending(connection, owner, NOON + 2 * HOUR, RESTING, not_since=NOON)
    in_this_crawl = pending(connection, owner)
    url_updates.make_due_pending(connection, owner, NOON + 2 * HOUR, RESTING, not_since=NOON + HOUR)

    assert in_this_crawl == [B]
    assert sorted(pending(connection, owner)) == [A, B]


def test_a_refresh_makes_all_pending_but_what_is_out_of_scope(connection, owner):
    frontier.add(connection, owner, [entry(C, skip_reason="too deep")])
    url_updates.fetched(connection, owner, [fetched(A), fetched(B, due=None)])

    assert url_updates.make_all_pending(connection, owner) == 2

    leases = frontier.pending(connection, owner, (), 100)
    assert {lease.url: lease.due_reason for lease in leases} == dict.fromkeys(
        [A, B], Reason.REFRESH
    )


def test_a_vanished_page_is_pending_until_a_sitemap_names_it_again(connection, owner):
    url_updates.fetched(connection, owner, [fetched(A)])

    url_updates.set_due(connection, owner, {A: Due(NOON, Reason.VANISHED)})
    url_updates.make_due_pending(connection, owner, NOON, RESTING)
    called = pending(connection, owner)
    url_updates.set_due(connection, owner, {A: Due(NOON + HOUR, Reason.AGE)})

    assert called == [A]
    assert pending(connection, owner) == []
    assert url_rows.frontier_rows(connection, owner, [A])[A].due_reason is Reason.AGE


def test_a_page_that_waits_for_another_reason_goes_on_waiting(connection, owner):
    frontier.add(connection, owner, [entry(A)])

    url_updates.set_due(connection, owner, {A: Due(NOON + HOUR, Reason.AGE)})

    assert pending(connection, owner) == [A]


def test_a_publisher_is_due_until_it_was_crawled_and_again_when_something_is(connection, owner):
    never_crawled = url_rows.is_due(connection, owner, NOON)
    frontier.add(connection, owner, [entry(A)])
    with_new = url_rows.is_due(connection, owner, NOON)
    url_updates.fetched(connection, owner, [fetched(A)])

    assert never_crawled
    assert with_new
    assert not url_rows.is_due(connection, owner, NOON)
    assert url_rows.is_due(connection, owner, NOON + HOUR)


def test_what_a_modification_date_was_worth_adds_up(connection, owner):
    frontier.add(connection, owner, [entry(A, lastmod="x", modified_at=NOON)])
    for number, accuracy in enumerate(
        [LastmodAccuracy(correct=1), LastmodAccuracy(false_positives=1), LastmodAccuracy(missed=1)]
    ):
        capture = fetched(A, accuracy=accuracy)
        url_updates.fetched(
            connection,
            owner,
            [Fetched(**{**_fields(capture), "fetched_at": NOON + number * HOUR})],
        )

    known = url_rows.frontier_rows(connection, owner, [A])[A]

    assert known.accuracy == LastmodAccuracy(1, 1, 1)
    assert known.modified_at == known.modified_at_fetched == NOON


def _fields(value: Fetched) -> dict[str, Any]:
    return {name: getattr(value, name) for name in Fetched.__dataclass_fields__}


def test_of_two_sources_the_later_date_counts_whichever_comes_first(connection, owner):
    dates = [entry(A, lastmod="new", modified_at=NOON), entry(A, lastmod="old")]
    old = entry(A, lastmod="old", modified_at=NOON - HOUR)
    for each in (old, *dates, old):
        frontier.add(connection, owner, [each])

    (lease,) = frontier.pending(connection, owner, (), 1)

    assert lease.lastmod == "new"
    assert url_rows.frontier_rows(connection, owner, [A])[A].modified_at == NOON


@pytest.mark.parametrize(
    ("values", "passes"),
    [
        ({"modified_at": NOON}, True),
        ({"published_at": NOON}, True),
        ({"modified_at": NOON, "published_at": NOON - HOUR}, True),
        ({"modified_at": NOON - HOUR}, False),
        ({"published_at": NOON - HOUR, "depth": 0, "via": Via.FEED}, False),
        ({"depth": 1}, True),
        ({"depth": 2}, False),
        ({"via": Via.SITEMAP, "depth": 0}, False),
        ({"via": Via.FEED, "depth": 0}, True),
        ({"via": Via.SEED, "depth": 0}, True),
        ({"via": Via.REDIRECT, "depth": 4}, True),
        ({"via": Via.SITEMAP, "kind": Kind.SITEMAP, "depth": 0}, True),
        ({"via": Via.SITEMAP, "kind": Kind.SITEMAP, "modified_at": NOON - HOUR}, False),
    ],
    ids=str,
)
def test_a_crawl_since_a_date_fetches_what_is_dated_since_and_what_shows_the_news(
    connection, owner, values: dict[str, Any], passes: bool
):
    frontier.add(connection, owner, [entry(A, **values)])

    assert pending(connection, owner, since=NOON) == ([A] if passes else [])
    assert pending(connection, owner) == [A]
