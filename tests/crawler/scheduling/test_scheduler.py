"""Which URL a crawl asks for next, and when it has nothing more to ask for."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.core.scheduler import Scheduler
from scrapy.crawler import Crawler
from sqlalchemy import event, select

from archive.crawl_traps import pattern_rows
from archive.crawl_traps.patterns import LIMIT, WEIGHT, FirstFetch, Tally
from archive.crawl_traps.session_parameters import teach
from archive.library import AHEAD_A_WORKER
from archive.model import Candidate, Extraction, Kind, Outcome, Provenance, Via
from archive.model.reason import Reason
from archive.pipeline.frontier_updates import MOST_REDIRECTS
from archive.revisit.inputs import Due
from archive.sql.frontier.store import State
from archive.sql.schema.state_tables import crawl as crawl_table
from crawler.exits import ASKED_FOR_ROBOTS, Exit
from crawler.run import FAILURES_KEY, KIND, PROVENANCE, Run
from crawler.scheduling.lease_guard import UnchangedLeaseError
from crawler.scheduling.scheduler import FrontierScheduler
from tests.support.archives import rows
from tests.support.crawling import (
    NEWS,
    Crawl,
    OpenCrawl,
    ingested,
    new_crawler,
    store_captures,
    until,
)
from tests.support.frontier import HOUR, A, B, C
from tests.support.stores import exchange, reply

HOME = NEWS.home
SITEMAP, FEED, ROBOTS = f"{HOME}sitemap.xml", f"{HOME}feed", f"{HOME}robots.txt"
DAYS = [f"{HOME}calendar/{number}/" for number in range(1, 41)]
CALENDAR = "news.test/calendar/<number>/"


async def test_a_crawl_begins_with_the_sitemaps_the_front_page_and_the_feeds_of_its_profile(
    opening: OpenCrawl,
):
    crawl = await opening(replace(NEWS, sitemaps=(SITEMAP,), feeds=(FEED,)))

    requests = list(iter(crawl.scheduler.next_request, None))

    assert [request.url for request in requests] == [SITEMAP, HOME, FEED]
    assert [request.meta[KIND] for request in requests] == [Kind.SITEMAP, Kind.PAGE, Kind.FEED]


async def test_a_request_says_what_named_its_url_and_how_often_it_failed(crawl: Crawl):
    crawl.lease()
    await crawl.add(A, source_url=HOME, lastmod="2026-03-01")
    await crawl.done(HOME)

    request = crawl.scheduler.next_request()

    assert request is not None
    assert request.meta[PROVENANCE] == Provenance(
        via=Via.LINK, source_url=HOME, lastmod="2026-03-01"
    )
    assert request.meta[FAILURES_KEY] == 0
    assert (request.callback, request.errback) == (
        crawl.crawler.spider.archived,
        crawl.crawler.spider.failed,
    )
    # Scrapy would cut off or drop what the handler limits by itself.
    assert request.dont_filter
    assert (request.meta["download_maxsize"], request.meta["download_warnsize"]) == (0, 0)


async def test_a_url_is_leased_once_until_it_comes_back(crawl: Crawl):
    assert crawl.leases() == [HOME]

    assert crawl.lease() is None
    assert crawl.scheduler.has_pending_requests()


async def test_a_crawl_is_over_when_every_lease_has_come_back_and_no_url_is_pending(crawl: Crawl):
    crawl.leases()
    await crawl.done(HOME)

    assert crawl.lease() is None
    assert await crawl.is_over()


async def test_a_url_that_a_page_named_is_leased_as_soon_as_the_page_comes_back(crawl: Crawl):
    crawl.leases()
    await crawl.add(A)
    assert crawl.lease() is None  # nothing has told the scheduler to read again

    await crawl.done(HOME)

    assert crawl.lease() == A


async def test_a_request_of_somebody_else_is_refused_since_a_restart_would_lose_it(crawl: Crawl):
    assert not crawl.scheduler.enqueue_request(Request(A))


async def test_a_spider_without_a_profile_has_the_scheduler_of_scrapy(bare_crawler: Crawler):
    assert isinstance(FrontierScheduler.from_crawler(bare_crawler), Scheduler)


# --- limits ---------------------------------------------------------------------------------------


async def test_a_crawl_whose_budget_is_spent_is_cut_short_when_more_is_pending(opening: OpenCrawl):
    crawl = await opening(PRESSMARK_BUDGET=1)
    crawl.run.requests = 1

    assert crawl.lease() is None
    assert not crawl.scheduler.has_pending_requests()
    assert crawl.run.is_cut_short


async def test_a_crawl_whose_budget_was_just_enough_is_not_cut_short(opening: OpenCrawl):
    crawl = await opening(PRESSMARK_BUDGET=1)
    crawl.leases()
    crawl.run.requests = 1
    await crawl.done(HOME)

    assert await crawl.is_over()
    assert not crawl.run.is_cut_short


async def test_a_crawl_that_is_ending_leases_nothing_more(crawl: Crawl):
    crawl.run.ending.drain()

    assert crawl.lease() is None


async def test_a_frontier_that_cannot_be_written_ends_the_crawl_before_it_fetches(
    home: Path,
):
    with closing(sqlite3.connect(home / "archive.db")) as database:
        database.execute("ALTER TABLE frontier RENAME TO elsewhere")
    crawler = new_crawler(home)

    await crawler.crawl_async()

    run = crawler.get_extension(Run)
    assert run is not None
    assert (run.exit, run.requests) == (Exit.DATABASE, 0)
    (row,) = rows(home, select(crawl_table))
    assert row["exit_state"] == "database"


# --- what failed ----------------------------------------------------------------------------------


async def failed(crawl: Crawl, url: str, after: timedelta) -> None:
    """Give back the lease of *url*, which failed and is due again *after* that time."""
    due = Due(crawl.run.now() + after, Reason.RETRY)
    await crawl.done(url, failed=True, outcome=Outcome.ERROR, due=due)


async def test_a_url_that_failed_is_leased_again_in_the_same_crawl_when_it_is_due(crawl: Crawl):
    crawl.leases()
    await failed(crawl, HOME, timedelta(milliseconds=100))
    assert crawl.lease() is None

    assert crawl.scheduler.has_pending_requests()
    await asyncio.sleep(0.15)
    await crawl.written()

    request = crawl.scheduler.next_request()
    assert request is not None
    assert (request.url, request.meta[FAILURES_KEY]) == (HOME, 1)
    assert crawl.run.counts["due_retry"] == 1


async def test_a_crawl_with_nothing_else_to_do_waits_ten_seconds_for_what_failed_and_no_longer(
    crawl: Crawl,
):
    crawl.leases()
    await failed(crawl, HOME, timedelta(seconds=9))
    assert crawl.lease() is None
    await crawl.written()
    assert crawl.scheduler.has_pending_requests()

    await crawl.add(A)
    await failed(crawl, HOME, timedelta(seconds=60))
    assert crawl.leases() == [A]
    await crawl.done(A)

    assert crawl.lease() is None
    assert await crawl.is_over()


async def test_urls_of_a_server_that_fails_wait_and_those_of_another_go_on(opening: OpenCrawl):
    crawl = await opening(replace(NEWS, hosts=("other.test",)))
    other = ["http://other.test/1/", "http://other.test/2/"]
    await crawl.add(*other, A)
    crawl.scheduler._stale = True
    assert crawl.lease() == HOME  # the rest is read by now

    await crawl.run.hosts.failed("http://other.test", "no answer", crawl.run.now())

    assert crawl.leases() == [A]
    assert crawl.states()[other[0]] is State.PENDING
    await crawl.done(HOME, A)
    assert crawl.lease() is None
    await crawl.written()
    assert crawl.scheduler.has_pending_requests()  # it may be asked again in five seconds


# --- what sources tell ----------------------------------------------------------------------------


async def rested(crawl: Crawl, *urls: str) -> None:
    """Have *urls* rest since a crawl long ago, so that they are due by now."""
    await crawl.add(*urls)
    at = crawl.run.now() - 24 * HOUR
    await crawl.done(*urls, at=at)


async def test_what_is_due_is_leased_once_the_last_source_is_read(opening: OpenCrawl):
    crawl = await opening(replace(NEWS, sitemaps=(SITEMAP,), feeds=(FEED,)))
    assert crawl.leases() == [SITEMAP, HOME, FEED]
    await rested(crawl, A)
    await crawl.done(HOME, SITEMAP)
    assert crawl.leases() == []  # the feed may tell more

    await crawl.done(FEED)
    assert crawl.leases() == []
    await crawl.written()

    assert crawl.leases() == [A]
    assert crawl.run.counts["due_age"] == 1


async def test_what_this_crawl_has_fetched_is_not_due_again_in_it(opening: OpenCrawl):
    crawl = await opening(replace(NEWS, feeds=(FEED,)))
    assert crawl.leases() == [HOME, FEED]
    await crawl.add(A)
    await crawl.done(HOME)
    assert crawl.leases() == [A]
    now = crawl.run.now()
    await crawl.done(A, due=Due(now, Reason.AGE))

    await crawl.done(FEED)
    assert crawl.leases() == []
    await crawl.written()

    assert crawl.leases() == []
    assert await crawl.is_over()


async def test_a_crawl_since_a_day_reads_every_source_before_it_fetches_a_page(opening: OpenCrawl):
    crawl = await opening(
        replace(NEWS, sitemaps=(SITEMAP,)), PRESSMARK_SINCE="2026-01-01T00:00:00Z"
    )
    assert crawl.leases() == [SITEMAP]

    await crawl.done(SITEMAP)

    assert crawl.leases() == [HOME]


# --- crawls of what is known ----------------------------------------------------------------------


async def earlier_crawl(opening: OpenCrawl) -> None:
    """Crawl the front page and page A: both are at rest, the front page as a source."""
    crawl = await opening()
    crawl.leases()
    await crawl.add(A)
    later = crawl.run.now() + HOUR
    await crawl.done(HOME, due=Due(later, Reason.SOURCE))
    assert crawl.leases() == [A]
    await crawl.done(A, due=Due(later, Reason.AGE))
    await crawl.close()


async def test_a_crawl_by_name_asks_for_sources_at_once(opening: OpenCrawl):
    await earlier_crawl(opening)

    crawl = await opening()

    assert crawl.leases() == [HOME]
    assert crawl.run.counts["due_source"] == 1


async def test_a_crawl_as_scheduled_lets_sources_rest(opening: OpenCrawl):
    await earlier_crawl(opening)

    crawl = await opening(PRESSMARK_DUE=True)

    assert crawl.leases() == []


async def test_a_refresh_asks_for_every_known_url(opening: OpenCrawl):
    await earlier_crawl(opening)

    crawl = await opening(PRESSMARK_REFRESH=True)

    assert sorted(crawl.leases()) == [HOME, A]
    assert crawl.run.counts["due_refresh"] == 2


# --- endless sites --------------------------------------------------------------------------------


async def tally(crawl: Crawl, known: Tally) -> None:
    """Have *known* be what the calendar's pattern yielded."""
    await crawl.write(
        lambda connection, owner: pattern_rows.put_tallies(
            connection, owner, {CALENDAR: known}, crawl.run.now()
        )
    )


async def condemn(crawl: Crawl) -> None:
    """Have the calendar's pattern hold back its URLs."""
    await tally(crawl, Tally(fetched=39, score=LIMIT))


class Pages:
    """Pages that come in while *crawl* runs: written to its WARC file, and read by a worker."""

    def __init__(self, crawl: Crawl) -> None:
        self._crawl = crawl

    async def fetch(self, url: str, html: str) -> None:
        """Have *url* answer with *html*; its rows are committed at the end."""
        run = self._crawl.run
        response = reply(html.encode())
        committed = await run.capture(exchange(response=response, url=url, date=run.now()))
        await asyncio.wrap_future(committed)


@pytest.fixture
def site(crawl: Crawl) -> Pages:
    return Pages(crawl)


async def test_urls_whose_pattern_yields_nothing_are_held_back_instead_of_leased(crawl: Crawl):
    await crawl.add(*DAYS[:8])
    await condemn(crawl)

    assert crawl.leases() == [HOME]

    await crawl.written()
    assert {crawl.states()[day] for day in DAYS[:8]} == {State.HELD_BACK}


async def test_a_pattern_that_holds_back_is_tested_once_when_nothing_else_is_left(crawl: Crawl):
    await crawl.add(*DAYS[:8])
    await condemn(crawl)
    crawl.leases()
    await crawl.done(HOME)

    assert crawl.leases() == []  # nothing else is left
    assert crawl.scheduler.has_pending_requests()
    await crawl.written()

    assert crawl.leases() == [DAYS[7]]
    assert crawl.run.counts["due_probe"] == 1
    await crawl.done(DAYS[7])
    assert crawl.leases() == []
    assert await crawl.is_over()


async def test_a_url_in_the_buffer_whose_pattern_is_held_back_by_now_is_dropped(
    crawl: Crawl, site: Pages
):
    await crawl.add(*DAYS[:8])
    assert crawl.lease() == HOME  # the calendar is in the buffer
    # The next page that says nothing new is one too many.
    score = LIMIT - WEIGHT[FirstFetch.NOTHING]
    await tally(crawl, Tally(fetched=38, score=score))

    await site.fetch(DAYS[0], "<p>Nothing on this day</p>")

    assert crawl.lease() is None
    await crawl.written()
    assert {crawl.states()[day] for day in DAYS[1:8]} == {State.HELD_BACK}


async def test_patterns_are_asked_about_only_when_one_holds_back_more_than_before(crawl: Crawl):
    await crawl.add(*DAYS[:8])
    assert crawl.lease() == HOME
    asked: list[str] = []
    event.listen(
        crawl.run.archive.database.engine,
        "before_cursor_execute",
        lambda *args: asked.append(args[2]),
    )

    assert crawl.leases() == DAYS[:8]

    assert asked == []


async def test_a_url_in_the_buffer_that_names_a_visit_is_read_again_once_that_is_learned(
    crawl: Crawl, site: Pages
):
    visits = [f"{HOME}shop/?trip={number}" for number in (1, 2)]
    await crawl.add(*visits)
    assert crawl.lease() == HOME
    await crawl.write(lambda connection, owner: teach(connection, owner, "news.test", {"trip"}))

    await site.fetch(A, "<p>Any page</p>")

    assert crawl.leases() == [f"{HOME}shop/"]


async def test_nothing_more_is_leased_while_sixteen_captures_wait_for_each_worker(
    crawl: Crawl, site: Pages
):
    # The writer is kept busy, so that no capture is committed.
    release = threading.Event()
    busy = crawl.run.archive.ingest.do(lambda _: release.wait(60))
    try:
        captures = [
            asyncio.ensure_future(site.fetch(f"{HOME}{n}/", "<p>A page</p>"))
            for n in range(AHEAD_A_WORKER)
        ]
        await until(lambda: crawl.run.archive.ingest.waiting == AHEAD_A_WORKER)

        assert crawl.lease() is None
        assert crawl.scheduler.has_pending_requests()
    finally:
        release.set()
    await asyncio.gather(*captures)
    assert busy.result()

    assert crawl.lease() == HOME


# --- validators -----------------------------------------------------------------------------------


async def known_page(crawl: Crawl, *etags_and_digests: tuple[str, str]) -> Request:
    """Return the request for the front page after captures with these ETags and payloads."""
    crawl.leases()
    at = crawl.run.now()
    pages = [
        ingested(HOME, Outcome.LISTING, etag=etag, payload_digest=digest, fetched_at=at + n * HOUR)
        for n, (etag, digest) in enumerate(etags_and_digests)
    ]
    await crawl.write(lambda connection, owner: store_captures(connection, owner, *pages))
    due = Due(crawl.run.now(), Reason.RETRY)
    await crawl.done(HOME, failed=True, outcome=Outcome.ERROR, due=due)
    crawl.lease()
    await asyncio.sleep(0.05)
    await crawl.written()
    request = crawl.scheduler.next_request()
    assert request is not None
    return request


async def test_a_url_that_was_fetched_before_is_asked_for_only_if_it_has_changed(crawl: Crawl):
    request = await known_page(crawl, ('"one"', "sha1:A"))

    assert request.headers["If-None-Match"] == b'"one"'
    assert crawl.run.counts["lying_etags"] == 0


async def test_a_url_whose_etags_lie_is_asked_for_as_a_whole_and_counted(crawl: Crawl):
    request = await known_page(crawl, ('"one"', "sha1:A"), ('"one"', "sha1:B"))

    assert "If-None-Match" not in request.headers
    assert crawl.run.counts["lying_etags"] == 1


# --- what the operator names ----------------------------------------------------------------------


async def test_a_fetch_asks_for_exactly_the_urls_that_it_was_given_in_scope_or_not(
    opening: OpenCrawl,
):
    login = f"{HOME}login"
    crawl = await opening(only=(B, login, ROBOTS, B))

    requests = list(iter(crawl.scheduler.next_request, None))

    assert [request.url for request in requests] == [B, login, ROBOTS]
    assert requests[2].meta[KIND] is Kind.ROBOTS
    await crawl.done(B, login)
    crawl.scheduler.release(ROBOTS, ingested(ROBOTS, Outcome.ROBOTS))
    assert crawl.run.counts[ASKED_FOR_ROBOTS] == 1
    assert not crawl.scheduler.has_pending_requests()


async def test_a_fetch_follows_redirects_but_no_loop_and_not_without_end(opening: OpenCrawl):
    crawl = await opening(only=(A,))
    await crawl.add(B, C)
    assert crawl.leases() == [A]

    crawl.scheduler.release(A, redirect(A, B))
    assert crawl.leases() == [B]
    crawl.scheduler.release(B, redirect(B, A))
    assert crawl.leases() == []

    urls = [f"{HOME}{number}/" for number in range(MOST_REDIRECTS + 2)]
    await crawl.add(*urls)
    asked = []
    for url, target in zip([C, *urls], urls, strict=False):
        crawl.scheduler.release(url, redirect(url, target))
        if not (leased := crawl.leases()):
            break
        asked += leased
    assert asked == urls[:MOST_REDIRECTS]


def redirect(url: str, target: str):
    found = Extraction(
        outcome=Outcome.REDIRECT,
        extractor="test",
        candidates=(Candidate(url=target, via=Via.REDIRECT),),
    )
    return ingested(url, found)


# --- a defect -------------------------------------------------------------------------------------


async def test_a_url_that_comes_back_unchanged_ends_the_crawl_instead_of_being_asked_for_again(
    crawl: Crawl,
):
    crawl.leases()

    crawl.scheduler.release(HOME, None)

    assert crawl.lease() is None
    assert isinstance(crawl.run.error, UnchangedLeaseError)
    assert crawl.run.exit is Exit.UNFORESEEN
