"""The spine: archived records become rows. A crawl, a rebuild and a reprocess all call it.

A record is submitted when it is in a WARC file. A worker extracts it. One writer thread stores all
that has gathered in one transaction: captures, extractions, the URLs that they name, and that their
own URLs are done. So a kill at any moment loses nothing: the next start takes in the records that
the database lacks. The WARC files are synced before each commit, so no row exists before its bytes.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from time import monotonic, thread_time
from typing import Any, TypeVar

from sqlalchemy import Connection

from archive.crawl_traps.session_parameters import Visits
from archive.errors import AbandonedError, described
from archive.model import Candidate, Capture
from archive.pipeline.extraction_jobs import Readings, extracted, made_by
from archive.pipeline.extraction_pool import Workers
from archive.pipeline.frontier_updates import entry_of
from archive.pipeline.futures import result_of, run
from archive.pipeline.settlement import OnSettled, RoundSize, Settlement, SettlingRound
from archive.pipeline.storing import CaptureRow, Ingested, Storing, WriterJob, as_told
from archive.pipeline.templates import Templates
from archive.profile import Profile
from archive.sql.articles import boilerplate
from archive.sql.articles import store as articles
from archive.sql.captures import store, visibility, warc_files
from archive.sql.captures.earlier_readings import EarlierReading, earlier_readings
from archive.sql.captures.replace import Replaced
from archive.sql.captures.store import Ingestible
from archive.sql.captures.visibility import StoredCapture
from archive.sql.chunks import chunks
from archive.sql.database import Database
from archive.sql.frontier import store as frontier

logger = logging.getLogger(__name__)

_T = TypeVar("_T")

MOST_IN_A_COMMIT = 200
GATHER_SECONDS = 0.25
"""How long a commit waits for the captures in the workers, since its cost is mostly its own."""
TOUCHED_AT_ONCE = 5_000
"""URLs noted as unsettled in one transaction, so that others do not wait long for the lock."""


class Ingest:
    """Turns archived records into rows; one writer thread, any number of callers.

    *sync* makes durable what has been appended to WARC files so far; it runs before each commit.
    """

    def __init__(
        self,
        database: Database,
        workers: Workers,
        sync: Callable[[], None] = lambda: None,
    ) -> None:
        self.sync = sync
        self.on_settled: OnSettled | None = None
        """Called on the writer thread after each settlement; called twice when a commit is retried.
        """
        self._database, self.readings = database, Readings(workers)
        self._queue: queue.SimpleQueue[CaptureRow | WriterJob[Any] | None] = queue.SimpleQueue()
        self._changed = threading.Condition()
        self._waiting = self._settling = self._failed = 0
        self._rounds: dict[str, tuple[SettlingRound, Future[None]]] = {}
        self._abandoned = False
        self._storing = Storing(database)
        self.templates = Templates(database, self.do, self.publisher_id)
        self._refused: dict[tuple[str, str], str] = {}
        self._unreported: list[str] = []
        self._writer = threading.Thread(target=self._run, name="ingest-writer", daemon=True)
        self._writer.start()

    @property
    def visits(self) -> Visits:
        """What names a visit in URLs of the publisher whose captures were stored last."""
        return self._storing.visits

    @property
    def holds(self) -> int:
        """How many commits had a pattern hold back URLs that it did not hold back before."""
        return self._storing.holds

    @property
    def waiting(self) -> int:
        """How many submitted captures are not committed yet."""
        return self._waiting

    def submit(
        self, capture: Capture, profile: Profile, earlier: EarlierReading | None = None
    ) -> Future[Ingested]:
        """Take in a capture that is in its WARC file; the future resolves when it is committed.

        *earlier* is what was read in an equal payload of its URL before.
        """
        with self._changed:
            self._waiting += 1
        result = run(self._take_in(capture, profile, earlier))
        result.add_done_callback(self._done)
        return result

    def submit_all(self, captures: Sequence[Capture], profile: Profile) -> list[Future[Ingested]]:
        """Take in captures that may show again what earlier ones showed, of which one is read.

        A crawl's own captures do not: what it fetches again unchanged is recorded as a revisit.
        """
        known = partial(earlier_readings, name=profile.name, captures=captures)
        earlier = self._database.read(partial(known, made_by=made_by(profile)))
        return [self.submit(item, profile, earlier.get(item.warc_record_id)) for item in captures]

    async def _take_in(
        self, capture: Capture, profile: Profile, earlier: EarlierReading | None
    ) -> Ingested:
        template = await self.templates.of(profile)
        try:
            item = await extracted(self.readings, capture, profile, template, earlier)
            self._queue.put(row := CaptureRow(profile, item))
            return await result_of(row.future)
        finally:
            self.readings.forget(capture, profile)

    def drain(self) -> bool:
        """Wait for all captures and settlements; return whether all captures are committed."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting == self._settling == 0)
            return self._failed == 0

    def abandon(self) -> None:
        """Give up what is not done: pages in the workers at once, settling after its batch.

        Their futures raise ``AbandonedError``. What has been extracted is still committed. The next
        start takes in the rest from the WARC files.
        """
        self._abandoned = True
        self.readings.workers.close(kill=True)

    def do(self, work: Callable[[Connection], _T], *, urgent: bool = True) -> Future[_T]:
        """Run *work* in the writer's next transaction; the future is resolved when it is committed.

        *work* may run twice, and then finds in the database what it did the first time. What is not
        *urgent* waits for captures that are in the workers.
        """
        self._queue.put(job := WriterJob(work, urgent))
        return job.future

    def replace(
        self, profile: Profile, items: Sequence[Ingestible], *, in_order: bool
    ) -> Future[list[Replaced]]:
        """Replace the extractions of captures by new ones; see ``sql.captures.replace``.

        The URLs that they name are added to the frontier. The articles that they change are noted
        as unsettled.
        """
        replacing = self._storing.replace
        return self.do(partial(replacing, profile=profile, items=items, in_order=in_order))

    def hide(
        self,
        profile: Profile,
        found: Sequence[tuple[StoredCapture, str]],
        drop: Collection[int] = (),
    ) -> Future[None]:
        """Hide stored captures, each for its reason, and delete those with the row ids *drop*."""

        def work(connection: Connection) -> None:
            visibility.hide(connection, self.publisher_id(connection, profile), found)
            visibility.delete_hidden(connection, drop)
            self._storing.forget()  # links that are known to be stored may be gone

        return self.do(work)

    def show(self, profile: Profile, items: Sequence[Ingestible]) -> Future[None]:
        """Show captures that were hidden, by what was extracted from them just now.

        The URLs that they name are added to the frontier.
        """
        return self.do(partial(self._storing.show, profile=profile, items=items))

    def settle(self, profile: Profile, urls: Sequence[str]) -> Future[None]:
        """Settle the articles that *urls* belong to, with those of other calls in the meantime.

        Earlier captures that another extractor read are extracted again first. If ``abandon`` is
        called before the end, the articles stay as they are, and the next crawl settles them.
        """
        with self._changed:
            known = self._rounds.get(profile.name)
            if known is not None and known[0].add(urls):
                return known[1]
            new = SettlingRound(urls)
            settled = run(_unless_abandoned(self._settle(profile, new)))
            self._rounds[profile.name] = new, settled
            return settled

    def _settle(self, profile: Profile, settling: SettlingRound) -> Future[None]:
        with self._changed:
            self._settling += 1
        settlement = Settlement(
            do=self.do,
            owner=lambda connection: self.publisher_id(connection, profile),
            replace=partial(self.replace, profile, in_order=False),
            workers=self.readings.workers,
            profile=profile,
            templates=self.templates,
            on_settled=self.on_settled,
            refuse=partial(self._refuse, profile),
        )
        settled = run(settlement.settle(settling))
        settled.add_done_callback(self._has_settled)
        return settled

    def settle_all(
        self,
        profile: Profile,
        seconds: float | None = None,
        report: Callable[[int], None] = lambda _: None,
        *,
        learning: bool = True,
    ) -> int:
        """Settle all unsettled captures of the publisher; return the number of URLs.

        Before that, with *learning*, its template is learned again, and what that concerns is read
        again. Afterwards its boilerplate is learned again, and the articles that changed rules
        concern are settled. The rest is left for the next crawl after *seconds*. *report* is called
        with the number of URLs that each transaction settled. Raises ``AbandonedError`` after
        ``abandon``.
        """
        ends_at = None if seconds is None else monotonic() + seconds
        if ends_at is None and learning:
            self.templates.learn(profile)
        total = self._settle_until(profile, ends_at, report)
        if ends_at is None or monotonic() < ends_at:
            self._learn(profile)
            total += self._settle_until(profile, ends_at, report)
        return total

    def _settle_until(
        self, profile: Profile, ends_at: float | None, report: Callable[[int], None]
    ) -> int:
        total, size = 0, RoundSize()
        while True:
            if self._abandoned and ends_at is None:
                raise AbandonedError("settling was given up, since the process is ending")
            if ends_at is not None and monotonic() > ends_at:
                return total
            urls = self.do(partial(self._touched, profile, size)).result()
            try:
                self._settle(profile, SettlingRound(urls)).result()
            except AbandonedError:
                if ends_at is None:
                    raise
                return total
            total += len(urls)
            report(len(urls))
            if len(urls) < size.number:
                return total

    def refusals(self) -> list[str]:
        """Return what could not be settled since the last call, a sentence for each article.

        Each process tries to settle these articles once.
        """
        found, self._unreported = self._unreported, []
        return found

    def publisher_id(self, connection: Connection, profile: Profile) -> int:
        """Return the id of the publisher's row, bringing it up to date once in this process."""
        return self._storing.known.publisher_id(connection, profile)

    def add(
        self, profile: Profile, candidates: Iterable[Candidate], depth: int = 0
    ) -> Future[None]:
        """Add URLs to the publisher's frontier; those out of scope are skipped, with the reason."""
        entries = [entry_of(candidate, profile, depth) for candidate in candidates]

        def work(connection: Connection) -> None:
            frontier.add(connection, self.publisher_id(connection, profile), entries)

        return self.do(work)

    def forget(self, gone: Collection[str]) -> Future[None]:
        """Forget the WARC files *gone* and their rows; see ``sql.captures.warc_files.forget``."""

        def work(connection: Connection) -> None:
            warc_files.forget(connection, gone)
            self._storing.forget()

        return self.do(work)

    def close(self) -> None:
        """Commit what has gathered and end the writer; pages in the workers are not stored."""
        self._queue.put(None)
        self._writer.join()

    # --- the writer thread ------------------------------------------------------------------------

    def _run(self) -> None:
        ended = False
        while not ended:
            batch, ended = self._gathered()
            self._commit(batch)

    def _gathered(self) -> tuple[list[CaptureRow | WriterJob[Any]], bool]:
        """Wait for what is to be committed together; return it, and whether it is the last."""
        batch: list[CaptureRow | WriterJob[Any]] = []
        ends_at: float | None = None
        while len(batch) < MOST_IN_A_COMMIT:
            try:
                item = self._queue.get(timeout=self._seconds_to_wait(batch, ends_at))
            except queue.Empty:
                break
            if item is None:
                return batch, True
            batch.append(item)
            ends_at = ends_at or monotonic() + GATHER_SECONDS
        return batch, False

    def _seconds_to_wait(
        self, batch: list[CaptureRow | WriterJob[Any]], ends_at: float | None
    ) -> float | None:
        """Return how long to wait for more than *batch*; None for as long as it takes."""
        if ends_at is None:
            return None
        jobs = [item for item in batch if isinstance(item, WriterJob)]
        is_all = self._waiting <= len(batch) - len(jobs) or any(job.is_urgent for job in jobs)
        return 0.0 if is_all else max(ends_at - monotonic(), 0.0)

    def _commit(self, batch: list[CaptureRow | WriterJob[Any]]) -> None:
        """Store *batch*, again and again while the database's server is away.

        All work is idempotent, since a commit may have been made although its answer was lost.
        """
        began = monotonic()
        while batch:
            try:
                self.sync()
                results = self._storing.store(batch)
            except BaseException as raised:  # noqa: BLE001 - every caller of the batch gets it
                self._storing.forget()
                if self._database.comes_back(raised, began):
                    continue
                error = as_told(raised)
                for item in batch:
                    item.future.set_exception(error)
                return
            for each in results:
                each.resolve()
            return

    def _touched(self, profile: Profile, size: RoundSize, connection: Connection) -> list[str]:
        owner = self.publisher_id(connection, profile)
        refused = {url for name, url in self._refused if name == profile.name}
        most = size.now(thread_time())
        found = articles.touched(connection, owner, most + len(refused))
        return size.taken([url for url in found if url not in refused][:most])

    def _learn(self, profile: Profile) -> None:
        """Learn the boilerplate again: what changes is found without the write lock.

        A run that is killed before the rules are stored begins again, and notes the same URLs.
        """
        owner = self.do(lambda connection: self.publisher_id(connection, profile)).result()
        changes = self._database.read(partial(boilerplate.learn_rules, owner=owner))
        for some in chunks(changes.urls, TOUCHED_AT_ONCE):
            self.do(partial(store.touch, owner=owner, urls={*some})).result()
        self.do(partial(boilerplate.store_rules, changes=changes)).result()

    def _refuse(self, profile: Profile, url: str, error: Exception) -> None:
        """Note that the article at *url* cannot be settled; the others are settled all the same."""
        sentence = f"{url}: its article cannot be settled ({described(error)})"
        if (profile.name, url) not in self._refused:
            self._unreported.append(sentence)
        self._refused[profile.name, url] = sentence
        logger.info("%s", sentence, exc_info=error)

    def _has_settled(self, _: Future[None]) -> None:
        with self._changed:
            self._settling -= 1
            self._changed.notify_all()

    def _done(self, future: Future[Ingested]) -> None:
        with self._changed:
            self._waiting -= 1
            self._failed += future.cancelled() or future.exception() is not None
            self._changed.notify_all()


async def _unless_abandoned(settled: Future[None]) -> None:
    with suppress(AbandonedError):
        await result_of(settled)
