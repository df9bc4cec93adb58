"""A URL that comes back as if nothing had happened would be asked for without end: that is seen."""

from __future__ import annotations

import asyncio

import pytest

from archive.sql.frontier import store as frontier
from archive.sql.frontier.store import Lease, State
from archive.sql.schema.state_tables import frontier as table
from crawler.scheduling.lease_guard import LeaseGuard, UnchangedLeaseError
from tests.support.crawling import NEWS, Crawl, OpenCrawl
from tests.support.frontier import A

HOME = NEWS.home


def leased(crawl: Crawl, guard: LeaseGuard) -> Lease:
    """Lease the front page."""
    (lease,) = crawl.read(
        lambda connection, owner: frontier.pending(connection, owner, (), limit=1)
    )
    guard.leased(lease)
    return lease


def seen(crawl: Crawl, guard: LeaseGuard) -> UnchangedLeaseError | None:
    return crawl.read(lambda connection, _: guard.unchanged(connection))


async def test_a_url_that_came_back_with_its_row_as_it_was_is_an_error_that_names_it(crawl: Crawl):
    guard = LeaseGuard(crawl.run)

    guard.released(leased(crawl, guard))

    error = seen(crawl, guard)
    assert error is not None
    assert str(error).startswith(f"{HOME} was requested")
    assert seen(crawl, guard) is None  # it is said once


async def test_a_url_that_is_still_leased_is_no_error(crawl: Crawl):
    guard = LeaseGuard(crawl.run)

    leased(crawl, guard)

    assert seen(crawl, guard) is None


@pytest.mark.parametrize("failed", [False, True])
async def test_a_url_that_was_fetched_or_failed_meanwhile_is_no_error(crawl: Crawl, failed: bool):
    guard = LeaseGuard(crawl.run)
    lease = leased(crawl, guard)
    await crawl.done(HOME, failed=failed)
    if failed:  # due again at once
        await crawl.write(
            lambda connection, _: connection.execute(table.update().values(state=State.PENDING))
        )

    guard.released(lease)

    assert seen(crawl, guard) is None


async def test_a_url_whose_server_failed_meanwhile_is_no_error(crawl: Crawl):
    guard = LeaseGuard(crawl.run)
    lease = leased(crawl, guard)
    await crawl.run.hosts.failed("http://news.test", "no answer", crawl.run.now())

    guard.released(lease)

    assert seen(crawl, guard) is None


async def test_a_url_whose_server_had_failed_before_it_was_leased_is_an_error(crawl: Crawl):
    await crawl.run.hosts.failed("http://news.test", "no answer", crawl.run.now())
    guard = LeaseGuard(crawl.run)

    guard.released(leased(crawl, guard))

    assert seen(crawl, guard) is not None


async def test_a_crawl_that_has_spent_its_budget_leaves_urls_as_they_are(opening: OpenCrawl):
    crawl = await opening(PRESSMARK_BUDGET=1)
    guard = LeaseGuard(crawl.run)
    lease = leased(crawl, guard)
    crawl.run.requests = 1

    guard.released(lease)

    assert seen(crawl, guard) is None


async def test_a_crawl_that_is_ending_leaves_urls_as_they_are(crawl: Crawl):
    guard = LeaseGuard(crawl.run)
    lease = leased(crawl, guard)
    crawl.run.ending.drain()

    guard.released(lease)

    assert seen(crawl, guard) is None


async def test_a_crawl_that_an_error_ends_leaves_urls_as_they_are(crawl: Crawl):
    guard = LeaseGuard(crawl.run)
    lease = leased(crawl, guard)
    crawl.run.stop_for(OSError("the disk is full"))

    guard.released(lease)

    assert seen(crawl, guard) is None
    await asyncio.sleep(0)


async def test_a_database_that_lost_what_it_had_acknowledged_is_no_defect_of_the_crawl(
    crawl: Crawl,
):
    guard = LeaseGuard(crawl.run)
    guard.released(leased(crawl, guard))

    crawl.run.archive.database.losses += 1
    assert seen(crawl, guard) is None

    guard.released(leased(crawl, guard))
    assert seen(crawl, guard) is not None  # the loss is over


async def test_another_url_that_is_pending_is_no_error(crawl: Crawl):
    guard = LeaseGuard(crawl.run)
    lease = leased(crawl, guard)
    await crawl.add(A)
    await crawl.done(HOME)

    guard.released(lease)

    assert seen(crawl, guard) is None
