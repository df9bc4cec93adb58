"""One family of errors, a class per remedy: what the reader of the message has to do next."""

from __future__ import annotations

import logging
from pathlib import Path

logger = logging.getLogger(__name__)

DEFECT = "this is a defect of Pressmark; please report it with the traceback above"
UNFORESEEN = 9
"""What a command ends with after an error that nobody foresaw."""


class ArchiveError(Exception):
    """Base of every error that Pressmark raises for a person to read."""

    exit_code = 1
    """What a command ends with when this error reaches its door."""


def described(error: BaseException) -> str:
    """Return the message of *error*; of one that nobody foresaw, with its type and what to do."""
    if isinstance(error, ArchiveError):
        return str(error)
    return f"{type(error).__name__}: {' '.join(str(error).split())}; {DEFECT}"


def note_defect(error: BaseException) -> None:
    """Log the traceback of *error* if nobody foresaw it, whatever else the log is to leave out."""
    if not isinstance(error, ArchiveError):
        logger.critical("An error that nobody foresaw:", exc_info=error)


class SettingsError(ArchiveError):
    """The operator must edit a file; the message names the file, the key and a valid value."""

    exit_code = 2

    def __init__(self, file: Path | str, key: str, problem: str, *, expected: str) -> None:
        super().__init__(f"{file}: {key}: {problem}; expected {expected}")


class UsageError(ArchiveError):
    """The command was called with arguments that do not fit; the message says which would."""

    exit_code = 2


class HomeError(ArchiveError):
    """The archive's home cannot be used; the message names the folder and the cause."""

    exit_code = 2

    def __init__(self, home: Path, problem: str, *, remedy: str) -> None:
        super().__init__(f"{home}: {problem}; {remedy}")


class DatabaseError(ArchiveError):
    """The database cannot be used; the message says why and what to run."""


class NoDatabaseError(DatabaseError):
    """There is no database of an archive at that place (yet), and none was to be made."""


class DatabaseAwayError(DatabaseError):
    """The database's server does not answer (any more); it may do so again soon."""


class LaggingError(DatabaseError):
    """The database lacks what the WARC files hold; the message says how to bring it up to date."""

    exit_code = 10


class LockedError(ArchiveError):
    """Another process is at the same work; wait for it or stop it."""


class MissingPackageError(ArchiveError):
    """An optional package is not installed; the message says how to install it."""

    def __init__(self, wanted: str, package: str, *, extra: str) -> None:
        super().__init__(
            f"{wanted} needs the package {package}, which is not installed; {how_to_install(extra)}"
        )


def how_to_install(extra: str) -> str:
    """Return how an optional package of Pressmark is installed, which is on no index yet."""
    return (
        f"install it in a checkout of Pressmark with: pip install '.[{extra}]', or from a wheel"
        f" with: pip install 'FILE.whl[{extra}]'"
    )


class StorageError(ArchiveError):
    """A WARC file could not be written (disk full, permissions); nothing was half written."""


class RecordError(ArchiveError):
    """A WARC record cannot be read; the message names file, offset and what is wrong there."""

    def __init__(self, file: Path | str, offset: int, problem: str) -> None:
        super().__init__(f"{file}: record at offset {offset}: {problem}")
        self.file, self.offset, self.problem = str(file), offset, problem


class UnstorableError(ArchiveError):
    """A record whose row no database takes; it is passed over, and its bytes are kept."""


class NotFoundError(ArchiveError):
    """What was asked for is not in the archive; the message says how to look for it."""


class NoArchiveError(NotFoundError):
    """The folder holds no archive; the message says how to make one, or to name another."""

    exit_code = 2


class UnknownPublisherError(NotFoundError):
    """No publisher has that name; the message lists those that there are."""

    exit_code = 2


class AbandonedError(ArchiveError):
    """Work was given up since the process is ending; the next crawl or rebuild goes on with it."""
