"""Column types that mean the same on every engine."""

from __future__ import annotations

import json
import zlib
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, LargeBinary, Text, TypeDecorator
from sqlalchemy.engine import Dialect

from archive.model import clean

LEVEL = 4
"""Of zlib: level 6 takes half as long again, and saves one byte in forty."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime on every engine: SQLite would drop the zone. Naive ones are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC; ``ValueError`` for a datetime without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive datetime cannot be stored: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give back an aware UTC datetime."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class CleanText(TypeDecorator[str]):
    """A text as every engine can hold it: no NUL, no lone surrogates.

    What archives say is clean before it comes here (``archive.model.storable``); this is for
    whatever forgets that.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Clean it; a member of a ``StrEnum`` is stored as its value."""
        return None if value is None else clean(str(value))


class CompressedJson(TypeDecorator[Any]):
    """A JSON value in UTF-8, compressed by zlib (RFC 1950): a third of its size for a text.

    It is given as bytes of JSON, as ``archive.sql.database.to_json`` makes them, and comes back as
    a value.
    """

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """Compress the bytes."""
        return None if value is None else zlib.compress(value, LEVEL)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Give back the value."""
        return None if value is None else json.loads(zlib.decompress(value))
