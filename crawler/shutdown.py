"""How a crawl ends before it is done: it is told to, and what is under way may go on for a while.

Scrapy announces to nobody that a signal came while requests are under way: it waits for them, for
minutes if need be. So the crawl looks for itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from scrapy.crawler import Crawler
from scrapy.utils.asyncio import AsyncioLoopingCall, create_looping_call
from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall

from archive.library import Archive

WATCH_SECONDS = 0.25
"""How often a crawl looks whether it has been told to end."""
GRACE_SECONDS = 4.0
"""How long downloads under way, and then their pages in the workers, may go on after SIGTERM."""


class Ending:
    """Watches for the end of *crawler*'s crawl, and brings it about in time.

    *interrupted* is called when a signal is seen, and returns whether that is news.
    """

    def __init__(self, crawler: Crawler, archive: Archive, interrupted: Callable[[], bool]) -> None:
        self.downloads: set[asyncio.Future[Any]] = set()
        """Those under way, which are cancelled when their time is over."""
        self._crawler, self._archive, self._interrupted = crawler, archive, interrupted
        self._deadline: float | None = None
        self._has_run = False
        self._watch: AsyncioLoopingCall | LoopingCall | None = None
        self._stopping: asyncio.Future[None] | None = None
        self._abandoning: asyncio.Future[None] | None = None

    @property
    def has_begun(self) -> bool:
        """Whether the crawl is ending, so that nothing more is to be fetched."""
        return self._deadline is not None

    def watch(self) -> None:
        """Look for a signal from now on, in the running loop."""
        self._watch = create_looping_call(self._look)
        self._watch.start(WATCH_SECONDS)

    def unwatch(self) -> None:
        """Look no more."""
        if self._watch is not None and self._watch.running:
            self._watch.stop()

    def before_it_began(self) -> None:
        """Let the crawl end as soon as its spider is open: nothing is under way yet."""
        self._deadline = asyncio.get_running_loop().time()

    def drain(self) -> None:
        """Fetch nothing more, and give what is under way ``GRACE_SECONDS``."""
        self._deadline = asyncio.get_running_loop().time() + GRACE_SECONDS
        self.hurry()
        # What waits for its turn in a slot gets it at once, to be refused by the handler.
        downloader = self._crawler.engine.downloader
        for slot in downloader.slots.values():
            slot.delay = 0.0
            if slot.latercall is not None:
                slot.latercall.cancel()
                slot.latercall = None
            downloader._process_queue(slot)

    def hurry(self) -> None:
        """Wait for a database that is away no longer than the crawl has left."""
        database = self._archive.database
        database.patience_seconds = min(database.patience_seconds, GRACE_SECONDS)

    async def in_thread(self, work: Callable[[], None]) -> None:
        """Do *work* in a thread; a signal that comes meanwhile has it end soon."""
        task = asyncio.ensure_future(asyncio.to_thread(work))
        while not task.done():
            await asyncio.wait({task}, timeout=WATCH_SECONDS)
            if not self._crawler.crawling and self._interrupted():
                self.hurry()
                await asyncio.to_thread(self._archive.ingest.abandon)
        task.result()

    def _look(self) -> None:
        # engine.running turns False with SIGTERM, while the requests under way are waited for.
        now, engine = asyncio.get_running_loop().time(), self._crawler.engine
        if engine.running and not self._crawler.crawling and self._stopping is None:
            # The signal came while the engine started, when Scrapy has nothing to stop yet.
            self._stopping = asyncio.ensure_future(engine.stop_async())
        running = engine.running
        # The engine may have started and been stopped between two looks.
        was_stopped = engine.start_time is not None and not self._crawler.crawling
        self._has_run = self._has_run or running or was_stopped
        if self._has_run and not running and not self.has_begun:
            self._interrupted()
            self.drain()
        if self._deadline is not None and now > self._deadline:
            for download in list(self.downloads):
                download.cancel()
            if not self.downloads and self._abandoning is None:
                # The pages are archived; the next crawl reads what the workers still have.
                self._abandoning = asyncio.ensure_future(
                    asyncio.to_thread(self._archive.ingest.abandon)
                )


def keep_reactor_for(task: asyncio.Task[Any] | None) -> None:
    """Keep the reactor running until *task* has ended, however early a signal comes.

    Scrapy stops it at once under a crawl whose engine is not running yet.
    """
    from twisted.internet import reactor

    if task is not None:
        reactor.addSystemEventTrigger(
            "before",
            "shutdown",  # type: ignore[arg-type]  # the stub knows no event but a callable
            lambda: Deferred.fromFuture(asyncio.ensure_future(asyncio.wait({task}))),
        )
