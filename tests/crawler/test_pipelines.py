"""An item is an article as the database holds it, or is dropped with the reason."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from scrapy.exceptions import DropItem

from archive.model import Outcome
from archive.queries.json_objects import json_object
from archive.queries.search import find_article
from crawler.exits import Exit
from crawler.pipelines import ArticleItem, ArticlePipeline
from tests.support.crawling import Crawl, Crawled, ingested
from tests.support.frontier import A

STORIES = {"The first story", "The second story", "The page behind the cookie"}


def test_each_article_of_a_site_is_one_item(site_crawl: Crawled):
    assert {item["headline"] for item in site_crawl.items} == STORIES
    assert len(site_crawl.items) == len(STORIES)
    assert site_crawl.run.counts["articles"] == len(STORIES)


def test_an_item_is_the_row_of_the_view_as_json_can_hold_it(site_crawl: Crawled):
    (item,) = (item for item in site_crawl.items if item["canonical_url"] == f"{A}")

    assert json.loads(json.dumps(item)) == item
    assert datetime.fromisoformat(item["date_published"]).utcoffset() is not None
    with site_crawl.run.archive.database.reading() as connection:
        (row,) = find_article(connection, A)
    assert item.keys() == json_object(row).keys()
    assert item["text"] == row.text


def test_a_page_that_shows_an_article_of_another_address_is_no_item(site_crawl: Crawled):
    (reason,) = site_crawl.dropped

    assert reason.endswith("shows an article that another page already stands for")


async def test_what_is_no_article_page_passes_as_it_is(crawl: Crawl):
    item = {"any": "thing"}

    assert await ArticlePipeline.from_crawler(crawl.crawler).process_item(item) is item
    assert crawl.run.counts["articles"] == 0


async def test_a_database_that_fails_drops_the_item_and_ends_the_crawl(crawl: Crawl):
    await crawl.write(
        lambda connection, _: connection.exec_driver_sql("ALTER TABLE address RENAME TO gone")
    )
    item = ArticleItem(ingested(A, Outcome.ARTICLE))

    with pytest.raises(DropItem, match=rf"{A} is not settled: the crawl ends"):
        await ArticlePipeline.from_crawler(crawl.crawler).process_item(item)

    assert crawl.run.exit is Exit.DATABASE


def test_scrapy_logs_an_item_by_its_url_and_not_with_its_text():
    assert repr(ArticleItem(ingested(A, Outcome.ARTICLE))) == f"<article page {A}>"
