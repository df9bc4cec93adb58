"""One crawl of one publisher: open the archive before the engine starts, close it at the end.

``Run`` is a plain extension (``crawler.get_extension(Run)``), since pipelines open too late: the
scheduler and the handlers need the archive before. Scrapy only logs errors in a ``spider_closed``
receiver, and ``scrapy crawl`` always exits with 0. So ``Run.exit`` and the row of the crawl say how
the crawl ended.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, NotConfigured

from archive.errors import (
    AbandonedError,
    DatabaseAwayError,
    StorageError,
    UnstorableError,
    note_defect,
)
from archive.library import Archive, open_archive
from archive.locks import ARCHIVE, lock, of_publisher
from archive.model import Exchange
from archive.pipeline.storing import Ingested
from archive.profile import Profile, write_profile
from archive.revisit import failing_hosts
from archive.settings import default_home
from archive.sql.frontier import discovered_sources
from archive.urls import host_of
from archive.warc.writer import Writer
from crawler.database_wait import Outage
from crawler.demo.publisher import DEMO_HOST
from crawler.download.addresses import parse_allow, parse_connect_to
from crawler.download.guard import CONNECT_TO, Guard, installed_guard
from crawler.download.jars import Jars
from crawler.exits import Exit, exit_for, judge
from crawler.options import read_options
from crawler.recorder import Recorder
from crawler.reports.before import showing
from crawler.reports.crawl_row import CrawlRow
from crawler.reports.look_back import LookBack, look_back
from crawler.reports.tally import CrawlTally
from crawler.scheduling.failing_hosts import FailingHosts
from crawler.shutdown import Ending, keep_reactor_for
from crawler.user_agent import CONTACT, contact_of, is_here, user_agent, warcinfo

logger = logging.getLogger(__name__)

PROVENANCE = "provenance"
"""Key of ``request.meta``: what named the URL (``archive.model.Provenance``)."""
INGESTED = "ingested"
"""Key of ``request.meta``: the future of the exchange's rows."""
FAILURES_KEY = "failures"
"""Key of ``request.meta``: how often in a row the URL has failed."""
KIND = "kind"
"""Key of ``request.meta``: what the URL is expected to answer (``archive.model.Kind``)."""

SETTLE_SECONDS = 2.0
"""How long settling may take after SIGTERM. The next crawl settles the rest."""


class Run:
    """The archive of a running crawl, the crawl's state, and what it counts."""

    def __init__(self, crawler: Crawler, profile: Profile, home: Path) -> None:
        settings = crawler.settings
        self.crawler, self.profile = crawler, profile
        self.exit: Exit | None = None
        self.tally = CrawlTally()
        self.counts = self.tally.counts
        self.options = read_options(settings, profile)
        self.started_at, self._began = self.now(), monotonic()
        self.requests = 0
        self.jars = Jars(profile.cookies)
        self.is_cut_short = False
        """Whether URLs were still due when the budget or the time was spent."""
        self.error: BaseException | None = None
        self.at_end = LookBack()
        self.writer: Writer | None = None
        self.recorder: Recorder | None = None
        self._is_new = False
        self._open = ExitStack()
        self.contact: str | None = None
        self._mappings = [parse_connect_to(text) for text in settings.getlist(CONNECT_TO)]
        self._command = settings.get("PRESSMARK_COMMAND") or " ".join(sys.argv)
        try:
            self._serve_demo()
            self._start(home, settings.get("PRESSMARK_DATABASE"))
            settings.set("USER_AGENT", user_agent(self.contact), priority="cmdline")
        except BaseException:
            self._open.__exit__(*sys.exc_info())
            raise

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Run:
        """Open the archive of the crawler's spider; ``NotConfigured`` for one without a profile."""
        profile = getattr(crawler.spidercls, "profile", None)
        if profile is None:
            raise NotConfigured
        home = Path(crawler.settings.get("PRESSMARK_HOME") or default_home())
        run = cls(crawler, profile, home)
        crawler.signals.connect(run.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(run.spider_closed, signal=signals.spider_closed)
        crawler.signals.connect(run.spider_error, signal=signals.spider_error)
        keep_reactor_for(asyncio.current_task())
        return run

    def now(self) -> datetime:
        """Return the current time by the crawl's clock: aware UTC."""
        return datetime.now(UTC) + self.options.clock

    @property
    def spent(self) -> bool:
        """Whether the budget or the time is spent, so that nothing more may be fetched."""
        budget = self.options.budget
        return self.out_of_time or (budget is not None and self.requests >= budget)

    @property
    def out_of_time(self) -> bool:
        """Whether the crawl has run for as many minutes as it may."""
        minutes = self.options.minutes
        return minutes is not None and monotonic() - self._began >= 60 * minutes

    @property
    def draining(self) -> bool:
        """Whether the crawl is ending, so that nothing more may be fetched."""
        return self.ending.has_begun

    async def begin(self) -> None:
        """Ingest the records that earlier crawls left, then open a WARC file for this crawl.

        This runs in a thread, since it may take minutes and a signal must be noticed meanwhile. An
        error is kept, and ends the crawl as soon as the spider is open.
        """
        try:
            await self.ending.in_thread(self._begin)
        except AbandonedError:
            pass  # a signal ended the work, and the exit says so
        except Exception as error:  # noqa: BLE001 - the crawl's row is to say how it ended
            self.give_up(error)
        if self.exit is not None:
            self.ending.before_it_began()

    def give_up(self, error: Exception) -> None:
        """End the crawl because of *error* as soon as its spider is open."""
        self.exit, self.error = exit_for(error), error
        note_defect(error)
        self.ending.before_it_began()

    async def capture(self, exchange: Exchange) -> Future[Ingested]:
        """Append *exchange* to the WARC file; the future resolves when its rows are committed.

        A failed write ends the crawl, since more fetches would only lose more. The write looks up
        an earlier capture with the same body. If the database stays unreachable, the exchange is
        written as a whole, and the crawl ends.
        """
        assert self.recorder is not None, "nothing is fetched before the crawl has begun"
        try:
            try:
                capture = await self.recorder.write(exchange)
            except DatabaseAwayError as error:
                self.stop_for(error)
                capture = await self.recorder.write(exchange, alone=True)
        except StorageError as error:
            self.stop_for(error)
            raise
        self.counts["exchanges"] += 1
        self.counts["bytes"] += len(exchange.response)
        future = self.archive.ingest.submit(capture, self.profile)
        future.add_done_callback(self._count)
        return future

    def wait_for_database(self, error: DatabaseAwayError, then: Callable[[], Any]) -> None:
        """Call *then* once the database is reachable again; end the crawl if it never is."""

        def waited(task: asyncio.Task[bool]) -> None:
            if not task.result():
                self.stop_for(error)
            then()

        self.outage.wait_out(error).add_done_callback(waited)

    def stop_for(self, error: BaseException) -> None:
        """End the crawl because of *error*, once."""
        if self.error is None:
            self.exit, self.error = exit_for(error), error
            note_defect(error)
            logger.error("The crawl ends: %s", error)
            loop = asyncio.get_running_loop()
            loop.call_soon(self.ending.drain)
            self._closing = loop.create_task(
                self.crawler.engine.close_spider_async(reason=exit_for(error).name.lower())
            )

    # --- signals ----------------------------------------------------------------------------------

    def spider_opened(self) -> None:
        """Start to watch for a signal, and extend the address guard for this crawl."""
        if self.draining:
            raise CloseSpider("shutdown")
        self._loop = asyncio.get_running_loop()
        guard, allowed = installed_guard(), map(parse_allow, self.profile.allow_addresses)
        self._open.enter_context(guard.connecting(self._mappings))
        self._open.enter_context(guard.allowing(allowed))
        self.ending.watch()

    def spider_error(self) -> None:
        """Count an error in the spider's code; the rows of the page are committed anyway."""
        self.counts["spider_errors"] += 1

    async def spider_closed(self, reason: str) -> None:
        """Settle the remaining articles, finish the WARC file and the row, close the archive."""
        self.ending.unwatch()
        if reason == "shutdown" and self.exit is None:
            self.exit = Exit.INTERRUPTED  # without requests, Scrapy ends between two checks
        with self._open:
            for step in (self._finish, partial(self._note_end, reason)):
                try:
                    await self.ending.in_thread(step)
                except Exception as error:  # noqa: BLE001 - Scrapy would log it and end well
                    self._could_not_finish(error)
            if self.exit is not None:
                self._row.note(self.now(), self.exit.name.lower())

    # --- inside -----------------------------------------------------------------------------------

    def _serve_demo(self) -> None:
        """Start the demo publisher's server if this crawl needs it and no mapping leads to one."""
        if host_of(self.profile.home) != DEMO_HOST:
            return
        if Guard(mappings=self._mappings).target(DEMO_HOST, 80) is None:
            from crawler.demo.server import DemoServer

            server = self._open.enter_context(DemoServer())
            self._mappings.append(parse_connect_to(f"{DEMO_HOST}:80:127.0.0.1:{server.port}"))

    def _start(self, home: Path, database: str | None) -> None:
        self.archive: Archive = self._open.enter_context(
            open_archive(home, database=database, create=True)
        )
        self.outage = Outage(self.archive.database)
        self.ending = Ending(self.crawler, self.archive, self._interrupted)
        busy = "it is being rebuilt or reprocessed; crawl when that has ended"
        self._open.enter_context(lock(home, ARCHIVE, shared=True, busy=busy))
        # A killed scrapyd leaves its crawls running, so the lock must be on the archive itself.
        name = self.profile.name
        busy = f"another crawl of {name} is running; wait for it, or end it"
        held = self._open.enter_context(lock(home, of_publisher(name), busy=busy))
        self._row = CrawlRow(held, self.started_at)
        self.contact = contact_of(
            self.crawler.settings.get(CONTACT),
            self.archive.settings.contact,
            profile=self.profile,
            here=is_here(self.profile.home, self._mappings),
            home=home,
        )
        if self.profile.name not in self.archive.profiles:
            write_profile(home, self.profile)
            del self.archive.profiles
            self._is_new = True

    def _interrupted(self) -> bool:
        if self.exit is not None:
            return False
        self.exit = Exit.INTERRUPTED
        return True

    def _begin(self) -> None:
        ingest = self.archive.ingest
        owner = ingest.do(partial(ingest.publisher_id, profile=self.profile)).result()
        self.publisher_id = owner
        known = self.archive.database.read(
            lambda connection: failing_hosts.failing(connection, owner)
        )
        self.hosts = FailingHosts(ingest.do, owner, known)
        if not self.options.as_scheduled:
            self.hosts.ask_at_once()
        self._row.begin(self.archive, owner, self.profile, self._command)
        is_wanted = self.crawler.settings.getbool("PRESSMARK_PROGRESS")
        with showing(self.profile.name, is_wanted=is_wanted) as tell:
            caught_up = self.archive.catch_up(mine=self.profile, tell=tell)
        self.counts["recovered"] = caught_up.captures
        self.tally.add_problems(caught_up.problems)
        self.writer = self.archive.store.open_writer(
            self.profile.name,
            warcinfo(self.profile, self.contact),
            self.archive.original_finder(self.publisher_id),
        )
        self.recorder = Recorder(self.writer, self.outage, self.archive.settings.spool_bytes)
        self.archive.ingest.sync = self.writer.sync
        self.archive.workers.start()  # while the first request is under way

    def _count(self, future: Future[Ingested]) -> None:
        error = None if future.cancelled() else future.exception()
        if isinstance(error, AbandonedError):
            return
        if isinstance(error, UnstorableError):
            self.tally.add_problems([str(error)])
            return
        if error is not None:
            self._loop.call_soon_threadsafe(self.stop_for, error)
            return
        self.tally.add(future.result())

    def _could_not_finish(self, error: Exception) -> None:
        if self.error is None:  # or else it follows from what ended the crawl
            self.exit, self.error = exit_for(error), error
        note_defect(error)
        logger.error("The crawl could not be finished: %s", error)

    def _finish(self) -> None:
        if self.writer is not None:
            self.writer.close()
            if self.exit is not Exit.DATABASE:
                with suppress(AbandonedError):  # the crawl has to end; the next one does the rest
                    self._complete()
        is_fetch = getattr(self.crawler.spider, "only", None) is not None
        if self._row.has_begun and not is_fetch and self.exit is not Exit.DATABASE:
            self._look_back()
        if self.exit is None:
            self.exit = judge(
                self.counts,
                is_cut_short=self.is_cut_short,
                is_elsewhere=self.at_end.advice is not None,
            )

    def _note_end(self, reason: str) -> None:
        """Write into the crawl's row how the crawl ended, even if it could not be finished."""
        assert self.exit is not None, "finished, or kept from that by an error"
        self.counts["ended_because_" + reason] = 1
        self._row.end(self.archive, self.now(), self.counts, self.exit.name.lower())

    def _complete(self) -> None:
        ingest, losses = self.archive.ingest, self.archive.database.losses
        is_whole = ingest.drain() and not losses
        if losses and not self.draining:
            self.archive.catch_up()  # some servers lose commits that they acknowledged
        ingest.settle_all(self.profile, seconds=SETTLE_SECONDS if self.draining else None)
        self.tally.add_problems(ingest.refusals())
        if is_whole:
            self.archive.complete(self.profile)
        if self._is_new:
            self._complete_profile()

    def _look_back(self) -> None:
        """Keep what the frontier and the front page say at the end of the crawl."""
        owner, profile, home, now = self.publisher_id, self.profile, self.archive.home, self.now()
        self.at_end = self.archive.database.read(
            lambda connection: look_back(connection, owner, profile, home, now)
        )
        self.counts["waiting"] = sum(some.urls for some in self.at_end.waiting)

    def _complete_profile(self) -> None:
        """Add the sitemaps and feeds that were found to a profile that was made from a URL."""
        database, owner = self.archive.database, self.publisher_id
        found = replace(
            self.profile,
            sitemaps=database.read(
                lambda connection: discovered_sources.discovered_sitemaps(connection, owner)
            ),
            feeds=database.read(
                lambda connection: discovered_sources.discovered_feeds(connection, owner)
            ),
        )
        write_profile(self.archive.home, found)
