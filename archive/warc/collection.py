"""``collection.jsonl``: which WARC files an archive is made of, and where they lie.

A line is appended when a file has its final name, or is taken in from elsewhere, and nothing is
ever changed: the last line that names a file is the one that holds. What one would get wrong: a
last line without its line end was torn by a kill and never acknowledged, so it is no damage; any
other line that cannot be read is.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from archive.errors import StorageError
from archive.warc.segment import sync_folder

COLLECTION_FILE = "collection.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A WARC file of the archive.

    *digest* is ``sha256:`` and hex over the file as it lies there. *location* is relative to the
    home folder, or absolute for a file outside it. *imported_from* is the absolute path that the
    file was imported from, None for one of our own; *imported_digest* is the digest of the file
    there, which differs from *digest* where the file had to be written anew. *publishers* are those
    whose records were taken from an imported file; None where all records are one publisher's.
    """

    name: str
    size_bytes: int
    digest: str
    location: str
    imported_from: str | None = None
    imported_digest: str | None = None
    publishers: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A stretch of a file, in bytes from *offset* up to *end*, that could not be saved.

    *url* and *date* (as WARC-Date writes it) are those of the capture, where it was one.
    """

    offset: int
    end: int
    problem: str
    record_id: str | None = None
    url: str | None = None
    date: str | None = None

    def __str__(self) -> str:
        """Say it in one line, for a person."""
        record = f" ({self.record_id})" if self.record_id else ""
        capture = f", {self.url} of {self.date}" if self.url else ""
        return f"bytes {self.offset} to {self.end}{record}{capture}: {self.problem}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Superseded:
    """A WARC file that is no longer part of the archive.

    *superseded_by* holds all that was sound in it; None where nothing was. *lost* is what was not.
    """

    name: str
    superseded_by: str | None
    lost: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class Contents:
    """What the lines amount to, by file name; of those that cannot be read, a sentence each."""

    listed: dict[str, Listed] = field(default_factory=dict)
    superseded: dict[str, Superseded] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


class Collection:
    """The file ``collection.jsonl`` in the folder *home*; it need not be there yet."""

    def __init__(self, home: Path) -> None:
        """Name the file; nothing is read or made yet."""
        self.home, self.file = home, home / COLLECTION_FILE
        self._read: tuple[tuple[int, int, int], Contents] | None = None

    def contents(self) -> Contents:
        """Return what the lines amount to now; a file that has not changed is not read again."""
        try:
            found = self.file.stat()
        except FileNotFoundError:
            return Contents()
        seen = (found.st_ino, found.st_size, found.st_mtime_ns)
        if self._read is None or self._read[0] != seen:
            self._read = seen, _parse(self.file.read_bytes(), self.file)
        return self._read[1]

    def path(self, name: str) -> Path | None:
        """Return where the file *name* should lie; None where it is not listed."""
        listed = self.contents().listed.get(name)
        return None if listed is None else self.home / listed.location

    def location(self, path: Path) -> str:
        """Return how the location *path* is written: relative to the home where it lies in it."""
        # Symbolic links stay as they are: the folder of the WARC files may lie on another disk.
        whole, home = (Path(os.path.normpath(place.absolute())) for place in (path, self.home))
        return str(whole.relative_to(home) if whole.is_relative_to(home) else whole)

    def add(self, *entries: Listed | Superseded) -> None:
        """Append a line for each of *entries* that does not hold already, and sync the file.

        Any number of processes may do so at once. Raises ``StorageError`` when it cannot be
        written, and nothing of it is there then.
        """
        try:
            with self._locked() as fd:
                data = _read_all(fd)
                whole = _whole_lines(data)
                if len(whole) < len(data):
                    os.ftruncate(fd, len(whole))
                current = _parse(whole, self.file)
                lines = b"".join(_line(item) for item in entries if not _holds(item, current))
                if whole and not whole.endswith(b"\n"):
                    lines = b"\n" + lines
                _append(fd, lines, len(whole))
            if not data:
                sync_folder(self.home)
        except OSError as error:
            raise StorageError(f"{self.file}: cannot be written: {error.strerror}") from error

    @contextmanager
    def _locked(self) -> Iterator[int]:
        fd = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield fd
        finally:
            os.close(fd)


def hash_file(path: Path) -> str:
    """Return the digest of the file at *path* as ``Listed`` has it. ``OSError`` without it."""
    with path.open("rb") as file:
        return label_sha256(hashlib.file_digest(file, "sha256").digest())


def label_sha256(value: bytes) -> str:
    """Return a SHA-256 as it is listed."""
    return "sha256:" + value.hex()


def _line(entry: Listed | Superseded) -> bytes:
    values = asdict(entry)
    if isinstance(entry, Listed) and entry.imported_from is None:
        del values["imported_digest"], values["publishers"]
    return json.dumps(values, ensure_ascii=False).encode("utf-8", "surrogateescape") + b"\n"


def _holds(entry: Listed | Superseded, current: Contents) -> bool:
    return entry in {current.listed.get(entry.name), current.superseded.get(entry.name)}


def _parse(data: bytes, file: Path) -> Contents:
    listed: dict[str, Listed] = {}
    superseded: dict[str, Superseded] = {}
    problems = []
    for number, line in enumerate(_whole_lines(data).splitlines(), 1):
        try:
            entry = _entry(line)
        except (ValueError, TypeError, KeyError) as error:
            problems.append(
                f"{file}: line {number} cannot be read ({error}); what it listed is lost"
            )
            continue
        for table in (listed, superseded):
            table.pop(entry.name, None)
        if isinstance(entry, Listed):
            listed[entry.name] = entry
        else:
            superseded[entry.name] = entry
    return Contents(listed, superseded, tuple(problems))


def _entry(line: bytes) -> Listed | Superseded:
    values = json.loads(line.decode("utf-8", "surrogateescape"))
    if "superseded_by" in values:
        lost = tuple(Loss(**item) for item in values.pop("lost", ()))
        return Superseded(**values, lost=lost)
    if values.get("publishers") is not None:
        values["publishers"] = tuple(values["publishers"])
    return Listed(**values)


def _whole_lines(data: bytes) -> bytes:
    """Return *data* without a torn last line; one that only lacks its line end is whole."""
    end = data.rfind(b"\n") + 1
    try:
        _entry(data[end:])
    except (ValueError, TypeError, KeyError):
        return data[:end]
    return data


def _read_all(fd: int) -> bytes:
    data = b""
    while more := os.pread(fd, 1 << 20, len(data)):
        data += more
    return data


def _append(fd: int, lines: bytes, size: int) -> None:
    try:
        done = 0
        while done < len(lines):
            done += os.write(fd, lines[done:])
        os.fsync(fd)
    except OSError:
        os.ftruncate(fd, size)
        raise
