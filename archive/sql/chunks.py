"""Long lists in parts, so that their rows are not all in memory at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

AT_ONCE = 1_000
"""Rows made and written together; one sitemap may name 50,000 URLs, and a row takes a kilobyte."""


def chunks(items: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    """Yield *items* in their order, in lists of *size* and a last one of what is left."""
    remaining = iter(items)
    while some := list(islice(remaining, size)):
        yield some
