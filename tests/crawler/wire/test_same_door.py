"""All that a crawl asks for goes through the handler: nothing reaches a server unrecorded."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from tests.crawler.wire.conftest import reply
from tests.support.command import pressmark
from tests.support.raw_server import Heard, Play, RawServer, Then
from tests.support.recorded import Recorded, by_url
from tests.support.sites import listing, page, write_profile

HOPS = {
    "/hop-0": (301, "/hop-1"),
    "/hop-1": (302, "/hop-2"),
    "/hop-2": (303, "/hop-3"),
    "/hop-3": (307, "/hop-4"),
    "/hop-4": (308, "/arrived"),
}
"""Status and Location of each redirect."""
SITE = "http://door.test"
_URLSET = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{}</loc></url></urlset>'
)
_INDEX = (
    '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    "<sitemap><loc>{}</loc></sitemap></sitemapindex>"
)


@dataclass(frozen=True, slots=True)
class Door:
    """What a crawl recorded by URL, and what the server heard."""

    recorded: Mapping[str, list[Recorded]]
    heard: tuple[Heard, ...]

    def attempts(self, target: str) -> list[Heard]:
        return [heard for heard in self.heard if heard.target == target]


class Site:
    """A small site: sitemaps, five hops, a page that fails once and a page that is cut once."""

    def __init__(self) -> None:
        self._asked: Counter[str] = Counter()

    def play(self, heard: Heard) -> Play:
        """Return what is played for *heard*."""
        self._asked[heard.target] += 1
        is_first = self._asked[heard.target] == 1
        match heard.target:
            case "/":
                return _html(listing("/hop-0", "/flaky", "/cut", "/refresh", "/no/way"))
            case "/robots.txt":
                rules = f"User-agent: *\nDisallow: /no\nSitemap: {SITE}/index.xml\n"
                return Play(reply(rules.encode()))
            case "/index.xml":
                return Play(reply(_INDEX.format(f"{SITE}/map.xml.gz").encode()))
            case "/map.xml.gz":
                urls = _URLSET.format(f"{SITE}/mapped").encode()
                return Play(reply(gzip.compress(urls, mtime=0)))
            case "/flaky" if is_first:
                return Play(b"HTTP/1.1 503 Not Now\r\nContent-Length: 4\r\n\r\nbusy")
            case "/cut" if is_first:
                return Play(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n<p>", then=Then.CLOSE)
            case "/refresh":
                return _html('<meta http-equiv="refresh" content="0; url=/refreshed">')
            case "/arrived" | "/refreshed" | "/mapped" | "/flaky" | "/cut":
                return _html(page(f"Story of {heard.target}"))
            case target if target in HOPS:
                return _hop(target)
        return Play(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")


def _hop(target: str) -> Play:
    status, there = HOPS[target]
    head = f"HTTP/1.1 {status} Over There\r\nlocation: {there}\r\nContent-Length: 3\r\n\r\n"
    return Play(head.encode() + b"hop")


def _html(text: str) -> Play:
    body = text.encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body)
    return Play(head + body)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Door:
    home = tmp_path_factory.mktemp("door")
    write_profile(home, "door")
    with RawServer(Site().play) as server:
        connect = f"door.test:80:127.0.0.1:{server.port}"
        pressmark(
            home, "crawl", "door", "--connect-to", connect, "--contact", "t@example.org", code=None
        )
    return Door(by_url(home), tuple(server.all_heard))


def test_every_request_that_reached_the_server_is_in_the_archive_and_no_other(door: Door) -> None:
    recorded = [exchange for exchanges in door.recorded.values() for exchange in exchanges]

    asked = Counter(exchange.request for exchange in recorded)
    answered = Counter(exchange.received for exchange in recorded)
    assert asked == Counter(heard.request for heard in door.heard)
    assert answered == Counter(heard.answer for heard in door.heard)


@pytest.mark.parametrize(
    "target", ["/robots.txt", "/index.xml", "/map.xml.gz", "/mapped", "/refreshed"]
)
def test_robots_sitemaps_and_refreshes_are_archived(target: str, door: Door) -> None:
    (exchange,) = door.recorded[SITE + target]

    (heard,) = door.attempts(target)
    assert (exchange.request, exchange.received) == (heard.request, heard.answer)


def test_each_hop_of_a_redirect_is_an_exchange_of_its_own(door: Door) -> None:
    targets = [*HOPS, "/arrived"]

    hops = [exchange for target in targets for exchange in door.recorded[SITE + target]]

    attempts = [heard for target in targets for heard in door.attempts(target)]
    assert [hop.url for hop in hops] == [SITE + target for target in targets]
    assert [hop.response for hop in hops] == [heard.answer for heard in attempts]
    assert [hop.notes["via"] for hop in hops[1:]] == [SITE + target for target in targets[:-1]]


@pytest.mark.parametrize("target", ["/flaky", "/cut"])
def test_a_retry_is_an_exchange_of_its_own(target: str, door: Door) -> None:
    first, second = door.recorded[SITE + target]

    attempts = door.attempts(target)
    assert [first.received, second.received] == [heard.answer for heard in attempts]
    assert [first.request, second.request] == [heard.request for heard in attempts]
    assert (first.get("WARC-Truncated") == "disconnect") == (target == "/cut")
    assert second.get("WARC-Truncated") is None


def test_what_robots_txt_forbids_is_not_asked_for(door: Door) -> None:
    assert door.attempts("/no/way") == []
    assert SITE + "/no/way" not in door.recorded
