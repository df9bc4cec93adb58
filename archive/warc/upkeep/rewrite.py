"""Write a complete WARC file: it gets its name when all of it is on the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.errors import RecordError, StorageError
from archive.warc.reading.reader import Damage, RecordFile
from archive.warc.reading.stream import Record
from archive.warc.record import SLICE_BYTES
from archive.warc.segment import member, sync_folder

PARTIAL_SUFFIX = ".part"


class NewFile:
    """A file that is being written; *size* is in bytes."""

    def __init__(self, fd: int) -> None:
        """Write to the open, empty file *fd*."""
        self._fd, self.size = fd, 0

    def write(self, data: bytes) -> None:
        """Append *data*. Raises ``OSError`` if that fails."""
        done = 0
        while done < len(data):
            done += os.write(self._fd, data[done:])
        self.size += len(data)

    def cut(self, size: int) -> None:
        """Remove what was written after *size*."""
        os.ftruncate(self._fd, size)
        os.lseek(self._fd, size, os.SEEK_SET)
        self.size = size


@contextmanager
def new_file(target: Path) -> Iterator[NewFile]:
    """Yield a file that replaces *target* when the block ends without an error.

    Raises ``StorageError`` if it cannot be written; no part of it is left then.
    """
    partial = target.with_name(target.name + PARTIAL_SUFFIX)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        fd = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        try:
            yield NewFile(fd)
            os.fsync(fd)
        finally:
            os.close(fd)
        partial.rename(target)
        sync_folder(target.parent)
    except OSError as error:
        raise StorageError(f"{target}: cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)


def copy_file(path: Path, target: Path) -> None:
    """Copy *path* to *target*. Raises ``StorageError`` if *target* cannot be written."""
    with new_file(target) as new, path.open("rb") as source:
        while data := source.read(SLICE_BYTES):
            new.write(data)


def move_file(path: Path, target: Path) -> None:
    """Move *path* to *target* on the same disk. Raises ``StorageError`` if that fails."""
    try:
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.rename(target)
        sync_folder(target.parent)
    except OSError as error:
        raise StorageError(f"{target}: cannot be written: {error.strerror}") from error


def write_anew(path: Path, target: Path) -> None:
    """Write the intact records of *path* to *target*, each as a gzip member.

    Their headers and blocks are unchanged. Raises ``StorageError`` if *target* cannot be written.
    """
    with new_file(target) as new, RecordFile(path, inflate=True) as file:
        for item in file.records():
            if isinstance(item, Damage):
                continue
            size = new.size
            try:
                for data in member(item.head, slices(item)):
                    new.write(data)
            except RecordError:
                new.cut(size)


def slices(record: Record) -> Iterator[bytes]:
    """Yield the block of *record* in pieces. Raises ``RecordError`` if it is damaged."""
    while data := record.read(SLICE_BYTES):
        yield data
