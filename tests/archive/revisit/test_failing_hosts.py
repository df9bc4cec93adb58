"""Servers that cannot be asked: their URLs wait as one, longer after each failure."""

from __future__ import annotations

from datetime import timedelta

from archive.revisit import failing_hosts, url_rows, url_updates
from archive.revisit.failing_hosts import host_failed
from archive.sql.frontier import store as frontier
from archive.sql.frontier.store import State
from archive.sql.schema.state_tables import frontier as table
from tests.support.frontier import HOUR, NOON, A, B, entry, fetched

NEWS, OTHER = "http://news.test", "http://news.test:8080"
ELSEWHERE = f"{OTHER}/a/"
SECONDS, MINUTE = timedelta(seconds=5), timedelta(minutes=1)


def pending(connection, owner, held=()):
    return [lease.url for lease in frontier.pending(connection, owner, (), 100, held=held)]


def test_a_server_rests_longer_after_each_failure_in_a_row(connection, owner):
    first = host_failed(connection, owner, NEWS, "refused", NOON)
    second = host_failed(connection, owner, NEWS, "refused", NOON + HOUR)

    assert (first.fail_count, first.retry_at) == (1, NOON + SECONDS)
    assert (second.fail_count, second.retry_at) == (2, NOON + HOUR + MINUTE)


def test_a_failure_that_is_noted_twice_counts_once(connection, owner):
    first = host_failed(connection, owner, NEWS, "refused", NOON)

    assert host_failed(connection, owner, NEWS, "refused", NOON) == first
    assert failing_hosts.failing(connection, owner) == [first]


def test_a_server_that_answers_has_no_failures_any_more(connection, owner):
    host_failed(connection, owner, NEWS, "refused", NOON)
    host_failed(connection, owner, OTHER, "refused", NOON)

    failing_hosts.answered(connection, owner, NEWS)

    assert [host.origin for host in failing_hosts.failing(connection, owner)] == [OTHER]


def test_only_the_urls_of_a_server_that_is_held_are_left_out(connection, owner):
    frontier.add(connection, owner, [entry(A), entry(ELSEWHERE), entry("http://news.tester/")])

    assert pending(connection, owner, [NEWS]) == [ELSEWHERE, "http://news.tester/"]
    assert pending(connection, owner, [OTHER]) == [A, "http://news.tester/"]


def test_a_publisher_whose_server_rests_is_not_due_before_its_time(connection, owner):
    frontier.add(connection, owner, [entry(A)])
    host_failed(connection, owner, NEWS, "refused", NOON)

    assert not url_rows.is_due(connection, owner, NOON + SECONDS - timedelta(seconds=1))
    assert url_rows.is_due(connection, owner, NOON + SECONDS)


def test_what_waits_is_told_by_server_and_of_failures_of_their_own(connection, owner):
    frontier.add(connection, owner, [entry(A), entry(B), entry(ELSEWHERE)])
    url_updates.fetched(connection, owner, [fetched(B, failed=True)])
    host_failed(connection, owner, NEWS, "refused", NOON)

    told = url_rows.waiting(connection, owner, NOON)

    assert [(some.urls, some.until, some.reason) for some in told] == [
        (1, NOON + SECONDS, "refused"),
        (1, NOON + HOUR, f"{B}: article"),
    ]
    assert url_rows.waiting(connection, owner, NOON + HOUR) == []


def test_a_robots_txt_is_no_row_whatever_names_it(connection, owner):
    frontier.add(connection, owner, [entry(f"{NEWS}/robots.txt"), entry(A)])

    assert pending(connection, owner) == [A]


def test_a_url_that_was_fetched_is_done_though_the_clock_was_set_back(connection, owner):
    url_updates.fetched(connection, owner, [fetched(A, at=NOON + HOUR)])
    connection.execute(table.update().values(state=State.PENDING))

    url_updates.fetched(connection, owner, [fetched(A, at=NOON)])

    assert pending(connection, owner) == []
