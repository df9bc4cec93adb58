"""The reactor of a process, and crawls in it; a test that is a coroutine runs on its loop."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from scrapy import Spider
from scrapy.crawler import Crawler

from archive.library import open_archive
from archive.profile import Profile
from archive.sql.database import Database, open_database
from tests.support.crawling import (
    NEWS,
    Crawl,
    Crawled,
    Do,
    OpenCrawl,
    crawl_to_its_end,
    new_crawler,
    open_crawl,
    reactor_loop,
)
from tests.support.server import Received, Reply
from tests.support.sites import listing, page


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    do: Do[Any] = pyfuncitem._request.getfixturevalue("reactor")
    names = inspect.signature(pyfuncitem.obj).parameters
    do(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


@pytest.fixture(scope="session")
def reactor() -> Iterator[Do[Any]]:
    with reactor_loop() as do:
        yield do


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose database has its tables: to copy it is quicker than to make one."""
    home = tmp_path_factory.mktemp("empty") / "home"
    home.mkdir()
    (home / "archive.toml").write_text("workers = 1\n")
    with open_archive(home, create=True):
        return home


@pytest.fixture
def home(empty_home: Path, tmp_path: Path) -> Path:
    return copytree(empty_home, tmp_path / "home")


@pytest.fixture
def home_database(home: Path) -> Iterator[Database]:
    """The database of the home, for what does not depend on the engine."""
    database = open_database("sqlite:///archive.db", home)
    yield database
    database.close()


@pytest.fixture
def opening(reactor: Do[Any], home: Path) -> Iterator[OpenCrawl]:
    """Open crawls of one archive, which end with the test at the latest."""
    crawls: list[Crawl] = []

    async def begin(
        profile: Profile = NEWS, only: tuple[str, ...] | None = None, **values: Any
    ) -> Crawl:
        crawls.append(await open_crawl(new_crawler(home, profile, **values), only))
        return crawls[-1]

    yield begin
    for crawl in crawls:
        reactor(crawl.close())


@pytest.fixture
def crawl(reactor: Do[Any], opening: OpenCrawl) -> Crawl:
    """A crawl of a new publisher, of which the front page alone is known."""
    opened: Crawl = reactor(opening())
    return opened


class BareSpider(Spider):
    """A spider of Scrapy that knows no archive."""

    name = "bare"


@pytest.fixture
def bare_crawler(reactor: Do[Any], home: Path) -> Crawler:
    """The crawler of a spider without a profile, which opens no archive."""

    async def made() -> Crawler:
        crawler = new_crawler(home, spider=BareSpider)
        crawler.spider = crawler._create_spider()
        crawler._apply_settings()
        return crawler

    crawler: Crawler = reactor(made())
    return crawler


@pytest.fixture(scope="session")
def site_crawl(
    reactor: Do[Any], empty_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Crawled:
    """A crawl of a small site, for the tests that only look at what it left.

    The site has two stories, one of them under two addresses, and a page that is shown to those
    who send back its cookie.
    """
    home = copytree(empty_home, tmp_path_factory.mktemp("site") / "home")
    canonical = '<link rel="canonical" href="http://news.test/a/">'

    def with_cookie(received: Received) -> Reply:
        if received.header("Cookie") == "seen=abcdefgh":
            return page("The page behind the cookie")
        return 302, {"Location": "/cookie/", "Set-Cookie": "seen=abcdefgh; Path=/"}, ""

    routes = {
        "/": listing("/a/", "/b/", "/copy/", "/cookie/"),
        "/a/": page("The first story"),
        "/b/": page("The second story"),
        "/copy/": page("The first story", head=canonical),
        "/cookie/": with_cookie,
    }
    crawled: Crawled = reactor(crawl_to_its_end(home, routes))
    return crawled
