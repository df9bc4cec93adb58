"""Settle some addresses: from their captures, as they stand in the database, to their articles.

Two extractions are compared only if one extractor made them, or every better one would invent
edits. Where a new capture was read by another than the earlier captures of its article, these have
to be extracted again first, and settling says which.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection

from archive.model import Capture, Component
from archive.pipeline.extraction_jobs import Unread, extract_all, made_by
from archive.pipeline.extraction_pool import Workers
from archive.profile import Profile
from archive.scope import why_url_hidden
from archive.settle.identity import believable, components, hubs
from archive.settle.stamp import SETTLING
from archive.settle.translations import group_names, reciprocal
from archive.settle.versions import history_of
from archive.sql.articles import boilerplate
from archive.sql.articles import store as articles
from archive.sql.articles.store import Neighbourhood
from archive.sql.articles.translations import Grouping
from archive.sql.captures import replace as replacing
from archive.sql.captures.store import Ingestible
from archive.sql.captures.visibility import Stamp
from archive.sql.database import is_of_the_data

_T = TypeVar("_T")

TRANSLATIONS = Grouping(reciprocal, group_names)
ANEW_AT_ONCE = 64
"""Captures extracted again at once, so that their texts do not fill the memory."""

VersionCounts = Mapping[tuple[str, int], int]
"""How many versions articles have, by canonical URL and ordinal."""


def stamp_of(profile: Profile) -> Stamp:
    """Return under what the articles of *profile* are settled now."""
    hosts = tuple(sorted(profile.all_hosts))
    return Stamp(code=SETTLING, hosts=hosts, exclude=profile.exclude)


@dataclass(frozen=True, slots=True)
class Settling:
    """What settling some addresses made of their articles, for who counts what comes and goes."""

    publisher: str
    before: VersionCounts
    after: VersionCounts


Watch = Callable[[Settling], None]


def settle(
    connection: Connection,
    owner: int,
    profile: Profile,
    urls: Sequence[str],
    tried: Collection[str] = (),
    watch: Watch | None = None,
) -> set[str]:
    """Settle the articles that *urls* belong to, unless something has to be extracted first.

    Returns the record ids of the captures that have to be: then nothing was settled. *tried* are
    those of which that was in vain. *watch* is told what became of the articles.
    """

    def is_shown(url: str) -> bool:
        return why_url_hidden(url, profile) is None

    believed = partial(believable, is_shown=is_shown)
    around = articles.neighbourhood(connection, owner, urls, hubs, believed)
    found = components(around.sightings, around.readings, around.links, is_shown)
    lacking = out_of_date(around, found, made_by(profile)) - {*tried}
    if lacking:
        return lacking
    rules = boilerplate.rules(connection, owner)
    histories = [(component, history_of(component, rules)) for component in found]
    before = articles.standing(connection, owner, around.urls) if watch else {}
    articles.replace_articles(connection, owner, around.urls, histories, TRANSLATIONS)
    articles.note_settled(connection, owner, urls)
    if watch is not None:
        after = {
            (component.canonical.url, component.canonical.ordinal): len(told.spans)
            for component, told in histories
        }
        watch(Settling(profile.name, before, after))
    return set()


def out_of_date(
    around: Neighbourhood, found: Sequence[Component], current: tuple[str, str]
) -> set[str]:
    """Return the records to extract again before the articles *found* can be compared.

    Those of another extractor than *current*, at the addresses of an article of which *current*
    read a capture as well. Where one extractor read all of them, they compare as they are.
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
        # By URL and not by address: the readings of two extractors may look like two stories.
        urls = {address.url for address in component.roles}
        makers = {around.made_by[record] for url in urls for record in read[url]}
        # What another extractor took for no article counts too: it may have been a story before.
        if current in makers:
            here = {record for url in urls for record in records[url]}
            lacking |= {record for record in here if around.made_by[record] != current}
    return lacking


@dataclass(slots=True, kw_only=True)
class Settlement:
    """Settles some addresses, once one extractor has read all that is compared there.

    *do* runs work in the writer's thread, *owner* gives the publisher's id there, *replace* puts
    new extractions in the place of old ones; all of it goes on from one future to the next, so that
    no thread waits for a worker.
    """

    do: Callable[[Callable[[Connection], Any]], Future[Any]]
    owner: Callable[[Connection], int]
    replace: Callable[[Sequence[Ingestible]], Future[Any]]
    workers: Workers
    profile: Profile
    urls: Sequence[str]
    watch: Watch | None
    refuse: Callable[[str, Exception], None]
    _lacking: list[str] = field(default_factory=list)
    _tried: set[str] = field(default_factory=set)
    _result: Future[None] = field(default_factory=Future)

    def begin(self) -> Future[None]:
        """Return what comes when it is done. Raises ``AbandonedError`` if the workers are ended."""
        self._result.set_running_or_notify_cancel()
        self._attempt()
        return self._result

    def _attempt(self) -> None:
        def work(connection: Connection) -> set[str]:
            owner = self.owner(connection)
            return settle(connection, owner, self.profile, self.urls, self._tried, self.watch)

        self.do(work).add_done_callback(self._attempted)

    def _attempted(self, future: Future[set[str]]) -> None:
        error = future.exception()
        if isinstance(error, Exception) and is_of_the_data(error):
            self._take_apart(error)
        else:
            self._then(future, self._settled)

    def _take_apart(self, error: Exception) -> None:
        """Settle each half by itself, until only the article is left that cannot be settled.

        That one is none, as in a rebuild, and waits for a better program.
        """
        if len(self.urls) > 1:
            middle = len(self.urls) // 2
            first, second = self._part(self.urls[:middle]), self._part(self.urls[middle:])
            self._then(
                first.begin(),
                lambda _: self._then(second.begin(), lambda _: self._result.set_result(None)),
            )
            return
        (url,) = self.urls
        self.refuse(url, error)

        def work(connection: Connection) -> None:
            articles.replace_articles(connection, self.owner(connection), [url], (), TRANSLATIONS)

        self._then(self.do(work), lambda _: self._result.set_result(None))

    def _part(self, urls: Sequence[str]) -> Settlement:
        return Settlement(
            do=self.do,
            owner=self.owner,
            replace=self.replace,
            workers=self.workers,
            profile=self.profile,
            urls=urls,
            watch=self.watch,
            refuse=self.refuse,
        )

    def _settled(self, lacking: set[str]) -> None:
        if lacking:
            self._lacking = sorted(lacking)
            self._tried |= lacking
            self._go_on()
        else:
            self._result.set_result(None)

    def _go_on(self) -> None:
        if not self._lacking:
            self._attempt()
            return
        some, self._lacking = self._lacking[:ANEW_AT_ONCE], self._lacking[ANEW_AT_ONCE:]

        def work(connection: Connection) -> list[Capture]:
            return replacing.captures_with(connection, record_ids=some)

        self._then(self.do(work), self._extract)

    def _extract(self, found: list[Capture]) -> None:
        self._then(extract_all(self.workers, found, self.profile), self._replace)

    def _replace(self, found: list[Ingestible | Unread]) -> None:
        items = [item for item in found if isinstance(item, Ingestible)]
        self._then(self.replace(items), lambda _: self._go_on())

    def _then(self, future: Future[_T], step: Callable[[_T], None]) -> None:
        """Have *step* done with what comes; whoever awaits all of it gets what goes wrong."""

        def done(future: Future[_T]) -> None:
            try:
                step(future.result())
            except BaseException as error:  # noqa: BLE001 - as said above
                self._result.set_exception(error)

        future.add_done_callback(done)
