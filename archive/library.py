"""Open an archive: the one place that opens its parts, and closes them in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from sqlalchemy import Connection

from archive.errors import (
    NoDatabaseError,
    NotFoundError,
    RecordError,
    UnstorableError,
)
from archive.home import made_home, require_archive
from archive.model import Capture, Original
from archive.pipeline.extraction_pool import Workers
from archive.pipeline.ingest import Ingest
from archive.pipeline.lag import Lag, lag, whole
from archive.pipeline.reprocess import bring_up_to_date
from archive.pipeline.storing import Ingested
from archive.profile import Profile, read_profiles
from archive.settings import Settings, read_settings
from archive.sql.articles import store as articles
from archive.sql.captures import lookups as earlier
from archive.sql.captures import store as captures
from archive.sql.captures import warc_files
from archive.sql.copying import copied
from archive.sql.database import Database, open_database
from archive.warc.collection import Collection, Contents
from archive.warc.exchange import FindOriginal
from archive.warc.http import Head
from archive.warc.owners import FindOwner, find_owner, publisher_of
from archive.warc.reading.reader import Damage
from archive.warc.store import Store

REPORT_EVERY = 20
MANY = 1_000
"""After so many captures the database's statistics say nothing of what it holds now."""
AHEAD_A_WORKER = 16
"""Captures that may wait for each worker; more would only fill the memory."""


@dataclass(frozen=True, slots=True)
class IntakeProgress:
    """How far taking in WARC files has come; sizes in bytes of the compressed files."""

    file: str
    done_bytes: int
    total_bytes: int
    captures: int


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """What catching up took in, and what it had to pass over, a sentence each.

    *read_before* of the *captures* have a payload that was read before, and no worker read them.
    """

    captures: int
    problems: tuple[str, ...] = ()
    read_before: int = 0


class Archive:
    """An open archive. What needs processes or threads is started when it is first used."""

    def __init__(self, home: Path, settings: Settings, database: Database) -> None:
        self.home, self.settings, self.database = home, settings, database
        self.store = Store(home / "warc", settings, Collection(home))

    @cached_property
    def profiles(self) -> dict[str, Profile]:
        """Every publisher's profile by name, read once."""
        return read_profiles(self.home)

    @cached_property
    def workers(self) -> Workers:
        """The extraction processes."""
        return Workers(self.store, self.settings)

    @cached_property
    def ingest(self) -> Ingest:
        """The spine, with its writer thread."""
        return Ingest(self.database, self.workers)

    def publisher_of(self, file: str) -> Profile:
        """Return the profile of the publisher that WARC file *file* says it is part of.

        Raises ``NotFoundError`` where that publisher has no profile (any more).
        """
        return publisher_of(self.store, file, self.profiles, self.home)

    def find_owner(self, file: str) -> FindOwner:
        """Return what finds the publisher of each capture in *file*; see ``warc.owners``."""
        return find_owner(self.store, file, self.profiles, self.home)

    def original_finder(self, publisher_id: int) -> FindOriginal:
        """Return what finds, for a reply of a publisher's, an earlier capture with its body."""

        def find(url: str, head: Head, payload_digest: str | None) -> Original | None:
            with self.database.reading() as connection:
                found = earlier.originals(connection, publisher_id, url, payload_digest)
            for known in found:
                if payload_digest is None or self._is_coded_alike(known, head):
                    return Original(
                        url=known.url,
                        fetched_at=known.fetched_at,
                        warc_record_id=known.warc_record_id,
                    )
            return None

        return find

    def _is_coded_alike(self, known: Capture, head: Head) -> bool:
        try:
            other = self.store.head(known.warc_file, known.warc_offset)
        except (RecordError, NotFoundError):
            return False  # what cannot be read must not be referred to
        names = ("Transfer-Encoding", "Content-Encoding")
        return other is not None and all(other.tokens(n) == head.tokens(n) for n in names)

    def catch_up(
        self,
        report: Callable[[IntakeProgress], None] = lambda _: None,
        mine: Profile | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> CaughtUp:
        """Ingest what the WARC files hold beyond the database, and settle it.

        Files that a killed process left are recovered first; files that another process writes at
        the moment are left alone. What other code settled, or other rules of the home showed, of
        the publisher *mine*, whose lock the caller holds, is brought up to date. *tell* is given a
        few words of how far that has come. What cannot be read is passed over and named in the
        result.
        """
        self.database.require_writable()
        self.store.recover()
        self._forget_what_changed()
        problems: list[str] = []
        if mine is not None:
            problems += bring_up_to_date(self.database, self.ingest, self.workers, mine, tell)
        lacking, known = self._lacking(), self.ingest.readings.read_before
        total, before, taken = sum(file.size_bytes for file in lacking), 0, 0
        touched: dict[str, Profile] = {}
        for file in lacking:
            try:
                owner_of = self.find_owner(file.name)
            except NotFoundError as error:
                problems.append(str(error))
                total -= file.size_bytes
                continue
            for item in self._take_in(file.name, owner_of, touched):
                if isinstance(item, Damage | UnstorableError):
                    problems.append(str(item))
                    continue
                taken += 1
                if taken % REPORT_EVERY == 0:
                    report(IntakeProgress(file.name, before + item.warc_offset, total, taken))
            before += file.size_bytes
            self._complete(file)
            report(IntakeProgress(file.name, before, total, taken))
        if taken >= MANY:
            self.database.gather_statistics()
        for profile in self._unsettled(touched):
            self._settle(profile, tell)
            problems += self.ingest.refusals()
        known = self.ingest.readings.read_before - known
        return CaughtUp(taken, tuple(problems), known)

    def _settle(self, profile: Profile, tell: Callable[[str], None]) -> None:
        number = self.database.read(lambda c: articles.number_unsettled(c, profile.name))
        done = 0

        def settled(urls: int) -> None:
            nonlocal done
            done += urls
            # What is learned may have more of them settled again.
            tell(f"{profile.name}: settling: {done} of {max(number, done)} URLs")

        self.ingest.settle_all(profile, report=settled)

    def _unsettled(self, touched: Mapping[str, Profile]) -> Iterator[Profile]:
        """Yield *touched* profiles, and those whose articles a new schema left unsettled."""
        names = {*touched, *self.database.read(articles.unsettled_publishers)}
        yield from (self.profiles[name] for name in sorted(names) if name in self.profiles)

    def complete(self, profile: Profile) -> None:
        """Note that every record of the publisher's finished WARC files is ingested."""
        for file in self._lacking():
            try:
                owner = None if file.publishers else self.publisher_of(file.name)
            except NotFoundError:
                continue  # another publisher's: that this one has a profile is known
            if owner == profile:
                self._complete(file)

    def _complete(self, file: warc_files.IngestedFile) -> None:
        owner = self.publisher_of(file.name) if file.publishers is None else None

        def complete(connection: Connection) -> None:
            publisher = self.ingest.publisher_id(connection, owner) if owner else None
            warc_files.complete(connection, publisher, file)

        self.ingest.do(complete).result()

    def _lacking(self) -> list[warc_files.IngestedFile]:
        """Return the finished files that are not completely in the database."""
        done = self.database.read(warc_files.ingested)
        return [file for file in self._finished() if done.get(file.name) != file]

    def _finished(self) -> Iterator[warc_files.IngestedFile]:
        """Yield the finished WARC files as the database has them when all of them is ingested."""
        listed = self.store.collection.contents().listed if self.store.collection else {}
        for file in self.store.files():
            entry = listed.get(file.name)
            if file.complete:
                yield whole(file.name, file.size, entry)

    def lag(self, *, strictly: bool = False) -> Lag | None:
        """Return what the database lacks of the WARC files; see ``archive.pipeline.lag``."""
        return lag(self.home, self.store, self.database, self.profiles, strictly=strictly)

    def _forget_what_changed(self) -> None:
        """Delete the rows of files that are superseded, or were imported again with other bytes."""
        contents = self.store.collection.contents() if self.store.collection else Contents()
        gone = self.database.read(warc_files.names) & {*contents.superseded}
        done = self.database.read(warc_files.ingested).values()
        gone |= {
            file.name
            for file in done
            if file.digest is not None
            and file.name in contents.listed
            and file.digest != contents.listed[file.name].digest
        }
        if gone:
            self.ingest.forget(gone).result()

    def _take_in(
        self, file: str, owner_of: FindOwner, touched: dict[str, Profile]
    ) -> Iterator[Capture | Damage | UnstorableError]:
        """Ingest the records of *file* that the database lacks; yield each when it is committed.

        Their publishers are added to *touched*.
        """
        known = self.database.read(lambda connection: captures.known_offsets(connection, file))
        ahead: deque[Future[Ingested]] = deque()
        waiting: list[tuple[Capture, Profile]] = []
        for item in self.store.scan(file):
            if isinstance(item, Damage):
                yield item
                continue
            profile = owner_of(item)
            if profile is None:
                continue
            touched[profile.name] = profile
            if item.warc_offset not in known:
                waiting.append((item, profile))
            if len(waiting) == AHEAD_A_WORKER:
                ahead += self._submitted(waiting)
                waiting = []
            while len(ahead) >= AHEAD_A_WORKER * (self.settings.workers + 1):
                yield _captured(ahead.popleft())
        ahead += self._submitted(waiting)
        while ahead:
            yield _captured(ahead.popleft())

    def _submitted(self, found: Sequence[tuple[Capture, Profile]]) -> Iterator[Future[Ingested]]:
        for profile, some in groupby(found, key=itemgetter(1)):
            yield from self.ingest.submit_all([item for item, _ in some], profile)

    def close(self) -> None:
        """Commit what has gathered, then end the writer, the workers and the connections."""
        if "ingest" in self.__dict__:
            self.ingest.close()
        if "workers" in self.__dict__:
            self.workers.close(kill=True)
        self.database.close()


def _captured(future: Future[Ingested]) -> Capture | UnstorableError:
    try:
        return future.result().capture
    except UnstorableError as error:
        return error


@contextmanager
def open_archive(
    home: Path,
    *,
    database: str | None = None,
    create: bool = False,
    rehearsal: bool = False,
    read_only: bool = False,
) -> Iterator[Archive]:
    """Open the archive in folder *home*, and close it at the end of the block.

    *database* (a SQLAlchemy URL) takes the place of that in the settings. With *create*, a folder
    that does not exist or is empty becomes an archive (see ``home.made_home``). With *rehearsal*,
    all is done to a copy of the database that is thrown away at the end. With *read_only*, no file
    and no row is made, changed or locked, and the folder need not be writable: an empty database in
    memory takes the place of one that does not exist, and one of an older schema is an error.
    Raises ``NotFoundError`` where there is no archive, ``HomeError`` where it cannot be written,
    ``SettingsError`` and ``DatabaseError``.
    """
    with ExitStack() as stack:
        if create:
            stack.enter_context(made_home(home))
        else:
            require_archive(home)
        settings = read_settings(home)
        opened = _database(home, settings, database, read_only=read_only)
        stack.callback(opened.close)
        used = stack.enter_context(copied(opened)) if rehearsal else opened
        archive = Archive(home, settings, used)
        stack.callback(archive.close)
        yield archive


def _database(home: Path, settings: Settings, url: str | None, *, read_only: bool) -> Database:
    """Return the database *url*, or that of the settings; an empty one where it is not made."""
    patience = settings.database_patience_seconds
    try:
        return open_database(
            url or settings.database, home, patience_seconds=patience, read_only=read_only
        )
    except NoDatabaseError:
        return open_database("sqlite://", home)
