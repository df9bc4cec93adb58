"""Servers that cannot be asked: their URLs wait, in this crawl and in the next ones."""

from __future__ import annotations

from datetime import timedelta

import pytest

from archive.errors import ArchiveError
from archive.revisit import failing_hosts
from archive.revisit.failing_hosts import FailingHost
from archive.revisit.rule import RETRY_AFTER
from crawler.scheduling.failing_hosts import origin_of
from tests.support.crawling import Crawl, OpenCrawl
from tests.support.frontier import NOON, A

ORIGIN, OTHER = "http://news.test", "http://other.test:8080"
SOON = NOON + timedelta(seconds=1)


def stored(crawl: Crawl) -> list[FailingHost]:
    return crawl.read(failing_hosts.failing)


async def test_a_server_that_failed_has_its_urls_wait_and_no_others(crawl: Crawl):
    hosts = crawl.run.hosts

    await hosts.failed(ORIGIN, "no answer", NOON)

    assert hosts.holds(A, SOON)
    assert not hosts.holds(f"{ORIGIN}:8080/a/", SOON)
    assert not hosts.holds("https://news.test/a/", SOON)
    assert hosts.held(SOON) == [ORIGIN]
    assert hosts.failures(A) == 1


async def test_it_waits_longer_with_each_failure_and_no_longer_than_that(crawl: Crawl):
    hosts = crawl.run.hosts
    for at, rest in zip((NOON, NOON + timedelta(hours=1)), RETRY_AFTER, strict=False):
        await hosts.failed(ORIGIN, "no answer", at)

        assert hosts.holds(A, at + rest - timedelta(seconds=1))
        assert not hosts.holds(A, at + rest)
        assert hosts.next_retry(at) == at + rest
    assert hosts.next_retry(NOON + timedelta(hours=2)) is None


async def test_the_first_of_several_servers_that_may_be_asked_again_is_waited_for(crawl: Crawl):
    hosts = crawl.run.hosts
    await hosts.failed(OTHER, "no answer", SOON)

    await hosts.failed(ORIGIN, "no answer", NOON)

    assert hosts.next_retry(SOON) == NOON + RETRY_AFTER[0]


async def test_a_server_that_answers_again_is_as_if_it_had_never_failed(crawl: Crawl):
    hosts = crawl.run.hosts
    await hosts.failed(ORIGIN, "no answer", NOON)

    await hosts.answered(ORIGIN)

    assert not hosts.holds(A, SOON)
    assert hosts.failures(A) == 0
    assert stored(crawl) == []


async def test_the_next_crawl_knows_what_this_one_knew(crawl: Crawl, opening: OpenCrawl):
    now = crawl.run.now()
    await crawl.run.hosts.failed(ORIGIN, "no answer", now)
    await crawl.close()

    as_scheduled = await opening(PRESSMARK_DUE=True)
    assert as_scheduled.run.hosts.holds(A, now)
    assert as_scheduled.run.hosts.failures(A) == 1


async def test_a_crawl_by_name_asks_at_once_and_waits_when_the_server_fails_again(
    crawl: Crawl, opening: OpenCrawl
):
    now = crawl.run.now()
    await crawl.run.hosts.failed(ORIGIN, "no answer", now)
    await crawl.close()

    hosts = (await opening()).run.hosts
    assert not hosts.holds(A, now)
    assert hosts.held(now) == []
    assert hosts.next_retry(now) is None

    await hosts.failed(ORIGIN, "no answer", now + timedelta(seconds=1))
    assert hosts.failures(A) == 2
    assert hosts.holds(A, now + timedelta(seconds=2))


async def test_a_failure_that_cannot_be_written_is_raised_and_not_remembered(crawl: Crawl):
    hosts = crawl.run.hosts
    await crawl.write(
        lambda connection, _: connection.exec_driver_sql("ALTER TABLE host RENAME TO gone")
    )

    with pytest.raises(ArchiveError):
        await hosts.failed(ORIGIN, "no answer", NOON)

    assert not hosts.holds(A, SOON)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://news.test/", "http://news.test"),
        ("https://news.test:8443/a/b?c=/d", "https://news.test:8443"),
        ("http://[::1]:80/", "http://[::1]:80"),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, origin: str):
    assert origin_of(url) == origin
