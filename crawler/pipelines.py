"""The item pipeline: settles the article of an item, and passes the item on after the commit.

So an article can be searched while the crawl still runs, and feed exports and scrapyd's items hold
what the database holds. When an item is lost, its article is settled at the end of the crawl.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from archive.errors import ArchiveError
from archive.pipeline.storing import Ingested
from crawler.run import Run


@dataclass(frozen=True, slots=True, repr=False)
class ArticleItem:
    """An article page whose rows are committed; the spider yields it."""

    ingested: Ingested

    def __repr__(self) -> str:
        # Scrapy logs the item with each error. The whole text of a page would hide the error.
        return f"<article page {self.ingested.capture.url}>"


class ArticlePipeline:
    """Replaces an :class:`ArticleItem` by the article's row of the view ``articles``."""

    def __init__(self, run: Run) -> None:
        self._run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ArticlePipeline:
        """Return the pipeline of the running crawl."""
        run = crawler.get_extension(Run)
        assert run is not None, "the pipeline is set by a spider whose archive is open"
        return cls(run)

    async def process_item(self, item: Any) -> Any:
        """Return the article as a dict, with times in ISO 8601.

        A page that adds nothing (an AMP twin, an alias) is dropped. What is no ``ArticleItem`` is
        returned as it is.
        """
        if not isinstance(item, ArticleItem):
            return item
        # The queries take a tenth of a second to load, and the first request need not wait for it.
        from archive.queries import find_article, json_object

        capture = item.ingested.capture
        archive = self._run.archive
        try:
            await asyncio.wrap_future(archive.ingest.settle(self._run.profile, [capture.url]))
            rows = await self._run.outage.read(
                lambda connection: find_article(connection, capture.url)
            )
        except ArchiveError as error:
            self._run.stop_for(error)
            raise DropItem(f"{capture.url} is not settled: the crawl ends") from error
        row = next((row for row in rows if row.publisher == self._run.profile.name), None)
        if row is None or row.warc_record_id != capture.warc_record_id:
            reason = f"{capture.url} shows an article that another page already stands for"
            raise DropItem(reason, log_level="DEBUG")
        self._run.counts["articles"] += 1
        return json_object(row)
