"""The costs of one archive: of a page, of questions to it, of learning, of a crawl's start."""

from __future__ import annotations

import logging
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from time import time
from typing import Any

from sqlalchemy import Connection, func, select

from archive.crawl_traps import pattern_yield
from archive.library import Archive
from archive.model import Candidate, Extraction, Via
from archive.pipeline.extraction_jobs import made_by
from archive.pipeline.frontier_updates import entry_of
from archive.pipeline.ingest import Ingest
from archive.queries import find_article, publisher_status, search_articles
from archive.queries.export_rows import ExportFilter, export_page, export_rows
from archive.queries.history import article_histories
from archive.queries.stories import stories_at
from archive.revisit import url_rows
from archive.revisit.url_updates import make_due_pending
from archive.sql.captures import templates
from archive.sql.frontier import store as frontier
from archive.sql.frontier.store import RESTING
from archive.sql.schema.view_tables import address
from archive.sql.types import inflated
from archive.template.learning import learn_template
from benchmarks.scaling.base import Prepared
from benchmarks.scaling.meter import Cost, Meter
from benchmarks.scaling.site import (
    BEGINNING,
    HOME,
    PROFILE,
    RARE_WORDS,
    YEARS,
    Site,
    Visit,
    mark_of,
    rare_word,
)

logger = logging.getLogger(__name__)

PAGES = 50
"""New pages that are captured one by one, and as many side by side."""
FRONTS = 3
ROWS = 1_000
NOW = BEGINNING + YEARS + timedelta(days=1)
_FAR = 10**10
"""An offset of no record of the copies."""
A_GROUP = 5
SHARES = {"rare": 0.0, "one in a hundred": 0.01, "one in three": 0.3}
"""Of how many articles the words of each group of searches are, at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """An open archive that is measured, with *copies* of the site of *pages*."""

    archive: Archive
    ingest: Ingest
    workers: Prepared
    meter: Meter
    pages: Sequence[Extraction]
    copies: int
    base: Path


def costs(subject: Subject) -> dict[str, Cost]:
    """Return the cost of each thing that is done to an archive, by name."""
    owner = subject.ingest.do(partial(subject.ingest.publisher_id, profile=PROFILE)).result()
    found: dict[str, Cost] = {}
    for part in (_questions, _searches, _frontier, _pages, _learning):
        for name, cost in part(subject, owner):
            logger.info("%s: %.3f s, CPU %.3f s", name, cost.wall, cost.cpu)
            found[name] = cost
    return found


def _pages(subject: Subject, _: int) -> Iterator[tuple[str, Cost]]:
    """Measure new pages, as the crawler takes them in, settles them and reads the articles."""
    site = Site(subject.pages)
    run = f"{time():.0f}"
    number = min(PAGES, len(subject.pages))

    def stories(kind: str) -> list[Visit]:
        at = datetime.now(UTC)
        return [site.story(n, f"{HOME}{run}/{kind}/{n}-story/", at) for n in range(number)]

    def take_in(visits: Sequence[Visit]) -> None:
        _submit(subject, visits)
        settled = [subject.ingest.settle(PROFILE, [visit.capture.url]) for visit in visits]
        for future, visit in zip(settled, visits, strict=True):
            future.result()
            with subject.archive.database.reading() as connection:
                find_article(connection, visit.capture.url)

    take_in(stories("first")[:5])  # statements are compiled
    alone, together = stories("alone"), stories("together")
    with subject.meter.measured() as cost:
        for visit in alone:
            take_in([visit])
    yield "page, alone", cost() / number
    with subject.meter.measured() as cost:
        take_in(together)
    yield "page, of many", cost() / number
    fronts = [site.front(datetime.now(UTC) + timedelta(seconds=n), 0) for n in range(FRONTS)]
    with subject.meter.measured() as cost:
        for visit in fronts:
            take_in([visit])
    yield "front page", cost() / FRONTS


def _submit(subject: Subject, visits: Sequence[Visit]) -> None:
    file = f"scale-{time():.6f}.warc.gz"
    placed = [
        replace(visit, capture=replace(visit.capture, warc_file=file, warc_offset=_FAR + number))
        for number, visit in enumerate(visits)
    ]
    subject.workers.prepare(placed)
    for future in [subject.ingest.submit(visit.capture, PROFILE) for visit in placed]:
        future.result()


def _questions(subject: Subject, owner: int) -> Iterator[tuple[str, Cost]]:
    """Measure what readers ask."""
    urls = _some_urls(subject, owner)
    looked_up = cycle(urls)
    told = cycle(urls)

    def history(connection: Connection) -> None:
        article_histories(connection, stories_at(connection, next(told)))

    yield "lookup", _read(subject, lambda c: find_article(c, next(looked_up)), len(urls))
    yield "history", _read(subject, history, len(urls))
    asked = partial(publisher_status, name=PROFILE.name, now=NOW)
    yield "status", _read(subject, asked, 3)
    stamped = partial(asked, made_by=made_by(PROFILE))
    yield "status, by extractor", _read(subject, stamped, 3)
    everything = ExportFilter()
    rows = partial(_first, lambda c: export_rows(c, everything))
    yield "export, first thousand", _read(subject, rows, 3)
    yield "export page", _read(subject, lambda c: export_page(c, everything, limit=ROWS), 3)
    half_way = ExportFilter(since=BEGINNING + YEARS / 2, before=BEGINNING + YEARS * 0.52)
    rows = partial(_first, lambda c: export_rows(c, half_way))
    yield "export, of a month", _read(subject, rows, 3)


def _first(rows: Callable[[Connection], Iterator[Any]], connection: Connection) -> None:
    deque(islice(rows(connection), ROWS), 0)


def _some_urls(subject: Subject, owner: int) -> list[str]:
    """Return twenty addresses of articles from all over the archive."""
    with subject.archive.database.reading() as connection:
        last = connection.scalar(select(func.max(address.c.id))) or 0
        first = select(address.c.url).where(address.c.publisher_id == owner)
        found = (
            connection.scalar(first.where(address.c.id >= last * n // 20).order_by(address.c.id))
            for n in range(20)
        )
        return [url for url in found if url is not None]


def _read(subject: Subject, work: Callable[[Connection], Any], repeats: int) -> Cost:
    def once() -> None:
        with subject.archive.database.reading() as connection:
            work(connection)

    once()
    return subject.meter.of(once, max(repeats - 1, 1))


def _searches(subject: Subject, _: int) -> Iterator[tuple[str, Cost]]:
    """Measure searches: the median of five words of each group, ranked and by date."""
    for newest in (False, True):
        for name, queries in _words(subject).items():
            asks = [partial(search_articles, query=query, newest=newest) for query in queries]
            found = [_read(subject, ask, 4) for ask in asks]
            middle = sorted(found, key=lambda cost: cost.wall)[len(found) // 2]
            yield f"{'newest' if newest else 'search'}, {name}", middle


def _words(subject: Subject) -> dict[str, list[str]]:
    """Return the words to search, by group: rare ones, and words of real texts by frequency."""
    copy = mark_of(subject.copies // 2)
    found = {"rare": [rare_word(n * (RARE_WORDS // A_GROUP), copy) for n in range(A_GROUP)]}
    counts: dict[str, int] = {}
    with sqlite3.connect(subject.base) as connection:
        texts = connection.execute("SELECT text FROM article_text").fetchall()
    for (text,) in texts:
        for word in {*inflated(text).split()}:
            counts[word] = counts.get(word, 0) + 1
    for name, share in SHARES.items():
        if share:
            least = share * len(texts)
            able = sorted((count, word) for word, count in counts.items() if count >= least)
            found[name] = [word for _, word in able[:A_GROUP]]
    return found


class _UndoneError(Exception):
    """Ends a transaction without a commit."""


def _frontier(subject: Subject, owner: int) -> Iterator[tuple[str, Cost]]:
    """Measure the due query, and what a crawl does before its first request."""
    later = BEGINNING - timedelta(days=1)
    yield "due", _read(subject, lambda c: url_rows.is_due(c, owner, later), 5)
    seeds = [entry_of(Candidate(url=HOME, via=Via.SEED), PROFILE, 0)]

    def start() -> None:
        subject.archive.catch_up(mine=PROFILE)
        with suppress(_UndoneError), subject.archive.database.writing() as connection:
            frontier.add(connection, owner, seeds)
            pattern_yield.release_patterns(connection, owner, PROFILE)
            make_due_pending(connection, owner, NOW, RESTING, at_once=True)
            frontier.pending(connection, owner, (), 32)
            raise _UndoneError

    yield "start of a crawl", subject.meter.of(start, 3)


def _learning(subject: Subject, owner: int) -> Iterator[tuple[str, Cost]]:
    """Measure what a crawl learns at its end."""
    database = subject.archive.database
    with subject.meter.measured() as cost:
        subject.ingest.settle_all(PROFILE, learning=False)
    yield "boilerplate", cost()
    with subject.meter.measured() as cost:
        learn_template(database.read(partial(templates.sampled_pages, owner=owner)))
    yield "template", cost()
