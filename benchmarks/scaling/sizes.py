"""The bytes of an archive's database, by table and index."""

from __future__ import annotations

import re

from sqlalchemy import Connection, text

_SQLITE = "SELECT name, sum(pgsize) FROM dbstat GROUP BY name"
_POSTGRESQL = """
SELECT relname, pg_relation_size(oid) + CASE WHEN relkind = 'r' THEN
       coalesce(pg_relation_size(nullif(reltoastrelid, 0)), 0) ELSE 0 END
FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')
"""
_OF_FRONTIER = re.compile(
    r"^(?:(?:ix|uq|pk|sqlite_autoindex)_)?(?:known_url|frontier|naming)(?:_|$)"
)


def sizes(connection: Connection) -> dict[str, int]:
    """Return the bytes of each table, each index and each table of the search index."""
    statement = _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL
    return {row[0]: int(row[1]) for row in connection.execute(text(statement))}


def text_bytes(connection: Connection) -> int:
    """Return the bytes of the texts of all versions."""
    length = "octet_length" if connection.dialect.name == "postgresql" else "length"
    cast = "text" if length == "octet_length" else "CAST(text AS BLOB)"
    return int(connection.scalar(text(f"SELECT sum({length}({cast})) FROM version")) or 0)


def frontier_bytes(found: dict[str, int]) -> int:
    """Return the bytes of what the frontier and the discoveries take, of all in *found*."""
    return sum(size for name, size in found.items() if _OF_FRONTIER.search(name))
