"""What went over real sockets is what the records of a real crawl hold, byte for byte."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from archive.sql.schema.view_tables import capture
from tests.crawler.wire.conftest import IDLE, OddArchive
from tests.support.archives import rows
from tests.support.odd_exchanges import OWN, REPLIES, OddExchange
from tests.support.recorded import Recorded

each_odd_exchange = pytest.mark.parametrize("odd", [*OWN, *REPLIES], ids=lambda odd: odd.name)


def only(found: list[Recorded]) -> Recorded:
    (exchange,) = found
    return exchange


@each_odd_exchange
def test_a_response_record_holds_what_the_server_sent(
    odd: OddExchange, odd_archive: OddArchive
) -> None:
    url = odd_archive.site + odd.target

    exchange = only(odd_archive.recorded[url])

    answer = odd_archive.attempts[url][-1].answer
    certain = odd.play.wire[: len(odd.play.wire) - odd.late]
    assert answer == odd.play.wire or odd.late
    assert answer.startswith(exchange.received)
    assert exchange.received.startswith(certain)
    assert exchange.type == ("metadata" if odd.status is None else "response")


@each_odd_exchange
def test_a_request_record_holds_what_the_server_received(
    odd: OddExchange, odd_archive: OddArchive
) -> None:
    url = odd_archive.site + odd.target

    exchange = only(odd_archive.recorded[url])

    assert exchange.request == odd_archive.attempts[url][-1].request
    assert exchange.get("WARC-IP-Address") == "127.0.0.1"


@each_odd_exchange
def test_a_record_says_whether_and_why_its_reply_was_cut(
    odd: OddExchange, odd_archive: OddArchive
) -> None:
    exchange = only(odd_archive.recorded[odd_archive.site + odd.target])

    truncated = exchange.get("WARC-Truncated") or exchange.notes.get("truncated")
    assert truncated == odd.truncated
    assert ("error" in exchange.notes) == odd.errs


def test_every_exchange_has_a_row_of_its_own(odd_archive: OddArchive) -> None:
    found = rows(odd_archive.home, select(capture.c.url, capture.c.http_status))

    statuses = {row["url"]: row["http_status"] for row in found}
    assert len(found) == sum(map(len, odd_archive.recorded.values()))
    assert {odd.name: statuses[odd_archive.site + odd.target] for odd in (*OWN, *REPLIES)} == {
        odd.name: odd.status for odd in (*OWN, *REPLIES)
    }


def test_an_idle_connection_that_proves_dead_leaves_only_the_second_attempt(
    odd_archive: OddArchive,
) -> None:
    urls = [f"{odd_archive.idle_site}/idle-{number}" for number in range(IDLE)]

    exchanges = [only(odd_archive.recorded[url]) for url in urls]

    last = [odd_archive.attempts[url][-1] for url in urls]
    assert [exchange.received for exchange in exchanges] == [attempt.answer for attempt in last]
    assert [exchange.request for exchange in exchanges] == [attempt.request for attempt in last]
    assert not any("error" in exchange.notes for exchange in exchanges)
    assert any(len(odd_archive.attempts[url]) == 2 for url in urls)


def test_what_follows_a_reply_unasked_is_never_taken_for_the_next_one(
    odd_archive: OddArchive,
) -> None:
    urls = {odd.name: odd_archive.site + odd.target for odd in OWN}
    unasked = [name for name in urls if "after" in name or name == "garbage in two pieces"]

    followers = {name: _after(odd_archive, urls[name]) for name in unasked}

    assert followers == {name: [] for name in unasked}
    assert len(followers) == 5


def _after(odd_archive: OddArchive, url: str) -> list[str]:
    """Return what was asked over the connection of *url* after it."""
    connection = odd_archive.attempts[url][0].connection
    found = [
        other
        for other, attempts in odd_archive.attempts.items()
        if other.startswith(odd_archive.site) and attempts[0].connection == connection
    ]
    order = sorted(found, key=lambda other: odd_archive.attempts[other][0].order)
    return order[order.index(url) + 1 :]


def test_a_host_is_recorded_by_its_ipv6_address_too(odd_archive: OddArchive) -> None:
    url = f"{odd_archive.site6}/six"

    exchange = only(odd_archive.recorded[url])

    (attempt,) = odd_archive.attempts[url]
    assert (exchange.request, exchange.received) == (attempt.request, attempt.answer)
    assert exchange.get("WARC-IP-Address") == "::1"


def test_a_refused_connection_is_an_exchange_without_bytes(odd_archive: OddArchive) -> None:
    exchange = only(odd_archive.recorded[odd_archive.refused])

    assert (exchange.type, exchange.request, exchange.received) == ("metadata", b"", b"")
    assert "refused" in exchange.notes["error"]
    assert "truncated" not in exchange.notes
