"""Create the home folder of an archive, check it, and remove it if nothing was archived."""

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
    """Raise ``NoArchiveError`` if *home* is not an archive."""
    if not (home / WARC).is_dir():
        raise NoArchiveError(
            f"{home}: there is no archive here; make one with `pressmark crawl`,"
            f" or name another with --home or {HOME_VARIABLE}"
        )


@contextmanager
def made_home(home: Path) -> Iterator[None]:
    """Create the missing folders of an archive in *home*.

    If the block fails, *home* is removed again, provided that this call created it and nothing is
    archived. So a first attempt that fails (no contact, not a WARC file) leaves nothing behind.
    Raises ``HomeError`` if *home* cannot be created or written.
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
    """Remove *home* if it only contains empty folders, locks, and a database without records.

    Nothing is removed while another process works on the archive, or if there are other files.
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
