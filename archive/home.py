"""The archive's home folder: made, asked for, and removed again where nothing came of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from archive.errors import HomeError, LockedError, NoArchiveError
from archive.locks import ARCHIVE, lock
from archive.settings import HOME_VARIABLE

WARC = "warc"
PUBLISHERS = "publishers"


def require_archive(home: Path) -> None:
    """Raise ``NoArchiveError`` where *home* holds no archive."""
    if not (home / WARC).is_dir():
        raise NoArchiveError(
            f"{home}: there is no archive here; make one with `pressmark crawl`,"
            f" or name another with --home or {HOME_VARIABLE}"
        )


@contextmanager
def made_home(home: Path) -> Iterator[None]:
    """Make the folders of an archive in *home*, as far as they lack.

    Where the block fails, *home* is removed again if this made it and nothing is archived: a first
    try that failed (no contact, a file that is none) leaves nothing behind. Raises ``HomeError``
    where *home* cannot be made or written.
    """
    missing = [folder for folder in (home, *home.parents) if not folder.exists()]
    try:
        for folder in (home, home / WARC, home / PUBLISHERS):
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _remove_empty(missing)
        raise HomeError(
            home, f"cannot be made ({error.strerror})", remedy="choose a folder with --home"
        ) from error
    if not os.access(home / WARC, os.W_OK | os.X_OK):
        raise HomeError(
            home,
            "cannot be written",
            remedy="change its permissions, or choose another with --home",
        )
    try:
        yield
    except BaseException:
        if home in missing:
            _remove(home, missing)
        raise


def _remove(home: Path, made: list[Path]) -> None:
    """Remove *home* if it holds nothing but empty folders, locks, and a database of no record.

    Nothing is removed where another process is at work, nor what anybody else has put there.
    """
    with suppress(LockedError, OSError), lock(home, ARCHIVE, busy="somebody is at work"):
        folders = [home / WARC, home / PUBLISHERS]
        ours = {*folders, *home.glob(".*.lock"), *home.glob("archive.db*")}
        if any(item not in ours for item in home.iterdir()):
            return
        if any(any(folder.iterdir()) for folder in folders):
            return
        for file in ours.difference(folders):
            file.unlink()
        _remove_empty([*folders, *made])


def _remove_empty(folders: list[Path]) -> None:
    for folder in folders:  # the innermost first
        with suppress(OSError):
            folder.rmdir()
