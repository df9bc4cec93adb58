"""The scheduler: leases pending URLs of one publisher from the frontier table to the engine.

Pending URLs are stored in the database only, so memory does not grow with the number of URLs, and a
killed crawl loses none. Leases are in memory only; a row changes when its capture is committed.
Spiders without a profile use Scrapy's own scheduler (otherwise ``scrapy shell`` would crawl the
frontier).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from scrapy import Request, Spider
from scrapy.core.scheduler import BaseScheduler, Scheduler
from scrapy.crawler import Crawler
from sqlalchemy import Connection
from twisted.internet.defer import Deferred

from archive.crawl_traps import pattern_rows, pattern_yield
from archive.errors import DatabaseAwayError
from archive.library import AHEAD_A_WORKER
from archive.model import Candidate, Kind, Provenance, Via
from archive.model.reason import Reason
from archive.pipeline.frontier_updates import entry_of
from archive.pipeline.storing import Ingested
from archive.revisit.url_rows import next_retry
from archive.revisit.url_updates import make_all_pending, make_due_pending
from archive.revisit.validators import CAPTURES_COMPARED, conditional_headers, trust
from archive.sql.captures import lookups
from archive.sql.frontier import store as frontier
from archive.sql.frontier.store import RESTING, Lease, State
from crawler.exits import ASKED_FOR_ROBOTS
from crawler.run import FAILURES_KEY, KIND, PROVENANCE, Run
from crawler.scheduling.asked_for import AskedFor
from crawler.scheduling.lease_guard import LeaseGuard
from crawler.scheduling.turns import Turns

WAIT_FOR_RETRY = timedelta(seconds=10)
"""How long a crawl with nothing else to do waits for a failed URL to be due again."""
TELLING = frozenset({Kind.SITEMAP, Kind.FEED})
"""Sources that report changes: read first, so that changed pages are fetched in the same crawl."""


class FrontierScheduler(BaseScheduler):
    """Scrapy's SCHEDULER on the frontier table."""

    def __init__(self, run: Run, *, only: tuple[str, ...] | None) -> None:
        self._run = run
        self._database, self._ingest = run.archive.database, run.archive.ingest
        self._most_waiting = AHEAD_A_WORKER * run.archive.settings.workers
        self._leased: dict[str, Lease] = {}
        self._guard = LeaseGuard(run)
        self._visits = run.archive.ingest.visits
        self._holds = run.archive.ingest.holds
        self._buffer: deque[Lease] = deque()
        self._asked_for = None if only is None else AskedFor(only)
        self._stale = True
        self._told = False
        self._retry_at: datetime | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._changing = 0
        self._turns = Turns()
        self._worthless: set[str] = set()
        self._tested = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> BaseScheduler:  # type: ignore[override]
        """Return the frontier's scheduler where an archive is open, else Scrapy's own."""
        run = crawler.get_extension(Run)
        if run is None:
            return Scheduler.from_crawler(crawler)
        return cls(run, only=getattr(crawler.spider, "only", None))

    def open(self, spider: Spider) -> Deferred[None]:  # noqa: ARG002
        """Put the publisher's seeds into the frontier, and make pending what is due."""
        return Deferred.fromFuture(asyncio.ensure_future(self._open()))

    async def _open(self) -> None:
        await self._run.begin()
        if not self._run.draining:
            try:
                await asyncio.wrap_future(self._ingest.do(self._prepare))
            except Exception as error:  # noqa: BLE001 - the crawl's row is to say how it ended
                self._run.give_up(error)

    def _prepare(self, connection: Connection) -> None:
        run = self._run
        if self._asked_for is not None:
            frontier.add(connection, run.publisher_id, self._asked_for.entries())
            return
        seeds = [entry_of(candidate, run.profile, 0) for candidate in self._seeds()]
        frontier.add(connection, run.publisher_id, seeds)
        if run.options.refresh:
            make_all_pending(connection, run.publisher_id)
        pattern_yield.release_patterns(connection, run.publisher_id, run.profile)
        named = not run.options.as_scheduled
        make_due_pending(connection, run.publisher_id, run.now(), RESTING, at_once=named)

    def _seeds(self) -> Iterable[Candidate]:
        profile = self._run.profile
        yield Candidate(url=profile.home, via=Via.SEED)
        yield from (Candidate(url=u, via=Via.SEED, kind=Kind.SITEMAP) for u in profile.sitemaps)
        yield from (Candidate(url=u, via=Via.SEED, kind=Kind.FEED) for u in profile.feeds)

    def has_pending_requests(self) -> bool:
        """Return whether the crawl goes on: URLs are leased or pending, or are tried again soon."""
        if self._leased or self._changing or self._ingest.waiting:
            return True
        has_more = self._buffer or self._can_fill()
        if self._run.outage.lasts or self._changing:
            return True
        if self._run.spent:
            self._run.is_cut_short = self._run.is_cut_short or bool(has_more)
            return False
        if has_more:
            return True
        return self._retry_at is not None and self._retry_at <= self._run.now() + WAIT_FOR_RETRY

    def enqueue_request(self, request: Request) -> bool:  # noqa: ARG002
        """Refuse *request*: a URL to fetch must be a row, since a restart would lose a request."""
        return False

    def next_request(self) -> Request | None:
        """Return a request for the most urgent pending URL; None when none may be leased now.

        None is returned while too many captures wait for the workers, and when nothing is due. The
        downloader's slots keep the pace: None for the sake of the pace would stall the engine until
        its heartbeat, which comes every 5 s.
        """
        if self._run.draining or self._run.spent or self._ingest.waiting >= self._most_waiting:
            return None
        if self._run.outage.lasts:
            return None
        try:
            self._drop_held()
            if not self._buffer and not self._fill():
                return None
            headers = self._conditions(self._buffer[0])
        except DatabaseAwayError as error:
            self._wait_for_database(error)
            return None
        lease = self._buffer.popleft()
        self._leased[lease.url] = lease
        self._guard.leased(lease)
        self._run.counts[f"due_{lease.due_reason or Reason.NEW}"] += 1
        spider = self._run.crawler.spider
        return Request(
            lease.url,
            callback=spider.archived,  # type: ignore[union-attr]
            errback=spider.failed,  # type: ignore[union-attr]
            dont_filter=True,
            headers=headers,
            meta={
                KIND: lease.kind,
                FAILURES_KEY: lease.fail_count,
                PROVENANCE: Provenance(
                    via=lease.via, source_url=lease.source_url, lastmod=lease.lastmod
                ),
                "download_maxsize": 0,
                "download_warnsize": 0,
            },
        )

    def _drop_held(self) -> None:
        """Drop URLs from the buffer that are no longer to be fetched.

        The server of a URL may have failed since the URL was read, its pattern may be held back by
        now, or the URL may have another spelling, since a session parameter was learned.
        """
        if self._asked_for is not None:
            return  # the operator named them
        visits, holds = self._ingest.visits, self._ingest.holds
        if visits != self._visits:
            self._buffer.clear()
            self._stale = True
        elif holds != self._holds and self._buffer:
            with self._database.reading() as connection:
                self._buffer = deque(self._worth_fetching(connection, [*self._buffer]))
        self._visits, self._holds = visits, holds
        hosts, now = self._run.hosts, self._run.now()
        while self._buffer and hosts.holds(self._buffer[0].url, now):
            self._buffer.popleft()

    def _worth_fetching(self, connection: Connection, found: list[Lease]) -> list[Lease]:
        """Return the leases of *found* that no pattern holds back; hold back the others."""
        owner, profile = self._run.publisher_id, self._run.profile
        held = pattern_yield.held_among(connection, owner, profile, found)
        leases = [lease for lease in found if lease.url in held]
        if leases:
            self._worthless.update(held)
            self._change(
                lambda writing: pattern_yield.hold_back(writing, owner, profile, leases),
                lambda: self._worthless.difference_update(held),
            )
        return [lease for lease in found if lease.url not in held]

    def _conditions(self, lease: Lease) -> dict[str, str]:
        """Return the headers of a conditional request; empty when the body is to be sent anyway."""
        if lease.fetched_at is None:
            return {}
        with self._database.reading() as connection:
            owner = self._run.publisher_id
            known = lookups.answers(connection, owner, lease.url, CAPTURES_COMPARED)
        headers = conditional_headers(known)
        if not trust(known).etag:
            self._run.counts["lying_etags"] += 1
        return headers

    def release(self, url: str, ingested: Ingested | None) -> None:
        """End the lease of *url*, whose row is up to date; *ingested* is None without a capture."""
        lease = self._leased.pop(url, None)
        self._stale, self._tested = True, False
        if lease is not None:
            self._guard.released(lease)
            if lease.kind in TELLING:
                self._told = True
                self._turns.source_was_read()
            if lease.kind is Kind.ROBOTS and ingested is not None:
                self._run.counts[ASKED_FOR_ROBOTS] += 1
        if self._asked_for is not None and ingested is not None:
            self._asked_for.follow(url, ingested.extraction)

    def close(self, reason: str) -> None:  # noqa: ARG002
        """Cancel the timer for failed URLs. There is no queue to save."""
        if self._timer is not None:
            self._timer.cancel()

    def _can_fill(self) -> bool:
        try:
            return not self._run.outage.lasts and self._fill()
        except DatabaseAwayError as error:
            self._wait_for_database(error)
            return False

    def _wait_for_database(self, error: DatabaseAwayError) -> None:
        self._stale = True  # the frontier could not be read
        slot = self._run.crawler.engine._slot
        self._run.wait_for_database(error, slot.nextcall.schedule)  # type: ignore[union-attr]

    def _fill(self) -> bool:
        """Read URLs into the buffer, and return whether there are any.

        Nothing is read when nothing can have changed since the last time.
        """
        if self._asked_for is not None:
            with self._database.reading() as connection:
                owner = self._run.publisher_id
                self._buffer.extend(self._asked_for.next_leases(connection, owner))
            return bool(self._buffer)
        if not self._stale:
            return False
        self._stale = False
        with self._database.reading() as connection:
            if (defect := self._guard.unchanged(connection)) is not None:
                self._run.stop_for(defect)
                return False
            self._read_pending(connection)
        sources_left = self._has_sources()
        self._use_what_sources_said(is_last=not sources_left)
        if sources_left:
            self._keep_pages_for_later()
        self._test_held_patterns()
        self._retry_when_due()
        return bool(self._buffer)

    def _read_pending(self, connection: Connection) -> None:
        """Read pending URLs into the buffer, and when the next failed one may be tried again."""
        owner, now, hosts = self._run.publisher_id, self._run.now(), self._run.hosts
        taken = {*self._leased, *self._worthless}
        since = self._run.options.since
        found = self._turns.read(connection, owner, taken, since, hosts.held(now))
        worthy = self._worth_fetching(connection, found)
        self._turns.were_held(all_of_them=bool(found) and not worthy)
        self._buffer.extend(worthy)
        retries = (next_retry(connection, owner), hosts.next_retry(now))
        self._retry_at = min((at for at in retries if at is not None), default=None)

    def _has_sources(self) -> bool:
        """Return whether a sitemap or feed is being fetched or is in the buffer."""
        return any(lease.kind in TELLING for lease in (*self._leased.values(), *self._buffer))

    def _use_what_sources_said(self, *, is_last: bool) -> None:
        """Make pending what is due by now, once the last of the sources was read, or fifty more."""
        if self._told and not self._changing and self._turns.tell(is_last=is_last):
            self._told = False
            self._make_due_pending(State.FETCHED)

    def _keep_pages_for_later(self) -> None:
        """Drop pages from the buffer of a crawl since a date.

        A page that is linked without a date may be dated by a sitemap that is not read yet.
        """
        if self._run.options.since is not None and not self._turns.alternate:
            self._buffer = deque(lease for lease in self._buffer if lease.kind in TELLING)

    def _test_held_patterns(self) -> None:
        """Have a URL of each pattern that is held back tested, once nothing else is left."""
        if self._buffer or self._leased or self._changing or self._tested:
            return
        self._tested = True
        owner, now = self._run.publisher_id, self._run.now()
        self._change(lambda writing: pattern_rows.probe(writing, owner, now))

    def _make_due_pending(self, state: State) -> None:
        """Make the URLs in *state* pending that are due, except those that this crawl fetched.

        Failed URLs are tried again in the same crawl.
        """
        run, now = self._run, self._run.now()
        self._change(
            lambda connection: make_due_pending(
                connection, run.publisher_id, now, (state,), not_since=run.started_at
            )
        )

    def _change(
        self, work: Callable[[Connection], object], then: Callable[[], None] = lambda: None
    ) -> None:
        """Change the frontier by *work* in the writer's thread, then call *then* and read again."""
        self._changing += 1
        loop = asyncio.get_running_loop()

        def changed(_: object) -> None:
            self._changing, self._stale = self._changing - 1, True
            then()
            self._run.crawler.engine._slot.nextcall.schedule()  # type: ignore[union-attr]

        self._ingest.do(work).add_done_callback(
            lambda future: loop.call_soon_threadsafe(changed, future)
        )

    def _retry_when_due(self) -> None:
        """Start a timer for the next failed URL, so that it is tried as soon as it is due."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._retry_at is not None:
            seconds = (self._retry_at - self._run.now()).total_seconds()
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(seconds, 0) + 0.01, self._retry)

    def _retry(self) -> None:
        self._timer = self._retry_at = None
        self._make_due_pending(State.RETRY)
