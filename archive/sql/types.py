"""Column types that mean the same on every engine."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, DateTime, LargeBinary, SmallInteger, Text, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

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


class ShortUtcDateTime(UtcDateTime):
    """The same in 8 bytes on SQLite, where a time as text takes 26: microseconds since 1970."""

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type of the column on the engine."""
        return BigInteger() if dialect.name == "sqlite" else self.impl_instance

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Convert to UTC; ``ValueError`` for a datetime without a zone."""
        found = super().process_bind_param(value, dialect)
        if found is None or dialect.name != "sqlite":
            return found
        return (found - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give back an aware UTC datetime."""
        if isinstance(value, int):
            value = _EPOCH + value * _MICROSECOND
        return super().process_result_value(value, dialect)


_EPOCH, _MICROSECOND = datetime(1970, 1, 1), timedelta(microseconds=1)  # noqa: DTZ001


class Word(TypeDecorator[str]):
    """One of a few *words*, stored as its place among them; words may be added at the end only."""

    impl = SmallInteger
    cache_ok = True

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__()
        self.words = tuple(words)
        self._places = {word: place for place, word in enumerate(self.words)}

    def process_bind_param(self, value: str | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Return the place of a word; ``KeyError`` for one that is none of them."""
        return None if value is None else self._places[value]

    def process_result_value(self, value: int | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Give back the word."""
        return None if value is None else self.words[value]


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
    """A JSON value in UTF-8, compressed by zlib (RFC 1950): a third of its size for a text."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """Compress the JSON of *value*; None is SQL's NULL."""
        return None if value is None else deflated(to_json(value))

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Give back the value."""
        return None if value is None else json.loads(inflated(value))


class CompressedText(TypeDecorator[str]):
    """A text in UTF-8, compressed by zlib on SQLite; PostgreSQL compresses a long text itself."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type of the column on the engine."""
        return LargeBinary() if dialect.name == "sqlite" else self.impl_instance

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        """Clean it, and compress it on SQLite."""
        if value is None:
            return None
        return deflated(clean(value)) if dialect.name == "sqlite" else clean(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """Give back the text."""
        return inflated(value) if value is not None and dialect.name == "sqlite" else value


def deflated(value: str) -> bytes:
    """Return *value*, in UTF-8, compressed by zlib."""
    return zlib.compress(value.encode(), LEVEL)


def inflated(value: bytes) -> str:
    """Return the text that *value* is, compressed by zlib."""
    return zlib.decompress(value).decode()


def to_json(value: Any) -> str:
    """Return *value* as a JSON column holds it: letters as they are, no NUL, no lone surrogate."""
    dumped = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if "\\u0000" in dumped:
        dumped = json.dumps(_without_nul(value), ensure_ascii=False, separators=(",", ":"))
    return clean(dumped)


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(key): _without_nul(item) for key, item in value.items()}
    return [_without_nul(item) for item in value] if isinstance(value, list | tuple) else value
