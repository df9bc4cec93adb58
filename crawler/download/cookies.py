"""Downloader middleware: sends cookies to the hosts whose cookie jar the crawl has opened.

Scrapy's middleware would let tldextract download the list of public suffixes without our handler
and its guard. This middleware adds the header before the exchange is recorded, so the request
record holds what was sent.
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
"""Key of ``request.meta``: the request repeats one that was redirected to its own URL."""


class CookiesMiddleware:
    """Adds and stores cookies; repeats a request once when a redirect to its own URL set a cookie.

    The second request is an exchange of its own, with the cookie. Its response counts.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of *crawler*."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Add the cookies of the host to *request*."""
        run = self._crawler.get_extension(Run)
        if run is None:
            return
        request.headers.pop("Cookie", None)
        if header := run.jars.header(request):
            request.headers["Cookie"] = header

    async def process_response(self, request: Request, response: Response) -> Response:
        """Store the cookies of *response*; return the second one after a redirect to itself."""
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
            with suppress(ArchiveError):  # the error ends the crawl and is reported there
                await asyncio.wrap_future(first)
        meta = {key: value for key, value in request.meta.items() if key != INGESTED}
        again = request.replace(
            meta={**meta, ASKED_AGAIN: True}, callback=NO_CALLBACK, errback=None
        )
        try:
            response = await self._crawler.engine.download_async(again)
            response.request = request  # the callback belongs to the first request
            return response
        finally:
            # The callback waits for the rows of the last exchange.
            request.meta[INGESTED] = again.meta.get(INGESTED, first)


def leads_to_itself(url: str, response: Response) -> bool:
    """Return whether *response* redirects from *url* to *url*, apart from session ids."""
    location = response.headers.get("Location")
    if not 300 <= response.status < 400 or not location:
        return False
    target = absolute(url, location.decode("utf-8", "replace"))
    return target is not None and without_sessions(target) == without_sessions(url)
