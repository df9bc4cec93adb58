"""Sites with URLs without end are crawled to their end, with all their articles."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import pressmark
from tests.support.server import Received, Reply, Server
from tests.support.sites import connect_to, listing, page, write_profile
from tests.support.traps import ORDINARY, TRAPS, articles_of

MOST_REQUESTS = 700
"""Of a site of twenty articles and a trap, with all that is under way when it is found out."""
MOST_ROWS = 20_000


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_profile(tmp_path / "home")
    return tmp_path / "home"


def rows(home: Path, query: str) -> list[Any]:
    with sqlite3.connect(home / "archive.db") as database:
        return database.execute(query).fetchall()


def articles(home: Path) -> set[str]:
    return {url for (url,) in rows(home, "SELECT url FROM url WHERE outcome = 'article'")}


@pytest.mark.slow
@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_ends_by_itself_and_the_articles_beside_it_are_found(home: Path, name: str):
    routes, article = TRAPS[name]
    with Server(routes) as server:
        pressmark(home, "crawl", "tree", *connect_to(server), timeout=300)
        requests = len(server.received)

    assert articles(home) >= articles_of(article)
    assert requests < MOST_REQUESTS
    (number,) = rows(home, "SELECT (SELECT count(*) FROM url) + (SELECT count(*) FROM discovery)")
    assert number[0] < 2 * MOST_ROWS


@pytest.mark.slow
@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_site_that_looks_like_a_trap_is_fetched_whole(home: Path, name: str):
    routes, number = ORDINARY[name]
    with Server(routes) as server:
        pressmark(home, "crawl", "tree", *connect_to(server), timeout=300)

    assert len(articles(home)) == number
    assert rows(home, "SELECT url FROM url WHERE state = 'held_back'") == []


def test_pages_with_a_text_are_archived_though_they_are_taken_for_no_articles(home: Path):
    paths = [f"/about/{number}-of-us/" for number in range(60)]

    def site(received: Received) -> Reply:
        if received.path == "/":
            return listing(*paths)
        if received.path not in paths:
            return None
        about = '<script type="application/ld+json">{"@type": "AboutPage"}</script>'
        text = page(f"Of {received.path}", head=about)
        text = text.replace("single single-post", "page page-id-2")
        return text.replace('og:type" content="article', "x")

    with Server(site) as server:
        pressmark(home, "crawl", "tree", *connect_to(server))

    kinds = dict(
        rows(home, "SELECT outcome, count(*) FROM url WHERE url LIKE '%about%' GROUP BY 1")
    )
    assert kinds == {"page": 60}


@pytest.mark.slow
def test_the_amp_twins_that_a_profile_asks_for_are_no_copies_to_be_held_back(home: Path):
    write_profile(home, amp='"fetch"')
    paths = [f"/story-{number}/" for number in range(30)]

    def site(received: Received) -> Reply:
        if received.path == "/":
            return listing(*paths)
        story = received.path.removesuffix("amp/")
        if story not in paths:
            return None
        head = f'<link rel="canonical" href="{story}"><link rel="amphtml" href="{story}amp/">'
        return page(f"Of {story}", head=head)

    with Server(site) as server:
        pressmark(home, "crawl", "tree", *connect_to(server))

    twins = rows(home, "SELECT state, count(*) FROM url WHERE url LIKE '%/amp/' GROUP BY 1")
    assert twins == [("fetched", 30)]


@pytest.mark.slow
def test_status_says_what_is_held_back_and_a_profile_overrules(home: Path):
    routes, _ = TRAPS["any of thirty filters"]
    with Server(routes) as server:
        pressmark(home, "crawl", "tree", *connect_to(server))
        shown = " ".join(pressmark(home, "status").out.split())
        before = len(server.received)
        write_profile(home, follow='["^/shop"]')
        pressmark(home, "crawl", "tree", "--budget", "300", *connect_to(server), code=8)
        after = len(server.received) - before

    assert "URLs like tree.test/shop?" in shown
    assert "known under another URL" in shown
    assert before < MOST_REQUESTS
    assert after == 300
