"""Give back the memory that a memory map takes while it is read."""

from __future__ import annotations

import mmap

from archive.model import Buffer

_PART_BYTES = 1 << 20
"""Memory is given back in parts of this size and more."""


class Released:
    """Gives back the memory of what was read of a memory map, from its beginning on.

    What was read of a map counts as memory of the process until then. It can be read again.
    """

    def __init__(self, buffer: Buffer, start: int = 0) -> None:
        """Begin at *start*; of bytes nothing can be given back."""
        self._map = buffer if isinstance(buffer, mmap.mmap) else None
        self._done = start - start % mmap.PAGESIZE

    def up_to(self, position: int) -> None:
        """Note that all before *position* was read for now."""
        if self._map is not None and position - self._done >= _PART_BYTES:
            end = position - position % mmap.PAGESIZE
            self._map.madvise(mmap.MADV_DONTNEED, self._done, end - self._done)
            self._done = end
