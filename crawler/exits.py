"""How a crawl may end: the exit codes of ``pressmark crawl``, and the error behind each."""

from __future__ import annotations

from enum import IntEnum

from archive.errors import DatabaseError, LockedError, SettingsError, StorageError, UsageError


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
