"""How the last crawl of a publisher ended, noted in its lock file.

The row of a crawl cannot be completed if the disk is full or the database is away. The note
occupies its place on the disk from the beginning of the crawl, so overwriting it needs no space. If
the row of the crawl has an end, the row is valid and not the note.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from archive.locks import HeldLock, of_publisher, read_note


@dataclass(frozen=True, slots=True, kw_only=True)
class LastCrawl:
    """When a crawl began and ended, and how; *ended_at* and *exit_state* are None until it ends."""

    started_at: datetime
    ended_at: datetime | None = None
    exit_state: str | None = None


def write(held: HeldLock, note: LastCrawl) -> None:
    """Write *note* into the lock file that is *held*, unless there is no space for it."""
    with suppress(OSError):
        held.note(json.dumps(asdict(note), default=datetime.isoformat))


def read_last_crawl(home: Path, publisher: str) -> LastCrawl | None:
    """Return the note in the lock file of *publisher*; None if it cannot be read."""
    try:
        values = json.loads(read_note(home, of_publisher(publisher)))
        began, ended = values["started_at"], values["ended_at"]
        return LastCrawl(
            started_at=datetime.fromisoformat(began),
            ended_at=datetime.fromisoformat(ended) if ended else None,
            exit_state=values["exit_state"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
