"""A crawl's budget counts every request, and refuses the first that is one too many."""

from __future__ import annotations

import pytest
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from crawler.download.budget import BudgetMiddleware, OutOfBudget
from tests.support.crawling import Crawl, OpenCrawl
from tests.support.frontier import A, B, C


async def test_as_many_requests_pass_as_the_budget_has_and_the_next_is_refused(opening: OpenCrawl):
    crawl = await opening(PRESSMARK_BUDGET=2)
    budget = BudgetMiddleware.from_crawler(crawl.crawler)

    await budget.process_request(Request(A))
    await budget.process_request(Request(B))
    assert (crawl.run.requests, crawl.run.is_cut_short) == (2, False)

    with pytest.raises(OutOfBudget, match=rf"{C} is one request too many"):
        await budget.process_request(Request(C))
    assert (crawl.run.requests, crawl.run.is_cut_short) == (2, True)


async def test_without_a_budget_requests_are_counted_and_none_is_refused(crawl: Crawl):
    budget = BudgetMiddleware.from_crawler(crawl.crawler)

    for _ in range(100):
        await budget.process_request(Request(A))

    assert (crawl.run.requests, crawl.run.is_cut_short) == (100, False)


async def test_when_the_minutes_of_a_crawl_are_over_its_requests_are_refused(opening: OpenCrawl):
    crawl = await opening(PRESSMARK_MINUTES=1e-9)

    with pytest.raises(OutOfBudget):
        await BudgetMiddleware.from_crawler(crawl.crawler).process_request(Request(A))


async def test_a_spider_without_an_archive_has_no_budget(bare_crawler: Crawler):
    await BudgetMiddleware.from_crawler(bare_crawler).process_request(Request(A))


def test_scrapy_does_not_take_a_refused_request_for_a_failure():
    assert issubclass(OutOfBudget, IgnoreRequest)
