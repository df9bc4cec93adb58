"""Which finished WARC files hold records that the database lacks: a view that is behind its files.

A database is behind after it was deleted, was restored from an older copy, or a crawl was killed
between the end of a file and the end of its own work. What one would get wrong: the files of a
crawl or an import that runs right now are not counted, since it notes them when it is done.
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
    """A file that the database lacks, in whole or in part, and whose it is."""

    name: str
    size_bytes: int
    publishers: tuple[str, ...]
    is_imported: bool


@dataclass(frozen=True, slots=True)
class Lag:
    """What a database lacks; *is_all*: it holds nothing of any file."""

    files: tuple[Lagging, ...]
    is_all: bool

    def sentence(self, home: Path, *, rebuilds: bool) -> str:
        """Return what is lacking and what to do; *rebuilds*: whether ``rebuild`` can do it."""
        number = "1 WARC file" if len(self.files) == 1 else f"{len(self.files)} WARC files"
        size = sum(file.size_bytes for file in self.files)
        how_much = "anything" if self.is_all else "a part"
        remedy = "`pressmark rebuild`" if rebuilds else "`pressmark verify --repair`"
        if is_held(home, ARCHIVE):
            remedy = "the rebuild that is running"
        return (
            f"{home}: the database lacks {how_much} of what {number} of the archive"
            f" ({size / 1e6:.1f} MB) hold; {remedy} or the next crawl takes it in"
        )


def lag(
    home: Path,
    store: Store,
    database: Database,
    profiles: Mapping[str, Profile],
    *,
    strictly: bool = False,
) -> Lag | None:
    """Return what *database* lacks of the archive in *home*; None where that is nothing.

    Files that a running crawl, import or rebuild holds the lock of are not counted. *strictly*: a
    running crawl's own files only are not, so that files are that it still has to take in. Neither
    are files that no crawl can take in: missing ones, and those whose publisher has no profile;
    ``verify`` and each crawl name them.
    """
    found = list(_lacking(home, store, database, profiles))
    if not found:
        return None
    # Locks are looked at between two readings: who lets go of one has noted its files before.
    is_new = not database.read(files.names)
    if is_held(home, ARCHIVE) and not is_new and not strictly:
        return None
    held = _Held(home, database, strictly=strictly)
    rest = {file.name for file in found if not held.covers(file)}
    if rest:
        found = [f for f in _lacking(home, store, database, profiles) if f.name in rest]
    return Lag(tuple(found), is_new) if rest and found else None


class _Held:
    """The locks that crawls and imports hold, each looked at once."""

    def __init__(self, home: Path, database: Database, *, strictly: bool) -> None:
        self._home, self._database, self._strictly = home, database, strictly
        self._locks: dict[str, bool] = {}
        self._since: dict[str, str] = {}

    def covers(self, file: Lagging) -> bool:
        """Return whether somebody is at work on *file*."""
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
        """Return whether the running crawl writes *file*; a file's name has its time in UTC."""
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
    """Yield the files that the database does not hold whole and a crawl would take in.

    The disk is asked only for those of which ``collection.jsonl`` says something else than the
    database: an archive may have ten thousand.
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
        return (named[1],)  # so that the file need not be read
    return (publisher_of(store, file, profiles, home).name,)


def whole(name: str, size_bytes: int, entry: Listed | None) -> files.IngestedFile:
    """Return what the database says of a file once it holds it whole; *entry* lists the file."""
    return files.IngestedFile(
        name=name,
        size_bytes=size_bytes,
        digest=entry.digest if entry else None,
        location=entry.location if entry else None,
        publishers=entry.publishers if entry else None,
    )
