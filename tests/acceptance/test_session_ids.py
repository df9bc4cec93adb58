"""Sites that put session ids into their links, or turn away who brings no cookie."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from warcio.archiveiterator import ArchiveIterator

from archive.sql import views
from archive.sql.schema import state_tables
from tests.support.archives import articles, rows
from tests.support.command import pressmark
from tests.support.server import Received, Reply, Server
from tests.support.sites import connect_to, listing, page, write_profile

STORIES = 8
PATHS = [f"/story-{number}/" for number in range(STORIES)]
Site = Callable[[Received], Reply]

pytestmark = pytest.mark.slow


def plain(path: str, link: Callable[[str], str] = str) -> str | None:
    """The front page or a story of a small site, each link as *link* writes it."""
    if path == "/":
        return listing(*map(link, PATHS))
    if path in PATHS:
        return page(f"The story at {path}", links=(link("/"), *map(link, PATHS)))
    return None


def php() -> Site:
    """Session ids stand in all links of a page until a cookie comes back."""
    ids = map("{:032x}".format, itertools.count(1))

    def reply(received: Received) -> Reply:
        if "PHPSESSID=" in (received.header("Cookie") or ""):
            return plain(received.path)
        session = next(ids)
        body = plain(received.path, lambda path: f"{path}?PHPSESSID={session}")
        return body and (200, _html(f"PHPSESSID={session}; path=/"), body)

    return reply


def java() -> Site:
    """Each page has another session id in its links, and no cookie is set."""
    ids = itertools.count(1)

    def reply(received: Received) -> Reply:
        session = next(ids)
        path = received.path.partition(";")[0]
        return plain(path, lambda link: f"{link};jsessionid={session:X}!-5")

    return reply


def token() -> Site:
    """Like ``php``, with a parameter of a name that no software is known for."""
    ids = map("{:016x}".format, itertools.count(1))

    def reply(received: Received) -> Reply:
        if "basket=" in (received.header("Cookie") or ""):
            return plain(received.path)
        session = next(ids)
        body = plain(received.path, lambda path: f"{path}?tok={session}")
        return body and (200, _html(f"basket={session}; path=/"), body)

    return reply


def visit() -> Site:
    """A parameter counts the visits, each of which begins at the front page."""
    visits = itertools.count(1)

    def reply(received: Received) -> Reply:
        query = received.target.partition("?")[2]
        if received.target == "/":
            query = f"visit={next(visits)}"
        return plain(received.path, lambda path: f"{path}?{query}")

    return reply


def gate() -> Site:
    """Whoever brings no cookie gets one, and is sent where he came from."""

    def reply(received: Received) -> Reply:
        if received.header("Cookie") is None:
            return 302, {"Location": received.target, "Set-Cookie": "seen=1; path=/"}, ""
        return plain(received.path)

    return reply


def wheel() -> Site:
    """Everybody is sent where he came from, for ever, with another cookie."""
    ids = itertools.count(1)

    def reply(received: Received) -> Reply:
        if received.path == "/":
            return plain("/")
        return 302, {"Location": received.target, "Set-Cookie": f"n={next(ids)}"}, ""

    return reply


def meter() -> Site:
    """Counts the pages of each visitor, whom it knows by a cookie; the third is a wall."""
    visits: dict[str, int] = {}
    ids = map(str, itertools.count(1))

    def reply(received: Received) -> Reply:
        cookie = (received.header("Cookie") or "").removeprefix("PHPSESSID=") or next(ids)
        visits[cookie] = visits.get(cookie, 0) + 1
        if visits[cookie] > 2:
            return 403, {}, "subscribe"
        body = plain(received.path, lambda path: f"{path}?PHPSESSID={cookie}")
        return body and (200, _html(f"PHPSESSID={cookie}"), body)

    return reply


def ids() -> Site:
    """The article is told by a parameter that looks like a session's; so are two listings."""
    names = [f"{number:032x}" for number in range(STORIES)]
    links = [f"/read?id={name}" for name in names]

    def reply(received: Received) -> Reply:
        if received.target == "/":
            return listing("/list?cat=a", "/list?cat=b", *links)
        if received.target in {"/list?cat=a", "/list?cat=b"}:
            return listing(*links)
        if received.target in links:
            number = links.index(received.target)
            return page(f"The story of {number}", links=(links[(number + 1) % STORIES],))
        return None

    return reply


class Publishers:
    """Sites of these names, each on a server of its own, and the archive of their crawls."""

    def __init__(self, home: Path, stack: ExitStack, **sites: Site) -> None:
        self.home = home
        self.servers = {name: stack.enter_context(Server(site)) for name, site in sites.items()}
        self.accounts: dict[str, Any] = {}

    def crawl(self, *names: str) -> None:
        """Crawl those of *names*, or each of them, once."""
        where = [part for name, s in self.servers.items() for part in connect_to(s, name)]
        names = names or tuple(self.servers)
        done = pressmark(self.home, "crawl", *names, "--json", *where, code=None)
        self.accounts |= {row["publisher"]: row for row in done.rows}

    def stories(self, name: str) -> list[str]:
        """The addresses of the articles of *name*."""
        return sorted(url for url in articles(self.home) if url.startswith(f"http://{name}.test/"))

    def asked(self, name: str) -> list[str]:
        """What *name* was asked for, but for robots.txt and what a site of any kind may have."""
        usual = re.compile(r"/(?:robots\.txt|.*sitemap.*|feed/|rss.*|atom\.xml|.*\.xml)$")
        return [target for target in self.servers[name].targets if not usual.match(target)]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publishers]:
    home = tmp_path_factory.mktemp("sessions") / "home"
    sites = {"php": php(), "java": java(), "gate": gate(), "wheel": wheel()}
    sites |= {"meter": meter(), "ids": ids(), "token": token(), "visit": visit()}
    for name in sites:
        wish = {"cookies": '"never"'} if name == "meter" else {}
        write_profile(home, name, concurrent_requests=1, **wish)
    with ExitStack() as stack:
        found = Publishers(home, stack, **sites)
        found.crawl()
        yield found


@pytest.mark.parametrize("name", ["php", "java", "gate", "meter", "token"])
def test_every_article_is_found_once_and_no_page_is_asked_for_again(crawled, name):
    assert crawled.stories(name) == [f"http://{name}.test{path}" for path in PATHS]
    assert crawled.accounts[name]["exit"] == "done"
    assert len(crawled.asked(name)) <= STORIES + 2


def test_cookies_are_sent_once_links_bear_session_ids_and_not_before(crawled):
    cookies = [received.header("Cookie") for received in crawled.servers["php"].received]

    assert cookies[0] is None
    assert len({*cookies} - {None}) == 1
    assert cookies[-1] is not None


def test_cookies_are_in_no_request_record(crawled):
    sent = []
    for file in (crawled.home / "warc").glob("php-*.warc.gz"):
        with file.open("rb") as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type == "request":
                    sent.append(record.http_headers.get_header("Cookie"))

    assert len(sent) == len(crawled.servers["php"].received)
    assert {*sent} == {None, "[redacted]"}


def test_a_profile_that_says_never_sends_no_cookie(crawled):
    received = crawled.servers["meter"].received

    assert [each.header("Cookie") for each in received] == [None] * len(received)


def test_a_site_that_leads_to_itself_for_ever_is_asked_twice_and_left(crawled):
    asked = crawled.asked("wheel")

    assert crawled.accounts["wheel"]["exit"] == "partly"
    assert "redirects to itself" in crawled.accounts["wheel"]["last_failure"]
    assert all(asked.count(path) <= 6 for path in PATHS)


def test_parameters_that_tell_pages_apart_are_no_session_ids(crawled):
    assert len(crawled.stories("ids")) == STORIES
    assert {"/list?cat=a", "/list?cat=b"} <= {*crawled.asked("ids")}
    table = state_tables.session_parameter
    learned = select(table.c.name).where(table.c.learned, table.c.host == "ids.test")
    assert rows(crawled.home, learned) == []


def test_what_a_second_visit_multiplies_is_learned_and_not_fetched_anew(crawled):
    before = len(crawled.asked("visit"))
    crawled.crawl("visit")
    learning = crawled.asked("visit")[before:]
    crawled.crawl("visit")
    after = crawled.asked("visit")[before + len(learning) :]

    # What was under way before the third page had been read was fetched as it was named.
    assert {f"{path}?visit=2" for path in PATHS[:3]} <= {*learning} <= {"/", *_second()}
    assert after == ["/"]
    table = views.url
    known = rows(crawled.home, select(table.c.url).where(table.c.url.contains("visit.test/story")))
    assert sorted(row["url"] for row in known) == [f"http://visit.test{path}" for path in PATHS]


def _second() -> list[str]:
    return [f"{path}?visit=2" for path in ["/", *PATHS]]


def _html(cookie: str) -> dict[str, str]:
    return {"Content-Type": "text/html; charset=utf-8", "Set-Cookie": cookie}
