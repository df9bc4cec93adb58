"""The blocks of pages: once for all captures of a publisher that show the same ones.

A page is fetched again and again, and what changes is mostly beside its text. A list that no
extraction refers to any more is deleted by triggers (migration 0016).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, select

from archive.sql.chunks import batches
from archive.sql.rows import insert_ids
from archive.sql.schema.view_tables import block_list
from archive.sql.types import to_json

_KNOWN = select(block_list.c.digest, block_list.c.id).where(
    block_list.c.publisher_id == bindparam("owner"),
    block_list.c.digest.in_(bindparam("digests", expanding=True)),
)


def with_block_lists(
    connection: Connection, owner: int, rows: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return *rows* of extractions, each with ``block_list_id`` in place of its ``blocks``.

    Lists that the database lacks are added.
    """
    found, lists = [], {}
    for row in rows:
        others = {name: value for name, value in row.items() if name != "blocks"}
        digest = None
        if row["blocks"] is not None:
            dumped = to_json(row["blocks"]).encode()
            digest = hashlib.blake2b(dumped, digest_size=16).digest()
            lists[digest] = row["blocks"]
        found.append((digest, others))
    ids = _ids(connection, owner, lists)
    return [
        {**others, "block_list_id": None if digest is None else ids[digest]}
        for digest, others in found
    ]


def _ids(connection: Connection, owner: int, lists: Mapping[bytes, Any]) -> dict[bytes, int]:
    """Return the ids of *lists*, by digest, and add those that the database lacks."""
    ids: dict[bytes, int] = {}
    for some in batches(lists):
        for digest, key in connection.execute(_KNOWN, {"owner": owner, "digests": some}):
            ids[bytes(digest)] = key
    new = [digest for digest in lists if digest not in ids]
    rows = [{"publisher_id": owner, "digest": each, "blocks": lists[each]} for each in new]
    return ids | dict(zip(new, insert_ids(connection, block_list, rows), strict=True))
