"""Verify an archive: every record against its digests, every row against its record."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from archive.maintenance.file_rows import compare, newest_row, number_of_rows, rows_of_file
from archive.sql.captures import warc_files
from archive.sql.database import Database
from archive.warc.collection import COLLECTION_FILE as COLLECTION_NAME
from archive.warc.collection import Contents, Listed, Loss, hash_file
from archive.warc.owners import FindOwner
from archive.warc.store import Store, StoredFile
from archive.warc.upkeep.check import Checked, Finding, check_file
from archive.warc.upkeep.repair import Repaired, repair_file

READ_BYTES = 1 << 20
REVISITS_SHOWN = 5
_ANY_VALUE = re.compile(r"'[^']*'|\"[^\"]*\"")
"""Values in a sentence about a header, by which flaws of one kind differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """The result of verifying one WARC file; each of *problems* is a sentence with its place.

    *rows* is how many rows of the database lead to the record that they describe. *waiting* is how
    many captures of a running or killed crawl are not in the database yet; the next crawl ingests
    them. *remarks* are sentences about what is no problem (any longer): flaws with which
    other software wrote the file, and revisits in it whose originals are in no file of the archive.
    """

    file: str
    size_bytes: int
    records: int
    rows: int
    problems: tuple[str, ...]
    waiting: int = 0
    remarks: tuple[str, ...] = ()


def verify(
    database: Database, store: Store, owners: Callable[[str], FindOwner] | None = None
) -> Iterator[FileReport]:
    """Yield a report for each WARC file of the store, and for each file that is missing.

    Files that a running crawl writes are read as far as they are written; an incomplete last record
    is not damage. *owners* returns, for the name of a file, a function that finds the publisher of
    a capture; a capture without a publisher needs no row.
    """
    contents = store.collection.contents() if store.collection else Contents()
    if contents.problems:
        yield _absent(COLLECTION_NAME, contents.problems)
    losses = [loss for old in contents.superseded.values() for loss in old.lost]
    known, complete = database.read(lambda c: (warc_files.names(c), warc_files.ingested(c)))
    for stored in store.files():
        listed = contents.listed.get(stored.name)
        done = complete.get(stored.name)
        size = done.size_bytes if done else None
        report = _verify_file(database, store, stored, size, listed, owners, losses)
        yield replace(report, remarks=(*_lost(stored.name, contents), *report.remarks))
        known.discard(stored.name)
    for name in sorted(known | {*contents.listed} - {file.name for file in store.files()}):
        rows = database.read(partial(number_of_rows, name=name))
        yield _absent(name, (_missing(name, rows, contents, store),))


def repair_archive(database: Database, store: Store) -> Iterator[Repaired]:
    """Rewrite each damaged file with its intact records; see ``warc.upkeep.repair``.

    ``Archive.catch_up`` must be called next; it brings the database up to date.
    """
    newest = database.read(newest_row)
    for stored in store.files():
        if stored.complete:
            rows = rows_of_file(database, stored.name, newest)
            repaired = repair_file(store, stored.name, rows)
            if repaired is not None:
                yield repaired


def _absent(name: str, problems: tuple[str, ...]) -> FileReport:
    return FileReport(file=name, size_bytes=0, records=0, rows=0, problems=problems)


def _missing(name: str, rows: int, contents: Contents, store: Store) -> str:
    if name in contents.superseded:
        new = contents.superseded[name].superseded_by
        return (
            f"{name}: {rows} rows point into it, but it is superseded by {new}; the next crawl or"
            " `pressmark rebuild` corrects them"
        )
    place = store.collection.path(name) if store.collection else None
    where = f" (it should be at {place})" if place else ""
    return f"{name}: the file is missing{where}; {rows} rows point into it"


def _verify_file(
    database: Database,
    store: Store,
    stored: StoredFile,
    complete: int | None,
    listed: Listed | None,
    owners: Callable[[str], FindOwner] | None,
    losses: list[Loss],
) -> FileReport:
    """Verify a file; *complete* is its size when all of it was ingested, None before.

    *losses* are the parts of any file that repairs could not save.
    """
    name = stored.name
    size = store.path(name).stat().st_size
    problems: list[str] = []
    finished = listed.size_bytes if listed is not None else complete
    if finished is not None and size != finished:
        problems.append(f"{name}: has {size} bytes, and had {finished} when it was finished")
    waiting = 0
    checked = _check(store, name)
    records = checked.records
    problems += (
        str(item)
        for item in checked.findings
        if stored.complete or item.end < size or not _breaks_off(store, item)
    )
    rows = compare(database, store, name, owners, losses)
    problems += rows.problems
    if complete is None:
        waiting = len(rows.lacking)
    else:
        problems += rows.lacking
    problems += (
        f"{name}: the row of {row.url} points to offset {offset}, where there is no such record"
        for offset, row in sorted(rows.astray.items())
    )
    remarks = rows.lost
    if checked.is_ours:
        problems += rows.without_original
    else:
        remarks += _summary(name, rows.without_original)
    if listed is not None and not problems and hash_file(store.path(name)) != listed.digest:
        problems.append(f"{name}: its digest is not the one that {COLLECTION_NAME} lists")
    return FileReport(
        file=name,
        size_bytes=size,
        records=records,
        rows=rows.sound,
        problems=tuple(problems),
        waiting=waiting,
        remarks=(*checked.remarks(name), *remarks),
    )


@dataclass(slots=True)
class _Checked:
    """What is in a file: intact records, problems, and flaws with the first record that has each.

    Flaws are those of other software; they are counted, because a file may have one in each record.
    """

    is_ours: bool
    records: int = 0
    findings: list[Finding] = field(default_factory=list)
    flaws: Counter[str] = field(default_factory=Counter)
    firsts: dict[str, Finding] = field(default_factory=dict)

    def remarks(self, name: str) -> Iterator[str]:
        """Yield a sentence for each kind of flaw."""
        for flaw, count in self.flaws.items():
            first = self.firsts[flaw]
            yield f"{name}: in {count} records: {flaw} (the first at byte {first.offset})"


def _lost(name: str, contents: Contents) -> Iterator[str]:
    """Yield what was lost of the file that *name* replaces."""
    for old in contents.superseded.values():
        if old.superseded_by == name:
            count = f"{len(old.lost)} parts of it are lost" if old.lost else "nothing is lost"
            yield f"{name}: has the intact records of {old.name}; {count}"
            for loss in old.lost:
                yield f"{name}: lost: {loss}"


def _check(store: Store, name: str) -> _Checked:
    with store.open(name) as file:
        done = _Checked(is_ours=file.is_ours)
    for item in _findings(store, name):
        if isinstance(item, Checked):
            done.records = item.records
        elif item.is_flaw:
            flaw = _ANY_VALUE.sub("…", item.problem)
            done.flaws[flaw] += 1
            done.firsts.setdefault(flaw, item)
        else:
            done.findings.append(item)
    return done


def _findings(store: Store, name: str) -> Iterator[Finding | Checked]:
    try:
        yield from check_file(store.path(name))
    except FileNotFoundError:  # its writer has renamed it meanwhile, before it was opened
        yield from check_file(store.path(name))


def _summary(name: str, sentences: list[str]) -> Iterator[str]:
    """Yield the first of *sentences* about a file of other software, and how many there are."""
    yield from sentences[:REVISITS_SHOWN]
    if len(sentences) > REVISITS_SHOWN:
        more = len(sentences) - REVISITS_SHOWN
        yield f"{name}: {more} more revisits refer to what is not in the archive"


def _breaks_off(store: Store, finding: Finding) -> bool:
    """Return whether a file ends within a gzip member, as it does during a write.

    A damaged member fails to decompress, or ends; an incomplete member does neither.
    """
    inflate = zlib.decompressobj(31)
    try:
        with store.path(finding.file).open("rb") as file:
            file.seek(finding.offset)
            left = finding.end - finding.offset
            while left > 0 and (data := file.read(min(left, READ_BYTES))):
                left -= len(data)
                while data:
                    inflate.decompress(data, READ_BYTES)
                    data = inflate.unconsumed_tail
    except zlib.error:
        return False
    return not inflate.eof
