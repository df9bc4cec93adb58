"""How a crawl may end: the exit codes of ``pressmark crawl``, and the error behind each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from archive.errors import DatabaseError, LockedError, SettingsError, StorageError, UsageError
from archive.model import Outcome

NO_ANSWERS = frozenset({Outcome.ERROR, Outcome.BLOCKED, Outcome.ROBOTS})
TROUBLES = ("failed_exchanges", "robots_unreachable", "spider_errors", "problems")


class Exit(IntEnum):
    """How a crawl ended; the exit code of ``pressmark crawl``."""

    DONE = 0
    PARTLY = 1
    """Some URLs failed (refused, timed out); they are tried again by the next crawl."""
    USAGE = 2
    """Wrong arguments or settings; nothing was fetched."""
    DEAD = 3
    """Not one page of the publisher could be fetched."""
    LOCKED = 4
    """Another crawl of this publisher is running on this archive."""
    DISK = 5
    """A WARC file could not be written; all that was acknowledged is kept."""
    DATABASE = 6
    """The database could not be written; the WARC files hold what it lacks."""
    INTERRUPTED = 7
    """Ended by a signal, with everything kept."""


def exit_for(error: BaseException) -> Exit:
    """Return how a crawl ended that *error* kept from its work."""
    match error:
        case UsageError() | SettingsError():
            return Exit.USAGE
        case LockedError():
            return Exit.LOCKED
        case StorageError():
            return Exit.DISK
        case DatabaseError():
            return Exit.DATABASE
        case _:
            return Exit.PARTLY


def judge(counts: Mapping[str, int]) -> Exit:
    """Return how a crawl ended that nothing kept from its work, by what it counted."""
    answered = sum(counts.get(outcome, 0) for outcome in set(Outcome) - NO_ANSWERS)
    asked = counts.get("exchanges", 0) or counts.get("robots_unreachable", 0)
    if asked and not answered:
        return Exit.DEAD
    return Exit.PARTLY if any(counts.get(name, 0) for name in TROUBLES) else Exit.DONE
