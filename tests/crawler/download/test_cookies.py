"""Cookies go to a host whose jar is open; a redirect of a URL to itself may open it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from archive.model import Kind
from crawler.download.cookies import ASKED_AGAIN, CookiesMiddleware, leads_to_itself
from crawler.run import KIND
from tests.support.crawling import NEWS, Crawl, Crawled, OpenCrawl
from tests.support.frontier import A, B

SETS = {"Set-Cookie": "id=abcdefgh; Path=/"}


def redirect(target: str, **headers: str) -> Response:
    return Response(A, status=302, headers={"Location": target, **headers})


async def test_cookies_are_kept_and_sent_to_no_host_that_works_without(crawl: Crawl):
    cookies = CookiesMiddleware.from_crawler(crawl.crawler)

    await cookies.process_response(Request(A), Response(A, headers=SETS))
    request = Request(B, headers={"Cookie": "of=another"})
    await cookies.process_request(request)

    assert "Cookie" not in request.headers
    crawl.run.jars.open("news.test")
    await cookies.process_request(request)
    assert request.headers["Cookie"] == b"id=abcdefgh"


async def test_a_profile_can_have_cookies_sent_from_the_first_request_on(opening: OpenCrawl):
    crawl = await opening(replace(NEWS, cookies="always"))
    cookies = CookiesMiddleware.from_crawler(crawl.crawler)

    await cookies.process_response(Request(A), Response(A, headers=SETS))
    request = Request(B)
    await cookies.process_request(request)

    assert request.headers["Cookie"] == b"id=abcdefgh"


async def test_a_redirect_to_itself_without_a_cookie_is_a_failure(crawl: Crawl):
    cookies = CookiesMiddleware.from_crawler(crawl.crawler)
    response = redirect(A)

    assert await cookies.process_response(Request(A), response) is response

    assert crawl.run.counts["failed_exchanges"] == 1
    assert crawl.run.tally.last_failure == f"{A}: redirects to itself"


async def test_a_redirect_to_itself_that_follows_another_is_a_failure_and_not_asked_for_again(
    crawl: Crawl,
):
    cookies = CookiesMiddleware.from_crawler(crawl.crawler)
    response = redirect(A, **SETS)

    again = Request(A, meta={ASKED_AGAIN: True})
    assert await cookies.process_response(again, response) is response

    assert crawl.run.counts["failed_exchanges"] == 1


async def test_a_profile_without_cookies_has_such_a_redirect_fail(opening: OpenCrawl):
    crawl = await opening(replace(NEWS, cookies="never"))
    cookies = CookiesMiddleware.from_crawler(crawl.crawler)

    await cookies.process_response(Request(A), redirect(A, **SETS))

    assert crawl.run.counts["failed_exchanges"] == 1


async def test_a_robots_txt_that_redirects_to_itself_is_no_failure_of_a_page(crawl: Crawl):
    cookies = CookiesMiddleware.from_crawler(crawl.crawler)

    await cookies.process_response(Request(A, meta={KIND: Kind.ROBOTS}), redirect(A))

    assert crawl.run.counts["failed_exchanges"] == 0


async def test_a_redirect_to_another_url_is_left_to_the_frontier(crawl: Crawl):
    cookies = CookiesMiddleware.from_crawler(crawl.crawler)
    response = redirect(B, **SETS)

    assert await cookies.process_response(Request(A), response) is response

    assert crawl.run.counts["failed_exchanges"] == 0
    assert not crawl.run.jars.is_open("news.test")


async def test_a_spider_without_an_archive_gets_what_the_server_sent(bare_crawler: Crawler):
    cookies = CookiesMiddleware.from_crawler(bare_crawler)
    request, response = Request(A, headers={"Cookie": "own=1"}), redirect(A)

    await cookies.process_request(request)

    assert await cookies.process_response(request, response) is response
    assert request.headers["Cookie"] == b"own=1"


@pytest.mark.parametrize(
    ("status", "headers", "does"),
    [
        (302, {"Location": A}, True),
        (302, {"Location": "/a/"}, True),
        (302, {"Location": f"{A}?PHPSESSID=0123456789abcdef0123456789"}, True),
        (302, {"Location": B}, False),
        (302, {"Location": "http://["}, False),
        (302, {}, False),
        (200, {"Location": A}, False),
    ],
)
def test_a_url_leads_to_itself_by_a_redirect_to_it_session_ids_aside(status, headers, does: bool):
    assert leads_to_itself(A, Response(A, status=status, headers=headers)) is does


def test_a_page_that_sets_a_cookie_and_redirects_to_itself_is_asked_for_again_once(
    site_crawl: Crawled,
):
    first, second = site_crawl.requests("/cookie/")

    assert (first.header("Cookie"), second.header("Cookie")) == (None, "seen=abcdefgh")
    assert "The page behind the cookie" in {item["headline"] for item in site_crawl.items}
