"""Compare the captures in a WARC file with the rows that point into it.

Both are read in the order of their offsets, a page of rows at a time, each page in a transaction of
its own: a file takes minutes, and a transaction that is open so long keeps a server from cleaning
up. What a crawl stores meanwhile is left out, since it may lie behind what was read of the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, select

from archive.errors import NotFoundError
from archive.model import Capture, RecordType
from archive.sql.captures import locations, revisits
from archive.sql.captures.store import capture_from_row
from archive.sql.database import Database
from archive.sql.schema.view_tables import capture, warc_file
from archive.warc.collection import Loss
from archive.warc.owners import FindOwner
from archive.warc.reading.reader import Damage
from archive.warc.record import parse_date
from archive.warc.store import Store

ROWS_A_PAGE = 500


@dataclass(slots=True)
class Compared:
    """What the rows of a file are, compared with its captures.

    *sound* rows describe their records; *astray* are the rows without a record, by offset.
    *lacking* has a sentence for each capture without a row. *lost* and *without_original* have one
    for each revisit whose body is known to be lost, or is in no file.
    """

    sound: int = 0
    astray: dict[int, Capture] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    without_original: list[str] = field(default_factory=list)


def newest_row(connection: Connection) -> int:
    """Return the id of the capture that was stored last; 0 without any."""
    return int(connection.scalar(select(func.max(capture.c.id))) or 0)


def number_of_rows(connection: Connection, name: str) -> int:
    """Return how many rows point into the WARC file *name*."""
    statement = select(func.count()).select_from(capture).join(warc_file)
    return int(connection.scalar(statement.where(warc_file.c.name == name)) or 0)


def rows_of_file(database: Database, name: str, newest: int) -> Iterator[Capture]:
    """Yield the rows of the WARC file *name* up to the id *newest*, in order of their offsets."""
    after = -1
    while True:
        statement = (
            select(capture)
            .join(warc_file)
            .where(warc_file.c.name == name, capture.c.warc_offset > after, capture.c.id <= newest)
            .order_by(capture.c.warc_offset)
            .limit(ROWS_A_PAGE)
        )
        rows = database.read(partial(_all, statement=statement))
        yield from (capture_from_row(row, name) for row in rows)
        if len(rows) < ROWS_A_PAGE:
            return
        after = rows[-1]["warc_offset"]


def _all(connection: Connection, statement: Select[Any]) -> Sequence[RowMapping]:
    return connection.execute(statement).mappings().all()


def compare(
    database: Database,
    store: Store,
    name: str,
    owners: Callable[[str], FindOwner] | None,
    losses: list[Loss],
) -> Compared:
    """Compare the WARC file *name* with its rows.

    *owners* is that of ``verify``. *losses* are the parts of any file that repairs could not save.
    """
    done = Compared()
    rows = rows_of_file(database, name, database.read(newest_row))
    lacking = _Lacking(database, name, owners, done)
    shown = _Originals(database, losses, done)
    row = next(rows, None)
    for found in store.scan(name):
        if isinstance(found, Damage):
            continue  # the check has named it
        while row is not None and row.warc_offset < found.warc_offset:
            done.astray[row.warc_offset], row = row, next(rows, None)
        if row is None or row.warc_offset > found.warc_offset:
            lacking.add(found)
            continue
        if row.record_type is RecordType.REVISIT:
            shown.add(row)
        if found.refers_to_url is not None:
            row = replace(row, refers_to=None)  # it was looked up and is not in the record
        if row == found:
            done.sound += 1
        else:
            done.problems.append(_difference(row, found))
        row = next(rows, None)
    while row is not None:
        done.astray[row.warc_offset], row = row, next(rows, None)
    lacking.end()
    shown.look()
    return done


class _Lacking:
    """Looks for the captures without a row of their file, a page at a time, in other places."""

    def __init__(
        self,
        database: Database,
        name: str,
        owners: Callable[[str], FindOwner] | None,
        done: Compared,
    ) -> None:
        self._database, self._name, self._owners, self._done = database, name, owners, done
        self._find_owner: FindOwner | None = None
        self._waiting: list[Capture] = []
        self._moved: list[tuple[Capture, tuple[str, int]]] = []

    def add(self, item: Capture) -> None:
        self._waiting.append(item)
        if len(self._waiting) == ROWS_A_PAGE:
            self._look()

    def end(self) -> None:
        """Judge the rest, and what is in a row of this file at another offset."""
        self._look()
        for item, place in self._moved:
            self._judge(item, None if place[1] in self._done.astray else place)

    def _look(self) -> None:
        some, self._waiting = self._waiting, []
        if not some:
            return
        if self._owners is not None and self._find_owner is None:
            with suppress(NotFoundError):  # a profile is missing; ingesting the file reports it
                self._find_owner = self._owners(self._name)
        ids = [item.warc_record_id for item in some]
        elsewhere = self._database.read(lambda connection: locations.rows_of(connection, ids))
        for item in some:
            place = elsewhere.get(item.warc_record_id)
            if place is not None and place[0] == self._name:
                self._moved.append((item, place))
            else:
                self._judge(item, place)

    def _judge(self, item: Capture, place: tuple[str, int] | None) -> None:
        record = f"{self._name}: record at offset {item.warc_offset} ({item.warc_record_id})"
        if place is None:
            if self._find_owner is None or self._find_owner(item) is not None:
                self._done.lacking.append(f"{record} is in no row; run `pressmark rebuild`")
        elif locations.place_of(item) < place:
            self._done.lacking.append(
                f"{record} is in a row that points to its copy at offset {place[1]} of"
                f" {place[0]}; run `pressmark rebuild`"
            )


class _Originals:
    """Looks for the captures that revisits refer to, a page at a time."""

    def __init__(self, database: Database, losses: list[Loss], done: Compared) -> None:
        self._database, self._losses, self._done = database, losses, done
        self._waiting: list[Capture] = []

    def add(self, revisit: Capture) -> None:
        self._waiting.append(revisit)
        if len(self._waiting) == ROWS_A_PAGE:
            self.look()

    def look(self) -> None:
        some, self._waiting = self._waiting, []
        ids = [item.refers_to for item in some if item.refers_to]
        there = self._database.read(lambda c: locations.rows_of(c, ids)) if ids else {}
        for item in some:
            if item.refers_to in there:
                continue
            original = item.refers_to or "nothing"
            if item.refers_to_at is not None:
                original = f"the capture of {item.refers_to_url} at {item.refers_to_at}"
            elif item.refers_to_url is not None:
                original = f"an earlier capture of {item.refers_to_url}"
            revisit = (
                f"{item.warc_file}: the revisit at offset {item.warc_offset}"
                f" ({item.warc_record_id}) of {item.url} refers to {original}"
            )
            if any(_is_original(loss, item) for loss in self._losses):
                self._done.lost.append(f"{revisit}, which was lost")
            else:
                self._done.without_original.append(f"{revisit}, which is not in the archive")


def _is_original(loss: Loss, revisit: Capture) -> bool:
    if revisit.refers_to_url is None or loss.url is None or loss.date is None:
        return loss.record_id is not None and loss.record_id == revisit.refers_to
    is_meant = revisit.refers_to_at is None or revisits.is_meant(
        revisit.refers_to_at, parse_date(loss.date)
    )
    return is_meant and loss.url == revisit.refers_to_url


def _difference(row: Capture, record: Capture) -> str:
    names = [
        name for name in Capture.__dataclass_fields__ if getattr(row, name) != getattr(record, name)
    ]
    pairs = "; ".join(
        f"{name} is {getattr(row, name)!r}, in the record {getattr(record, name)!r}"
        for name in names
    )
    return f"{record.warc_file}: the row of offset {record.warc_offset} differs: {pairs}"
