"""The WARC files of an archive: write exchanges, read them back, list files.

The files are in one folder, except those for which the collection lists another place. Names are
final names, without ``.open``; a file is found by its name also while it is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.errors import NotFoundError, RecordError, StorageError
from archive.model import Capture, Exchange, Payload
from archive.settings import Settings
from archive.warc.collection import Collection, Listed, hash_file
from archive.warc.exchange import FindOriginal, exchange_of, head_of
from archive.warc.facts import with_own_id
from archive.warc.http import Head, payload_of
from archive.warc.reading.reader import Damage, RecordFile
from archive.warc.reading.scan import captures
from archive.warc.record import SLICE_BYTES, Header, parse_fields
from archive.warc.segment import OPEN_SUFFIX, sync_folder
from archive.warc.upkeep.recovery import recover
from archive.warc.writer import Writer

SUFFIXES = (".warc.gz", ".warc")
DAMAGED_SUFFIX = ".damaged"
"""The end of the name of a file that is no longer part of the archive."""
HEAD_BYTES = 1 << 16
"""How much of a block is read for its HTTP head; a longer head counts as none."""
FIELDS_BYTES = 1 << 22
"""How much of a block may be needed to read all of its fields, if it consists of fields."""
PAYLOAD_BYTES = 65_000_000
"""How much of a block is read to extract it: no body of this length is extracted."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A WARC file of the store; *complete* is False while its name ends in ``.open``."""

    name: str
    size: int
    complete: bool


class Store:
    """The WARC files in *folder*, which is created when the first file is written.

    With a *collection*, the store also has the files that it lists elsewhere, and does not have
    those that it lists as superseded. Every finished file is listed in it.
    """

    def __init__(
        self, folder: Path, settings: Settings, collection: Collection | None = None
    ) -> None:
        """Store the places; nothing is opened or created yet."""
        self.folder, self._settings, self.collection = folder, settings, collection

    def open_writer(
        self,
        prefix: str,
        info: Mapping[str, str],
        find_original: FindOriginal | None = None,
    ) -> Writer:
        """Begin a WARC file of the publisher *prefix* and return its writer.

        *info* is added to the warcinfo record and replaces its default fields (software, format,
        conformsTo, hostname, isPartOf). *find_original* finds the earlier captures that revisit
        records refer to. Each writer has a file of its own. Raises ``StorageError`` if the folder
        cannot be written to, and ``ValueError`` for a *prefix* with characters other than letters,
        digits, ``.``, ``_`` and ``-``.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"{self.folder}: cannot be made: {error.strerror}") from error
        return Writer(self.folder, prefix, info, self._settings, find_original, self.collection)

    def read(self, file: str, offset: int) -> Exchange:
        """Return the exchange whose main record begins at *offset* of *file*.

        The body is in memory, and its checksum was verified. Records that follow the main one and
        belong to it (request, metadata) are included if they are intact; ``check_file`` reports
        damaged ones. Raises ``RecordError`` if the main record cannot be read, and
        ``NotFoundError`` without the file.
        """
        exchange, _ = self._read(file, offset)
        return exchange

    def payload(self, file: str, offset: int) -> Payload:
        """Return the reply at *offset* of *file* as extraction reads it.

        Of a block that is longer than ``PAYLOAD_BYTES`` only so much is in memory, and the payload
        says so. Raises like ``read``.
        """
        exchange, is_whole = self._read(file, offset, PAYLOAD_BYTES)
        return payload_of(exchange, is_whole=is_whole)

    def require(self, file: str, offset: int) -> None:
        """Check that the record at *offset* of *file* can be read; raises like ``read``."""
        self._read(file, offset, FIELDS_BYTES)

    def _read(self, file: str, offset: int, most: int | None = None) -> tuple[Exchange, bool]:
        """Return an exchange, and whether its block is not longer than *most*, where it is cut."""
        with self.open(file) as opened:
            record, block = opened.read_at(offset, most)
            header = record.header
            followers = _followers(opened, header, offset + record.length, most)
            try:
                exchange = exchange_of(header, block, followers, is_foreign=not opened.is_ours)
            except ValueError as error:
                raise RecordError(file, offset, str(error)) from error
            return exchange, len(block) == record.size

    def head(self, file: str, offset: int) -> Head | None:
        """Return the HTTP head of the record at *offset* of *file*; None if it has none.

        Raises ``RecordError`` if the record cannot be read, and ``NotFoundError`` without the file.
        """
        with self.open(file) as opened:
            try:
                record = opened.record_at(offset)
                block = record.read(HEAD_BYTES)
            except RecordError:
                record, block = opened.read_at(offset, HEAD_BYTES)
            return head_of(record.header, block)

    def is_same_head(self, one: Capture, other: Capture, fields: frozenset[str]) -> bool:
        """Return whether two replies have one status, and equal *fields* (lower case) in the head.

        False if a record cannot be read, or if ``payload`` gives only the beginning of it.
        """
        heads = []
        for item in (one, other):
            try:
                with self.open(item.warc_file) as opened:
                    record = opened.record_at(item.warc_offset)
                    head = head_of(record.header, record.read(HEAD_BYTES))
            except (NotFoundError, RecordError):
                return False
            if head is None or record.size > PAYLOAD_BYTES or head.status != item.http_status:
                return False
            heads.append(head)
        one_head, other_head = heads
        return one_head.status == other_head.status and all(
            one_head.get(name) == other_head.get(name) for name in fields
        )

    def scan(self, name: str, start: int = 0) -> Iterator[Capture | Damage]:
        """Yield a capture for every main record of the file from offset *start* on.

        Each capture equals in every field what ``Writer.write`` returned for it. Damage is yielded
        at its place, and the scan continues after it. Raises ``NotFoundError`` without the file.
        """
        listed = self.collection.contents().listed.get(name) if self.collection else None
        ambiguous = frozenset(listed.ambiguous_ids if listed else ())
        with self.open(name) as opened:
            for item in captures(opened, start):
                yield with_own_id(item, ambiguous)

    def info(self, name: str) -> dict[str, str]:
        """Return the fields of the warcinfo record at the beginning of the file *name*.

        ``isPartOf`` names the publisher. Empty if the file begins with another record. Raises
        ``RecordError`` if the first record is damaged, and ``NotFoundError`` without the file.
        """
        with self.open(name) as opened:
            record = opened.record_at(0)
            is_info = record.header.type == "warcinfo"
            return parse_fields(record.read(SLICE_BYTES)) if is_info else {}

    def files(self) -> list[StoredFile]:
        """Return all files of the store, finished and open, by name; sizes in bytes."""
        paths = self.folder.iterdir() if self.folder.is_dir() else ()
        names = {path.name.removesuffix(OPEN_SUFFIX) for path in paths}
        names = {name for name in names if name.endswith(SUFFIXES)}
        if self.collection is not None:
            contents = self.collection.contents()
            names = (names | {*contents.listed}) - {*contents.superseded}
        found = []
        for name in sorted(names):
            try:
                path = self.path(name)
                size = path.stat().st_size
            except (NotFoundError, FileNotFoundError):  # its writer has deleted or finished it
                path = self.folder / name
                if not path.is_file():
                    continue
                size = path.stat().st_size
            found.append(StoredFile(name, size, complete=not path.name.endswith(OPEN_SUFFIX)))
        return found

    def path(self, name: str) -> Path:
        """Return where the file *name* is. Raises ``NotFoundError`` without it."""
        finished = self.folder / name
        if finished.name == name:
            # The final name is tried twice, because the file may be renamed between two checks.
            for path in (finished, self.folder / (name + OPEN_SUFFIX), finished):
                if path.is_file():
                    return path
            elsewhere = self.collection.path(name) if self.collection is not None else None
            if elsewhere is not None and elsewhere.is_file():
                return elsewhere
        raise NotFoundError(f"{self.folder}: holds no WARC file {name!r}")

    def recover(self) -> None:
        """Finish the files that a process left open when it died; see ``recovery.recover``.

        Then add the finished files to the collection that are not listed yet.
        """
        recover(self.folder)
        self._put_aside()
        self._list()

    def open(self, name: str) -> RecordFile:
        """Open the file *name* to read its records. Raises ``NotFoundError`` without it."""
        try:
            return RecordFile(self.path(name), name)
        except FileNotFoundError:  # it was renamed meanwhile
            return RecordFile(self.path(name), name)

    def _list(self) -> None:
        if self.collection is None:
            return
        listed = self.collection.contents().listed
        for file in self.files():
            if file.complete and file.name not in listed:
                path = self.path(file.name)
                self.collection.add(
                    Listed(
                        name=file.name,
                        size_bytes=path.stat().st_size,
                        digest=hash_file(path),
                        location=self.collection.location(path),
                    )
                )

    def _put_aside(self) -> None:
        """Rename the superseded files that a killed process left under their names."""
        if self.collection is None:
            return
        for name in self.collection.contents().superseded:
            path = self.folder / name
            if path.is_file():
                path.rename(path.with_name(name + DAMAGED_SUFFIX))
                sync_folder(self.folder)


def _followers(
    file: RecordFile, main: Header, offset: int, most: int | None
) -> Iterator[tuple[Header, bytes]]:
    while not file.at_end(offset):
        try:
            record = file.record_at(offset)
            if main.record_id not in record.header.concurrent_to:
                return
            block = record.read(-1 if most is None else most)
            record.drain()
        except RecordError:
            return
        yield record.header, block
        offset += record.length
