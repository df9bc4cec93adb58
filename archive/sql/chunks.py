"""Long lists in parts: rows that are not to be in memory at once, values of a statement with IN."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

_T = TypeVar("_T")
_Key = TypeVar("_Key", int, str, bytes)

ROWS_AT_ONCE = 1_000
"""Rows made and written together; one sitemap may name 50,000 URLs, and a row takes a kilobyte."""
IN_A_LIST = 500
"""Most values in one IN list; both engines take more, but plans get worse."""


def chunks(items: Iterable[_T], size: int = ROWS_AT_ONCE) -> Iterator[list[_T]]:
    """Yield *items* in their order, in lists of *size* and a last one of what is left."""
    remaining = iter(items)
    while some := list(islice(remaining, size)):
        yield some


def batches(values: Iterable[_Key]) -> Iterator[list[_Key]]:
    """Yield *values* sorted, in lists short enough for an IN list."""
    return chunks(sorted(values), IN_A_LIST)
