"""A crawl inside the process of a test, made of Scrapy's real objects.

The reactor runs only while a test awaits something. A crawl that a test opens does not fetch by
itself: its engine is not started, so that the test calls the scheduler, the middlewares and the
pipeline as Scrapy would, and looks at each step.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.settings import Settings
from scrapy.utils.reactor import install_reactor
from sqlalchemy import Connection, select

from archive.model import Capture, Extraction, Outcome, RecordType
from archive.pipeline.storing import Ingested
from archive.profile import Profile
from archive.revisit import url_updates
from archive.sql.captures import store as captures
from archive.sql.captures.store import Ingestible
from archive.sql.frontier import store
from archive.sql.frontier.store import State
from archive.sql.views import url as table
from crawler.download.guard import Guard, GuardedResolver
from crawler.run import Run
from crawler.scheduling.scheduler import FrontierScheduler
from crawler.spiders.publisher import spider_for
from tests.support.frontier import NOON, entry, fetched
from tests.support.server import Received, Routes, Server

T = TypeVar("T")

Do = Callable[[Coroutine[Any, Any, T]], T]
"""Runs a coroutine on the reactor's loop and returns its result."""
_records = count()

OpenCrawl = Callable[..., Awaitable["Crawl"]]
"""Opens a crawl: of a profile, of the URLs ``only``, with settings of Scrapy."""

NEWS = Profile(name="news", home="http://news.test/", delay_seconds=0)


@contextmanager
def reactor_loop() -> Iterator[Do[Any]]:
    """Start the reactor that Scrapy uses; no other may be installed in this process."""
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet import reactor

    # Loopback is where the servers of tests are; only literal addresses are connected to.
    GuardedResolver(reactor, Guard(), cache_size=0, timeout_seconds=5).install_on_reactor()
    reactor.startRunning(installSignalHandlers=False)  # type: ignore[attr-defined]
    loop = reactor._asyncioEventloop  # type: ignore[attr-defined]
    yield loop.run_until_complete
    reactor.callLater(0, reactor.stop)  # type: ignore[attr-defined]
    loop.run_forever()
    loop.close()


def new_crawler(
    home: Path, profile: Profile | None = NEWS, spider: type[Spider] | None = None, **values: Any
) -> Crawler:
    """Return the crawler of *profile* on the archive in *home*; *values* are Scrapy's settings."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    given = {
        "PRESSMARK_HOME": str(home),
        "PRESSMARK_CONTACT": "tests@example.org",
        "LOG_ENABLED": False,
        "ADDONS": {},  # it would mask what pytest itself prints
        **values,
    }
    settings.setdict(given, priority="cmdline")
    if spider is None:
        assert profile is not None
        spider = spider_for(profile)
    return Crawler(spider, settings)


class Crawl:
    """An open crawl whose engine is not started."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        run, scheduler = crawler.get_extension(Run), crawler.engine.scheduler
        assert run is not None
        assert isinstance(scheduler, FrontierScheduler)
        self.run, self.scheduler = run, scheduler

    async def write(self, work: Callable[[Connection, int], T]) -> T:
        """Return what *work* does in the writer's thread, given the publisher's id."""
        owner = self.run.publisher_id
        return await asyncio.wrap_future(
            self.run.archive.ingest.do(lambda connection: work(connection, owner))
        )

    def read(self, work: Callable[[Connection, int], T]) -> T:
        """Return what *work* reads, given the publisher's id."""
        with self.run.archive.database.reading() as connection:
            return work(connection, self.run.publisher_id)

    async def add(self, *urls: str, **values: Any) -> None:
        """Put *urls* into the frontier, each as ``entry`` makes it of *values*."""
        await self.write(
            lambda connection, owner: store.add(
                connection, owner, [entry(url, **values) for url in urls]
            )
        )

    def lease(self) -> str | None:
        """Return the URL of the scheduler's next request; None where there is none."""
        request = self.scheduler.next_request()
        return None if request is None else request.url

    def leases(self) -> list[str]:
        """Return the URLs of all requests that the scheduler gives one after the other."""
        return list(iter(self.lease, None))

    async def done(self, *urls: str, at: datetime | None = None, **values: Any) -> None:
        """Note that *urls* were fetched *at* that time, or now, and give back their leases."""
        rows = [fetched(url, at or self.run.now(), **values) for url in urls]
        await self.write(lambda connection, owner: url_updates.fetched(connection, owner, rows))
        for url in urls:
            self.scheduler.release(url, None)

    async def close(self, reason: str = "finished") -> None:
        """End the crawl, if it has not ended yet."""
        engine = self.crawler.engine
        if engine.spider is not None:
            await engine.close_async(reason=reason)
        await until(lambda: engine.spider is None)  # it may be closing already

    async def written(self) -> None:
        """Wait until the writer has done what it was given, and the loop has heard of it."""
        await self.write(lambda *_: None)
        for _ in range(3):
            await asyncio.sleep(0)

    async def is_over(self) -> bool:
        """Return whether the crawl has nothing more to do, once its writer has nothing to do."""
        for _ in range(3):
            if not self.scheduler.has_pending_requests():
                return True
            await self.written()
        return False

    def states(self) -> dict[str, State]:
        """Return the state of each URL of the frontier."""
        rows = self.read(
            lambda connection, owner: connection.execute(
                select(table.c.url, table.c.state).where(table.c.publisher_id == owner)
            ).all()
        )
        return {row.url: State(row.state) for row in rows}


async def open_crawl(crawler: Crawler, only: tuple[str, ...] | None = None) -> Crawl:
    """Open the crawl of *crawler*; its engine never starts, so that it fetches nothing by itself.

    Raises what keeps the crawl from being opened (``CloseSpider``).
    """
    crawler.crawling = True
    crawler.spider = crawler._create_spider(only=only)
    crawler._apply_settings()
    crawler.engine = crawler._create_engine()
    crawler.engine.pause()
    await crawler.engine.open_spider_async()
    return Crawl(crawler)


def ingested(url: str, found: Extraction | Outcome, **facts: Any) -> Ingested:
    """Return what is known of a page when its rows are committed; *facts* are of its capture."""
    if isinstance(found, Outcome):
        found = Extraction(outcome=found, extractor="test")
    number = next(_records)
    capture = Capture(
        **{
            "url": url,
            "fetched_at": NOON,
            "warc_file": "news-1.warc.gz",
            "warc_offset": number,
            "warc_length": 1,
            "warc_record_id": f"urn:uuid:{number}",
            "record_type": RecordType.RESPONSE,
            "http_status": 200,
            **facts,
        }
    )
    return Ingested(capture, found, found.outcome)


def store_captures(connection: Connection, owner: int, *pages: Ingested) -> None:
    """Store *pages* as ingest does, without a WARC file."""
    files = {
        name: captures.warc_file_id(connection, owner, name)
        for name in {page.capture.warc_file for page in pages}
    }
    rows = [Ingestible(page.capture, page.extraction, "sha256:0") for page in pages]
    captures.store(connection, owner, files, rows, {})


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until *is_so*; the test's timeout is the limit."""
    while not is_so():  # noqa: ASYNC110 - what is waited for announces itself to nobody
        await asyncio.sleep(0.01)


@dataclass(frozen=True, slots=True)
class Crawled:
    """What a crawl left that ran to its end in the process of the test."""

    run: Run
    items: Sequence[Mapping[str, Any]]
    dropped: Sequence[str]
    """Why items were dropped."""
    received: Sequence[Received]

    def requests(self, path: str) -> list[Received]:
        """Return the requests for *path* in their order."""
        return [one for one in self.received if one.path == path]


async def crawl_to_its_end(
    home: Path,
    routes: Routes,
    profile: Profile = NEWS,
    only: tuple[str, ...] | None = None,
    meanwhile: Callable[[Crawler], Coroutine[Any, Any, None]] | None = None,
    **values: Any,
) -> Crawled:
    """Crawl a server of *routes* under the name of *profile*; *meanwhile* runs beside the crawl."""
    with Server(routes) as server:
        mapping = f"{urlsplit(profile.home).hostname}:80:127.0.0.1:{server.port}"
        crawler = new_crawler(home, profile, PRESSMARK_CONNECT_TO=[mapping], **values)
        items: list[Mapping[str, Any]] = []
        dropped: list[str] = []

        def scraped(item: Mapping[str, Any]) -> None:
            items.append(item)

        def was_dropped(exception: DropItem) -> None:
            dropped.append(str(exception))

        crawler.signals.connect(scraped, signal=signals.item_scraped)
        crawler.signals.connect(was_dropped, signal=signals.item_dropped)
        beside = None if meanwhile is None else asyncio.ensure_future(meanwhile(crawler))
        await crawler.crawl_async(only=only)
        if beside is not None:
            await beside
    run = crawler.get_extension(Run)
    assert run is not None
    return Crawled(run, items, dropped, tuple(server.received))
