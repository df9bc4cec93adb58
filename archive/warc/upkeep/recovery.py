"""Finish the WARC files of processes that died: cut off an incomplete end, rename the file.

Only what follows the last complete record is cut off, and it is kept in a ``.torn`` file. Damage
before that is left as it is, so that no intact record after it is lost; a check reports it.
"""

from __future__ import annotations

import os
from pathlib import Path

from archive.errors import StorageError
from archive.warc.reading.reader import Damage, RecordFile
from archive.warc.record import SLICE_BYTES
from archive.warc.segment import OPEN_SUFFIX, lock_file, sync_folder

TORN_SUFFIX = ".torn"


def recover(folder: Path) -> None:
    """Finish every ``.open`` file in *folder* that no living process holds.

    A file without a whole record is removed; what was cut from a file is kept in a ``.torn`` file.
    May be run at any time and by several processes at once, and again after it was interrupted
    itself. Raises ``StorageError`` when a file cannot be cut or renamed.
    """
    for path in sorted(folder.glob("*" + OPEN_SUFFIX)):
        try:
            _recover(path)
        except FileNotFoundError:
            continue  # another process has finished it
        except OSError as error:
            raise StorageError(f"{path}: cannot be recovered: {error.strerror}") from error


def _recover(path: Path) -> None:
    fd = os.open(path, os.O_RDWR)
    try:
        if not lock_file(fd, path):
            return
        name = path.name.removesuffix(OPEN_SUFFIX)
        size = os.fstat(fd).st_size
        kept = _sound_bytes(path)
        if kept < size:
            _copy(fd, kept, path.with_name(name + TORN_SUFFIX))
            os.ftruncate(fd, kept)
        os.fsync(fd)
        if kept:
            path.rename(path.with_name(name))
        else:
            path.unlink()
        sync_folder(path.parent)
    finally:
        os.close(fd)


def _sound_bytes(path: Path) -> int:
    """Return the offset after the last complete record."""
    end = 0
    with RecordFile(path) as file:
        last = None
        for item in file.records():
            if last is not None and last.length:
                end = last.offset + last.length
            last = None if isinstance(item, Damage) else item
        if last is not None and last.length:
            end = last.offset + last.length
    return end


def _copy(fd: int, start: int, target: Path) -> None:
    """Copy the bytes of *fd* from *start* on to *target*, and sync it."""
    with target.open("wb") as copy:
        while data := os.pread(fd, SLICE_BYTES, start):
            copy.write(data)
            start += len(data)
        copy.flush()
        os.fsync(copy.fileno())
