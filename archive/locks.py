"""The locks of an archive: files in its home folder that a process holds with ``flock``.

A lock ends with its process, however the process ends, so a lock is never stale. To check whether a
lock is held, a process takes it for a moment. A process that wants the lock for a crawl must not
mistake such a check for a crawl.
"""

from __future__ import annotations

import fcntl
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from archive.errors import HomeError, LockedError

ARCHIVE = "archive"
"""Held by a process that rebuilds the database; shared by all that add to the archive."""
DUE_CRAWLS = "due"
IMPORT = "import"
NOTE_BYTES = 256
LOOKS_SECONDS = 0.5
"""How long to wait for an exclusive lock that others share: they may only check it."""


class HeldLock:
    """A lock that is held. Its file has space for a note, which remains when the process ends."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def note(self, text: str) -> None:
        """Replace the note by *text*. Raises ``OSError`` if the disk is full.

        Replacing an existing note needs no space.
        """
        os.pwrite(self._file.fileno(), text.encode().ljust(NOTE_BYTES)[:NOTE_BYTES], 0)


@contextmanager
def lock(home: Path, name: str, *, shared: bool = False, busy: str) -> Iterator[HeldLock]:
    """Hold the lock *name* of the archive in *home*.

    Raises ``LockedError`` with the message *busy* if another process holds it. A process that only
    checks the lock is waited for.
    """
    deadline = time.monotonic() + LOOKS_SECONDS
    with _file(home, name) as file:
        while not _take(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX):
            if shared or not _take(file, fcntl.LOCK_SH) or time.monotonic() > deadline:
                raise LockedError(f"{home}: {busy}")
            fcntl.flock(file, fcntl.LOCK_UN)
            time.sleep(0.01 * random.random())  # noqa: S311 - no two keep the same pace
        yield HeldLock(file)


def read_note(home: Path, name: str) -> str:
    """Return the last note in the lock file *name*. Raises ``OSError`` if there is no such file."""
    with _path(home, name).open("rb") as file:
        return file.read(NOTE_BYTES).decode("utf-8", "replace").strip()


def of_publisher(name: str) -> str:
    """Return the name of the lock of publisher *name*; it differs from all other locks."""
    return f"publisher-{name}"


def is_held(home: Path, name: str) -> bool:
    """Return whether another process holds the lock *name* exclusively."""
    try:
        file = _path(home, name).open("rb")  # more users may read it than write it
    except OSError:
        return False
    with file:
        return not _take(file, fcntl.LOCK_SH)


def _path(home: Path, name: str) -> Path:
    return home / f".{name}.lock"


def _file(home: Path, name: str) -> IO[bytes]:
    try:
        fd = os.open(_path(home, name), os.O_RDWR | os.O_CREAT, 0o666)
        return os.fdopen(fd, "r+b", buffering=0)
    except OSError as error:
        raise HomeError(
            home, f".{name}.lock cannot be opened ({error.strerror})", remedy="make it writable"
        ) from error


def _take(file: IO[bytes], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
