"""Store what the writer has gathered: all in one transaction, or each by itself when one fails.

A row that fails because of its own data becomes ``failed``, with a reason that is the same on every
engine and in a rebuild. An error of the disk, a lock or the connection fails the whole batch.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from archive.crawl_traps.session_parameters import Visits
from archive.errors import DatabaseError, StorageError, UnstorableError
from archive.model import Capture, Extraction, Outcome
from archive.pipeline.frontier_updates import EntryKey, add_named, update_frontier
from archive.pipeline.futures import uncancellable
from archive.pipeline.settlement import stamp_of
from archive.profile import Profile
from archive.revisit.scheduling import never_again
from archive.revisit.url_updates import fetched
from archive.scope import why_url_hidden
from archive.sql.captures import lookups, visibility
from archive.sql.captures import replace as replacing
from archive.sql.captures import store as captures
from archive.sql.captures.replace import Replaced
from archive.sql.captures.store import Ingestible
from archive.sql.database import Database, is_of_the_data, is_of_the_database

logger = logging.getLogger(__name__)

_T = TypeVar("_T")

UNSTORABLE = "what was read in it cannot be stored"
"""Reason of a capture whose extraction cannot be stored; the engine's own message is logged."""
MOST_REMEMBERED = 20_000
"""Links that are known to be stored and are not written again: about 10 MB."""


@dataclass(frozen=True, slots=True)
class Ingested:
    """A capture whose rows are committed, and what it turned out to be.

    *outcome* is that of the extraction; for a revisit, that of the capture that it refers to.
    """

    capture: Capture
    extraction: Extraction
    outcome: Outcome


@dataclass(slots=True)
class WriterJob(Generic[_T]):
    """Work for the writer thread: runs in a transaction, resolves when that is committed."""

    work: Callable[[Connection], _T]
    is_urgent: bool = True
    future: Future[_T] = field(default_factory=uncancellable)


@dataclass(slots=True)
class CaptureRow:
    """A capture to be stored, and the future that is resolved when it is committed."""

    profile: Profile
    item: Ingestible
    future: Future[Ingested] = field(default_factory=uncancellable)


@dataclass(frozen=True, slots=True)
class Settled:
    """The result of one item of a batch, or its own error."""

    future: Future[Any]
    result: Any = None
    error: Exception | None = None

    def resolve(self) -> None:
        """Resolve the future of the item."""
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


@dataclass(slots=True)
class KnownRows:
    """What this process knows to be in the database, so that it is not written again.

    Most links of a page are on every page of its site. All of this may be forgotten at any time.
    """

    publisher_ids: dict[str, int] = field(default_factory=dict)
    file_ids: dict[str, int] = field(default_factory=dict)
    linked: dict[tuple[int, str], datetime] = field(default_factory=dict)
    named: set[EntryKey] = field(default_factory=set)

    def forget_some(self) -> None:
        """Bound the memory, however many URLs a site has."""
        for memory in (self.file_ids, self.linked, self.named):
            if len(memory) > MOST_REMEMBERED:
                memory.clear()

    def publisher_id(self, connection: Connection, profile: Profile) -> int:
        """Return the id of the publisher's row, bringing it up to date once in this process."""
        ids = self.publisher_ids
        if profile.name not in ids:
            owner = captures.publisher_id(connection, profile.name, profile.title, profile.home)
            visibility.note_current(connection, owner, stamp_of(profile))
            ids[profile.name] = owner
        return ids[profile.name]


class Storing:
    """Stores batches of rows and jobs; for the writer thread alone."""

    def __init__(self, database: Database) -> None:
        self.known = KnownRows()
        self.visits = Visits({})
        """What names a visit in URLs of the publisher whose captures were stored last."""
        self.holds = 0
        """How many commits had a pattern hold back URLs that it did not hold back before."""
        self._database, self._losses = database, database.losses
        self._new_visits, self._holds_more = self.visits, False

    def forget(self) -> None:
        """Forget what is known to be stored: it was rolled back, or may have been."""
        self.known = KnownRows()

    def store(self, batch: Sequence[CaptureRow | WriterJob[Any]]) -> list[Settled]:
        """Store *batch* and return the result of each item, when it is committed.

        Raises errors that concern the database as a whole; then nothing of *batch* is stored.
        """
        try:
            return self._together(batch)
        except Exception as error:
            self.forget()
            if is_of_the_database(error):
                raise
            if len(batch) == 1 and isinstance(batch[0], WriterJob):
                return [Settled(batch[0].future, error=error)]  # it is apart already
            return self._apart(batch)

    def replace(
        self,
        connection: Connection,
        profile: Profile,
        items: Sequence[Ingestible],
        *,
        in_order: bool,
    ) -> list[Replaced]:
        """Replace the extractions of captures by new ones; see ``sql.captures.replace``."""

        def work(some: Sequence[Ingestible]) -> list[Replaced]:
            known, owner = self.known, self.known.publisher_id(connection, profile)
            done = replacing.replace_extractions(
                connection, owner, some, known.linked, in_order=in_order
            )
            add_named(connection, owner, profile, some, known.named)
            return done

        return self._each(connection, items, work)

    def show(self, connection: Connection, profile: Profile, items: Sequence[Ingestible]) -> None:
        """Show captures that were hidden; see ``sql.captures.visibility``."""

        def work(some: Sequence[Ingestible]) -> list[None]:
            known, owner = self.known, self.known.publisher_id(connection, profile)
            visibility.store_shown(connection, owner, some, known.linked)
            add_named(connection, owner, profile, some, known.named)
            return []

        self._each(connection, items, work)

    # --- inside -----------------------------------------------------------------------------------

    def _each(
        self,
        connection: Connection,
        items: Sequence[Ingestible],
        work: Callable[[Sequence[Ingestible]], list[_T]],
    ) -> list[_T]:
        """Do *work* with *items*, or with each in turn; one that cannot be stored has failed."""
        try:
            with connection.begin_nested():
                return work(items)
        except Exception as error:
            self.forget()
            if not is_of_the_data(error):
                raise
            if len(items) > 1:
                return [done for item in items for done in self._each(connection, [item], work)]
            (item,) = items
            if item.extraction.reason == UNSTORABLE:
                raise _unstorable(item, error) from error
            _log(item, error)
            return self._each(connection, [_failed(item)], work)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """Give a transaction; what its captures taught is known to others once it is committed."""
        self._new_visits, self._holds_more = self.visits, False
        with self._database.writing() as connection:
            self._forget_what_was_lost()
            yield connection
        self.visits = self._new_visits
        self.holds += self._holds_more

    def _together(self, batch: Sequence[CaptureRow | WriterJob[Any]]) -> list[Settled]:
        results = []
        with self._writing() as connection:
            rows = [item for item in batch if isinstance(item, CaptureRow)]
            originals = self._store_rows(connection, rows)
            results += [Settled(row.future, _ingested(row.item, originals)) for row in rows]
            results += [
                Settled(job.future, job.work(connection))
                for job in batch
                if isinstance(job, WriterJob)
            ]
            self.known.forget_some()
        return results

    def _apart(self, batch: Sequence[CaptureRow | WriterJob[Any]]) -> list[Settled]:
        """Store each of *batch* under a savepoint of its own, the rows first as always."""
        with self._writing() as connection:
            in_order = sorted(batch, key=lambda item: isinstance(item, WriterJob))
            return [self._one(connection, item) for item in in_order]

    def _one(self, connection: Connection, item: CaptureRow | WriterJob[Any]) -> Settled:
        try:
            if isinstance(item, CaptureRow):
                return Settled(item.future, self._row(connection, item))
            with connection.begin_nested():
                return Settled(item.future, item.work(connection))
        except Exception as error:
            self.forget()
            if is_of_the_database(error):
                raise
            return Settled(item.future, error=error)

    def _row(self, connection: Connection, row: CaptureRow) -> Ingested:
        """Store one row, as it is or else as failed, and note in the frontier what it means.

        The view must not depend on the state: an error of the frontier changes no row of the view.
        """
        item = row.item
        try:
            new = self._view_of(connection, row.profile, item)
        except Exception as error:
            self.forget()
            if not is_of_the_data(error):
                raise
            _log(item, error)
            item = _failed(item)
            try:
                new = self._view_of(connection, row.profile, item)
            except Exception as error:
                if is_of_the_data(error):
                    raise _unstorable(item, error) from error
                raise
        referred = item.capture.refers_to
        originals = lookups.outcomes(connection, [referred] if referred else [])
        try:
            with connection.begin_nested():
                self._note(connection, row.profile, new, originals)
        except Exception as error:
            self.forget()
            if not is_of_the_data(error):
                raise
            _log(item, error)
            owner = self.known.publisher_id(connection, row.profile)
            fetched(connection, owner, [never_again(item)])
        return _ingested(item, originals)

    def _view_of(
        self, connection: Connection, profile: Profile, item: Ingestible
    ) -> list[Ingestible]:
        with connection.begin_nested():
            return self._store(connection, profile, [item])

    def _store_rows(self, connection: Connection, rows: list[CaptureRow]) -> dict[str, Outcome]:
        """Store *rows*; return the outcomes of the captures that they refer to, by record id."""
        originals: dict[str, Outcome] = {}
        by_profile: dict[str, list[CaptureRow]] = defaultdict(list)
        for row in rows:
            by_profile[row.profile.name].append(row)
        for some in by_profile.values():
            profile, items = some[0].profile, [row.item for row in some]
            new = self._store(connection, profile, items)
            referred = (item.capture.refers_to for item in items)
            originals |= lookups.outcomes(connection, [name for name in referred if name])
            self._note(connection, profile, new, originals)
        return originals

    def _store(
        self, connection: Connection, profile: Profile, items: Sequence[Ingestible]
    ) -> list[Ingestible]:
        known, owner = self.known, self.known.publisher_id(connection, profile)
        for name in sorted({item.capture.warc_file for item in items} - {*known.file_ids}):
            known.file_ids[name] = captures.warc_file_id(connection, owner, name)
        return captures.store(
            connection,
            owner,
            known.file_ids,
            items,
            known.linked,
            lambda url: why_url_hidden(url, profile) is None,
        )

    def _note(
        self,
        connection: Connection,
        profile: Profile,
        new: Sequence[Ingestible],
        originals: dict[str, Outcome],
    ) -> None:
        owner = self.known.publisher_id(connection, profile)
        named = self.known.named
        learned = update_frontier(connection, owner, profile, new, named, originals)
        self._new_visits = learned.visits
        self._holds_more = self._holds_more or learned.holds_more

    def _forget_what_was_lost(self) -> None:
        if self._losses != self._database.losses:
            # A server that does not wait for its disk may have lost what it acknowledged.
            self.forget()
            self._losses = self._database.losses
            self._holds_more = True  # a commit whose answer was lost may have had one hold more


def _failed(item: Ingestible) -> Ingestible:
    found = Extraction(
        outcome=Outcome.FAILED, extractor=item.extraction.extractor, reason=UNSTORABLE
    )
    return replace(item, extraction=found)


def _ingested(item: Ingestible, originals: dict[str, Outcome]) -> Ingested:
    outcome = originals.get(item.capture.refers_to or "", item.extraction.outcome)
    return Ingested(item.capture, item.extraction, outcome)


def _unstorable(item: Ingestible, error: Exception) -> UnstorableError:
    capture = item.capture
    return UnstorableError(
        f"{capture.warc_file}: record at offset {capture.warc_offset} cannot be stored, not even as"
        f" one that failed: {type(error).__name__}; this is a defect of Pressmark, please report it"
    )


def _log(item: Ingestible, error: Exception) -> None:
    cause = " ".join(str(getattr(error, "orig", error)).split())
    logger.error("%s: %s (%s)", item.capture.url, UNSTORABLE, cause)
    logger.info("The traceback:", exc_info=error)


def as_told(error: BaseException) -> BaseException:
    """Return *error* as those are told of it who wait for the batch: what it means for them."""
    if not isinstance(error, DBAPIError):
        return error
    # What SQLite reports for ENOSPC, and for a quota or a limit that is reached; a file of the
    # database is on a disk like the WARC files.
    is_full = getattr(error.orig, "sqlite_errorname", "") in {"SQLITE_FULL", "SQLITE_IOERR_WRITE"}
    kind = StorageError if is_full else DatabaseError
    named = kind(
        f"rows could not be written: {error.orig}; the WARC files hold what the database lacks,"
        " and the next crawl takes it in; a reprocess goes on where it was"
    )
    named.__cause__ = error
    return named
