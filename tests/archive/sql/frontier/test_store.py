"""The frontier: what is fetched first, what rests, what is woken, what is never forgotten."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, event, select, text

from archive.model import Kind, Via
from archive.revisit import url_rows, url_updates
from archive.revisit.rule import DISALLOWED_RESTS, RETRY_AFTER
from archive.sql.captures.store import publisher_id
from archive.sql.frontier import store as frontier
from archive.sql.frontier.store import State
from archive.sql.views import url as table
from tests.support.frontier import HOUR, NOON, A, B, C, entry, fetched


def row(connection: Connection, url: str) -> Any:
    return connection.execute(select(table).where(table.c.url == url)).one()


def pending(connection: Connection, owner: int, leased: tuple[str, ...] = ()) -> list[str]:
    return [lease.url for lease in frontier.pending(connection, owner, leased, 100)]


def test_the_most_urgent_comes_first_and_of_equals_the_one_found_first(connection, owner):
    frontier.add(connection, owner, [entry(B), entry(A), entry(C, priority=10)])

    assert pending(connection, owner) == [C, B, A]


def test_what_is_leased_is_not_handed_out_again_though_the_limit_is_filled(connection, owner):
    urls = [f"http://news.test/{number}/" for number in range(30)]
    frontier.add(connection, owner, [entry(url) for url in urls])

    leases = frontier.pending(connection, owner, set(urls[:20]), 5)

    assert [lease.url for lease in leases] == urls[20:25]


def test_a_publisher_sees_nothing_of_anothers_frontier(connection, owner):
    other = publisher_id(connection, "other", None, None)
    frontier.add(connection, owner, [entry(A)])
    frontier.add(connection, other, [entry(A), entry(B)])

    url_updates.fetched(connection, other, [fetched(A)])

    assert pending(connection, owner) == [A]
    assert pending(connection, other) == [B]


def test_a_url_that_is_out_of_scope_is_kept_with_the_reason(connection, owner):
    frontier.add(connection, owner, [entry(A, skip_reason="deeper than 5 links")])

    found = row(connection, A)
    assert (found.state, found.skip_reason) == (State.SKIPPED, "deeper than 5 links")
    assert pending(connection, owner) == []


def test_a_skipped_url_that_turns_up_in_scope_is_to_be_fetched(connection, owner):
    frontier.add(connection, owner, [entry(A, kind=Kind.AMP, depth=6, skip_reason="too deep")])

    frontier.add(connection, owner, [entry(A, via=Via.SITEMAP, priority=50, depth=0)])

    found = row(connection, A)
    assert (found.state, found.skip_reason, found.depth) == (State.PENDING, None, 0)
    assert found.kind == Kind.PAGE


def test_a_pending_url_that_turns_up_out_of_scope_is_still_to_be_fetched(connection, owner):
    frontier.add(connection, owner, [entry(A, depth=5)])

    frontier.add(connection, owner, [entry(A, depth=6, skip_reason="deeper than 5 links")])

    assert pending(connection, owner) == [A]


def test_the_shorter_way_to_a_url_counts(connection, owner):
    frontier.add(connection, owner, [entry(A, priority=104, depth=4, redirects=3)])

    frontier.add(connection, owner, [entry(A, priority=102, depth=2, redirects=0)])
    frontier.add(connection, owner, [entry(A, priority=103, depth=3, redirects=1)])

    found = row(connection, A)
    assert (found.priority, found.depth, found.redirects) == (102, 2, 0)


def test_the_more_urgent_source_says_what_a_url_is_expected_to_answer(connection, owner):
    frontier.add(connection, owner, [entry(A)])

    frontier.add(connection, owner, [entry(A, kind=Kind.SITEMAP, via=Via.ROBOTS, priority=10)])

    assert row(connection, A).kind == Kind.SITEMAP


def test_a_known_url_that_is_named_again_keeps_its_state(connection, owner):
    frontier.add(connection, owner, [entry(A)])
    url_updates.fetched(connection, owner, [fetched(A)])

    frontier.add(connection, owner, [entry(A, priority=1, depth=0)])

    assert row(connection, A).state == State.FETCHED


def test_a_fetched_url_rests_until_it_is_due(connection, owner):
    frontier.add(connection, owner, [entry(A), entry(B)])

    url_updates.fetched(connection, owner, [fetched(A)])

    assert pending(connection, owner) == [B]
    assert url_updates.make_due_pending(connection, owner, NOON + HOUR / 2, (State.FETCHED,)) == 0
    assert url_updates.make_due_pending(connection, owner, NOON + HOUR, (State.FETCHED,)) == 1
    assert pending(connection, owner) == [A, B]


def test_what_is_never_due_again_is_never_woken(connection, owner):
    url_updates.fetched(connection, owner, [fetched(A, due=None)])

    assert url_updates.make_due_pending(connection, owner, NOON + 10_000 * HOUR, tuple(State)) == 0


def test_a_failed_url_is_woken_within_the_crawl_and_a_resting_one_is_not(connection, owner):
    url_updates.fetched(connection, owner, [fetched(A), fetched(B, failed=True)])

    url_updates.make_due_pending(connection, owner, NOON + HOUR, (State.RETRY,))

    assert pending(connection, owner) == [B]


def test_failures_in_a_row_are_counted_until_one_goes_well(connection, owner):
    frontier.add(connection, owner, [entry(A)])
    counts = []

    for number, failed in enumerate((True, True, False, True)):
        url_updates.fetched(connection, owner, [fetched(A, NOON + number * HOUR, failed=failed)])
        counts.append(row(connection, A).fail_count)

    assert counts == [1, 2, 0, 1]


def test_the_newest_capture_decides_in_whatever_order_they_are_taken_in(connection, owner):
    frontier.add(connection, owner, [entry(A)])

    url_updates.fetched(connection, owner, [fetched(A, NOON + HOUR)])
    url_updates.fetched(connection, owner, [fetched(A, NOON, failed=True)])

    found = row(connection, A)
    assert (found.state, found.fetched_at) == (State.FETCHED, NOON + HOUR)
    assert found.next_due_at == NOON + 2 * HOUR


def test_a_url_that_only_the_warc_files_know_is_added_and_gives_way_to_whatever_names_it(
    connection, owner
):
    url_updates.fetched(connection, owner, [fetched(A)])
    known = row(connection, A)

    frontier.add(connection, owner, [entry(A, kind=Kind.SITEMAP, via=Via.ROBOTS, priority=10)])

    assert known.state == State.FETCHED
    named = row(connection, A)
    assert (named.kind, named.priority, named.state) == (Kind.SITEMAP, 10, State.FETCHED)


def test_a_disallowed_url_rests_with_the_reason_and_is_asked_again(connection, owner):
    frontier.add(connection, owner, [entry(A)])

    url_updates.disallow(connection, owner, A, "robots.txt: Disallow: /a/", NOON)

    found = row(connection, A)
    assert (found.state, found.skip_reason) == (State.DISALLOWED, "robots.txt: Disallow: /a/")
    assert pending(connection, owner) == []
    tomorrow = NOON + DISALLOWED_RESTS
    url_updates.make_due_pending(connection, owner, tomorrow, (State.DISALLOWED,))
    assert row(connection, A).skip_reason is None
    assert pending(connection, owner) == [A]


def test_a_postponed_url_is_the_next_to_be_retried(connection, owner):
    frontier.add(connection, owner, [entry(A), entry(B)])

    url_updates.postpone(connection, owner, A, "no route to it", NOON, 3)
    url_updates.postpone(connection, owner, B, "no route to it", NOON, 0)

    assert url_rows.next_retry(connection, owner) == NOON + RETRY_AFTER[0]
    assert pending(connection, owner) == []


def test_nothing_is_to_be_retried_where_nothing_failed(connection, owner):
    url_updates.fetched(connection, owner, [fetched(A)])

    assert url_rows.next_retry(connection, owner) is None


def test_exactly_the_urls_that_are_asked_for_are_leased_in_their_order(connection, owner):
    frontier.add(connection, owner, [entry(A, skip_reason="x"), entry(B), entry(C)])
    url_updates.fetched(connection, owner, [fetched(B)])

    leases = frontier.leases(connection, owner, [C, "http://news.test/unknown/", B, A])

    assert [lease.url for lease in leases] == [C, B, A]


def test_counts_are_by_state(connection, owner):
    frontier.add(connection, owner, [entry(A), entry(B), entry(C, skip_reason="x")])
    url_updates.fetched(connection, owner, [fetched(A)])

    assert frontier.counts(connection, owner) == {"pending": 1, "fetched": 1, "skipped": 1}


def test_only_as_many_rows_are_read_as_are_asked_for(connection, owner):
    urls = [f"http://news.test/{number}/" for number in range(500)]
    frontier.add(connection, owner, [entry(url) for url in urls])
    read: list[int] = []

    @event.listens_for(connection, "before_cursor_execute", retval=False)
    def note(conn, cursor, statement, parameters, context, many):
        values = parameters.values() if isinstance(parameters, dict) else parameters
        read.extend(value for value in values if isinstance(value, int) and value != owner)

    leases = frontier.pending(connection, owner, urls[:7], 10)

    assert len(leases) == 10
    assert 17 in read  # the LIMIT that the engine was given: 10, and 7 that are leased


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_pending_urls_are_read_in_the_order_of_the_index_without_a_sort(connection, owner):
    frontier.add(
        connection, owner, [entry(f"http://news.test/{n}/", priority=n % 7) for n in range(200)]
    )
    executed: list[tuple[str, Any]] = []

    @event.listens_for(connection, "before_cursor_execute", retval=False)
    def note(conn, cursor, statement, parameters, context, many):
        executed.append((statement, parameters))

    frontier.pending(connection, owner, (), 10)
    statement, parameters = executed[-1]
    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    details = [step.detail for step in plan]

    assert "frontier USING INDEX ix_frontier_pending" in details[0]
    assert all("USING INTEGER PRIMARY KEY" in step for step in details[1:])


def test_what_is_due_is_found_by_an_index(connection, owner, engine):
    names = connection.execute(
        text("SELECT name FROM sqlite_master WHERE type = 'index'")
        if engine == "sqlite"
        else text("SELECT indexname FROM pg_indexes")
    ).scalars()

    assert "ix_frontier_publisher_id_state_next_due_at" in set(names)
