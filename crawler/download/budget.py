"""Hold a crawl to its budget of requests: pages, robots.txt, redirects and retries alike."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from crawler.run import Run


class OutOfBudget(IgnoreRequest):
    """The crawl may ask for nothing more: the URL keeps its place in the frontier."""


class BudgetMiddleware:
    """Downloader middleware, the last before the handler: counts requests, refuses one too many."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the middleware of *crawler*."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let *request* pass and count it; ``OutOfBudget`` once as many as may be have passed."""
        run = self._crawler.get_extension(Run)
        if run is None:
            return
        if run.spent:
            run.is_cut_short = True
            raise OutOfBudget(f"{request.url} is one request too many")
        run.requests += 1
