"""Pages that are archived though the profile hides them: whether they failed is known by status."""

from __future__ import annotations

import pytest

from archive.model import Outcome
from crawler.hidden import as_read, has_failed
from tests.support.crawling import Crawl, ingested
from tests.support.frontier import A


@pytest.mark.parametrize("status", [200, 204, 301, 304, 404, 410, 451])
def test_an_answer_is_no_failure_even_where_it_says_that_there_is_no_page(status: int):
    assert not has_failed(ingested(A, Outcome.HIDDEN, http_status=status).capture)


@pytest.mark.parametrize("status", [None, 400, 401, 403, 429, 500, 503])
def test_a_refusal_or_no_answer_at_all_is_a_failure(status: int | None):
    assert has_failed(ingested(A, Outcome.HIDDEN, http_status=status).capture)


async def test_a_page_that_is_shown_is_not_read_again(crawl: Crawl):
    page = ingested(A, Outcome.ARTICLE)

    assert await as_read(crawl.run.archive, page) is page


async def test_a_hidden_page_that_a_crawl_cannot_read_any_more_stays_as_it_is(crawl: Crawl):
    page = ingested(A, Outcome.HIDDEN)
    crawl.run.archive.ingest.abandon()  # as at the end of a crawl

    assert await as_read(crawl.run.archive, page) is page
