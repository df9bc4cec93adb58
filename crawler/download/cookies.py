"""Downloader middleware: sends a host its cookies where the crawl has opened the host's jar.

Scrapy's own would let tldextract fetch the list of public suffixes, past our handler and its guard.
Ours adds the header before the exchange is recorded, so the request record holds what was sent.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from archive.errors import ArchiveError
from archive.model import Kind
from archive.session_ids import without_sessions
from archive.urls import absolute, host_of
from crawler.run import INGESTED, KIND, Run

ASKED_AGAIN = "asked_again"
"""Key of ``request.meta``: the request follows a redirect to the URL itself."""


class CookiesMiddleware:
    """Adds and keeps cookies; asks again, once, where a redirect to the URL itself set one.

    The second request is an exchange of its own, with the cookie, and its answer is the URL's.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the middleware of *crawler*."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Give *request* the cookies of its host."""
        run = self._crawler.get_extension(Run)
        if run is None:
            return
        request.headers.pop("Cookie", None)
        if header := run.jars.header(request):
            request.headers["Cookie"] = header

    async def process_response(self, request: Request, response: Response) -> Response:
        """Keep the cookies of *response*; return the second answer where it redirects to itself."""
        run = self._crawler.get_extension(Run)
        if run is None:
            return response
        run.jars.keep(request, response)
        if not leads_to_itself(request.url, response):
            return response
        is_first = ASKED_AGAIN not in request.meta
        if is_first and b"Set-Cookie" in response.headers and run.jars.open(host_of(request.url)):
            sent, now = request.headers.get("Cookie"), run.jars.header(request)
            if now is not None and now != sent:
                return await self._ask_again(request)
        if request.meta.get(KIND) != Kind.ROBOTS:
            run.counts["failed_exchanges"] += 1
            run.tally.last_failure = f"{request.url}: redirects to itself"
        return response

    async def _ask_again(self, request: Request) -> Response:
        assert self._crawler.engine is not None
        first = request.meta.get(INGESTED)
        if first is not None:
            with suppress(ArchiveError):  # the run ends for it, and says so
                await asyncio.wrap_future(first)
        meta = {key: value for key, value in request.meta.items() if key != INGESTED}
        again = request.replace(
            meta={**meta, ASKED_AGAIN: True}, callback=NO_CALLBACK, errback=None
        )
        try:
            response = await self._crawler.engine.download_async(again)
            response.request = request  # whose callback waits for it
            return response
        finally:
            # Whoever waits for the rows of the URL waits for those of its last exchange.
            request.meta[INGESTED] = again.meta.get(INGESTED, first)


def leads_to_itself(url: str, response: Response) -> bool:
    """Return whether *response* redirects from *url* to it, session id and cookie test aside."""
    location = response.headers.get("Location")
    if not 300 <= response.status < 400 or not location:
        return False
    target = absolute(url, location.decode("utf-8", "replace"))
    return target is not None and without_sessions(target) == without_sessions(url)
