"""The addresses of one path where an equal payload was captured."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, and_, bindparam, select, union

from archive.model import Reading
from archive.sql.chunks import batches
from archive.sql.schema.view_tables import capture
from archive.urls import url_path

_HAS_DIGEST = and_(
    capture.c.publisher_id == bindparam("owner"),
    capture.c.payload_digest.in_(bindparam("digests", expanding=True)),
)
_REVISIT = capture.alias("revisit")
_CAPTURED = union(
    select(capture.c.payload_digest, capture.c.url).where(_HAS_DIGEST),
    select(capture.c.payload_digest, _REVISIT.c.url)
    .join(_REVISIT, _REVISIT.c.refers_to == capture.c.warc_record_id)
    .where(_HAS_DIGEST),
)
"""Captures of some payloads, and revisits of such captures, which may name no digest."""


def urls_with_payload(connection: Connection, owner: int, readings: Iterable[Reading]) -> set[str]:
    """Return the URLs with the path and the payload of one of *readings*, theirs included."""
    wanted = {(r.payload_digest, url_path(r.url)) for r in readings if r.payload_digest}
    found: set[str] = set()
    for digests in batches({digest for digest, _ in wanted}):
        rows = connection.execute(_CAPTURED, {"owner": owner, "digests": digests})
        found |= {url for digest, url in rows if (digest, url_path(url)) in wanted}
    return found
