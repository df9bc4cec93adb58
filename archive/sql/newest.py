"""Which schema a database has, and which is the newest, without loading Alembic."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

_MIGRATIONS = Path(__file__).parent / "migrations" / "versions"


def schema_of(connection: Connection) -> str | None:
    """Return the name of the schema that a database has; None for one without any."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


@cache
def newest_schema() -> str:
    """Return the name of the schema that the last of the migrations makes."""
    return max(path.name.partition("_")[0] for path in _MIGRATIONS.glob("0*.py"))
