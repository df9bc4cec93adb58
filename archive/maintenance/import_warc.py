"""Import web archives of other software: by reference, or as a copy in the archive.

A file is imported for the publishers that have the hosts of its pages. ``collection.jsonl`` lists
these publishers, so a rebuild imports the same records, whatever profiles were added since. A file
can be read in place only if each record is a gzip member of its own, or if nothing is compressed.
Any other file is rewritten, record by record.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from archive.errors import NotFoundError, UsageError
from archive.maintenance.sources import SourceFile, source_files, unpacking
from archive.model import Capture
from archive.printable import printable
from archive.profile import Profile, write_profile
from archive.sql.captures import locations
from archive.sql.database import Database
from archive.urls import host_of
from archive.warc.collection import ANY_ID, Collection, Listed, hash_file
from archive.warc.facts import with_own_id
from archive.warc.owners import owner_by_host, publisher_of
from archive.warc.reading import flaws
from archive.warc.reading.reader import Damage, RecordFile
from archive.warc.reading.scan import Held, captures
from archive.warc.segment import OPEN_SUFFIX
from archive.warc.store import Store
from archive.warc.upkeep.rewrite import copy_file, move_file, write_anew

ASKED_AT_ONCE = 500
MOST_IDS = 1_000
"""If more ids of a file are ambiguous, all of its ids are."""
_ENDING = re.compile(r"(?:\.warc)?(?:\.gz)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The result of importing a file. Counts are of captures; *left_alone* counts records.

    *member* is its path in *file*, if that is a WACZ. *name* is its name in the archive; None if no
    page of it was imported. *is_new* is False if the archive already had all of it. *known* is how
    many of its captures were in the database before, from this file or another. *rewritten* says
    why the file was rewritten. *captures* are counted by publisher; *left_out* are those of other
    sites, counted by their front page. *records* counts all records by type; *left_alone* are those
    that are not pages, by kind. *remarks* counts the records with each flaw that does not keep them
    from being read. *problems* has a sentence for each part that cannot be read.
    """

    file: str
    member: str | None = None
    name: str | None = None
    is_new: bool = False
    rewritten: str | None = None
    captures: dict[str, int] = field(default_factory=dict)
    known: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    records: dict[str, int] = field(default_factory=dict)
    left_alone: dict[str, int] = field(default_factory=dict)
    remarks: dict[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


@dataclass(slots=True)
class _Survey:
    """The content of a file: captures by publisher, and other records."""

    inflate: bool
    captures: Counter[str] = field(default_factory=Counter)
    known: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    held: Held = field(default_factory=Held)
    problems: list[str] = field(default_factory=list)
    is_broken: bool = False
    ambiguous: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)

    @property
    def sound(self) -> int:
        return self.held.records.total()


class Importer:
    """Adds files to the collection of *store*; ingesting them is the next step.

    A page may belong to one of *profiles* or *new*. A profile of *new* is written into the home
    folder when a file has pages of its publisher.
    """

    def __init__(
        self,
        store: Store,
        database: Database,
        profiles: Mapping[str, Profile],
        new: Mapping[str, Profile] | None = None,
    ) -> None:
        assert store.collection is not None, "an archive's store has one"
        self._store, self._database = store, database
        self._collection: Collection = store.collection
        self._new, self._profiles = dict(new or {}), {**profiles, **(new or {})}

    def take_in(self, path: Path, *, copy: bool = False) -> Iterator[Imported]:
        """Add the file at *path* to the archive; with *copy*, copy it there first.

        Yields one result, or one for each WARC file in a WACZ, whose captures are to be ingested
        before the next one is requested. Importing a file again changes nothing, unless it has
        pages of a publisher that was added since. Raises ``UsageError`` if it is none of the files
        that are read, and ``StorageError`` if a file cannot be written.
        """
        with unpacking(self._store.folder) as unpacked:
            for source in source_files(path, unpacked):
                try:
                    yield self._take_in(source, copy=copy)
                except UsageError as error:
                    if source.member is None:
                        raise
                    problems = (*source.problems, str(error))
                    yield Imported(file=str(source.origin), member=source.member, problems=problems)

    def _take_in(self, source: SourceFile, *, copy: bool) -> Imported:
        path, known = source.path, self._known(source)
        survey, reason = self._survey(path, known.name if known else None)
        if not survey.sound:
            why = "it is empty" if not path.stat().st_size else "nothing in it begins a record"
            why = survey.problems[0] if survey.problems else why
            raise UsageError(f"{source}: no WARC record can be read in it ({why})")
        wanted = {*survey.captures, *(known.publishers or () if known else ())}
        entry = known
        if survey.captures and not (known and self._is_own(known)):
            for name in self._new.keys() & survey.captures.keys():
                write_profile(self._collection.home, self._new[name])
            entry = self._listed(source, known, copy=copy, inflate=survey.inflate)
            ambiguous = survey.ambiguous.union(entry.ambiguous_ids)
            entry = replace(
                entry,
                publishers=tuple(sorted(wanted)),
                ambiguous_ids=tuple(sorted(ambiguous)) if len(ambiguous) <= MOST_IDS else ANY_ID,
            )
            self._collection.add(entry)
        return Imported(
            file=str(source.origin),
            member=source.member,
            name=entry.name if entry else None,
            is_new=entry != known,
            rewritten=source.reason or reason,
            captures=dict(survey.captures.most_common()),
            known=survey.known,
            left_out=dict(survey.left_out.most_common()),
            records=dict(survey.held.records.most_common()),
            left_alone=dict(survey.held.left_alone.most_common()),
            remarks={**dict.fromkeys(source.remarks, 1), **survey.held.flaws},
            problems=(*source.problems, *survey.problems),
        )

    def _survey(self, path: Path, name: str | None) -> tuple[_Survey, str | None]:
        """Read the whole file; return what is in it, and why it cannot be read in place.

        *name* is its name in the archive, if it is there already.
        """
        in_place = self._look_through(path, name, inflate=False)
        if not in_place.problems:
            return in_place, None
        with path.open("rb") as file:
            if file.read(2) != b"\x1f\x8b":
                return in_place, None
        as_stream = self._look_through(path, name, inflate=True)
        # A stream that breaks off gives the beginning of a record, which is no reason.
        if as_stream.sound - as_stream.is_broken <= in_place.sound:
            return in_place, None
        return as_stream, "its records are not gzip members of their own"

    def _look_through(self, path: Path, name: str | None, *, inflate: bool) -> _Survey:
        survey, keys = _Survey(inflate), dict[str, int]()
        with RecordFile(path, inflate=inflate) as file:
            found = captures(file, held=survey.held)
            while some := list(islice(found, ASKED_AT_ONCE)):
                ambiguous = self._ambiguous(name, some, keys)
                survey.ambiguous |= ambiguous
                some = [with_own_id(item, survey.ambiguous) for item in some]
                there = self._there(some)
                for item in some:
                    self._count(item, survey, there)
            if file.problem is not None:
                survey.is_broken = True
                survey.problems.append(f"{path}: {file.problem}")
        if survey.ambiguous:
            survey.held.flaws[flaws.AMBIGUOUS_ID] = len(survey.ambiguous)
        return survey

    def _there(self, items: list[Capture | Damage]) -> set[str]:
        """Return the record ids of the *items* that already have a row."""
        ids = [item.warc_record_id for item in items if isinstance(item, Capture)]
        with self._database.reading() as connection:
            return {*locations.rows_of(connection, ids)}

    def _count(self, item: Capture | Damage, survey: _Survey, there: set[str]) -> None:
        if isinstance(item, Damage):
            survey.problems.append(str(item))
            return
        owner = owner_by_host(item.url, self._profiles)
        if owner is not None:
            survey.captures[owner.name] += 1
            survey.known += item.warc_record_id in there or item.warc_record_id in survey.seen
            survey.seen.add(item.warc_record_id)  # a file may contain a record twice
        else:
            survey.left_out[_site(item.url)] += 1

    def _ambiguous(
        self, name: str | None, some: list[Capture | Damage], keys: dict[str, int]
    ) -> set[str]:
        """Return the record ids of *some* that another record has, in this file or elsewhere.

        *name* is the file's own name in the archive; *keys* has what was found in it before.
        """
        items = [item for item in some if isinstance(item, Capture)]
        with self._database.reading() as connection:
            elsewhere = locations.conflicts(connection, items)
        found = {record_id for record_id, place in elsewhere.items() if place[0] != name}
        for item in items:
            key = hash((item.url, item.fetched_at, item.record_type, item.payload_digest))
            if keys.setdefault(item.warc_record_id, key) != key:
                found.add(item.warc_record_id)
        return found

    def _known(self, source: SourceFile) -> Listed | None:
        """Return the entry of a file with these bytes, or else of a file at this place."""
        listed, digest = self._collection.contents().listed.values(), source.digest
        here = None if source.is_made else self._collection.location(source.path)
        same = [entry for entry in listed if digest in {entry.imported_digest, entry.digest}]
        return next(iter([*same, *(entry for entry in listed if entry.location == here)]), None)

    def _is_own(self, entry: Listed) -> bool:
        """Return whether a crawl of the archive wrote the file."""
        if entry.publishers is not None:
            return False
        try:
            publisher_of(self._store, entry.name, self._profiles, self._collection.home)
        except NotFoundError:
            return False
        return True

    def _listed(
        self, source: SourceFile, known: Listed | None, *, copy: bool, inflate: bool
    ) -> Listed:
        """Return the entry of the file, after it was put where the archive reads it."""
        path, digest, is_made = source.path, source.digest, source.is_made
        if known is not None and self._is_in_place(known, digest, copy=copy or is_made):
            return replace(
                known,
                imported_from=known.imported_from or str(source.origin),
                imported_digest=known.imported_digest or digest,
            )
        is_inside = path.parent == Path(os.path.normpath(self._store.folder.absolute()))
        if is_inside:
            _refuse_to_rewrite_inside(path, inflate=inflate)
        name = self._name_for(path, digest, known, is_inside=is_inside, inflate=inflate)
        target = path
        if inflate or is_made or (copy and not is_inside):
            target = self._store.folder / name
            put = write_anew if inflate else move_file if is_made else copy_file
            put(path, target)
        has_other_bytes = target != path and (inflate or source.reason is not None)
        return Listed(
            name=name,
            size_bytes=target.stat().st_size,
            digest=hash_file(target) if has_other_bytes else digest,
            location=self._collection.location(target),
            imported_from=str(source.origin),
            imported_digest=digest,
            member=source.member,
        )

    def _is_in_place(self, known: Listed, digest: str, *, copy: bool) -> bool:
        """Return whether the file of *known* has these bytes and is where it has to be.

        With *copy* that is the archive's own folder, otherwise any place.
        """
        place = self._collection.home / known.location
        if digest not in {known.imported_digest, known.digest} or not place.is_file():
            return False
        return not copy or place.parent == self._store.folder

    def _name_for(
        self, path: Path, digest: str, known: Listed | None, *, is_inside: bool, inflate: bool
    ) -> str:
        if known is not None:
            return known.name
        return path.name if is_inside else self._free_name(path, digest, inflate=inflate)

    def _free_name(self, path: Path, digest: str, *, inflate: bool) -> str:
        """Return a name similar to that of *path* that no other file of the archive has."""
        with RecordFile(path) as file:
            ending = ".warc.gz" if file.compressed or inflate else ".warc"
        stem = _plain_name(_ENDING.sub("", path.name.removesuffix(OPEN_SUFFIX)))
        contents = self._collection.contents()
        taken = {file.name for file in self._store.files()} | {*contents.listed}
        taken |= {*contents.superseded}
        if stem + ending not in taken:
            return stem + ending
        return f"{stem}~{digest.removeprefix('sha256:')[:12]}{ending}"


def _refuse_to_rewrite_inside(path: Path, *, inflate: bool) -> None:
    """Raise ``UsageError`` for a file in the archive's folder that cannot be read as it is."""
    if inflate:
        raise UsageError(
            f"{path}: is in the archive's own folder and must be rewritten; move it"
            " elsewhere and import it from there"
        )
    if _plain_name(path.name) != path.name:
        raise UsageError(
            f"{path}: has a name with control characters, which no WARC header can hold;"
            " rename it and import it again"
        )


def _plain_name(name: str) -> str:
    """Return *name* with "_" in place of controls and line breaks."""
    return "".join(char if printable(char, one_line=True) == char else "_" for char in name)


def _site(url: str) -> str:
    """Return the front page of the site of *url*."""
    try:
        return f"{urlsplit(url).scheme}://{host_of(url)}/"
    except ValueError:
        return url[:80]
