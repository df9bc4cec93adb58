"""``collection.jsonl``: which WARC files an archive has, and where they are.

A line is appended when a file gets its final name or is imported. Lines are never changed: the last
line that names a file is valid. A last line without a line end was cut off by a kill and never
acknowledged, so it is not damage. Any other line that cannot be read is damage.
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
ANY_ID = ("*",)
"""Stands for all ids of a file in ``Listed.ambiguous_ids``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A WARC file of the archive.

    *digest* is ``sha256:`` and hex over the file at *location*, which is relative to the home
    folder, or absolute for a file outside it. *imported_from* is the absolute path from which the
    file was imported; None for a file that Pressmark wrote. *imported_digest* is the digest of the
    file at that path, which differs from *digest* if the file was rewritten. *member* is the path
    of the file in a WACZ at that path; *imported_digest* is then that of the member. *publishers*
    are those whose records were imported; None if all records belong to one publisher.
    *ambiguous_ids* are record ids of the file that other records have, too (``facts.with_own_id``).
    """

    name: str
    size_bytes: int
    digest: str
    location: str
    imported_from: str | None = None
    imported_digest: str | None = None
    member: str | None = None
    publishers: tuple[str, ...] | None = None
    ambiguous_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A part of a file, in bytes from *offset* up to *end*, that could not be saved.

    *url* and *date* (as in WARC-Date) are those of the capture, if it was one.
    """

    offset: int
    end: int
    problem: str
    record_id: str | None = None
    url: str | None = None
    date: str | None = None

    def __str__(self) -> str:
        """Return one line that describes the loss."""
        record = f" ({self.record_id})" if self.record_id else ""
        capture = f", {self.url} of {self.date}" if self.url else ""
        return f"bytes {self.offset} to {self.end}{record}{capture}: {self.problem}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Superseded:
    """A WARC file that is no longer part of the archive.

    *superseded_by* is the file with its intact records; None if there were none. *lost* is the
    rest.
    """

    name: str
    superseded_by: str | None
    lost: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class Contents:
    """The files that the lines list, by name, and a sentence for each line that cannot be read."""

    listed: dict[str, Listed] = field(default_factory=dict)
    superseded: dict[str, Superseded] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


class Collection:
    """The file ``collection.jsonl`` in the folder *home*; it need not exist yet."""

    def __init__(self, home: Path) -> None:
        """Store the name of the file; nothing is read or created yet."""
        self.home, self.file = home, home / COLLECTION_FILE
        self._read: tuple[tuple[int, int, int], Contents] | None = None

    def contents(self) -> Contents:
        """Return the current contents; a file that has not changed is not read again."""
        try:
            found = self.file.stat()
        except FileNotFoundError:
            return Contents()
        seen = (found.st_ino, found.st_size, found.st_mtime_ns)
        if self._read is None or self._read[0] != seen:
            self._read = seen, _parse(self.file.read_bytes(), self.file)
        return self._read[1]

    def path(self, name: str) -> Path | None:
        """Return where the file *name* should be; None if it is not listed."""
        listed = self.contents().listed.get(name)
        return None if listed is None else self.home / listed.location

    def location(self, path: Path) -> str:
        """Return the location for *path*: relative to the home folder if it is in it."""
        # Symbolic links are not resolved: the folder of the WARC files may be on another disk.
        whole, home = (Path(os.path.normpath(place.absolute())) for place in (path, self.home))
        return str(whole.relative_to(home) if whole.is_relative_to(home) else whole)

    def add(self, *entries: Listed | Superseded) -> None:
        """Append a line for each of *entries* that is not valid already, and sync the file.

        Several processes may do this at the same time. Raises ``StorageError`` if the lines cannot
        be written; none of them is in the file then.
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
    """Return the digest of the file at *path*. Raises ``OSError`` without the file."""
    with path.open("rb") as file:
        return label_sha256(hashlib.file_digest(file, "sha256").digest())


def label_sha256(value: bytes) -> str:
    """Return a SHA-256 digest as in ``Listed``."""
    return "sha256:" + value.hex()


def _line(entry: Listed | Superseded) -> bytes:
    values = asdict(entry)
    if isinstance(entry, Listed) and entry.imported_from is None:
        del values["imported_digest"], values["publishers"]
    for name in ("member", "ambiguous_ids"):
        if not values.get(name):
            values.pop(name, None)
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
    if "ambiguous_ids" in values:
        values["ambiguous_ids"] = tuple(values["ambiguous_ids"])
    return Listed(**values)


def _whole_lines(data: bytes) -> bytes:
    """Return *data* without an incomplete last line; a line may lack only its line end."""
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
