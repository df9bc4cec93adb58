"""Read revisits as their originals, also where a record does not name them by id.

warcprox and pywb give URL and date, Heritrix and others the digest of the payload alone, and a 304
may name nothing at all. Which capture is meant depends on nothing but the set of those that are
there, so original and revisit may come in either order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, func, or_, select, union

from archive.model import Capture, RecordType
from archive.sql.schema.view_tables import capture, extraction

_OK = 200
_NOT_MODIFIED = 304
_ORIGINAL = capture.alias("original")
READ_AS = capture.outerjoin(_ORIGINAL, _ORIGINAL.c.warc_record_id == capture.c.refers_to).join(
    extraction,
    and_(
        extraction.c.capture_id == func.coalesce(_ORIGINAL.c.id, capture.c.id),
        capture.c.hidden.is_(None),
    ),
)
"""Captures with what they say: of a revisit, what the capture says that it refers to.

Without those that are hidden: they, and what only refers to them, say nothing.
"""
SHOWN_BY = func.coalesce(_ORIGINAL.c.warc_record_id, capture.c.warc_record_id)
"""The record whose extraction READ_AS gives."""
SHOWN_DIGEST = func.coalesce(_ORIGINAL.c.payload_digest, capture.c.payload_digest)
"""The payload digest of that record."""


def resolve(
    connection: Connection, owner: int, new: Sequence[Capture], waiting: Collection[str]
) -> set[str]:
    """Find what the revisits of publisher *owner* refer to that *new* captures may have changed.

    *waiting* are the URLs of the revisits that name one of them by id. Returns the URLs of the
    revisits that refer to another capture now. The new ones are stored already.
    """
    ids = [item.warc_record_id for item in new if item.refers_to_url is not None]
    urls = {item.url for item in new}
    responses = [item for item in new if item.record_type is RecordType.RESPONSE]
    digests = {item.payload_digest for item in responses if item.payload_digest}
    values = {
        "owner": owner,
        "ids": ids,
        "urls": list(urls),
        "instants": list(_instants_that_mean(responses)),
        "digests": list(digests),
    }
    revisits = connection.execute(_TOUCHED, values).all()
    found = _named(connection, owner, revisits)
    changed = _update(
        connection, ((row, found.get(row.id)) for row in revisits if not _may_follow(row, found))
    )
    # What a 304 means follows from the captures before it, revisits included.
    concerned = {*urls, *waiting, *changed, *(row.refers_to_url for row in revisits)}
    revisits = connection.execute(_FOLLOWING, {"owner": owner, "urls": list(concerned)}).all()
    found = _named(connection, owner, revisits)
    found |= _latest_before(connection, owner, [row for row in revisits if row.id not in found])
    return changed | _update(connection, ((row, found.get(row.id)) for row in revisits))


_AnyRow = Row[*tuple[Any, ...]]
_REVISIT = (
    capture.c.id,
    capture.c.url,
    capture.c.fetched_at,
    capture.c.http_status,
    capture.c.warc_record_id,
    capture.c.refers_to,
    capture.c.refers_to_url,
    capture.c.refers_to_at,
    capture.c.payload_digest,
)
# Built once: every commit asks them. Of conditions with OR, SQLite uses the index of none.
_NAMES_NO_ID = select(*_REVISIT).where(
    capture.c.publisher_id == bindparam("owner"), capture.c.refers_to_url.is_not(None)
)
_NAMES_URL = _NAMES_NO_ID.where(capture.c.refers_to_url.in_(bindparam("urls", expanding=True)))
_TOUCHED = union(
    _NAMES_NO_ID.where(capture.c.warc_record_id.in_(bindparam("ids", expanding=True))),
    _NAMES_URL.where(capture.c.refers_to_at.in_(bindparam("instants", expanding=True))),
    _NAMES_NO_ID.where(capture.c.payload_digest.in_(bindparam("digests", expanding=True))),
)
"""Revisits that name no original by id: some records, and those that name some URLs at some
instants, or some payloads."""
_FOLLOWING = _NAMES_URL.where(
    capture.c.refers_to_at.is_(None), capture.c.http_status == _NOT_MODIFIED
)


def _may_follow(row: _AnyRow, found: Mapping[int, str]) -> bool:
    """Return whether *row* is a 304 that names no original, or none that is there."""
    is_unnamed = row.refers_to_at is None and row.http_status == _NOT_MODIFIED
    return is_unnamed and row.id not in found


def _update(connection: Connection, found: Iterable[tuple[_AnyRow, str | None]]) -> set[str]:
    """Store what revisits refer to; return the URLs of those that referred to another before."""
    changed = set()
    for revisit, original in found:
        if original != revisit.refers_to:
            change = capture.update().where(capture.c.id == revisit.id).values(refers_to=original)
            connection.execute(change)
            changed.add(revisit.url)
    return changed


def _named(connection: Connection, owner: int, revisits: Sequence[_AnyRow]) -> dict[int, str]:
    """Return the originals that *revisits* name by date or digest, by the ids of their rows."""
    dated = {row.refers_to_url for row in revisits if row.refers_to_at is not None}
    digests = {row.payload_digest for row in revisits if row.payload_digest is not None}
    by_url, by_digest = defaultdict(list), defaultdict(list)
    for row in _responses(connection, owner, capture.c.url.in_(dated)) if dated else ():
        by_url[row.url].append(row)
    for row in _responses(connection, owner, _has_digest(digests)) if digests else ():
        by_digest[row.payload_digest].append(row)
    found = {}
    for revisit in revisits:
        best = _of_date(revisit, by_url[revisit.refers_to_url]) or _of_digest(
            revisit, by_digest[revisit.payload_digest]
        )
        if best is not None:
            found[revisit.id] = best
    return found


def _has_digest(digests: Collection[str]) -> ColumnElement[bool]:
    return capture.c.payload_digest.in_(digests)


def _responses(
    connection: Connection, owner: int, condition: ColumnElement[bool]
) -> Sequence[_AnyRow]:
    statement = select(*_REVISIT).where(
        capture.c.publisher_id == owner,
        condition,
        capture.c.record_type == RecordType.RESPONSE,
    )
    return connection.execute(statement).all()


def _of_date(revisit: _AnyRow, candidates: Sequence[_AnyRow]) -> str | None:
    fitting = [row for row in candidates if is_meant(revisit.refers_to_at, row.fetched_at)]
    best = min(
        fitting,
        key=lambda row: (
            row.payload_digest != revisit.payload_digest,
            row.fetched_at,
            row.warc_record_id,
        ),
        default=None,
    )
    return None if best is None else str(best.warc_record_id)


def _of_digest(revisit: _AnyRow, candidates: Sequence[_AnyRow]) -> str | None:
    """Return the nearest capture of the same payload, of the same URL and before if possible."""
    best = min(
        candidates,
        key=lambda row: (
            row.url != revisit.refers_to_url,
            row.url != revisit.url,
            row.fetched_at > revisit.fetched_at,
            abs(revisit.fetched_at - row.fetched_at),
            row.warc_record_id,
        ),
        default=None,
    )
    return None if best is None else str(best.warc_record_id)


def _latest_before(
    connection: Connection, owner: int, revisits: Sequence[_AnyRow]
) -> dict[int, str]:
    """Return what the latest earlier 200 of each revisit's URL shows, by the ids of their rows."""
    urls = {row.refers_to_url for row in revisits}
    if not urls:
        return {}
    shown = func.coalesce(_ORIGINAL.c.warc_record_id, capture.c.warc_record_id)
    statement = (
        select(capture.c.url, capture.c.fetched_at, shown.label("shown"))
        .outerjoin(_ORIGINAL, _ORIGINAL.c.warc_record_id == capture.c.refers_to)
        .where(
            capture.c.publisher_id == owner,
            capture.c.url.in_(urls),
            capture.c.http_status == _OK,
            or_(capture.c.record_type == RecordType.RESPONSE, _ORIGINAL.c.id.is_not(None)),
        )
    )
    timelines: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for row in connection.execute(statement):
        timelines[row.url].append((row.fetched_at, row.shown))
    found = {}
    for revisit in revisits:
        earlier = [
            item for item in timelines[revisit.refers_to_url] if item[0] < revisit.fetched_at
        ]
        if earlier:
            found[revisit.id] = max(earlier)[1]
    return found


def _instants_that_mean(captures: Iterable[Capture]) -> set[datetime]:
    """Return the instants at which a revisit may name one of *captures*; see ``is_meant``."""
    return {
        instant
        for item in captures
        for instant in (item.fetched_at, item.fetched_at.replace(microsecond=0))
    }


def is_meant(named: datetime | None, fetched_at: datetime) -> bool:
    """Whether a revisit that names a capture of instant *named* can mean one of *fetched_at*.

    Indexes and WARC 1.0 know whole seconds only, and cut what is finer.
    """
    if named is None:
        return False
    if named.microsecond:
        return named == fetched_at
    return named <= fetched_at < named + timedelta(seconds=1)
