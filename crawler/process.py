"""Run crawls in this process, one publisher after the other, and give an account of each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.markup import escape
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from archive.errors import ArchiveError
from archive.model import Outcome
from archive.profile import Profile
from crawler.exits import Exit, exit_for
from crawler.guard import ALLOW_ADDRESS, CONNECT_TO
from crawler.run import CLOCK, Run
from crawler.spiders.publisher import spider_for


@dataclass(frozen=True, slots=True)
class Job:
    """One crawl to run: of a publisher, or with *only* of exactly those of its URLs."""

    profile: Profile
    only: tuple[str, ...] | None = None
    clock: datetime | None = None
    """When a crawl of the demo takes it to be as it starts; see ``crawler.run.CLOCK``."""
    before: Callable[[], None] | None = None
    """Called just before it starts."""


@dataclass(slots=True)
class Account:
    """How a crawl went: how it ended, for how long it ran, and what it counted."""

    publisher: str
    exit: Exit
    seconds: float = 0.0
    counts: Mapping[str, int] = field(default_factory=dict)
    error: BaseException | None = None
    last_failure: str | None = None
    """The last URL that failed, and why: often the reason of all."""

    def as_dict(self) -> dict[str, Any]:
        """Return the account as JSON can hold it."""
        return {
            "publisher": self.publisher,
            "exit": self.exit.name.lower(),
            "exit_code": int(self.exit),
            "seconds": round(self.seconds, 3),
            "counts": dict(self.counts),
            "last_failure": self.last_failure,
            "error": None if self.error is None else str(self.error),
        }

    def sentence(self) -> str:
        """Return the account in a few lines for a person."""
        number = self.counts.get("exchanges", 0)
        rate = number / self.seconds if self.seconds else 0.0
        megabytes = self.counts.get("bytes", 0) / 1e6
        kinds = [
            f"{self.counts[outcome]} {words}"
            for outcome, words in _WORDS.items()
            if self.counts.get(outcome)
        ]
        lines = [
            f"[bold]{self.publisher}[/bold]: {_ENDINGS[self.exit]} in {self.seconds:.1f} s",
            f"  {number} exchanges ({rate:.1f} a second), {megabytes:.1f} MB received",
            f"  {', '.join(kinds) or 'nothing was due'}",
            f"  {self.counts.get('articles', 0)} articles new or changed",
        ]
        notes = {
            "disallowed": "URLs that robots.txt forbids",
            "recovered": "captures taken in that an earlier crawl had not got into the database",
            "failed_exchanges": "requests that failed; their URLs are tried again next time",
        }
        lines += [
            f"  {self.counts[key]} {words}" for key, words in notes.items() if self.counts.get(key)
        ]
        if self.last_failure is not None:
            lines.append(f"  the last that failed was {escape(self.last_failure)}")
        return "\n".join(lines)


_WORDS = {
    Outcome.ARTICLE: "article pages",
    Outcome.LISTING: "listings",
    Outcome.PAGE: "other pages",
    Outcome.SITEMAP: "sitemaps",
    Outcome.FEED: "feeds",
    Outcome.ROBOTS: "robots.txt",
    Outcome.API: "API answers",
    Outcome.REVISIT: "unchanged",
    Outcome.REDIRECT: "redirects",
    Outcome.MISSING: "not found",
    Outcome.NOT_HTML: "not HTML",
    Outcome.EMPTY: "empty",
    Outcome.BLOCKED: "refused",
    Outcome.NEEDS_SCRIPT: "needing JavaScript",
    Outcome.ERROR: "errors",
    Outcome.FAILED: "that could not be read",
}
_ENDINGS = {
    Exit.DONE: "done",
    Exit.PARTLY: "done, some of it failed",
    Exit.USAGE: "not started",
    Exit.DEAD: "nothing answered",
    Exit.LOCKED: "not started",
    Exit.DISK: "ended, the disk could not be written",
    Exit.DATABASE: "ended, the database could not be written",
    Exit.INTERRUPTED: "interrupted, everything kept,",
}


def run_crawls(home: Path, jobs: list[Job], options: Mapping[str, Any]) -> list[Account]:
    """Run *jobs* in turn and return their accounts; a signal ends them all.

    *options* are those of the commands: ``contact``, ``allow_address``, ``connect_to``, ``limit``,
    ``verbose``, ``progress``.
    """
    process = AsyncCrawlerProcess(_settings(home, options))
    accounts: list[Account] = []
    waiting = list(reversed(jobs))

    def start() -> None:
        job = waiting.pop()
        if job.before is not None:
            job.before()
        crawler = process.create_crawler(spider_for(job.profile))
        if job.clock is not None:
            crawler.settings.set(CLOCK, job.clock.isoformat(), priority="cmdline")
        began = datetime.now(UTC)
        task = process.crawl(crawler, only=job.only)
        task.add_done_callback(lambda ended: done(job, crawler, began, ended))

    def done(job: Job, crawler: Crawler, began: datetime, ended: asyncio.Future[None]) -> None:
        account = _account(job, crawler, ended)
        account.seconds = (datetime.now(UTC) - began).total_seconds()
        accounts.append(account)
        if waiting and account.exit is not Exit.INTERRUPTED:
            start()

    if waiting:
        start()
        process.start()
    for account in accounts:
        if account.error is not None and not isinstance(account.error, ArchiveError):
            raise account.error
    return accounts


def _settings(home: Path, options: Mapping[str, Any]) -> Settings:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    values = {
        "PRESSMARK_HOME": str(home),
        "PRESSMARK_CONTACT": options.get("contact"),
        "PRESSMARK_LIMIT": options.get("limit"),
        "PRESSMARK_PROGRESS": options.get("progress", True),
        ALLOW_ADDRESS: list(options.get("allow_address") or ()),
        CONNECT_TO: list(options.get("connect_to") or ()),
        "LOG_LEVEL": "INFO" if options.get("verbose") else "ERROR",
    }
    settings.setdict(values, priority="cmdline")
    return settings


def _account(job: Job, crawler: Crawler, ended: asyncio.Future[None]) -> Account:
    error = None if ended.cancelled() else ended.exception()
    if error is not None:
        return Account(job.profile.name, exit_for(error), error=error)
    run = crawler.get_extension(Run)
    assert run is not None, "the process's settings name the extension"
    how = Exit.PARTLY if run.exit is None else run.exit  # DONE is 0
    account = Account(job.profile.name, how, counts=dict(run.counts))
    account.error, account.last_failure = run.error, run.last_failure
    return account
