"""Long lists of values for statements with IN."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

Key = TypeVar("Key", int, str)
BATCH = 500
"""Most values in one IN list; both engines take more, but plans get worse."""


def batches(values: Iterable[Key]) -> Iterator[list[Key]]:
    """Yield *values* in order, in lists short enough for an IN list."""
    ordered = sorted(values)
    return (ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH))
