"""Find the finished WARC files with records that the database lacks.

A database lags behind after it was deleted or restored from an older copy, or after a crawl was
killed between the end of a file and the end of its own work. The files of a crawl or an import that
runs now do not count, because it records them when it ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from archive.errors import NotFoundError
from archive.locks import ARCHIVE, IMPORT, is_held, of_publisher
from archive.profile import Profile
from archive.sql import crawls
from archive.sql.captures import warc_files as files
from archive.sql.database import Database
from archive.warc.collection import Contents, Listed
from archive.warc.owners import WARC_FILE_NAME, publisher_of
from archive.warc.store import SUFFIXES, Store


@dataclass(frozen=True, slots=True)
class Lagging:
    """A file that the database lacks, completely or in part, and its publishers."""

    name: str
    size_bytes: int
    publishers: tuple[str, ...]
    is_imported: bool


@dataclass(frozen=True, slots=True)
class Lag:
    """What a database lacks; *is_all* is True if it has nothing of any file."""

    files: tuple[Lagging, ...]
    is_all: bool

    def sentence(self, home: Path, *, rebuilds: bool) -> str:
        """Return what is missing and what to do; *rebuilds* says whether ``rebuild`` can do it."""
        number = "1 WARC file" if len(self.files) == 1 else f"{len(self.files)} WARC files"
        size = sum(file.size_bytes for file in self.files)
        how_much = "all" if self.is_all else "some"
        remedy = "`pressmark rebuild`" if rebuilds else "`pressmark verify --repair`"
        if is_held(home, ARCHIVE):
            remedy = "the rebuild that is running"
        return (
            f"{home}: the database lacks {how_much} records of {number} of the archive"
            f" ({size / 1e6:.1f} MB); {remedy} or the next crawl ingests them"
        )


def lag(
    home: Path,
    store: Store,
    database: Database,
    profiles: Mapping[str, Profile],
    *,
    strictly: bool = False,
) -> Lag | None:
    """Return what *database* lacks of the archive in *home*; None if it lacks nothing.

    Files do not count while a crawl, import or rebuild holds a lock on them. With *strictly*, only
    the files that a running crawl writes itself do not count; older files that it still has to
    ingest do. Files that no crawl can ingest do not count either: missing files, and those whose
    publisher has no profile; ``verify`` and each crawl name them.
    """
    found = list(_lacking(home, store, database, profiles))
    if not found:
        return None
    # Locks are checked between two reads, because a process records its files before it releases
    # its lock.
    is_new = not database.read(files.names)
    if is_held(home, ARCHIVE) and not is_new and not strictly:
        return None
    held = _Held(home, database, strictly=strictly)
    rest = {file.name for file in found if not held.covers(file)}
    if rest:
        found = [f for f in _lacking(home, store, database, profiles) if f.name in rest]
    return Lag(tuple(found), is_new) if rest and found else None


class _Held:
    """The locks that crawls and imports hold; each is checked once."""

    def __init__(self, home: Path, database: Database, *, strictly: bool) -> None:
        self._home, self._database, self._strictly = home, database, strictly
        self._locks: dict[str, bool] = {}
        self._since: dict[str, str] = {}

    def covers(self, file: Lagging) -> bool:
        """Return whether another process works on *file*."""
        if file.is_imported:
            return self._is_held(IMPORT)
        return any(
            self._is_held(of_publisher(name)) and self._is_own(file.name, name)
            for name in file.publishers
        )

    def _is_held(self, name: str) -> bool:
        if name not in self._locks:
            self._locks[name] = is_held(self._home, name)
        return self._locks[name]

    def _is_own(self, file: str, publisher: str) -> bool:
        """Return whether the running crawl writes *file*, by the time (UTC) in its name."""
        if not self._strictly:
            return True
        if publisher not in self._since:
            began = self._database.read(lambda c: crawls.running_since(c, publisher))
            self._since[publisher] = began.strftime("%Y%m%d%H%M%S%f")[:17] if began else "9"
        named = WARC_FILE_NAME.match(file)
        return named is not None and named[2] >= self._since[publisher]


def _lacking(
    home: Path, store: Store, database: Database, profiles: Mapping[str, Profile]
) -> Iterator[Lagging]:
    """Yield the files that are not completely in the database and that a crawl would ingest.

    The disk is read only if ``collection.jsonl`` and the database disagree about a file, because an
    archive may have ten thousand files.
    """
    contents = store.collection.contents() if store.collection else Contents()
    done = database.read(files.ingested)
    for name in sorted(_names(store, contents)):
        entry = contents.listed.get(name)
        if name in done and (entry is None or done[name] == whole(name, entry.size_bytes, entry)):
            continue
        with suppress(NotFoundError, FileNotFoundError):
            size = store.path(name).stat().st_size
            if done.get(name) != whole(name, size, entry):
                imported_for = entry.publishers if entry else None
                owners = imported_for or _owner(store, name, profiles, home)
                if profiles.keys() >= {*owners}:
                    yield Lagging(name, size, owners, is_imported=imported_for is not None)


def _names(store: Store, contents: Contents) -> set[str]:
    """Return the names of all finished files that are part of the archive."""
    there = {path.name for path in store.folder.iterdir()} if store.folder.is_dir() else set()
    there = {name for name in there if name.endswith(SUFFIXES)}
    return (there | contents.listed.keys()) - contents.superseded.keys()


def _owner(store: Store, file: str, profiles: Mapping[str, Profile], home: Path) -> tuple[str, ...]:
    named = WARC_FILE_NAME.match(file)
    if named is not None and named[1] in profiles:
        return (named[1],)  # so the file need not be read
    return (publisher_of(store, file, profiles, home).name,)


def whole(name: str, size_bytes: int, entry: Listed | None) -> files.IngestedFile:
    """Return the row of a file that is completely in the database; *entry* lists the file."""
    return files.IngestedFile(
        name=name,
        size_bytes=size_bytes,
        digest=entry.digest if entry else None,
        location=entry.location if entry else None,
        publishers=entry.publishers if entry else None,
    )
