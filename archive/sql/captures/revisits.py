"""Read revisits as their originals, also where a record names them by URL and date only.

warcprox, pywb and wget's like give no record id. Which capture is meant depends on nothing but the
set of those that are there, so original and revisit may come in either order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select

from archive.model import Capture, RecordType
from archive.sql.schema.view_tables import capture, extraction

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


def resolve(connection: Connection, owner: int, new: Sequence[Capture]) -> set[str]:
    """Find what the revisits of publisher *owner* refer to that *new* captures may have changed.

    Returns the URLs of the revisits that refer to another capture now. The new ones are stored
    already.
    """
    ids = [item.warc_record_id for item in new if item.refers_to_url is not None]
    urls = [item.url for item in new if item.record_type is RecordType.RESPONSE]
    wanted = select(
        capture.c.id,
        capture.c.url,
        capture.c.refers_to,
        capture.c.refers_to_url,
        capture.c.refers_to_at,
        capture.c.payload_digest,
    ).where(
        capture.c.publisher_id == owner,
        capture.c.refers_to_url.is_not(None),
        or_(capture.c.warc_record_id.in_(ids), capture.c.refers_to_url.in_(urls)),
    )
    revisits = connection.execute(wanted).all()
    candidates = _candidates(connection, owner, {row.refers_to_url for row in revisits})
    changed = set()
    for revisit in revisits:
        found = _best(revisit, candidates[revisit.refers_to_url])
        if found != revisit.refers_to:
            change = capture.update().where(capture.c.id == revisit.id).values(refers_to=found)
            connection.execute(change)
            changed.add(revisit.url)
    return changed


def _candidates(
    connection: Connection, owner: int, urls: set[str]
) -> dict[str, list[Row[*tuple[Any, ...]]]]:
    """Return the responses of each of *urls*."""
    found: dict[str, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    if urls:
        statement = select(
            capture.c.url,
            capture.c.fetched_at,
            capture.c.warc_record_id,
            capture.c.payload_digest,
        ).where(
            capture.c.publisher_id == owner,
            capture.c.url.in_(urls),
            capture.c.record_type == RecordType.RESPONSE,
        )
        for row in connection.execute(statement):
            found[row.url].append(row)
    return found


def _best(
    revisit: Row[*tuple[Any, ...]], candidates: Sequence[Row[*tuple[Any, ...]]]
) -> str | None:
    fitting = [row for row in candidates if is_meant(revisit.refers_to_at, row.fetched_at)]
    if not fitting:
        return None
    best = min(
        fitting,
        key=lambda row: (
            row.payload_digest != revisit.payload_digest,
            row.fetched_at,
            row.warc_record_id,
        ),
    )
    return str(best.warc_record_id)


def is_meant(named: datetime | None, fetched_at: datetime) -> bool:
    """Whether a revisit that names a capture of instant *named* can mean one of *fetched_at*.

    Indexes and WARC 1.0 know whole seconds only, and cut what is finer.
    """
    if named is None:
        return False
    if named.microsecond:
        return named == fetched_at
    return named <= fetched_at < named + timedelta(seconds=1)
