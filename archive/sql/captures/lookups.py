"""What is known of earlier captures of a URL: bodies to refer to, validators to send, outcomes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, case, func, select

from archive.model import Answer, Capture, EdgeKind, Outcome, RecordType
from archive.sql.captures.revisits import READ_AS
from archive.sql.captures.store import capture_from_row
from archive.sql.schema.view_tables import capture, edge, extraction, publisher, warc_file

MOST_LOOKED_AT = 12
"""Latest captures of a URL that are asked for an earlier body."""


def originals(
    connection: Connection, owner: int, url: str, payload_digest: str | None, limit: int = 3
) -> list[Capture]:
    """Return whole responses of *url* with *payload_digest*, or any with a 200 if that is None.

    Those that the latest captures show come first, else the newest.
    """
    values: dict[str, Any] = {"owner": owner, "wanted": url, "most": MOST_LOOKED_AT}
    shown = connection.execute(_SHOWN_LAST, values).mappings().all()
    fitting = {
        row["warc_record_id"]: row
        for row in shown
        if row["payload_digest"] is not None
        and payload_digest in {None, row["payload_digest"]}
        and (payload_digest is not None or row["http_status"] == 200)
    }
    rows: Iterable[RowMapping] = fitting.values()
    if not fitting and payload_digest is not None:
        found = connection.execute(_WITH_DIGEST, {**values, "digest": payload_digest}).mappings()
        rows = sorted(found, key=lambda row: row["fetched_at"], reverse=True)
    elif not fitting and len(shown) == MOST_LOOKED_AT:
        rows = connection.execute(_ORIGINALS, {**values, "most": limit}).mappings()
    return [capture_from_row(row, row["file"]) for row in list(rows)[:limit]]


def answers(connection: Connection, owner: int, url: str, limit: int) -> list[Answer]:
    """Return the latest *limit* whole answers for *url* and its 304s, oldest first."""
    values = {"owner": owner, "wanted": url, "most": limit}
    rows = connection.execute(_ANSWERS, values).all()
    return [
        Answer(
            not_modified=row.http_status == 304,
            etag=row.etag,
            last_modified=row.last_modified,
            payload_digest=row.payload_digest,
            text_sha256=row.text_sha256,
        )
        for row in reversed(rows)
    ]


def redirect_target(connection: Connection, owner: int, url: str) -> str | None:
    """Return where the latest reply for *url* redirects to; None where it does not."""
    row = connection.execute(_LATEST, {"owner": owner, "wanted": url}).first()
    if row is None or row.outcome != Outcome.REDIRECT:
        return None
    statement = select(edge.c.target_url).where(
        edge.c.capture_id == row.capture_id, edge.c.kind == EdgeKind.REDIRECT
    )
    return connection.scalar(statement)


def latest_reply(connection: Connection, url: str, until: datetime | None) -> Capture | None:
    """Return the latest reply for *url* that has its own body, of *until* or before if given.

    Whoever published it; None where there is none.
    """
    statement = (
        select(*capture.c, warc_file.c.name.label("file"))
        .join(warc_file, warc_file.c.id == capture.c.warc_file_id)
        .where(
            capture.c.url == url,
            capture.c.record_type == RecordType.RESPONSE,
            capture.c.http_status.is_not(None),
            capture.c.hidden.is_(None),
        )
        .order_by(capture.c.fetched_at.desc(), capture.c.id.desc())
        .limit(1)
    )
    if until is not None:
        statement = statement.where(capture.c.fetched_at <= until)
    row = connection.execute(statement).mappings().first()
    return None if row is None else capture_from_row(row, row["file"])


_LATEST = (
    select(extraction.c.outcome, extraction.c.capture_id)
    .select_from(READ_AS)
    .where(
        capture.c.publisher_id == bindparam("owner"),
        capture.c.url == bindparam("wanted"),
        capture.c.http_status.is_not(None),
    )
    .order_by(capture.c.fetched_at.desc(), capture.c.id.desc())
    .limit(1)
)
_ANSWERS = (
    select(
        capture.c.http_status,
        capture.c.etag,
        capture.c.last_modified,
        capture.c.payload_digest,
        # Of a list, the links count, not the text beside them.
        case((extraction.c.outcome == Outcome.ARTICLE, extraction.c.text_sha256), else_=None).label(
            "text_sha256"
        ),
    )
    .select_from(READ_AS)
    .where(
        capture.c.publisher_id == bindparam("owner"),
        capture.c.url == bindparam("wanted"),
        capture.c.http_status.in_([200, 304]),
        capture.c.truncated.is_(None),
    )
    .order_by(capture.c.fetched_at.desc())
    .limit(bindparam("most"))
)


# Built once: a crawl asks one of them for each reply, in the reactor's thread.
_SHOWN = capture.alias("shown")
_SHOWN_LAST = (
    select(_SHOWN, warc_file.c.name.label("file"))
    .select_from(
        capture.join(
            _SHOWN,
            _SHOWN.c.warc_record_id == func.coalesce(capture.c.refers_to, capture.c.warc_record_id),
        ).join(warc_file, warc_file.c.id == _SHOWN.c.warc_file_id)
    )
    .where(
        capture.c.publisher_id == bindparam("owner"),
        capture.c.url == bindparam("wanted"),
        _SHOWN.c.url == capture.c.url,
        _SHOWN.c.record_type == RecordType.RESPONSE,
        _SHOWN.c.truncated.is_(None),
    )
    .order_by(capture.c.fetched_at.desc())
    .limit(bindparam("most"))
)
_WHOLE = (
    select(capture, warc_file.c.name.label("file"))
    .join(warc_file)
    .where(
        capture.c.publisher_id == bindparam("owner"),
        capture.c.url == bindparam("wanted"),
        capture.c.record_type == RecordType.RESPONSE,
        capture.c.truncated.is_(None),
    )
)
# Without an order, SQLite takes the index of payloads: a page that changes has many captures.
_WITH_DIGEST = _WHOLE.where(capture.c.payload_digest == bindparam("digest"))
_ORIGINALS = (
    _WHOLE.where(capture.c.http_status == 200, capture.c.payload_digest.is_not(None))
    .order_by(capture.c.fetched_at.desc())
    .limit(bindparam("most"))
)


def outcomes(connection: Connection, record_ids: Iterable[str]) -> dict[str, Outcome]:
    """Return the outcomes of the captures *record_ids*; captures that are not stored are absent."""
    ids = list(record_ids)
    if not ids:
        return {}
    statement = (
        select(capture.c.warc_record_id, extraction.c.outcome)
        .join(extraction)
        .where(capture.c.warc_record_id.in_(ids))
    )
    return {row.warc_record_id: Outcome(row.outcome) for row in connection.execute(statement)}


def publisher_ids(connection: Connection) -> dict[str, int]:
    """Return the row ids of all publishers of which anything is archived, by name, in order."""
    statement = select(publisher.c.name, publisher.c.id).order_by(publisher.c.name)
    return {row.name: row.id for row in connection.execute(statement)}
