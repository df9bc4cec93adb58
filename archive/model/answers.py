"""Encode an extraction as bytes, to send it from a worker to its parent, and decode it.

A worker parses what a stranger wrote, with libraries in C, so its answer is only read as data. The
result is JSON, which cannot run code as a pickle can; a dataclass is the list of its fields in
their order, and bytes are base64. Types are checked by column, because a page names hundreds of
URLs: one check takes the values of one field of all of them.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache, partial
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from archive.model.extraction import Candidate, Extraction

Column = Sequence[Any]
Check = Callable[[Column], Column]
"""Converts values of JSON to values of the model; raises ``TypeError``, ``ValueError`` or
``KeyError``."""


def encode(extraction: Extraction) -> bytes:
    """Return *extraction* as bytes; lone surrogates, which UTF-8 does not allow, are kept."""
    return _ENCODER.encode(extraction).encode("utf-8", "surrogatepass")


def decode(data: bytes) -> Extraction:
    """Return the extraction that was encoded as *data*; raises ``ValueError`` for other data."""
    try:
        (found,) = _CHECK([json.loads(data.decode("utf-8", "surrogatepass"))])
    except (TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"no extraction: {error!r}") from error
    return cast("Extraction", found)


def encode_candidates(candidates: tuple[Candidate, ...]) -> bytes:
    """Return *candidates* as bytes, for a source with so many that they are sent in parts."""
    return _ENCODER.encode(candidates).encode("utf-8", "surrogatepass")


def decode_candidates(data: bytes) -> Sequence[Candidate]:
    """Return the candidates in *data*; raises ``ValueError`` for other data."""
    try:
        return _CHECK_CANDIDATES(
            *_exactly(list, [json.loads(data.decode("utf-8", "surrogatepass"))])
        )
    except (TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"no candidates: {error!r}") from error


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return b64encode(value).decode("ascii")
    if isinstance(value, datetime):
        return value.isoformat()
    return _fields_of(cast("Any", type(value)))(value)


@cache
def _fields_of(kind: Any) -> Callable[[Any], Any]:
    return attrgetter(*(each.name for each in fields(kind)))


def _check_of(kind: Any) -> Check:
    """Return the check for values of type *kind*, one of the types of an extraction's fields."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        (some,) = (each for each in arguments if each is not NoneType)
        return partial(_optional, _check_of(some))
    if origin in {tuple, Sequence}:
        return partial(_tuples, _check_of(arguments[0]))
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        names = tuple(each.name for each in fields(kind))
        return partial(_values, kind, names, tuple(_check_of(hints[name]) for name in names))
    if issubclass(kind, StrEnum):
        return partial(_members, {member.value: member for member in kind})
    if kind is bytes:
        return _bytes
    return _moments if kind is datetime else partial(_exactly, kind)


def _exactly(kind: type, column: Column) -> Column:
    if not set(map(type, column)) <= {kind}:
        raise TypeError(f"another type where a {kind.__name__} belongs")
    return column


def _optional(check: Check, column: Column) -> Column:
    if None not in column:
        return check(column)
    present = iter(check([value for value in column if value is not None]))
    return [None if value is None else next(present) for value in column]


def _tuples(check: Check, column: Column) -> Column:
    return [tuple(check(values)) for values in _exactly(list, column)]


def _members(members: dict[str, StrEnum], column: Column) -> Column:
    return [members[value] for value in column]


def _bytes(column: Column) -> Column:
    return [b64decode(value, validate=True) for value in _exactly(str, column)]


def _moments(column: Column) -> Column:
    moments = [datetime.fromisoformat(value) for value in _exactly(str, column)]
    if any(moment.tzinfo is None for moment in moments):
        raise ValueError("a time without a time zone")
    return moments


def _values(
    kind: Callable[..., Any], names: tuple[str, ...], checks: tuple[Check, ...], column: Column
) -> Column:
    if not column:
        return []
    if set(map(len, _exactly(list, column))) != {len(names)}:
        raise TypeError("another number of fields")
    columns = zip(*column, strict=True)
    checked = [check(values) for check, values in zip(checks, columns, strict=True)]
    return [kind(**dict(zip(names, row, strict=True))) for row in zip(*checked, strict=True)]


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, separators=(",", ":"), default=_plain
)
_CHECK = _check_of(Extraction)
_CHECK_CANDIDATES = _check_of(Candidate)
