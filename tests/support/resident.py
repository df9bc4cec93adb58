"""How much the memory of this process grows (Linux): what is mapped of files counts, too."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_RESET_PEAK = "5"
"""What resets the peak, written to ``clear_refs`` (man 5 proc)."""


@contextmanager
def growth() -> Iterator[Callable[[], int]]:
    """Yield a function that returns by how many bytes the peak has been above the beginning."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text(_RESET_PEAK)
    before = _bytes("VmRSS")
    yield lambda: _bytes("VmHWM") - before


def _bytes(name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1]) * 1024
