"""How a worker is called, and how it answers: what its parent needs to know of it.

Its parent does not load what a worker does, which takes half a second and 60 MB: the process from
which workers are forked loads it.
"""

from __future__ import annotations

import resource
import signal
from typing import Any

from archive.extract.controls import without_controls_in_line
from archive.extract.stamp import EXTRACTOR
from archive.model import Extraction, Outcome, clean
from archive.settings import Settings
from archive.warc.store import Store

OUT_OF_MEMORY = 77
"""Exit status of a worker that ended itself because its memory had run out."""
MALFORMED = 78
"""Used in place of its exit status for a worker whose answer cannot be read."""
NO_ROOM = 79
"""Exit status of a worker that may not take the memory which any page needs."""
LEAST_BYTES = 64_000_000
"""So much memory any page may need, beside what a worker takes at its start."""
ANSWER_BYTES = 256_000_000
"""A longer answer is not read; no body, which is read up to 64 MB, can give one."""


DIED = "the extractor's process ended"
"""Start of the reason of a page that killed its worker."""
MORE, LAST = b"+", b"."
"""What a part of an answer begins with: others follow, or none."""


def failure(reason: str) -> Extraction:
    """Return the extraction of a payload that could not be extracted."""
    reason = clean(without_controls_in_line(reason))
    return Extraction(outcome=Outcome.FAILED, extractor=EXTRACTOR, reason=reason)


def serve(pipe: Any, store: Store, settings: Settings) -> None:
    """Extract one page after the other, until the other end of *pipe* says to end or is gone."""
    from archive.pipeline.extraction_worker import work

    work(pipe, store, settings)


def why_none_starts(status: int | None) -> str:
    """Return why no worker can be started; *status* is how the last one ended."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY:
        return f"exit status {status}"
    return (
        f"the address space of a process is limited to {limit // 1024} kB (`ulimit -v`), which may"
        f" be too little (exit status {status})"
    )


def cause_of_death(status: int | None) -> str:
    """Return the reason of a page whose worker ended with *status*."""
    if status == OUT_OF_MEMORY:
        return f"{DIED}: its memory ran out"
    if status == MALFORMED:
        return f"{DIED}: its answer could not be read"
    if status is not None and status < 0:
        return f"{DIED}: {signal.Signals(-status).name}"
    return f"{DIED}: exit status {status}"
