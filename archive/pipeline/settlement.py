"""Settle some addresses: from their captures, as the database has them, to their articles.

Two extractions are compared only if one extractor made them; otherwise every better extractor would
invent edits. If another extractor read the earlier captures of an article, they are extracted again
first, and settling says which.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from sqlalchemy import Connection

from archive.model import Component
from archive.pipeline.extraction_jobs import Readings, extract_all, made_by
from archive.pipeline.extraction_pool import Workers
from archive.pipeline.futures import result_of
from archive.pipeline.templates import Templates
from archive.profile import Profile
from archive.scope import why_url_hidden
from archive.settle.identity import components
from archive.settle.stamp import SETTLING
from archive.settle.versions import history_of
from archive.sql.articles import boilerplate
from archive.sql.articles import store as articles
from archive.sql.articles.neighbourhood import Neighbourhood, neighbourhood
from archive.sql.captures import rereading
from archive.sql.captures.store import Ingestible
from archive.sql.captures.visibility import Stamp
from archive.sql.chunks import chunks
from archive.sql.database import is_of_the_data

ANEW_AT_ONCE = 64
"""Captures extracted again at once, so that their texts do not fill the memory."""
SETTLED_AT_ONCE = 200
"""Most URLs settled in one transaction."""
FIRST_AT_ONCE, FEWEST_AT_ONCE = 100, 20
ROUND_SECONDS = 0.4
"""How much CPU such a transaction takes, about: it holds the write lock. An article with all its
versions takes from 1 to 10 ms."""

VersionCounts = Mapping[tuple[str, int], int]
"""How many versions articles have, by canonical URL and ordinal."""


def stamp_of(profile: Profile) -> Stamp:
    """Return the stamp of articles of *profile* that are settled now: code and rules."""
    hosts = tuple(sorted(profile.all_hosts))
    return Stamp(code=SETTLING, hosts=hosts, exclude=profile.exclude)


@dataclass(frozen=True, slots=True)
class Settling:
    """The articles of some addresses before and after a settlement, for a count of changes."""

    publisher: str
    before: VersionCounts
    after: VersionCounts


OnSettled = Callable[[Settling], None]


def settle(
    connection: Connection,
    owner: int,
    profile: Profile,
    urls: Sequence[str],
    tried: Collection[str] = (),
    on_settled: OnSettled | None = None,
) -> set[str]:
    """Settle the articles that *urls* belong to, unless something has to be extracted first.

    Returns the record ids of the captures that have to be extracted; then nothing was settled.
    *tried* are records that were extracted again without success. *on_settled* is called with the
    articles before and after.
    """

    def is_shown(url: str) -> bool:
        return why_url_hidden(url, profile) is None

    around = neighbourhood(connection, owner, urls, is_shown)
    found = components(around.sightings, around.readings, around.links, is_shown)
    lacking = out_of_date(around, found, made_by(profile)) - {*tried}
    if lacking:
        return lacking
    rules = boilerplate.rules(connection, owner)
    histories = [(component, history_of(component, rules)) for component in found]
    before = articles.standing(connection, owner, around.urls) if on_settled else {}
    articles.replace_articles(connection, owner, around.urls, histories)
    articles.note_settled(connection, owner, urls)
    if on_settled is not None:
        after = {
            (component.canonical.url, component.canonical.ordinal): len(history.spans)
            for component, history in histories
        }
        on_settled(Settling(profile.name, before, after))
    return set()


def out_of_date(
    around: Neighbourhood, found: Sequence[Component], current: tuple[str, str]
) -> set[str]:
    """Return the records to extract again before the articles *found* can be compared.

    These are the records that another extractor than *current* read, at the addresses of an article
    that *current* read a capture of. If one extractor read all captures of an article, they are
    compared as they are. A record that was read with another template is always among them.
    """
    records: dict[str, set[str]] = defaultdict(set)
    read: dict[str, set[str]] = defaultdict(set)
    shown_by = {}
    for sighting in around.sightings:
        records[sighting.url].add(sighting.shown_by)
        shown_by[sighting.record_id] = sighting.shown_by
    for reading in around.readings:
        read[reading.url].add(shown_by[reading.record_id])
    lacking: set[str] = set()
    for component in found:
        # By URL, not by address: the readings of two extractors may look like two stories.
        urls = {address.url for address in component.roles}
        makers = {around.made_by[record] for url in urls for record in read[url]}
        # A capture that another extractor did not read as an article counts too: it may be one now.
        if current in makers:
            here = {record for url in urls for record in records[url]}
            lacking |= {record for record in here if around.made_by[record] != current}
    # What another template read is read again, whatever else there is.
    return lacking | {record for record in around.unread if around.made_by[record] == current}


class SettlingRound:
    """Addresses that are settled together: all that are asked for until the writer takes them."""

    def __init__(self, urls: Iterable[str] = ()) -> None:
        self._urls = dict.fromkeys(urls)
        self._is_taken = False
        self._lock = threading.Lock()

    def add(self, urls: Sequence[str]) -> bool:
        """Add *urls*; return False if the round is full or taken, and stays as it is."""
        with self._lock:
            if self._is_taken or len(self._urls) + len(urls) > SETTLED_AT_ONCE:
                return False
            self._urls.update(dict.fromkeys(urls))
            return True

    def take(self) -> list[str]:
        """Return the addresses, after which none is added; the same ones each time."""
        with self._lock:
            self._is_taken = True
            return list(self._urls)


class RoundSize:
    """How many URLs to settle in one transaction, by what the transaction before has taken."""

    def __init__(self) -> None:
        self.number = FIRST_AT_ONCE
        self._begun, self._taken = 0.0, 0

    def now(self, clock: float) -> int:
        """Return the number for a round that begins now; *clock* is the CPU of the writer, in s."""
        if self._taken:
            seconds = max(clock - self._begun, 0.001) / self._taken
            self.number = max(min(int(ROUND_SECONDS / seconds), SETTLED_AT_ONCE), FEWEST_AT_ONCE)
        self._begun = clock
        return self.number

    def taken(self, urls: list[str]) -> list[str]:
        """Note that the round has *urls*, and return them."""
        self._taken = len(urls)
        return urls


class DoOnWriter(Protocol):
    """Runs work on the writer thread, in a transaction; see ``Ingest.do``."""

    def __call__(self, work: Callable[[Connection], Any], *, urgent: bool = True) -> Future[Any]:
        """Return the result of *work*, to come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """Settles addresses of one publisher, once one extractor has read all that is compared there.

    *do* runs work on the writer thread. *owner* gives the publisher's id there. *replace* stores
    new extractions in place of old ones. *refuse* notes an article that cannot be settled.
    """

    do: DoOnWriter
    owner: Callable[[Connection], int]
    replace: Callable[[Sequence[Ingestible]], Future[Any]]
    workers: Workers
    profile: Profile
    templates: Templates
    on_settled: OnSettled | None
    refuse: Callable[[str, Exception], None]

    async def settle(self, settling: SettlingRound) -> None:
        """Settle the addresses of a round, and refuse what cannot be settled.

        Raises ``AbandonedError`` when the workers are ended before they are done.
        """
        tried: set[str] = set()
        while True:
            attempt = partial(self._attempt, settling, frozenset(tried))
            try:
                lacking = await result_of(self.do(attempt, urgent=False))
            except Exception as error:
                if not is_of_the_data(error):
                    raise
                await self._settle_apart(settling.take(), error)
                return
            if not lacking:
                return
            tried |= lacking
            for records in chunks(sorted(lacking), ANEW_AT_ONCE):
                await self._extract_again(records)

    def _attempt(
        self, settling: SettlingRound, tried: Collection[str], connection: Connection
    ) -> set[str]:
        owner, urls = self.owner(connection), settling.take()
        return settle(connection, owner, self.profile, urls, tried, self.on_settled)

    async def _extract_again(self, records: Sequence[str]) -> None:
        captures = await result_of(self.do(partial(rereading.captures_with, record_ids=records)))
        readings = Readings(self.workers)
        found = await result_of(extract_all(readings, captures, self.profile, self.templates))
        items = [item for item in found if isinstance(item, Ingestible)]
        await result_of(self.replace(items))

    async def _settle_apart(self, urls: Sequence[str], error: Exception) -> None:
        """Settle each half by itself, until only the article is left that cannot be settled.

        That one is no article, as in a rebuild, until another version of the program settles it.
        """
        if len(urls) > 1:
            middle = len(urls) // 2
            await self.settle(SettlingRound(urls[:middle]))
            await self.settle(SettlingRound(urls[middle:]))
            return
        (url,) = urls
        self.refuse(url, error)

        def remove(connection: Connection) -> None:
            articles.replace_articles(connection, self.owner(connection), [url], ())

        await result_of(self.do(remove))
