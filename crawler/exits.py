"""How a crawl may end: the exit codes of ``pressmark crawl``, and the error behind each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum

from archive.errors import ArchiveError, DatabaseError, LockedError, StorageError
from archive.model import Outcome

NO_ANSWERS = frozenset({Outcome.ERROR, Outcome.BLOCKED, Outcome.ROBOTS})
PAGES = frozenset({Outcome.ARTICLE, Outcome.LISTING, Outcome.PAGE})
ASKED_FOR_ROBOTS = "asked_for_robots"
"""Count of the robots.txt that the operator asked for by name; otherwise one is no answer."""
TROUBLES = ("failed_exchanges", "robots_unreachable", "problems")


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
    LIMIT = 8
    """The budget or the time was spent while more was due; the next crawl goes on with it."""
    UNFORESEEN = 9
    """An error that nobody foresaw: a defect of Pressmark, to be reported. All is kept."""


_BY_WEIGHT = (
    Exit.DONE,
    Exit.PARTLY,
    Exit.LIMIT,
    Exit.DEAD,
    Exit.LOCKED,
    Exit.USAGE,
    Exit.INTERRUPTED,
    Exit.UNFORESEEN,
    Exit.DATABASE,
    Exit.DISK,
)
"""From what the next crawl mends by itself to what somebody has to mend before it."""


def worst(exits: Iterable[Exit]) -> Exit:
    """Return the exit that counts for several crawls; ``DONE`` of none."""
    return max(exits, key=_BY_WEIGHT.index, default=Exit.DONE)


def exit_for(error: BaseException) -> Exit:
    """Return how a crawl ended that *error* kept from its work."""
    match error:
        case LockedError():
            return Exit.LOCKED
        case StorageError():
            return Exit.DISK
        case DatabaseError():
            return Exit.DATABASE
        case ArchiveError():
            return Exit.USAGE if error.exit_code == Exit.USAGE else Exit.PARTLY
        case _:
            return Exit.UNFORESEEN


def judge(counts: Mapping[str, int], *, is_cut_short: bool, is_elsewhere: bool = False) -> Exit:
    """Return how a crawl ended that nothing kept from its work, by what it counted.

    *is_cut_short*: something was left that is due when budget or time was spent. *is_elsewhere*:
    the front page redirects to a site that is none of the publisher's.
    """
    if counts.get("spider_errors", 0):
        return Exit.UNFORESEEN
    answered = sum(counts.get(outcome, 0) for outcome in set(Outcome) - NO_ANSWERS)
    answered += counts.get(ASKED_FOR_ROBOTS, 0)
    asked = counts.get("exchanges", 0) or counts.get("robots_unreachable", 0)
    if asked and not answered:
        return Exit.DEAD
    if is_elsewhere:
        return Exit.PARTLY if any(counts.get(outcome, 0) for outcome in PAGES) else Exit.DEAD
    if not asked and counts.get("waiting", 0):
        return Exit.PARTLY  # nothing was due, since what failed is not asked for again yet
    if is_cut_short:
        return Exit.LIMIT
    return Exit.PARTLY if any(counts.get(name, 0) for name in TROUBLES) else Exit.DONE
