"""The pipeline: has an item's article settled, and lets the item pass when that is committed.

So an article can be searched while the crawl still runs, and feed exports and scrapyd's items get
what the database holds. An article whose item is lost is settled at the end of the crawl.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from archive.errors import ArchiveError
from archive.pipeline.storing import Ingested
from archive.queries.search import find_article
from crawler.run import Run


@dataclass(frozen=True, slots=True, repr=False)
class ArticleItem:
    """What the spider yields: an article page whose rows are committed."""

    ingested: Ingested

    def __repr__(self) -> str:
        # Scrapy logs the item with each error; the whole text of a page would hide it.
        return f"<article page {self.ingested.capture.url}>"


class ArticlePipeline:
    """Turns an :class:`ArticleItem` into the article's row of the view ``articles``."""

    def __init__(self, run: Run) -> None:
        self._run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ArticlePipeline:
        """Return the pipeline of the running crawl."""
        run = crawler.get_extension(Run)
        assert run is not None, "the pipeline is set by a spider whose archive is open"
        return cls(run)

    async def process_item(self, item: Any) -> Any:
        """Return the article as a dict; drop a page that adds nothing (an AMP twin, an alias)."""
        if not isinstance(item, ArticleItem):
            return item
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
        row = next((row for row in rows if row["publisher"] == self._run.profile.name), None)
        if row is None or row["warc_record_id"] != capture.warc_record_id:
            reason = f"{capture.url} shows an article that another page already stands for"
            raise DropItem(reason, log_level="DEBUG")
        self._run.counts["articles"] += 1
        return {
            key: value.isoformat() if isinstance(value, datetime) else value
            for key, value in row.items()
        }
