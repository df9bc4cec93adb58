"""The index of an archive's WARC files: CDXJ, sorted by key and date, for replay and WACZ.

Each finished WARC file is read once. Its lines are kept, sorted and compressed, in a file called a
*part*; the index is made by merging the parts. A part with the modification time of its WARC file
is valid; any other is made again. The index and the parts may be deleted at any time, because they
only depend on the WARC files.
"""

from __future__ import annotations

import gzip
import heapq
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import IO

from archive.errors import StorageError
from archive.warc.reading.cdx import cdx_lines
from archive.warc.reading.reader import Damage
from archive.warc.store import Store

INDEX_NAME = "index.cdxj"
PARTS_NAME = "index"
PART_SUFFIX = ".1.cdxj.gz"
"""The number is the version of the rules for lines; parts of an older version are not used."""
OPEN_PARTS = 200
"""Parts that are merged at the same time; on most systems a process may open 1,024 files."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The result of bringing an index up to date.

    *files* are the names of the WARC files that are indexed now; *read* is how many were read for
    this. *unfinished* files are still being written and are left out. *problems* has a sentence for
    each part that could not be read.
    """

    files: tuple[str, ...]
    read: int
    unfinished: tuple[str, ...]
    problems: tuple[str, ...]


class CdxIndex:
    """The index of the WARC files of *store*, in the folder *home*."""

    def __init__(self, home: Path, store: Store) -> None:
        """Store the places; nothing is read or created yet."""
        self.file = home / INDEX_NAME
        """Where ``write`` writes the index by default."""
        self._parts, self._store = home / PARTS_NAME, store

    def refresh(self, report: Callable[[int, int], None] = lambda _done, _total: None) -> Refreshed:
        """Read the WARC files that are not indexed yet, and forget those that no longer exist.

        *report* is called with the number of bytes read so far and in total. Raises
        ``MissingPackageError`` without cdxj-indexer, and ``StorageError`` if a part cannot be
        written.
        """
        stored = self._store.files()
        lacking = [file for file in stored if file.complete and not self._is_good(file.name)]
        total, done, problems = sum(file.size for file in lacking), 0, []
        for file in lacking:
            problems += self._index(file.name)
            done += file.size
            report(done, total)
        complete = tuple(file.name for file in stored if file.complete)
        self._forget_all_but(complete)
        return Refreshed(
            complete,
            len(lacking),
            tuple(file.name for file in stored if not file.complete),
            tuple(problems),
        )

    def lines(self, files: Iterable[str]) -> Iterator[bytes]:
        """Yield the sorted lines of *files*, each line once; they must have been refreshed."""
        with tempfile.TemporaryDirectory(prefix="pressmark-index-") as folder:
            parts = _gathered([self._part(name) for name in files], Path(folder))
            yield from _merged(parts)

    def write(self, files: Iterable[str], output: Path | None = None) -> int:
        """Write the sorted lines of *files* to *output*; return the number of lines.

        The file is written completely or not at all. Raises ``StorageError`` if it cannot be
        written.
        """
        count = 0
        with _new_file(output or self.file) as target:
            for line in self.lines(files):
                target.write(line)
                count += 1
        return count

    def _part(self, name: str) -> Path:
        return self._parts / (name + PART_SUFFIX)

    def _is_good(self, name: str) -> bool:
        try:
            return self._part(name).stat().st_mtime_ns == self._store.path(name).stat().st_mtime_ns
        except FileNotFoundError:
            return False

    def _index(self, name: str) -> list[str]:
        """Make the part of the WARC file *name*; return sentences about damage in the file.

        The part of a damaged file never counts as valid, so its damage is reported each time.
        """
        modified = self._store.path(name).stat().st_mtime_ns
        lines, problems = [], []
        with self._store.open(name) as file:
            for item in cdx_lines(file):
                if isinstance(item, Damage):
                    problems.append(
                        f"{item.file}: bytes {item.offset} to {item.end}: {item.problem}"
                    )
                else:
                    lines.append(item)
        lines.sort()
        with (
            _new_file(self._part(name)) as raw,
            gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, compresslevel=3) as part,
        ):
            part.writelines(lines)
        stamp = 0 if problems else modified
        os.utime(self._part(name), ns=(stamp, stamp))
        return problems

    def _forget_all_but(self, names: Iterable[str]) -> None:
        kept = {self._part(name).name for name in names}
        for path in self._parts.glob("*.cdxj.gz"):
            if path.name not in kept:
                path.unlink(missing_ok=True)


def _gathered(parts: Sequence[Path], folder: Path) -> list[Path]:
    """Return at most ``OPEN_PARTS`` files with the lines of *parts*, the new ones in *folder*."""
    while len(parts) > OPEN_PARTS:
        fewer = []
        for start in range(0, len(parts), OPEN_PARTS):
            part = folder / f"{len(parts)}-{start}"
            with gzip.open(part, "wb", compresslevel=1) as file:
                file.writelines(_merged(parts[start : start + OPEN_PARTS]))
            fewer.append(part)
        parts = fewer
    return list(parts)


def _merged(parts: Iterable[Path]) -> Iterator[bytes]:
    with ExitStack() as stack:
        files = [stack.enter_context(gzip.open(part, "rb")) for part in parts]
        for line, _ in groupby(heapq.merge(*files)):
            yield line


@contextmanager
def _new_file(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file that replaces *path* when the block ends without an error."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise StorageError(f"{path}: cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "wb", buffering=1 << 20) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as error:
        raise StorageError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        Path(name).unlink(missing_ok=True)
