"""Bad input beside good pages: each ends as a row that says what it was, and nothing stops."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.model import Outcome
from archive.sql.schema import state_tables
from tests.support.archives import Row, articles, frontier, outcomes, rows
from tests.support.bad_pages import BAD, GOOD, BadSite
from tests.support.command import pressmark
from tests.support.once import Once
from tests.support.server import Server
from tests.support.sites import connect_to, write_profile, write_settings

TIMEOUT_SECONDS = 2
UNREACHABLE = "http://bad.test:81/story/"


@pytest.fixture(scope="module")
def home(once: Once) -> Path:
    """A crawl of the bad site, with a kill timer that is short enough for a test."""

    def crawl(home: Path) -> None:
        write_profile(home, "bad", hosts='["bad.test:81"]')
        write_settings(home, extract_timeout_seconds=TIMEOUT_SECONDS)
        with Server(BadSite(UNREACHABLE)) as server:
            nowhere = ("--connect-to", "bad.test:81:127.0.0.1:1")
            pressmark(home, "crawl", "bad", *connect_to(server, "bad"), *nowhere, code=1)

    return once("bad-input", crawl)


def first(home: Path, path: str) -> Row:
    """What became of the first request for *path*; an equal second reply is a mere revisit."""
    return outcomes(home)[f"http://bad.test{path}"][0]


def test_every_good_page_is_archived(home: Path):
    found = articles(home)

    assert {f"http://bad.test{path}" for path in GOOD} <= set(found)


@pytest.mark.parametrize("path", BAD)
def test_a_bad_page_is_a_row_with_an_outcome_and_a_reason(home: Path, path: str):
    row = first(home, path)

    plain = {Outcome.ARTICLE, Outcome.API}
    assert row["outcome"] in plain or row["reason"]
    assert (row["reason"] is None) == (row["outcome"] in plain)


@pytest.mark.parametrize(
    ("path", "outcome", "reason"),
    [
        ("/picture/", Outcome.NOT_HTML, "image/png"),
        ("/paper/", Outcome.NOT_HTML, "application/pdf"),
        ("/data/", Outcome.API, None),
        ("/empty/", Outcome.EMPTY, "status 200, no body"),
        ("/blank/", Outcome.EMPTY, "status 200, no body"),
        ("/gzip-bomb/", Outcome.FAILED, "the body unpacks to more than 64 MB"),
        ("/spans-without-end/", Outcome.FAILED, "extraction took longer than 2 s"),
        ("/refusal/", Outcome.BLOCKED, "status 403"),
        ("/breakdown/", Outcome.ERROR, "status 500"),
    ],
)
def test_what_is_no_news_page_is_called_what_it_is(
    home: Path, path: str, outcome: Outcome, reason: str | None
):
    row = first(home, path)

    assert (row["outcome"], row["reason"]) == (outcome, reason)


def test_a_refusal_in_the_same_words_as_before_is_a_failure_still(home: Path):
    url = "http://bad.test/refusal/"

    tries = [row["outcome"] for row in outcomes(home)[url]]

    assert tries == [Outcome.BLOCKED, Outcome.REVISIT]
    assert (frontier(home)[url]["state"], frontier(home)[url]["fail_count"]) == ("retry", 2)


def test_a_page_cut_off_by_its_server_keeps_what_came_and_says_so(home: Path):
    row = first(home, "/cut/")

    assert (row["truncated"], row["flags"]) == (
        "disconnect",
        ["truncated", "truncated: disconnect"],
    )
    assert frontier(home)["http://bad.test/cut/"]["state"] == "retry"


def test_a_page_that_is_too_long_is_cut_and_read_as_far_as_it_came(home: Path):
    row = first(home, "/twenty-megabytes/")

    assert (row["outcome"], row["truncated"]) == (Outcome.ARTICLE, "length")
    assert "truncated: length" in row["flags"]


def test_a_page_of_another_charset_than_it_says_is_read_all_the_same(home: Path):
    text = articles(home)["http://bad.test/lying-charset/"]["text"]

    assert "La forêt brûlée a été replantée à Foix." in text


@pytest.mark.parametrize("path", ["/gzip-that-is-none/", "/gzip-cut-short/"])
def test_a_coding_that_lies_costs_no_more_than_what_is_missing(home: Path, path: str):
    row = first(home, path)

    assert row["outcome"] == Outcome.ARTICLE
    assert row["flags"] != []


def test_nuls_reach_no_row(home: Path):
    row = articles(home)["http://bad.test/nuls/"]

    assert "\x00" not in "".join([row["headline"], row["text"]])
    assert re.search(r"One.? two.* three\.", row["text"])


def test_a_server_that_sends_nothing_is_a_row_and_is_asked_again(home: Path):
    url = "http://bad.test/no-reply/"

    tries = outcomes(home)[url]

    assert [row["outcome"] for row in tries] == [Outcome.ERROR] * 2
    assert all(row["reason"] and row["http_status"] is None for row in tries)
    assert frontier(home)[url]["fail_count"] == 2


def test_a_server_that_cannot_be_reached_has_its_urls_wait_and_says_why(home: Path):
    (robots,) = {row["outcome"] for row in outcomes(home)["http://bad.test:81/robots.txt"]}

    (host,) = rows(home, select(state_tables.host))

    assert robots == Outcome.ERROR
    assert frontier(home)[UNREACHABLE]["state"] == "pending"
    assert (host["origin"], host["fail_count"]) == ("http://bad.test:81", 2)
    assert "refused" in host["reason"]


def test_all_of_it_can_be_verified(home: Path):
    pressmark(home, "verify")
