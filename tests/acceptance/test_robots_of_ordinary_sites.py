"""robots.txt as ordinary sites have it: moved, out of reach, back again. Each crawl ends."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from archive.sql.schema.words import STATE_WORDS
from tests.support.archives import articles, frontier, outcomes
from tests.support.command import pressmark
from tests.support.server import Received, Reply, Server
from tests.support.sites import listing, page, write_profile, write_settings

PARTLY, DEAD, UNFORESEEN = 1, 3, 9
TEXT = {"Content-Type": "text/plain"}
STORIES = ("/one/", "/two/", "/three/")
UNAVAILABLE = (503, TEXT, "not now")


class Site:
    """Three stories at one host; *robots* answers for robots.txt, *other_host* redirects to it."""

    def __init__(self, robots: Reply = None, *, other_host: str | None = None) -> None:
        self.robots, self.other_host, self.failures = robots, other_host, 0

    def __call__(self, received: Received) -> Reply:
        host = received.header("Host") or ""
        if self.other_host is not None and host != self.other_host:
            return 301, {"Location": f"http://{self.other_host}{received.target}"}, ""
        if received.path == "/robots.txt":
            if self.failures:
                self.failures -= 1
                return UNAVAILABLE
            return self.robots
        if received.path == "/":
            return listing(*STORIES)
        return page(f"About {received.path}") if received.path in STORIES else None


@contextmanager
def closed_port() -> Iterator[int]:
    """Give a port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def robots_rows(home: Path) -> list[str]:
    return [url for url in frontier(home) if "robots.txt" in url]


def test_a_robots_txt_that_moves_to_the_publishers_other_host_is_followed_and_no_page(
    tmp_path: Path,
):
    write_profile(tmp_path / "home", "news", hosts='["www.news.test"]')
    with Server(Site(other_host="www.news.test")) as server:
        there = f"127.0.0.1:{server.port}"
        to = ("news.test:80:" + there, "www.news.test:80:" + there)
        options = [word for each in to for word in ("--connect-to", each)]
        done = pressmark(tmp_path / "home", "crawl", "http://news.test/", "--json", *options)

    assert done.account["exit"] == "done"
    assert len(articles(tmp_path / "home")) == len(STORIES)
    assert server.targets.count("/robots.txt") == 3, "of each host, one by way of the other"
    assert robots_rows(tmp_path / "home") == []


def test_a_robots_txt_that_leads_to_the_front_page_leaves_that_whole(tmp_path: Path):
    home = tmp_path / "home"
    write_settings(home, robots_bytes=1_000)
    front = listing(*STORIES).replace("<body", f"<!--{'-' * 2_000}--><body")
    with Server(
        lambda got: front if got.path == "/" else Site((302, {"Location": "/"}, ""))(got)
    ) as server:
        pressmark(home, "crawl", f"{server.url}/", "--allow-address", server.netloc)

    assert {row["truncated"] for row in outcomes(home)[f"{server.url}/"]} == {None}
    assert len(articles(home)) == len(STORIES)


@pytest.mark.slow
def test_a_robots_txt_that_leads_where_nobody_answers_ends_the_crawl(tmp_path: Path):
    home = tmp_path / "home"
    write_profile(home, "news")
    with closed_port() as port, Server(Site()) as server:
        server.routes = lambda received: (
            301,
            {"Location": f"https://news.test{received.target}"},
            "",
        )
        there = ("--connect-to", f"news.test:80:127.0.0.1:{server.port}")
        nowhere = ("--connect-to", f"news.test:443:127.0.0.1:{port}")
        done = pressmark(home, "crawl", "http://news.test/", "--json", *there, *nowhere, code=DEAD)

    assert robots_rows(home) == []
    (waiting,) = done.account["waiting"]
    assert waiting["urls"] == 1
    assert "http://news.test/robots.txt" in waiting["reason"]


def test_a_robots_txt_that_a_page_links_is_no_page(tmp_path: Path):
    home = tmp_path / "home"
    site = Site((200, TEXT, "User-agent: *\nDisallow: /three/\n"))
    with Server(
        lambda got: listing("/robots.txt", *STORIES) if got.path == "/" else site(got)
    ) as server:
        pressmark(home, "crawl", f"{server.url}/", "--allow-address", server.netloc)

    assert server.targets.count("/robots.txt") == 1
    assert robots_rows(home) == []
    assert len(articles(home)) == 2


def test_a_robots_txt_that_is_asked_for_by_name_is_archived(tmp_path: Path):
    home = tmp_path / "home"
    with Server(Site((200, TEXT, "User-agent: *\nDisallow:\n"))) as server:
        done = pressmark(
            home,
            *("fetch", f"{server.url}/robots.txt", "--json"),
            *("--allow-address", server.netloc),
        )

    assert done.counts["robots"] == 1
    assert server.targets == ["/robots.txt"]
    assert robots_rows(home) == []


@pytest.mark.slow
def test_what_waits_for_a_server_is_told_and_asked_for_at_once_when_named(tmp_path: Path):
    home = tmp_path / "home"
    with Server(Site(UNAVAILABLE)) as server:
        crawl = ("crawl", f"{server.url}/", "--json", "--allow-address", server.netloc)
        first = pressmark(home, *crawl, code=DEAD)
        scheduled = pressmark(home, "crawl", "--due", "--json", code=PARTLY)
        status = pressmark(home, "status", "--json")
        asked = len(server.received)
        server.routes.robots = None  # type: ignore[union-attr]
        again = pressmark(home, *crawl)

    (waiting,) = first.account["waiting"]
    assert (waiting["urls"], waiting["reason"]) == (
        1,
        f"no answer from {server.url}/robots.txt: status 503",
    )
    assert scheduled.err == ""
    assert scheduled.account["waiting"] == [waiting]
    assert status.rows[0]["waiting"][0]["urls"] == 1
    assert status.rows[0]["due"] == {}
    assert asked == 2, "at once and after five seconds; a schedule asks when it is due"
    assert again.account["waiting"] == []
    assert len(articles(home)) == len(STORIES)


@pytest.mark.slow
def test_a_server_that_is_down_for_two_seconds_costs_nothing(tmp_path: Path):
    site = Site()
    site.failures = 1
    with Server(site) as server:
        done = pressmark(
            tmp_path / "home",
            *("crawl", f"{server.url}/", "--json", "--allow-address", server.netloc),
            code=PARTLY,
        )

    assert done.account["waiting"] == []
    assert len(articles(tmp_path / "home")) == len(STORIES)


def test_a_crawl_that_would_ask_for_a_url_without_end_ends_and_names_it(tmp_path: Path):
    home = tmp_path / "home"
    with Server(Site()) as server:
        crawl = ("crawl", f"{server.url}/", "--json", "--allow-address", server.netloc)
        pressmark(home, *crawl)
        with sqlite3.connect(home / "archive.db") as connection:
            # What no input of today provokes: a row that no capture moves.
            pending = STATE_WORDS.index("pending")
            one = "(SELECT id FROM known_url WHERE url LIKE '%/one/')"
            connection.execute(
                f"CREATE TRIGGER stuck AFTER UPDATE OF state ON frontier WHEN NEW.id = {one}"
                f" BEGIN UPDATE frontier SET state = {pending}, fetched_at = NULL, fail_count = 0"
                " WHERE id = NEW.id; END"
            )
            connection.execute(f"UPDATE frontier SET state = {pending} WHERE id = {one}")
        connection.close()
        before = server.targets.count("/one/")
        done = pressmark(home, *crawl, code=UNFORESEEN)

    assert f"{server.url}/one/" in done.err + done.out
    assert server.targets.count("/one/") == before + 1
