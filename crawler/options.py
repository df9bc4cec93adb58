"""The options of one crawl, as Scrapy settings, which `pressmark crawl` and scrapyd set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf

from scrapy.settings import BaseSettings

from archive.errors import UsageError
from archive.profile import Profile
from archive.urls import host_of
from crawler.demo.publisher import DEMO_HOST

CLOCK = "PRESSMARK_CLOCK"
"""The time at which a crawl of the demo publisher starts (ISO 8601 with offset), since the days of
that publisher pass faster. The clock of other publishers cannot be moved."""
BUDGET = "PRESSMARK_BUDGET"
"""How many requests the crawl may make; unlimited when not set."""
MINUTES = "PRESSMARK_MINUTES"
"""How many minutes the crawl may send requests; unlimited when not set."""
SINCE = "PRESSMARK_SINCE"
"""Fetch pages that sources date at or after this time (ISO 8601 with offset); see
``docs/crawling.md``."""
REFRESH = "PRESSMARK_REFRESH"
"""Whether every known URL is due."""
DUE = "PRESSMARK_DUE"
"""Whether sources wait until they are due, too, as in ``pressmark crawl --due``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The values of the settings above. The crawl's clock is *clock* ahead of the machine's."""

    clock: timedelta
    budget: int | None
    minutes: float | None
    since: datetime | None
    refresh: bool
    as_scheduled: bool


def read_options(settings: BaseSettings, profile: Profile) -> Options:
    """Return the options of a crawl of *profile*; ``UsageError`` for an invalid value."""
    clock = _instant(settings, CLOCK)
    if clock is not None and host_of(profile.home) != DEMO_HOST:
        raise UsageError(f"{CLOCK} moves the clock of the demo publisher only")
    return Options(
        clock=timedelta(0) if clock is None else clock - datetime.now(UTC),
        budget=_number(settings, BUDGET),
        minutes=_minutes(settings),
        since=_instant(settings, SINCE),
        refresh=_flag(settings, REFRESH),
        as_scheduled=_flag(settings, DUE),
    )


def _instant(settings: BaseSettings, name: str) -> datetime | None:
    text = settings.get(name)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UsageError(f"{name} is {text!r}; expected an instant, as in 2026-11-01T00:00:00Z")
    return moment


def _number(settings: BaseSettings, name: str) -> int | None:
    text = settings.get(name)
    if text in {None, ""}:
        return None
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise UsageError(f"{name} is {text!r}; expected a number of requests, as in 500")
    return number


def _minutes(settings: BaseSettings) -> float | None:
    text = settings.get(MINUTES)
    if text in {None, ""}:
        return None
    try:
        minutes = float(text)
    except ValueError:
        minutes = 0.0
    if not 0 < minutes < inf:
        raise UsageError(f"{MINUTES} is {text!r}; expected a number of minutes, as in 30")
    return minutes


def _flag(settings: BaseSettings, name: str) -> bool:
    text = settings.get(name)
    if text in {None, ""}:
        return False
    try:
        return settings.getbool(name)
    except ValueError:
        raise UsageError(f"{name} is {text!r}; expected 1 or 0") from None
