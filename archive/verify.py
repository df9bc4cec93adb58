"""Verify an archive: every record against its digests, every row against its record."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from archive.model import Capture
from archive.sql.captures import as_stored, capture_of, complete_files
from archive.sql.database import Database
from archive.sql.schema import capture, warc_file
from archive.warc.check import Checked, Finding, check_file
from archive.warc.collection import FILE_NAME as COLLECTION_NAME
from archive.warc.collection import Contents, Listed, hash_file
from archive.warc.reader import Damage
from archive.warc.store import Store, StoredFile

READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What verifying one WARC file found; each of *problems* is a sentence with its place.

    *rows* is how many rows of the database lead to the record that they describe. *waiting* is how
    many captures a crawl has not got into the database yet, or never will, if it was killed: the
    next one takes them in.
    """

    file: str
    size_bytes: int
    records: int
    rows: int
    problems: tuple[str, ...]
    waiting: int = 0


def verify(database: Database, store: Store) -> Iterator[FileReport]:
    """Yield a report for each WARC file of the store, and for each that should be there and is not.

    Files that a running crawl is writing are read as far as they are written; a last record of
    which only a part is there yet is no damage.
    """
    contents = store.collection.contents() if store.collection else Contents()
    if contents.problems:
        yield _absent(COLLECTION_NAME, contents.problems)
    with database.reading() as connection:
        known = set(connection.execute(select(warc_file.c.name)).scalars())
        complete = complete_files(connection)
        for stored in store.files():
            listed = contents.listed.get(stored.name)
            yield _verify_file(connection, store, stored, complete.get(stored.name), listed)
            known.discard(stored.name)
        for name in sorted(known | {*contents.listed} - {file.name for file in store.files()}):
            rows = len(_rows(connection, name))
            yield _absent(name, (_missing(name, rows, contents, store),))


def _absent(name: str, problems: tuple[str, ...]) -> FileReport:
    return FileReport(file=name, size_bytes=0, records=0, rows=0, problems=problems)


def _missing(name: str, rows: int, contents: Contents, store: Store) -> str:
    if name in contents.superseded:
        new = contents.superseded[name].superseded_by
        return (
            f"{name}: {rows} rows point into it, and it is superseded by {new}; they are brought up"
            " to date by the next crawl, or by `pressmark rebuild`"
        )
    place = store.collection.path(name) if store.collection else None
    where = f" (it should lie at {place})" if place else ""
    return f"{name}: the file is missing{where}; {rows} rows point into it"


def _verify_file(
    connection: Connection,
    store: Store,
    stored: StoredFile,
    complete: int | None,
    listed: Listed | None,
) -> FileReport:
    """Verify a file; *complete* is its size when all of it was ingested, None before."""
    name = stored.name
    size = store.path(name).stat().st_size
    rows = _rows(connection, name)
    problems: list[str] = []
    finished = listed.size_bytes if listed is not None else complete
    if finished is not None and size != finished:
        problems.append(f"{name}: has {size} bytes, and had {finished} when it was finished")
    records = sound = waiting = 0
    for item in _checked(store, name):
        if isinstance(item, Checked):
            records = item.records
        elif stored.complete or item.end < size or not _breaks_off(store, item):
            problems.append(str(item))
    for found in store.scan(name):
        if isinstance(found, Damage):
            continue  # the check has named it
        row = rows.pop(found.warc_offset, None)
        if row == as_stored(found):
            sound += 1
        elif row is not None:
            problems.append(_difference(row, as_stored(found)))
        elif complete is None:
            waiting += 1
        else:
            problems.append(
                f"{name}: record at offset {found.warc_offset} ({found.warc_record_id}) is in no"
                " row; run `pressmark rebuild`"
            )
    for offset, row in sorted(rows.items()):
        problems.append(
            f"{name}: the row of {row.url} points to offset {offset}, where no such record lies"
        )
    if listed is not None and not problems and hash_file(store.path(name)) != listed.digest:
        problems.append(f"{name}: its digest is not the one that {COLLECTION_NAME} lists")
    return FileReport(
        file=name,
        size_bytes=size,
        records=records,
        rows=sound,
        problems=tuple(problems),
        waiting=waiting,
    )


def _checked(store: Store, name: str) -> list[Finding | Checked]:
    try:
        return list(check_file(store.path(name)))
    except FileNotFoundError:  # its writer has given it its final name since
        return list(check_file(store.path(name)))


def _breaks_off(store: Store, finding: Finding) -> bool:
    """Return whether a file ends within a gzip member, as it does while that is written.

    A damaged member fails to inflate, or ends; what is still being written does neither.
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


def _rows(connection: Connection, name: str) -> dict[int, Capture]:
    statement = select(capture).join(warc_file).where(warc_file.c.name == name)
    rows = connection.execute(statement).mappings()
    return {row["warc_offset"]: capture_of(row, name) for row in rows}


def _difference(row: Capture, record: Capture) -> str:
    names = [
        name for name in Capture.__dataclass_fields__ if getattr(row, name) != getattr(record, name)
    ]
    pairs = "; ".join(
        f"{name} is {getattr(row, name)!r}, in the record {getattr(record, name)!r}"
        for name in names
    )
    return f"{record.warc_file}: the row of offset {record.warc_offset} differs: {pairs}"
