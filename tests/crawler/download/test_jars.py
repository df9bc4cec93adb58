"""Which cookies are kept, and what they are sent to."""

from __future__ import annotations

import pytest
from scrapy import Request
from scrapy.http import Response

from crawler.download.jars import MOST_BYTES, MOST_COOKIES, Jars

URL = "https://www.news.test/a/b"


def jars(*cookies: str, wish: str = "always", url: str = URL) -> Jars:
    """The jars of a crawl to which *url* gave *cookies*."""
    found = Jars(wish)
    found.keep(Request(url), Response(url, headers={"Set-Cookie": list(cookies)}))
    return found


@pytest.mark.parametrize(
    ("cookie", "url", "sent"),
    [
        ("a=1", URL, b"a=1"),
        ("a=1; Path=/", "https://www.news.test/", b"a=1"),
        ("a=1; Path=/a", "https://www.news.test/other", None),
        ("a=1; Path=/; Secure", "http://www.news.test/", None),
        ("a=1; Path=/; Max-Age=0", URL, None),
        ("a=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT", URL, None),
        ("a=1; Path=/; Domain=news.test", "https://www.news.test/", b"a=1"),
        ("a=1; Path=/; Domain=news.test", "https://news.test/", None),
        ("a=1; Path=/; Domain=news.test", "https://shop.news.test/", None),
        ("a=1; Path=/; Domain=other.test", URL, None),
        ("a=1; Path=/; Domain=.test", URL, None),
        ("a=1; Path=/", "https://www.news.test:8443/", None),
        ("a=b\x01c", URL, None),
        ("a=" + "b" * MOST_BYTES, URL, None),
        ("=; ;;", URL, None),
    ],
)
def test_a_cookie_is_sent_to_its_own_host_within_its_bounds(cookie, url, sent):
    assert jars(cookie).header(Request(url)) == sent


def test_a_host_keeps_no_more_cookies_than_a_browser_has_to():
    many = jars(*(f"c{number}=1" for number in range(MOST_COOKIES + 20)))

    assert many.header(Request(URL)).count(b"=") == MOST_COOKIES


def test_cookies_are_sent_once_the_jar_is_open_and_never_against_the_wish():
    shut, never = jars("a=1", wish="auto"), jars("a=1", wish="never")

    assert shut.header(Request(URL)) is None
    assert shut.open("www.news.test")
    assert shut.header(Request(URL)) == b"a=1"
    assert not never.open("www.news.test")
    assert never.header(Request(URL)) is None
