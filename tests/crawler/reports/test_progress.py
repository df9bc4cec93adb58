"""The line of progress: shown to a person at a terminal, and to nobody else."""

from __future__ import annotations

import asyncio
import sys

import pytest
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from archive.model import Outcome
from crawler.reports import progress
from crawler.reports.progress import COUNT_EVERY, Progress
from tests.support.crawling import Crawl, OpenCrawl
from tests.support.frontier import A, B
from tests.support.terminal import Terminal, terminal_as_stderr

ERASED = "\x1b[2K"


@pytest.fixture(autouse=True)
def showing_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SHOW_EVERY_SECONDS", 0.02)


async def test_who_pipes_stderr_into_a_log_sees_no_progress(opening: OpenCrawl):
    crawl = await opening(PRESSMARK_PROGRESS=True)

    with pytest.raises(NotConfigured):
        Progress.from_crawler(crawl.crawler)


async def test_a_crawl_that_is_to_be_quiet_shows_no_progress(crawl: Crawl):
    with terminal_as_stderr(), pytest.raises(NotConfigured):
        Progress.from_crawler(crawl.crawler)


async def test_a_spider_without_a_profile_shows_no_progress(bare_crawler: Crawler):
    bare_crawler.settings.frozen = False
    bare_crawler.settings.set("PRESSMARK_PROGRESS", True)

    with terminal_as_stderr(), pytest.raises(NotConfigured):
        Progress.from_crawler(bare_crawler)


async def test_the_line_says_what_was_fetched_and_about_how_much_is_left(opening: OpenCrawl):
    with terminal_as_stderr() as screen:
        crawl = await opening(PRESSMARK_PROGRESS=True)
        crawl.run.counts.update({"exchanges": 7, Outcome.ARTICLE: 5})

        line = await read_until(screen, "7 fetched")
        await crawl.close()

    assert "news 7 fetched (" in line
    assert " a second), 5 article pages, about 1 to go" in line


async def test_the_frontier_is_counted_at_every_tenth_showing_only(opening: OpenCrawl):
    with terminal_as_stderr() as screen:
        crawl = await opening(PRESSMARK_PROGRESS=True)
        await crawl.add(A, B)

        lines = await read_until(screen, "about 3 to go")
        await crawl.close()

    # It is counted at the first showing and at the eleventh.
    assert lines.count("about 1 to go") == COUNT_EVERY


async def test_the_line_is_erased_at_the_end_and_stderr_is_what_it_was(opening: OpenCrawl):
    with terminal_as_stderr() as screen:
        crawl = await opening(PRESSMARK_PROGRESS=True)
        assert sys.stderr is not screen.stream  # what is printed meanwhile appears above the line

        await crawl.close()

        assert sys.stderr is screen.stream
        assert screen.read().endswith(ERASED)
        await asyncio.sleep(0.05)
        assert screen.read() == ""


async def read_until(screen: Terminal, words: str) -> str:
    text = ""
    while words not in text:
        await asyncio.sleep(0.01)
        text += screen.read()
    return text
