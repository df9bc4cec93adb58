"""The locks of an archive: files in its home folder that a process holds with ``flock``.

A lock goes with its process, however that ends, so that none is ever stale. What one would get
wrong: to look whether a lock is held, a process takes it for a moment. Whoever wants it for a crawl
must not take such a look for a crawl.
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
"""Held by who makes the database anew; shared by all who add to the archive."""
DUE_CRAWLS = "due"
IMPORT = "import"
NOTE_BYTES = 256
LOOKS_SECONDS = 0.5
"""How long who wants a lock for itself asks again while others share it: they may only look."""


class HeldLock:
    """A lock that is held. Its file has room for a note, which stays when the process is gone."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def note(self, text: str) -> None:
        """Write *text* in the place of the note before. ``OSError`` where the disk has no room.

        Once there is a note, another takes no room.
        """
        os.pwrite(self._file.fileno(), text.encode().ljust(NOTE_BYTES)[:NOTE_BYTES], 0)


@contextmanager
def lock(home: Path, name: str, *, shared: bool = False, busy: str) -> Iterator[HeldLock]:
    """Hold the lock *name* of the archive in *home*; ``LockedError`` saying *busy* if it is taken.

    A process that only looks at the lock is waited for.
    """
    deadline = time.monotonic() + LOOKS_SECONDS
    with _file(home, name) as file:
        while not _take(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX):
            if shared or not _take(file, fcntl.LOCK_SH) or time.monotonic() > deadline:
                raise LockedError(f"{home}: {busy}")
            fcntl.flock(file, fcntl.LOCK_UN)
            time.sleep(0.01 * random.random())  # noqa: S311 - two who start at once keep no step
        yield HeldLock(file)


def read_note(home: Path, name: str) -> str:
    """Return what was noted last on the lock *name*. ``OSError`` where there is no such file."""
    with _path(home, name).open("rb") as file:
        return file.read(NOTE_BYTES).decode("utf-8", "replace").strip()


def of_publisher(name: str) -> str:
    """Return the name of the lock of publisher *name*; no name of a publisher gives another's."""
    return f"publisher-{name}"


def is_held(home: Path, name: str) -> bool:
    """Return whether another process holds the lock *name* for itself alone."""
    try:
        file = _path(home, name).open("rb")  # reading is allowed to more people than writing
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
