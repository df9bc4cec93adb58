"""Where a record is that two WARC files have: in the first of them by name.

An import may bring a copy of a record that the archive has already. One record id is one capture,
and the place that its row points to must not depend on which file was read first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, bindparam, select

from archive.model import Capture
from archive.sql.schema.view_tables import capture, warc_file


def place_of(item: Capture) -> tuple[str, int]:
    """Return file and offset of *item*; of two copies of a record the smaller place counts."""
    return item.warc_file, item.warc_offset


def known_records(
    connection: Connection, file_ids: Mapping[str, int], items: Iterable[Capture]
) -> set[str]:
    """Return the record ids of *items* that have a row, which points to the smaller place after.

    *file_ids* has the ids of the rows of their files.
    """
    firsts = firsts_of(items)
    found = set()
    for row in connection.execute(_KNOWN, {"records": [*firsts]}).all():
        first = firsts[row.warc_record_id]
        if place_of(first) < (row.name, row.warc_offset):
            place = {
                "warc_file_id": file_ids[first.warc_file],
                "warc_offset": first.warc_offset,
                "warc_length": first.warc_length,
            }
            connection.execute(capture.update().where(capture.c.id == row.id).values(**place))
        found.add(row.warc_record_id)
    return found


_KNOWN = (
    select(capture.c.id, capture.c.warc_record_id, capture.c.warc_offset, warc_file.c.name)
    .join(warc_file)
    .where(capture.c.warc_record_id.in_(bindparam("records", expanding=True)))
)


def firsts_of(items: Iterable[Capture]) -> dict[str, Capture]:
    """Return by record id the first copy of each record among *items*."""
    firsts: dict[str, Capture] = {}
    for item in items:
        other = firsts.get(item.warc_record_id)
        if other is None or place_of(item) < place_of(other):
            firsts[item.warc_record_id] = item
    return firsts


def conflicts(connection: Connection, items: Iterable[Capture]) -> dict[str, tuple[str, int]]:
    """Return which of *items* have the id of another record, by id: the place of that one.

    A copy has the same URL, date, type and payload; what differs in these is no copy.
    """
    wanted = {item.warc_record_id: item for item in items}
    columns = (capture.c.url, capture.c.fetched_at, capture.c.record_type, capture.c.payload_digest)
    statement = (
        select(capture.c.warc_record_id, capture.c.warc_offset, warc_file.c.name, *columns)
        .join(warc_file)
        .where(capture.c.warc_record_id.in_([*wanted]))
    )
    found = {}
    for row in connection.execute(statement).mappings():
        item = wanted[row["warc_record_id"]]
        if any(row[column.name] != getattr(item, column.name) for column in columns):
            found[item.warc_record_id] = (row["name"], row["warc_offset"])
    return found


def rows_of(connection: Connection, record_ids: Iterable[str]) -> dict[str, tuple[str, int]]:
    """Return the files and offsets of the rows of *record_ids*; ids without a row are absent."""
    statement = (
        select(capture.c.warc_record_id, capture.c.warc_offset, warc_file.c.name)
        .join(warc_file)
        .where(capture.c.warc_record_id.in_([*record_ids]))
    )
    return {row[0]: (row[2], row[1]) for row in connection.execute(statement)}
