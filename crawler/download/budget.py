"""Limit a crawl to its budget of requests: pages, robots.txt, redirects and retries count."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from crawler.run import Run


class OutOfBudget(IgnoreRequest):
    """The crawl may send no more requests; the URL stays pending in the frontier."""


class BudgetMiddleware:
    """Downloader middleware, the last before the handler: enforces the budget."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of *crawler*."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Count *request* and let it pass; raise ``OutOfBudget`` when the budget is spent."""
        run = self._crawler.get_extension(Run)
        if run is None:
            return
        if run.spent:
            run.is_cut_short = True
            raise OutOfBudget(f"{request.url} is one request too many")
        run.requests += 1
