"""End a crawl early, after a signal or an error: active downloads get a few seconds.

Scrapy sends no Scrapy signal when SIGTERM arrives during requests. It waits for these requests,
for minutes if necessary. So the crawl polls the engine's state itself.
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
"""How often a crawl checks whether it has to end."""
GRACE_SECONDS = 4.0
"""How long active downloads, and then their pages in the workers, may go on after SIGTERM."""


class Ending:
    """Detects that *crawler*'s crawl has to end, and ends it in time.

    *interrupted* is called when a signal is detected. It returns whether this is the first one.
    """

    def __init__(self, crawler: Crawler, archive: Archive, interrupted: Callable[[], bool]) -> None:
        self.downloads: set[asyncio.Future[Any]] = set()
        """The active downloads, which are cancelled when their time is over."""
        self._crawler, self._archive, self._interrupted = crawler, archive, interrupted
        self._deadline: float | None = None
        self._has_run = False
        self._watch: AsyncioLoopingCall | LoopingCall | None = None
        self._stopping: asyncio.Future[None] | None = None
        self._abandoning: asyncio.Future[None] | None = None

    @property
    def has_begun(self) -> bool:
        """Whether the crawl is ending, so that it must fetch nothing more."""
        return self._deadline is not None

    def watch(self) -> None:
        """Start to check for a signal, in the running loop."""
        self._watch = create_looping_call(self._look)
        self._watch.start(WATCH_SECONDS)

    def unwatch(self) -> None:
        """Stop checking."""
        if self._watch is not None and self._watch.running:
            self._watch.stop()

    def before_it_began(self) -> None:
        """End the crawl as soon as its spider is open, before any download."""
        self._deadline = asyncio.get_running_loop().time()

    def drain(self) -> None:
        """Fetch nothing more, and give active downloads ``GRACE_SECONDS``."""
        self._deadline = asyncio.get_running_loop().time() + GRACE_SECONDS
        self.hurry()
        # Requests that wait in a slot are passed on at once, and the handler refuses them.
        downloader = self._crawler.engine.downloader
        for slot in downloader.slots.values():
            slot.delay = 0.0
            if slot.latercall is not None:
                slot.latercall.cancel()
                slot.latercall = None
            downloader._process_queue(slot)

    def hurry(self) -> None:
        """Limit the wait for an unreachable database to the time that the crawl has left."""
        database = self._archive.database
        database.patience_seconds = min(database.patience_seconds, GRACE_SECONDS)

    async def in_thread(self, work: Callable[[], None]) -> None:
        """Run *work* in a thread. A signal that arrives meanwhile makes it end soon."""
        task = asyncio.ensure_future(asyncio.to_thread(work))
        while not task.done():
            await asyncio.wait({task}, timeout=WATCH_SECONDS)
            if not self._crawler.crawling and self._interrupted():
                self.hurry()
                await asyncio.to_thread(self._archive.ingest.abandon)
        task.result()

    def _look(self) -> None:
        # SIGTERM sets engine.running to False while Scrapy waits for the active requests.
        now, engine = asyncio.get_running_loop().time(), self._crawler.engine
        if engine.running and not self._crawler.crawling and self._stopping is None:
            # The signal arrived while the engine started, when Scrapy had nothing to stop yet.
            self._stopping = asyncio.ensure_future(engine.stop_async())
        running = engine.running
        # The engine may have started and stopped between two checks.
        was_stopped = engine.start_time is not None and not self._crawler.crawling
        self._has_run = self._has_run or running or was_stopped
        if self._has_run and not running and not self.has_begun:
            self._interrupted()
            self.drain()
        if self._deadline is not None and now > self._deadline:
            for download in list(self.downloads):
                download.cancel()
            if not self.downloads and self._abandoning is None:
                # The pages are archived. The next crawl extracts those that the workers still have.
                self._abandoning = asyncio.ensure_future(
                    asyncio.to_thread(self._archive.ingest.abandon)
                )


def keep_reactor_for(task: asyncio.Task[Any] | None) -> None:
    """Keep the reactor running until *task* has ended, even when a signal arrives very early.

    Scrapy stops the reactor at once when the engine of a crawl does not run yet.
    """
    from twisted.internet import reactor

    if task is not None:
        reactor.addSystemEventTrigger(
            "before",
            "shutdown",  # type: ignore[arg-type]  # the stub knows no event but a callable
            lambda: Deferred.fromFuture(asyncio.ensure_future(asyncio.wait({task}))),
        )
