"""The exit codes of ``pressmark crawl``, and how a crawl's errors and counts lead to one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum

from archive.errors import ArchiveError, DatabaseError, LockedError, StorageError
from archive.model import Outcome

NO_ANSWERS = frozenset({Outcome.ERROR, Outcome.BLOCKED, Outcome.ROBOTS})
PAGES = frozenset({Outcome.ARTICLE, Outcome.LISTING, Outcome.PAGE})
ASKED_FOR_ROBOTS = "asked_for_robots"
"""Name of the count of robots.txt files that the operator requested by URL.

Other robots.txt files do not count as answers."""
TROUBLES = ("failed_exchanges", "robots_unreachable", "problems")


class Exit(IntEnum):
    """How a crawl ended; the exit code of ``pressmark crawl``."""

    DONE = 0
    PARTLY = 1
    """Some URLs failed (refused, timed out). The next crawl tries them again."""
    USAGE = 2
    """Wrong arguments or settings; nothing was fetched."""
    DEAD = 3
    """No page of the publisher could be fetched."""
    LOCKED = 4
    """Another crawl of this publisher is running on this archive."""
    DISK = 5
    """A WARC file could not be written. All committed captures are kept."""
    DATABASE = 6
    """The database could not be written. The WARC files hold what the database lacks."""
    INTERRUPTED = 7
    """A signal ended the crawl. Everything is kept."""
    LIMIT = 8
    """The budget or the time was spent while more was due. The next crawl continues."""
    UNFORESEEN = 9
    """An unforeseen error, which is a defect of Pressmark and should be reported. All is kept."""


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
"""From what the next crawl repairs by itself to what a person has to repair first."""


def worst(exits: Iterable[Exit]) -> Exit:
    """Return the most serious exit of several crawls; ``DONE`` for no crawl."""
    return max(exits, key=_BY_WEIGHT.index, default=Exit.DONE)


def exit_for(error: BaseException) -> Exit:
    """Return the exit of a crawl that *error* ended."""
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
    """Return the exit of a crawl that no error ended, from its *counts*.

    *is_cut_short*: URLs were still due when the budget or the time was spent. *is_elsewhere*: the
    front page redirects to a host that does not belong to the publisher.
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
        return Exit.PARTLY  # nothing was due, since the URLs that failed have to wait
    if is_cut_short:
        return Exit.LIMIT
    return Exit.PARTLY if any(counts.get(name, 0) for name in TROUBLES) else Exit.DONE
