"""Read an archive's WARC files with other readers: warcio and fastwarc."""

from __future__ import annotations

from pathlib import Path

from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator


def files_of(home: Path) -> list[Path]:
    """Return the archive's WARC files, finished or open, by name."""
    return sorted((home / "warc").glob("*.warc.gz*"))


def by_warcio(file: Path) -> list[tuple[str, str, int]]:
    """Return (WARC-Record-ID, WARC-Type, length of its block in bytes) of each record."""
    found = []
    with file.open("rb") as stream:
        for record in ArchiveIterator(stream, no_record_parse=True):
            block = record.raw_stream.read()
            headers = record.rec_headers
            found.append(
                (headers.get_header("WARC-Record-ID"), headers.get_header("WARC-Type"), len(block))
            )
    return found


def by_fastwarc(file: Path) -> list[tuple[str, str, int]]:
    """Return the same, as fastwarc reads it."""
    found = []
    with file.open("rb") as stream:
        for record in FastIterator(stream, parse_http=False):
            block = record.reader.read()
            found.append(
                (record.headers["WARC-Record-ID"], record.headers["WARC-Type"], len(block))
            )
    return found


def record_ids(home: Path) -> set[str]:
    """Return the id of every record of the archive, as warcio reads it."""
    return {record_id for file in files_of(home) for record_id, _, _ in by_warcio(file)}
