"""Run crawls in this process, one publisher after the other, and report on each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from archive.errors import DEFECT, NotFoundError, described, note_defect
from archive.model import Outcome
from archive.model.reason import Reason
from archive.printable import printable
from archive.profile import Profile
from archive.revisit.url_rows import Waiting
from archive.scope import skipped_text
from crawler.download.guard import ALLOW_ADDRESS, CONNECT_TO
from crawler.exits import Exit, exit_for
from crawler.options import BUDGET, CLOCK, DUE, MINUTES, REFRESH, SINCE
from crawler.run import Run
from crawler.spiders.publisher import spider_for


@dataclass(frozen=True, slots=True)
class CrawlJob:
    """One crawl to run: of a publisher, or of exactly the URLs in *only*."""

    profile: Profile
    only: tuple[str, ...] | None = None
    clock: datetime | None = None
    """When a crawl of the demo takes it to be as it starts; see ``crawler.options.CLOCK``."""
    before: Callable[[], None] | None = None
    """Called just before the crawl starts."""


@dataclass(slots=True)
class Account:
    """The report on a crawl: how it ended, how long it took, and what it counted."""

    publisher: str
    exit: Exit
    seconds: float = 0.0
    counts: Mapping[str, int] = field(default_factory=dict)
    error: BaseException | None = None
    last_failure: str | None = None
    """The last URL that failed, and why; often the reason of all failures."""
    last_hidden: str | None = None
    """The last URL that was archived and is not shown, and why."""
    waiting: tuple[Waiting, ...] = ()
    """The URLs that have to wait since something failed."""
    skipped: Mapping[str, int] = field(default_factory=dict)
    """How many URLs of the frontier are out of scope, by reason; the most frequent first."""
    advice: str | None = None
    """What to do about a front page that redirects to another site."""
    is_news: bool = True
    """Whether its problems are reported; they are not when an earlier crawl has reported them."""
    problems: tuple[str, ...] = ()
    """What could not be ingested, stored or settled, a sentence each."""

    @classmethod
    def without_profile(cls, home: Path, name: str) -> Account:
        """Return the account of a publisher that has captures but no profile."""
        error = NotFoundError(
            f"{home}: publisher {name!r} is in the archive but has no profile;"
            f" put its profile back as {home / 'publishers' / name}.toml"
        )
        return cls(name, Exit.USAGE, error=error)

    @classmethod
    def of_waiting(cls, name: str, waiting: Sequence[Waiting]) -> Account:
        """Return the account of a publisher with nothing due yet, since its server failed.

        The crawl that saw the failure reported it. The exit code says that the failure lasts.
        """
        return cls(name, Exit.PARTLY, waiting=tuple(waiting), is_news=False)

    def as_dict(self) -> dict[str, Any]:
        """Return the account as JSON can hold it."""
        return {
            "publisher": self.publisher,
            "exit": self.exit.name.lower(),
            "exit_code": int(self.exit),
            "seconds": round(self.seconds, 3),
            "counts": dict(self.counts),
            "skipped": dict(self.skipped),
            "last_failure": self.last_failure,
            "last_hidden": self.last_hidden,
            "advice": self.advice,
            "waiting": [
                {"urls": some.urls, "until": some.until.isoformat(), "reason": some.reason}
                for some in self.waiting
            ],
            "error": None if self.error is None else described(self.error),
        }

    def sentence(self) -> str:
        """Return the account as a few lines for people."""
        number = self.counts.get("exchanges", 0)
        rate = number / self.seconds if self.seconds else 0.0
        megabytes = self.counts.get("bytes", 0) / 1e6
        kinds = [
            f"{self.counts[outcome]} {words}"
            for outcome, words in _WORDS.items()
            if self.counts.get(outcome)
        ]
        lines = [
            f"{self.publisher}: {_ENDINGS[self.exit]} in {self.seconds:.1f} s",
            f"  {number} exchanges ({rate:.1f} a second), {megabytes:.1f} MB received",
            f"  {', '.join(kinds) or 'nothing was due'}",
            f"  {self.counts.get('articles', 0)} articles new or changed",
        ]
        notes = {
            "disallowed": "URLs that robots.txt forbids",
            "recovered": "captures taken in that an earlier crawl had not got into the database",
            "failed_exchanges": "requests that failed; their URLs are tried again next time",
        }
        if reasons := [
            f"{self.counts[f'due_{reason}']} {words}"
            for reason, words in _REASONS.items()
            if self.counts.get(f"due_{reason}")
        ]:
            lines.insert(2, f"  due: {', '.join(reasons)}")
        lines += [
            f"  {self.counts[key]} {words}" for key, words in notes.items() if self.counts.get(key)
        ]
        if self.last_hidden is not None:
            last = printable(self.last_hidden, one_line=True)
            lines.append(f"  the last that is not shown was {last}")
        if self.skipped:
            lines.append(f"  skipped: {printable(skipped_text(self.skipped), one_line=True)}")
        if self.last_failure is not None:
            last = printable(self.last_failure, one_line=True)
            lines.append(f"  the last that failed was {last}")
        lines += [f"  {printable(_described(some), one_line=True)}" for some in self.waiting]
        if self.advice is not None:
            lines.append(f"  {printable(self.advice, one_line=True)}")
        return "\n".join(lines)

    def troubles(self) -> list[str]:
        """Return the problems of the crawl, a line each.

        A spent budget is no problem, since the operator set it.
        """
        if self.error is not None:
            return [described(self.error)]
        lines = [f"{self.publisher}: {problem}" for problem in self.problems]
        failed = self.counts.get("failed_exchanges", 0)
        last = printable(self.last_failure or "", one_line=True)
        last = f"; the last was {last}" if last else ""
        if self.advice is not None:
            lines.append(f"{self.publisher}: {printable(self.advice, one_line=True)}")
        elif self.exit is Exit.DEAD:
            lines.append(f"{self.publisher}: nothing answered{last}")
        elif failed:
            lines.append(f"{self.publisher}: requests that failed: {failed}{last}")
        is_all = not self.counts.get("exchanges", 0) or self.counts.get("robots_unreachable", 0)
        if self.is_news and is_all and self.exit is not Exit.DEAD:
            lines += [f"{self.publisher}: {_described(some)}" for some in self.waiting]
        if errors := self.counts.get("spider_errors", 0):
            lines.append(f"{self.publisher}: errors in the spider: {errors}; {DEFECT}")
        if self.exit is Exit.INTERRUPTED:
            lines.append(f"{self.publisher}: interrupted, everything kept")
        return lines


def _described(some: Waiting) -> str:
    urls = "1 URL waits" if some.urls == 1 else f"{some.urls} URLs wait"
    return (
        f"{urls} until {some.until:%Y-%m-%d %H:%M:%S} UTC"
        f" (a crawl by name asks at once): {some.reason}"
    )


_REASONS = {
    Reason.NEW: "new",
    Reason.SOURCE: "sources",
    Reason.AGE: "by age",
    Reason.LASTMOD: "by a sitemap's date",
    Reason.FEED: "by a feed's date",
    Reason.VANISHED: "vanished from a sitemap",
    Reason.REFRESH: "refreshed",
    Reason.PROBE: "as tests of what is held back",
    Reason.RETRY: "tried again",
}
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
    Outcome.HIDDEN: "archived and not shown",
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
    Exit.LIMIT: "ended by its limit, with more due,",
    Exit.UNFORESEEN: "ended by an error that nobody foresaw",
}


def run_crawls(home: Path, jobs: list[CrawlJob], options: Mapping[str, Any]) -> list[Account]:
    """Run *jobs* one after the other and return their accounts; a signal ends all of them.

    *options* are those of the commands: ``contact``, ``allow_address``, ``connect_to``, ``budget``
    and ``minutes`` (of each crawl), ``since`` (ISO 8601), ``refresh``, ``due``, ``verbose``,
    ``progress``, ``quiet``.
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

    def done(job: CrawlJob, crawler: Crawler, began: datetime, ended: asyncio.Future[None]) -> None:
        account = _account(job, crawler, ended)
        account.seconds = (datetime.now(UTC) - began).total_seconds()
        accounts.append(account)
        if waiting and account.exit is not Exit.INTERRUPTED:
            start()

    if waiting:
        start()
        process.start()
    return accounts


def _settings(home: Path, options: Mapping[str, Any]) -> Settings:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    values = {
        "PRESSMARK_HOME": str(home),
        "PRESSMARK_CONTACT": options.get("contact"),
        BUDGET: options.get("budget"),
        MINUTES: options.get("minutes"),
        SINCE: options.get("since"),
        REFRESH: options.get("refresh", False),
        DUE: options.get("due", False),
        "PRESSMARK_PROGRESS": options.get("progress", True),
        ALLOW_ADDRESS: list(options.get("allow_address") or ()),
        CONNECT_TO: list(options.get("connect_to") or ()),
        "LOG_LEVEL": "INFO" if options.get("verbose") else _QUIETLY[bool(options.get("quiet"))],
    }
    settings.setdict(values, priority="cmdline")
    return settings


_QUIETLY = {False: "ERROR", True: "CRITICAL"}
"""The account of a quiet crawl contains its errors, so they are not logged as well."""


def _account(job: CrawlJob, crawler: Crawler, ended: asyncio.Future[None]) -> Account:
    error = None if ended.cancelled() else ended.exception()
    if error is not None:
        note_defect(error)
        return Account(job.profile.name, exit_for(error), error=error)
    run = crawler.get_extension(Run)
    assert run is not None, "the process's settings name the extension"
    how = Exit.UNFORESEEN if run.exit is None else run.exit  # DONE is 0
    account = Account(job.profile.name, how, counts=dict(run.counts))
    account.error, account.problems = run.error, tuple(run.tally.problems)
    account.last_failure, account.last_hidden = run.tally.last_failure, run.tally.last_hidden
    account.waiting, account.skipped = run.at_end.waiting, run.at_end.skipped
    account.advice = run.at_end.advice
    return account
