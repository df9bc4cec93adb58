"""A front page that redirects to another site: where it leads, and what an operator is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from archive.model import Candidate, Edge, EdgeKind, Extraction, Outcome, Via
from archive.pipeline.frontier_updates import MOST_REDIRECTS
from archive.pipeline.storing import Ingested
from archive.sql.captures.store import publisher_id
from archive.sql.database import Database
from crawler.front_page import foreign_front_page, redirect_advice
from tests.support.crawling import NEWS, ingested, store_captures
from tests.support.frontier import HOUR, NOON

HOME, WWW, ELSEWHERE = NEWS.home, "http://www.news.test/", "http://elsewhere.test/"
WITH_WWW = replace(NEWS, hosts=("www.news.test",))


def redirect(url: str, target: str, *, hours: int = 0) -> Ingested:
    found = Extraction(
        outcome=Outcome.REDIRECT,
        extractor="test",
        candidates=(Candidate(url=target, via=Via.REDIRECT),),
        edges=(Edge(EdgeKind.REDIRECT, target),),
    )
    return ingested(url, found, http_status=301, fetched_at=NOON + hours * HOUR)


@pytest.fixture
def connection(home_database: Database):
    with home_database.writing() as writing:
        yield writing


@pytest.fixture
def owner(connection: Connection) -> int:
    return publisher_id(connection, "news", None, None)


def test_a_front_page_that_redirects_to_another_site_leads_there(connection, owner):
    store_captures(connection, owner, redirect(HOME, ELSEWHERE))

    assert foreign_front_page(connection, owner, NEWS) == ELSEWHERE


def test_a_redirect_to_a_host_of_the_publisher_is_followed_and_leads_nowhere_else(
    connection, owner
):
    store_captures(connection, owner, redirect(HOME, WWW))
    assert foreign_front_page(connection, owner, WITH_WWW) is None
    assert foreign_front_page(connection, owner, NEWS) == WWW

    store_captures(connection, owner, redirect(WWW, ELSEWHERE))
    assert foreign_front_page(connection, owner, WITH_WWW) == ELSEWHERE


def test_only_the_latest_answer_counts(connection, owner):
    page = ingested(HOME, Outcome.LISTING, fetched_at=NOON + timedelta(hours=2))
    store_captures(connection, owner, redirect(HOME, ELSEWHERE), page)

    assert foreign_front_page(connection, owner, NEWS) is None


def test_a_front_page_that_was_never_captured_leads_nowhere(connection, owner):
    assert foreign_front_page(connection, owner, NEWS) is None


def test_a_loop_of_redirects_leads_nowhere(connection, owner):
    store_captures(connection, owner, redirect(HOME, WWW), redirect(WWW, HOME))
    assert foreign_front_page(connection, owner, WITH_WWW) is None

    store_captures(connection, owner, redirect(HOME, HOME, hours=1))
    assert foreign_front_page(connection, owner, NEWS) is None


def test_a_chain_of_too_many_redirects_is_not_followed(connection, owner):
    chain = [HOME, *(f"{HOME}{n}/" for n in range(MOST_REDIRECTS - 1)), ELSEWHERE]
    store_captures(connection, owner, *map(redirect, chain, chain[1:]))
    assert foreign_front_page(connection, owner, NEWS) == ELSEWHERE

    store_captures(
        connection,
        owner,
        redirect(chain[-2], f"{HOME}more/", hours=1),
        redirect(f"{HOME}more/", ELSEWHERE),
    )
    assert foreign_front_page(connection, owner, NEWS) is None


def test_the_operator_is_told_which_file_to_edit_and_which_command_to_give():
    told = redirect_advice(NEWS, ELSEWHERE, Path("/srv/news"))

    assert f"{HOME} redirects to {ELSEWHERE}" in told
    assert 'add "elsewhere.test" to hosts in /srv/news/publishers/news.toml' in told
    assert told.endswith(f"pressmark crawl {ELSEWHERE}")
