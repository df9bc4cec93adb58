"""The spider: one class for all publishers, and a loader that makes each profile a spider.

The spider parses nothing. The download handler archives a page, and a worker extracts it. The
callback waits for the page's rows and yields an article as an item.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from archive.crawl_traps import session_parameters
from archive.errors import ArchiveError
from archive.model import Outcome
from archive.pipeline.storing import Ingested
from archive.profile import Profile, find_profile, read_profiles
from archive.revisit import url_updates
from archive.settings import default_home
from archive.urls import host_of
from crawler.download.budget import OutOfBudget
from crawler.download.robots import Disallowed, RobotsUnreachable
from crawler.download.wire import Draining
from crawler.hidden import as_read
from crawler.pipelines import ArticleItem
from crawler.run import FAILURES_KEY, INGESTED, Run
from crawler.scheduling.scheduler import FrontierScheduler

logger = logging.getLogger(__name__)

SWITCHED_OFF = tuple(
    f"scrapy.downloadermiddlewares.{name}"
    for name in (
        "retry.RetryMiddleware",
        "redirect.RedirectMiddleware",
        "redirect.MetaRefreshMiddleware",
        "cookies.CookiesMiddleware",
        "httpcompression.HttpCompressionMiddleware",
        "httpauth.HttpAuthMiddleware",
    )
)


class PublisherSpider(Spider):
    """Crawls the publisher of ``profile``; with *only*, fetches exactly those URLs."""

    profile: ClassVar[Profile]

    def __init__(self, *args: Any, only: tuple[str, ...] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.only = only

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Set what an archived crawl needs, and the pace of the profile.

        The middlewares that are switched off here drop or rewrite responses, or open connections of
        their own. Redirect targets and retries are rows of the frontier instead.
        """
        super().update_settings(settings)
        middlewares: dict[str, int | None] = dict.fromkeys(SWITCHED_OFF)
        middlewares["crawler.download.robots.RobotsMiddleware"] = 100
        middlewares["crawler.download.cookies.CookiesMiddleware"] = 950
        middlewares["crawler.download.budget.BudgetMiddleware"] = 990
        values = {
            "DOWNLOADER_MIDDLEWARES": middlewares,
            "SCHEDULER": "crawler.scheduling.scheduler.FrontierScheduler",
            "ITEM_PIPELINES": {"crawler.pipelines.ArticlePipeline": 100},
            "HTTPERROR_ALLOW_ALL": True,
            "ROBOTSTXT_OBEY": False,
            "CONCURRENT_REQUESTS": cls.profile.concurrent_requests,
            "CONCURRENT_REQUESTS_PER_DOMAIN": cls.profile.concurrent_requests,
            "DOWNLOAD_DELAY": cls.profile.delay_seconds,
        }
        for name, value in values.items():
            settings.set(name, value, priority="spider")

    async def start(self) -> AsyncIterator[Any]:
        """Yield nothing: the scheduler puts the seeds into the frontier."""
        return
        yield

    async def archived(self, response: Response) -> AsyncIterator[ArticleItem]:
        """Wait for the rows of an exchange, and yield an item if the page is an article."""
        assert response.request is not None
        ingested = await self._ingested(response.request)
        if ingested is not None and ingested.extraction.outcome is Outcome.ARTICLE:
            yield ArticleItem(ingested)

    async def failed(self, failure: Failure) -> None:
        """Store why a URL could not be fetched; an exchange that began is archived, too."""
        request: Request = failure.request  # type: ignore[attr-defined]
        run, error = self._run, failure.value
        owner, url = run.publisher_id, request.url
        at, reason, note = run.now(), str(error), None
        if isinstance(error, Disallowed):
            run.counts["disallowed"] += 1
            note = partial(url_updates.disallow, owner=owner, url=url, reason=reason, at=at)
        elif isinstance(error, OutOfBudget) or run.draining or (run.spent and run.is_cut_short):
            pass  # it stays pending
        elif isinstance(error, RobotsUnreachable):
            run.counts["robots_unreachable"] += 1  # it waits with all other URLs of its server
        elif run.error is not None:
            pass  # the disk or the database failed; the next crawl fetches it
        elif INGESTED not in request.meta and not isinstance(error, Draining):
            # It never reached the handler. A pending URL would be leased again and again.
            run.counts["failed_exchanges"] += 1
            problem = str(error) or type(error).__name__  # MemoryError says nothing
            logger.error("%s could not be requested: %s", url, problem)
            note = partial(
                url_updates.postpone,
                owner=owner,
                url=url,
                reason=reason,
                at=at,
                fail_count=request.meta[FAILURES_KEY],
            )
        if note is not None:
            try:
                await asyncio.wrap_future(run.archive.ingest.do(note))
            except ArchiveError as problem:
                run.stop_for(problem)
        await self._ingested(request)

    @property
    def _run(self) -> Run:
        run = self.crawler.get_extension(Run)
        assert run is not None, "a profile's spider runs only with its archive open"
        return run

    async def _ingested(self, request: Request) -> Ingested | None:
        future: Future[Ingested] | None = request.meta.get(INGESTED)
        ingested = None
        try:
            if future is not None:
                ingested = await asyncio.wrap_future(future)
                run = self._run
                if names := run.jars.look_at(ingested, run.archive.ingest.visits):
                    host = host_of(ingested.capture.url)
                    teach = partial(
                        session_parameters.teach, owner=run.publisher_id, host=host, names=names
                    )
                    await asyncio.wrap_future(run.archive.ingest.do(teach))
        except ArchiveError:
            pass  # the error ends the crawl and is reported there
        finally:
            scheduler = self.crawler.engine.scheduler
            assert isinstance(scheduler, FrontierScheduler)
            read = ingested
            if self.only is not None and ingested is not None:
                read = await as_read(self._run.archive, ingested)
            scheduler.release(request.url, read)
        return ingested


def spider_for(profile: Profile) -> type[PublisherSpider]:
    """Return a spider class for *profile*, with the profile's name."""
    return type(
        f"{profile.name.title()}Spider",
        (PublisherSpider,),
        {"name": profile.name, "profile": profile},
    )


class ProfileLoader:
    """Scrapy's SPIDER_LOADER_CLASS: each profile, built in or in the home, is a spider."""

    def __init__(self, home: Path) -> None:
        self._home = home

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> ProfileLoader:
        """Return the loader for the archive that the settings or the environment name."""
        return cls(Path(settings.get("PRESSMARK_HOME") or default_home()))

    def load(self, spider_name: str) -> type[Spider]:
        """Return the spider *spider_name*; ``KeyError`` when no profile has that name."""
        try:
            return spider_for(find_profile(self._home, spider_name))
        except ArchiveError as error:
            raise KeyError(str(error)) from error

    def list(self) -> list[str]:
        """Return the names of all profiles."""
        return list(read_profiles(self._home))

    def find_by_request(self, request: Request) -> list[str]:  # type: ignore[valid-type]  # noqa: ARG002
        """Return none, so that ``scrapy fetch``, ``shell`` and ``parse`` use a spider of Scrapy.

        Our spider would crawl the publisher's frontier instead of showing one page.
        """
        return []
