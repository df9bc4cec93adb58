"""Find the WARC files in what is to be imported: a WARC file, an ARC file, or a WACZ.

A WACZ is a zip file with WARC files (WACZ 1.1.1, Webrecorder). They are copied out of it, because
a row points to an offset in a WARC file. Its indexes and pages are not read: the records say the
same, and an index may lack some of them. The records of an ARC file are written as a WARC file.
"""

from __future__ import annotations

import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import cast

from archive.errors import StorageError, UsageError
from archive.printable import printable
from archive.warc.collection import hash_file
from archive.warc.reading.arc import is_arc
from archive.warc.upkeep.convert import convert_arc
from archive.warc.upkeep.rewrite import new_file

UNPACKED = ".unpacked"
"""Folder beside the WARC files in which files are made that are to be imported."""
ARC_REASON = "it is an ARC file"
NO_DESCRIPTION = "the zip file has no datapackage.json, which a WACZ has"
OTHER_DIGEST = "a WARC file in the WACZ has another digest than datapackage.json says"

_ENDINGS = (".warc", ".warc.gz", ".arc", ".arc.gz")
_BY_ZSTD = (".warc.zst", ".warc.zstd")
_NESTED = ".wacz"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_ZSTD = b"\x28\xb5\x2f\xfd"
_DESCRIPTION = "datapackage.json"
_DESCRIPTION_BYTES = 64_000_000
_DEEPEST = 3
_STEP_BYTES = 1 << 16
_LARGE_BYTES = 64_000_000
_MOST_TIMES = 200
"""A large member that inflates to more than this times its size is a decompression bomb; the HTML
of one page, repeated, comes to less."""
_NAME_BYTES = 200
_FREE_BYTES = 100_000_000
"""So much of the disk stays free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A WARC file to be imported: at *path*, from the file *origin* that was asked for.

    *member* is its path in *origin*, if that is a WACZ. *digest* is that of the bytes that were
    there. With *is_made*, *path* was made for the import and may be moved; *reason* says why, if
    its bytes are others. *problems* and *remarks* are sentences.
    """

    path: Path
    origin: Path
    digest: str
    member: str | None = None
    is_made: bool = False
    reason: str | None = None
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return where the bytes were."""
        if self.member is None:
            return str(self.origin)
        return f"{self.origin}: {printable(self.member, one_line=True)}"


@contextmanager
def unpacking(folder: Path) -> Iterator[Path]:
    """Yield an empty folder in *folder* for files that are made; it is removed at the end."""
    unpacked = folder / UNPACKED
    shutil.rmtree(unpacked, ignore_errors=True)  # what a killed import left
    unpacked.mkdir(parents=True)
    try:
        yield unpacked
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)


def source_files(path: Path, unpacked: Path) -> Iterator[SourceFile]:
    """Yield the WARC files of *path*; those that are made are in *unpacked*, one at a time.

    Raises ``UsageError`` for a file that cannot be imported, and ``StorageError`` if a file cannot
    be made.
    """
    path = Path(os.path.normpath(path.absolute()))
    begins = _beginning(path)
    if begins.startswith(_ZSTD):
        raise UsageError(f"{path}: is compressed by zstd; inflate it first: unzstd {path}")
    if begins.startswith(_ZIP):
        package = _Package(path, path, unpacked)
        yield from package.source_files()
        if package.problems:  # no file is left that could name them
            raise UsageError("; ".join(package.problems))
    else:
        yield _source(path, path, unpacked)


def _source(path: Path, origin: Path, unpacked: Path, member: str | None = None) -> SourceFile:
    """Return the WARC file *path*, or the one that is made of the ARC file *path*."""
    digest, is_made = hash_file(path), member is not None
    if not is_arc(path):
        return SourceFile(path=path, origin=origin, digest=digest, member=member, is_made=is_made)
    stem = path.name.removesuffix(".gz").removesuffix(".arc")
    target = unpacked / f"{stem}.warc.gz"
    problems, remarks = convert_arc(path, target, digest)
    return SourceFile(
        path=target,
        origin=origin,
        digest=digest,
        member=member,
        is_made=True,
        reason=ARC_REASON,
        problems=tuple(problems),
        remarks=tuple(remarks),
    )


class _Package:
    """A WACZ at *path*, which may be in the package *outer*; *prefix* is its path there."""

    def __init__(
        self,
        path: Path,
        origin: Path,
        unpacked: Path,
        prefix: str = "",
        outer: _Package | None = None,
    ) -> None:
        self._path, self._origin, self._unpacked = path, origin, unpacked
        self._prefix = prefix
        self._depth: int = outer._depth + 1 if outer else 1
        self.problems: list[str] = outer.problems if outer else []
        """What the next file that is yielded has to name, whichever package it is in."""
        self._remarks: list[str] = outer._remarks if outer else []

    def source_files(self) -> Iterator[SourceFile]:
        """Yield the WARC files in it, and in the packages in it; each is removed afterwards.

        What concerns the package is a problem or remark of the next of them. Raises ``UsageError``
        if there is none.
        """
        try:
            package = zipfile.ZipFile(self._path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise UsageError(
                f"{self._named()}: is a zip file that cannot be read, it may be cut off ({error})"
            ) from error
        with package:
            known = len(self.problems)
            described = self._described(package)
            usable = self._usable(package, described)
            if not usable:
                why = "; ".join(self.problems[known:]) or "it holds no WARC file"
                del self.problems[known:]
                raise UsageError(f"{self._named()}: is no WACZ that can be read: {why}")
            for number, info in enumerate(usable):
                yield from self._unpack(package, info, number, described.get(info.filename))

    def _named(self, member: str = "") -> str:
        inside = printable("/".join(filter(None, (self._prefix, member))), one_line=True)
        return f"{self._origin}: {inside}" if inside else str(self._origin)

    def _described(self, package: zipfile.ZipFile) -> dict[str, str]:
        """Return the digests that datapackage.json gives, by the paths of the members."""
        try:
            info = package.getinfo(_DESCRIPTION)
        except KeyError:
            self._remarks.append(NO_DESCRIPTION)
            return {}
        try:
            with package.open(info) as file:
                data = json.loads(file.read(_DESCRIPTION_BYTES))
            found = [item for item in data["resources"] if isinstance(item, dict)]
        except (*_UNREADABLE, ValueError, TypeError, KeyError, RecursionError) as error:
            self._remarks.append(NO_DESCRIPTION)
            self.problems.append(f"{self._named(_DESCRIPTION)}: cannot be read ({error})")
            return {}
        return {str(item.get("path", "")): str(item.get("hash", "")) for item in found}

    def _usable(
        self, package: zipfile.ZipFile, described: Mapping[str, str]
    ) -> list[zipfile.ZipInfo]:
        infos = [info for info in package.infolist() if _is_archive(info.filename)]
        there = {info.filename for info in infos}
        # A package of packages may name those that lie elsewhere.
        lacking = [path for path in described if _is_archive(path) and path not in there]
        self.problems += (
            f"{self._named()}: names {printable(path, one_line=True)}, which is not in it;"
            " import that file itself"
            for path in lacking
        )
        usable = []
        for info in infos:
            problem = self._problem_of(info)
            if problem is None:
                usable.append(info)
            else:
                self.problems.append(f"{self._named(info.filename)}: {problem}")
        return usable

    def _problem_of(self, info: zipfile.ZipInfo) -> str | None:
        size, free = info.file_size, shutil.disk_usage(self._unpacked).free - _FREE_BYTES
        if info.flag_bits & 1:
            return "is encrypted"
        if info.filename.lower().endswith(_BY_ZSTD):
            return "is compressed by zstd; take it out, inflate it (unzstd) and import it"
        if size > _LARGE_BYTES and size > _MOST_TIMES * info.compress_size:
            return f"inflates to more than {_MOST_TIMES} times its size, as no web archive does"
        if size > free:
            return f"takes {size} bytes, and {max(0, free)} are free on the disk"
        if info.filename.lower().endswith(_NESTED) and self._depth == _DEEPEST:
            return f"is in {_DEEPEST} other packages; take it out and import it"
        return None

    def _unpack(
        self, package: zipfile.ZipFile, info: zipfile.ZipInfo, number: int, promised: str | None
    ) -> Iterator[SourceFile]:
        inner = PurePosixPath(info.filename.replace("\\", "/")).name
        stem = self._path.name.removesuffix(_NESTED)
        name = inner if inner.startswith(stem) else f"{stem}-{inner}"
        folder = self._unpacked / f"{self._depth}-{number}"
        folder.mkdir()
        path = folder / _short(name)
        problem = _copied(package, info, path)
        if problem is not None:
            self.problems.append(f"{self._named(info.filename)}: {problem}")
        if promised and promised not in {hash_file(path), hash_file(path).partition(":")[2]}:
            self._remarks.append(OTHER_DIGEST)
        member = "/".join(filter(None, (self._prefix, info.filename)))
        if inner.lower().endswith(_NESTED):
            try:
                yield from _Package(path, self._origin, self._unpacked, member, self).source_files()
            except UsageError as error:  # the other members can be read all the same
                self.problems.append(str(error))
        else:
            source = _source(path, self._origin, folder, member)
            problems = (*self.problems, *source.problems)
            remarks = (*self._remarks, *source.remarks)
            self.problems.clear()
            self._remarks.clear()
            yield replace(source, problems=problems, remarks=remarks)
        shutil.rmtree(folder, ignore_errors=True)


_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""What reading a member of a zip file raises."""


def _is_archive(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    # macOS adds files with attributes, whose names begin so.
    return name.endswith((*_ENDINGS, *_BY_ZSTD, _NESTED)) and not name.startswith("._")


def _short(name: str) -> str:
    """Return *name* for a file: without what no name may contain, and not too long."""
    plain = "".join("_" if char in "/\0" else char for char in name)
    return plain if len(plain.encode()) <= _NAME_BYTES else plain[-_NAME_BYTES // 4 :]


def _copied(package: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> str | None:
    """Copy a member to *target*, or what can be read of it; return a problem with it."""
    checksum, unchecked = 0, copy(info)
    del unchecked.CRC  # zipfile would withhold the last bytes of a member whose checksum is wrong
    try:
        with new_file(target) as new:
            try:
                with package.open(unchecked) as file:
                    member = cast("zipfile.ZipExtFile", file)
                    while data := member.read1(_STEP_BYTES):
                        checksum = zlib.crc32(data, checksum)
                        new.write(data)
            except _UNREADABLE as error:
                return f"can be read only in part ({error})"
    except OSError as error:
        raise StorageError(f"{target}: cannot be written: {error.strerror}") from error
    return None if checksum == info.CRC else "its bytes have changed since it was packed"


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(16)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
