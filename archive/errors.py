"""The errors of Pressmark: a class for each remedy, so the message says what to do next."""

from __future__ import annotations

import logging
from pathlib import Path

logger = logging.getLogger(__name__)

DEFECT = "this is a defect of Pressmark; please report it with the traceback above"
UNFORESEEN = 9
"""The exit code of a command after an unforeseen error."""


class ArchiveError(Exception):
    """Base of every error that Pressmark raises for a person to read."""

    exit_code = 1
    """The exit code of a command that this error ends."""


def described(error: BaseException) -> str:
    """Return the message of *error*; for an unforeseen error with its type and what to do."""
    if isinstance(error, ArchiveError):
        return str(error)
    return f"{type(error).__name__}: {' '.join(str(error).split())}; {DEFECT}"


def note_defect(error: BaseException) -> None:
    """Log the traceback of *error* if it is unforeseen, at a level that no log leaves out."""
    if not isinstance(error, ArchiveError):
        logger.critical("An unforeseen error:", exc_info=error)


class SettingsError(ArchiveError):
    """The operator must edit a file; the message names the file, the key and a valid value."""

    exit_code = 2

    def __init__(self, file: Path | str, key: str, problem: str, *, expected: str) -> None:
        super().__init__(f"{file}: {key}: {problem}; expected {expected}")


class UsageError(ArchiveError):
    """The command was called with wrong arguments; the message says which are valid."""

    exit_code = 2


class HomeError(ArchiveError):
    """The archive's home cannot be used; the message names the folder and the cause."""

    exit_code = 2

    def __init__(self, home: Path, problem: str, *, remedy: str) -> None:
        super().__init__(f"{home}: {problem}; {remedy}")


class DatabaseError(ArchiveError):
    """The database cannot be used; the message says why and what to run."""


class NoDatabaseError(DatabaseError):
    """There is no database of an archive at that place, and the caller did not want a new one."""


class DatabaseAwayError(DatabaseError):
    """The database server does not answer; it may answer again soon."""


class LaggingError(DatabaseError):
    """The database lacks records of the WARC files; the message says how to ingest them."""

    exit_code = 10


class LockedError(ArchiveError):
    """Another process is doing the same work; wait for it or stop it."""


class MissingPackageError(ArchiveError):
    """An optional package is not installed; the message says how to install it."""

    def __init__(self, wanted: str, package: str, *, extra: str) -> None:
        super().__init__(
            f"{wanted} needs the package {package}, which is not installed; {how_to_install(extra)}"
        )


def how_to_install(extra: str) -> str:
    """Return how to install an optional package of Pressmark, which is on no package index yet."""
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
    """No database can store the row of a record; the record is skipped, and its bytes are kept."""


class NotFoundError(ArchiveError):
    """What was requested is not in the archive; the message says how to look for it."""


class NoArchiveError(NotFoundError):
    """The folder is not an archive; the message says how to create one or name another."""

    exit_code = 2


class UnknownPublisherError(NotFoundError):
    """No publisher has that name; the message lists those that there are."""

    exit_code = 2


class AbandonedError(ArchiveError):
    """Work was abandoned because the process is ending; the next crawl or rebuild continues it."""
