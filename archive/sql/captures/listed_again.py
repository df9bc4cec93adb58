"""Lists that are captured again and again, and leave nothing to settle.

A section is captured every hour, and is another page each time. It is no article, and as a list it
ties no two addresses. So a list right after a list changes nothing, at an address of no article
that no source names. Its text must be no other page's: one text at many addresses may stand in
place of their stories. No more is read for that than the captures since the list before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, exists, or_, select

from archive.model import Extraction, Outcome
from archive.settle.identity import READ
from archive.sql.captures.evidence import named_urls
from archive.sql.captures.revisits import READ_AS
from archive.sql.schema.state_tables import unsettled
from archive.sql.schema.view_tables import address, capture, extraction


def is_plain_list(found: Extraction) -> bool:
    """Return whether *found* is a list, and nothing of it could be that of an article."""
    return found.outcome is Outcome.LISTING and found.part is None and not found.is_in_place


def listed_again(
    connection: Connection, owner: int, new: Mapping[str, Mapping[str, datetime]]
) -> set[str]:
    """Return which URLs show a list again, and are settled as they are.

    *new* are their captures that were stored just now: when each record was captured, by URL. All
    of them are lists, or revisits of lists.
    """
    return {
        url for url, records in new.items() if records and _goes_on(connection, owner, url, records)
    }


def _goes_on(connection: Connection, owner: int, url: str, records: Mapping[str, datetime]) -> bool:
    values = {"owner": owner, "url": url, "first": min(records.values())}
    before = connection.execute(_LAST_READ_BEFORE, values).one_or_none()
    if before is None or not _is_plain_list(before):
        return False
    since = connection.execute(_SINCE, values).all()
    if {row.warc_record_id for row in since} != records.keys():
        return False
    if not all(map(_is_plain_list, since)) or connection.scalar(_IS_MORE, values):
        return False
    if named_urls(connection, owner, [url]):
        return False
    texts = {row.text_sha256 for row in since} - {None, before.text_sha256}
    return not texts or _are_of(connection, owner, texts, records)


def _is_plain_list(row: Row[*tuple[Any, ...]]) -> bool:
    return row.outcome == Outcome.LISTING and row.part is None and not row.is_in_place


def _are_of(
    connection: Connection, owner: int, texts: Collection[str], records: Collection[str]
) -> bool:
    """Return whether no record but *records* has one of *texts*."""
    values = {"owner": owner, "texts": [*texts], "most": len(records) + 1}
    found = connection.execute(_WITH_TEXTS, values)
    return set(found.scalars()) <= set(records)


# Statements are built once: SQLAlchemy takes longer to build one than SQLite takes to run it.
_OWNER: BindParameter[Any] = bindparam("owner")
_URL: BindParameter[Any] = bindparam("url")
_FIRST: BindParameter[Any] = bindparam("first")
_SHOWN = (
    select(
        capture.c.warc_record_id,
        extraction.c.outcome,
        extraction.c.part,
        extraction.c.is_in_place,
        extraction.c.text_sha256,
    )
    .select_from(READ_AS)
    .where(capture.c.publisher_id == _OWNER, capture.c.url == _URL)
)
_SINCE = _SHOWN.where(capture.c.fetched_at >= _FIRST)
_LAST_READ_BEFORE = (
    _SHOWN.where(capture.c.fetched_at < _FIRST, extraction.c.outcome.in_(sorted(READ)))
    .order_by(capture.c.fetched_at.desc(), capture.c.warc_record_id.desc())
    .limit(1)
)
_IS_MORE = select(
    or_(
        exists().where(address.c.publisher_id == _OWNER, address.c.url == _URL),
        exists().where(unsettled.c.publisher_id == _OWNER, unsettled.c.url == _URL),
    )
)
"""Whether a URL is an address of an article, or is to be settled."""
_WITH_TEXTS = (
    select(capture.c.warc_record_id)
    .select_from(extraction.join(capture, capture.c.id == extraction.c.capture_id))
    .where(
        extraction.c.text_sha256.in_(bindparam("texts", expanding=True)),
        # As a sum, the publisher keeps SQLite from reading all captures of one to find a text.
        capture.c.publisher_id + 0 == _OWNER,
    )
    .limit(bindparam("most"))
)
