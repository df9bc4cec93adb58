"""Show the progress of a crawl on stderr, if stderr is a terminal: fetched, speed, what is left."""

from __future__ import annotations

import sys
from contextlib import suppress

from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import create_looping_call

from archive.cli.output import Display
from archive.errors import DatabaseAwayError
from archive.model import Outcome
from archive.sql.frontier import store as frontier
from archive.sql.frontier.store import State
from crawler.run import Run

SHOW_EVERY_SECONDS = 0.5
COUNT_EVERY = 10
"""The frontier is counted at every tenth update, since a count of a million URLs is slow."""


class Progress:
    """An extension that shows a line of progress; ``PRESSMARK_PROGRESS`` switches it on."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._display = Display(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            TimeElapsedColumn(),
            auto_refresh=False,
        )
        self._task = self._display.add_task("", total=None)
        self._times_shown = self._left = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Progress:
        """Return the display; ``NotConfigured`` when nobody watches or there is no archive."""
        wanted = crawler.settings.getbool("PRESSMARK_PROGRESS") and sys.stderr.isatty()
        if not wanted or getattr(crawler.spidercls, "profile", None) is None:
            raise NotConfigured
        progress = cls(crawler)
        crawler.signals.connect(progress.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(progress.spider_closed, signal=signals.spider_closed)
        return progress

    def spider_opened(self) -> None:
        """Show the line from now on."""
        self._display.start()
        self._showing = create_looping_call(self._show)
        self._showing.start(SHOW_EVERY_SECONDS)

    def spider_closed(self) -> None:
        """Remove the line, since the crawl's account follows."""
        self._showing.stop()
        self._display.stop()

    def _show(self) -> None:
        run = self._crawler.get_extension(Run)
        assert run is not None, "a profile's spider runs only with its archive open"
        if self._times_shown % COUNT_EVERY == 0 and not run.outage.lasts:
            with suppress(DatabaseAwayError), run.archive.database.reading() as connection:
                counts = frontier.counts(connection, run.publisher_id)
                self._left = counts.get(State.PENDING, 0) + counts.get(State.RETRY, 0)
        self._times_shown += 1
        fetched = run.counts["exchanges"]
        seconds = (run.now() - run.started_at).total_seconds()
        line = (
            f"{run.profile.name} {fetched} fetched"
            f" ({fetched / max(seconds, 0.1):.1f} a second),"
            f" {run.counts[Outcome.ARTICLE]} article pages, about {self._left} to go"
        )
        self._display.update(self._task, description=line)
        self._display.refresh()
