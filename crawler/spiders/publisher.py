"""The spider: one class for all publishers, and the loader that makes each profile a spider name.

There is nothing to parse here. A page is archived by the handler and read by a worker; the
callback only waits for its rows and passes an article on as an item.
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

        The middlewares switched off here swallow responses, rewrite them or open connections of
        their own; a redirect's target and a retry are rows of the frontier instead.
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
        """Wait for the rows of an exchange; yield an item when it is an article."""
        assert response.request is not None
        ingested = await self._ingested(response.request)
        if ingested is not None and ingested.extraction.outcome is Outcome.ARTICLE:
            yield ArticleItem(ingested)

    async def failed(self, failure: Failure) -> None:
        """Note why a URL could not be fetched; an exchange that failed half way is archived too."""
        request: Request = failure.request  # type: ignore[attr-defined]
        run, error = self._run, failure.value
        owner, url = run.publisher_id, request.url
        at, reason, note = run.now(), str(error), None
        if isinstance(error, Disallowed):
            run.counts["disallowed"] += 1
            note = partial(url_updates.disallow, owner=owner, url=url, reason=reason, at=at)
        elif isinstance(error, OutOfBudget) or run.draining or (run.spent and run.is_cut_short):
            pass  # or its robots.txt could not be asked for: it keeps its place
        elif isinstance(error, RobotsUnreachable):
            run.counts["robots_unreachable"] += 1  # it waits with all URLs of its server
        elif run.error is not None:
            pass  # the disk's fault, or the database's: the next crawl asks for it
        elif INGESTED not in request.meta and not isinstance(error, Draining):
            # It never reached the handler; left pending, it would be leased again without end.
            run.counts["failed_exchanges"] += 1
            logger.error("%s could not be asked for: %s", url, error)
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
            pass  # the run ends for it, and says so
        finally:
            scheduler = self.crawler.engine.scheduler
            assert isinstance(scheduler, FrontierScheduler)
            read = ingested
            if self.only is not None and ingested is not None:
                read = await as_read(self._run.archive, self.profile, ingested)
            scheduler.release(request.url, read)
        return ingested


def spider_for(profile: Profile) -> type[PublisherSpider]:
    """Return the spider class of *profile*, under its name."""
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
        """Return the loader of the archive that the settings or the environment name."""
        return cls(Path(settings.get("PRESSMARK_HOME") or default_home()))

    def load(self, spider_name: str) -> type[Spider]:
        """Return the spider called *spider_name*; ``KeyError`` where no profile has that name."""
        try:
            return spider_for(find_profile(self._home, spider_name))
        except ArchiveError as error:
            raise KeyError(str(error)) from error

    def list(self) -> list[str]:
        """Return the names of all profiles."""
        return list(read_profiles(self._home))

    def find_by_request(self, request: Request) -> list[str]:  # type: ignore[valid-type]  # noqa: ARG002
        """Return none: ``scrapy fetch``, ``shell`` and ``parse`` look here for a spider to use.

        With ours they would crawl its publisher's frontier instead of showing one page.
        """
        return []
