"""Plan the visits of the tour: three days of the demo's clock, without those in the archive.

A second tour on the same archive continues where the first one ended, and crawls nothing if the
first one was complete. A visit to an earlier day would show the archive a time that runs backwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, select

from archive.errors import UsageError
from archive.library import open_archive
from archive.locks import ARCHIVE, lock, of_publisher
from archive.sql.schema.state_tables import crawl
from archive.sql.schema.view_tables import capture, publisher
from crawler.demo.exact.exactness import day_of
from crawler.demo.exact.holdings import DEMO
from crawler.demo.publisher import Publisher
from crawler.exits import Exit

DAYS = (0, 16, 38)
"""The days were chosen by what they show. Day 16: a bigger site, edits, a corrected figure, a new
address, and all four ways to remove a story. Day 38: two of these stories are back, one of them
with another headline; an edit under a cache that gives wrong validators; other headings; stories
behind a paywall for this day only; and a story at an address that another story had. Between the
days the frame of the pages changes nine times."""
A_MOMENT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Visit:
    """A crawl to make on *day* of the demo's clock, beginning *at*."""

    day: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """The days of the complete visits in an archive, and the visits to make."""

    made: tuple[int, ...]
    left: tuple[Visit, ...]


def plan(home: Path, demo: Publisher) -> Plan:
    """Return the visits that the archive in *home* still lacks; it need not exist yet.

    An interrupted visit is made again; it only requests what is missing. Raises ``UsageError`` if
    the archive has captures of the demo from another day, because the comparison with the days of
    the tour would report them as errors. Raises ``LockedError`` while the archive is crawled or
    rebuilt.
    """
    if not (home / "warc").is_dir():
        return Plan((), tuple(Visit(day, demo.moment(day)) for day in DAYS))
    rebuilt = "it is being rebuilt or reprocessed; wait for that to end"
    crawled = "another crawl of the demo is running; wait for it, or end it"
    with (
        open_archive(home) as archive,
        lock(home, ARCHIVE, shared=True, busy=rebuilt),
        lock(home, of_publisher(DEMO), busy=crawled),
    ):
        archive.catch_up()
        moments, whole = archive.database.read(_visited)
    strange = [at for at in moments if day_of(at, demo) not in DAYS]
    if strange:
        raise UsageError(
            f"{home}: holds captures of the demo of {strange[0]:%Y-%m-%d}, which no demo tour"
            " made; give the tour a folder of its own with --home, or remove this one"
        )
    made = {day_of(at, demo) for at in moments}
    last = max(made, default=-1)
    left = [Visit(day, demo.moment(day)) for day in DAYS if day > last]
    if made and last not in {day_of(at, demo) for at in whole}:
        made.remove(last)
        left.insert(0, Visit(last, max(moments) + A_MOMENT))
    return Plan(tuple(sorted(made)), tuple(left))


def _visited(connection: Connection) -> tuple[list[datetime], list[datetime]]:
    """Return when the demo was captured, and when its complete crawls began."""
    captured = select(capture.c.fetched_at).join(publisher).where(publisher.c.name == DEMO)
    ended = (
        select(crawl.c.started_at)
        .join(publisher)
        .where(publisher.c.name == DEMO, crawl.c.exit_state == Exit.DONE.name.lower())
    )
    return list(connection.execute(captured).scalars()), list(connection.execute(ended).scalars())
