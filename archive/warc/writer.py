"""Write the exchanges of one crawl to WARC files; begin a new file when one is full.

A write is durable only after ``sync``. The order is: write, sync, commit the row that points to the
record.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import monotonic

from archive.errors import StorageError
from archive.model import Capture, Exchange
from archive.settings import Settings
from archive.warc.collection import Collection, Listed, label_sha256
from archive.warc.exchange import Draft, FindOriginal, draft, drafts_of
from archive.warc.facts import capture_of
from archive.warc.record import SOFTWARE, WARC_FIELDS, encode_fields, format_date, new_id
from archive.warc.segment import Segment

CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"

_PREFIX = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Writer:
    """Appends exchanges to one WARC file at a time. ``Store.open_writer`` creates it.

    One thread at a time calls ``write`` and ``close``; any thread may call ``sync``.
    """

    def __init__(
        self,
        folder: Path,
        prefix: str,
        info: Mapping[str, str],
        settings: Settings,
        find_original: FindOriginal | None = None,
        collection: Collection | None = None,
    ) -> None:
        """Begin a file; see ``Store.open_writer``. *collection* lists finished files."""
        if not _PREFIX.fullmatch(prefix):
            raise ValueError(f"{prefix!r} is not a valid prefix for the name of a WARC file")
        self._folder, self._prefix, self._settings = folder, prefix, settings
        self._find_original, self._collection = find_original, collection
        self._info = {"isPartOf": prefix, **info}
        self._serial = 0
        self._segment: Segment | None = None
        self._closed = False
        self._begin()

    @property
    def file(self) -> str | None:
        """The final name of the current file; None between two files and at the end."""
        return self._segment.name if self._segment else None

    @property
    def is_full(self) -> bool:
        """Whether the next exchange begins a new file, and the current one is synced for that."""
        segment = self._segment
        if segment is None:
            return True
        too_large = segment.size >= self._settings.segment_bytes
        too_old = monotonic() - self._begun >= self._settings.segment_seconds
        return (too_large or too_old) and segment.size > self._first

    def write(self, exchange: Exchange, *, alone: bool = False) -> Capture:
        """Append the records of *exchange*, and return its capture.

        With *alone*, the reply is written completely and refers to no earlier one.

        Either all its records are in the file afterwards or none. Raises ``StorageError`` with the
        file and the cause if they cannot be written (disk full), and ``ValueError`` for a date
        without a time zone.
        """
        if self._closed:
            raise StorageError(f"{self._folder}: the writer of {self._prefix} is closed")
        segment = self._segment
        if segment is None or self.is_full:
            segment = self._rotate()
        drafts = drafts_of(
            exchange,
            self._warcinfo_id,
            None if alone else self._find_original,
            redact=not self._settings.keep_request_secrets,
        )
        places = segment.append((drafts.main, *drafts.followers))
        offset, length = places[0]
        return capture_of(
            drafts.main.header,
            drafts.head,
            drafts.notes,
            file=segment.name,
            offset=offset,
            length=length,
        )

    def sync(self) -> None:
        """Sync to the disk what was written before this call; quick if it is already there.

        Raises ``StorageError`` if it fails; nothing that was written since the last sync is safe
        then.
        """
        segment = self._segment
        if segment is not None:
            segment.sync()

    def close(self) -> None:
        """Sync the file and give it its final name; a file without any exchange is deleted."""
        self._closed = True
        self._finish()

    def _rotate(self) -> Segment:
        self._finish()
        return self._begin()

    def _finish(self) -> None:
        # A thread in sync() sees this segment, which is synced, or the next one.
        segment = self._segment
        if segment is None:
            return
        keep = segment.size > self._first
        segment.finish(keep=keep)
        self._segment = None
        # If the process is killed here, the next start lists the file (``Store.recover``).
        if keep and self._collection is not None:
            self._collection.add(
                Listed(
                    name=segment.name,
                    size_bytes=segment.size,
                    digest=label_sha256(segment.sha256.digest()),
                    location=self._collection.location(self._folder / segment.name),
                )
            )

    def _begin(self) -> Segment:
        self._serial += 1
        segment = Segment(self._folder, self._prefix, self._serial)
        try:
            self._warcinfo_id = new_id()
            segment.append([self._warcinfo(segment.name)])
        except BaseException:
            segment.finish(keep=False)
            raise
        self._first, self._begun = segment.size, monotonic()
        self._segment = segment
        return segment

    def _warcinfo(self, name: str) -> Draft:
        facts = {
            "software": f"{SOFTWARE}/{_version()}",
            "format": "WARC File Format 1.1",
            "conformsTo": CONFORMS_TO,
            "hostname": socket.gethostname(),
            **self._info,
        }
        fields = (
            ("WARC-Type", "warcinfo"),
            ("WARC-Record-ID", self._warcinfo_id),
            ("WARC-Date", format_date(datetime.now(UTC))),
            ("WARC-Filename", name),
        )
        return draft(fields, WARC_FIELDS, encode_fields(facts))


@cache
def _version() -> str:
    try:
        return version("pressmark")
    except PackageNotFoundError:  # run from a checkout
        return "0"
