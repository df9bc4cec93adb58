"""Check every byte of a WARC file, and say what is wrong with which record.

``warcio check`` and ``fastwarc check`` disagree on the payload digest of chunked records (see their
open issues). Here the digest is over the body without transfer coding and with content coding.
Neither of these tools notices an incomplete record at the end. What is wrong with a record of other
software since it was written is no damage: nobody can correct it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.errors import RecordError
from archive.model import Buffer
from archive.warc.http import parse_message
from archive.warc.reading import flaws
from archive.warc.reading.digests import digest_flaws, fits_digest
from archive.warc.reading.reader import Damage, RecordFile
from archive.warc.reading.scan import block_of
from archive.warc.reading.stream import Record
from archive.warc.record import (
    END,
    SLICE_BYTES,
    Header,
    is_our_software,
    parse_fields,
    pieces,
)
from archive.warc.segment import GZIP_HEADER


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something wrong in a file: a part without an intact record, or a record with wrong fields.

    *file* is the final file name, *offset* and *end* are in its bytes. *record_id* is None if it
    cannot be read. *is_flaw* is True if other software wrote the record so, and it is read all the
    same.
    """

    file: str
    offset: int
    end: int
    problem: str
    record_id: str | None = None
    is_flaw: bool = False

    def __str__(self) -> str:
        """Return one line that describes the finding."""
        record = f" ({self.record_id})" if self.record_id else ""
        return f"{self.file}: bytes {self.offset} to {self.end}{record}: {self.problem}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """How many records are intact, and how many bytes of the file they take."""

    file: str
    records: int
    sound_bytes: int


def check_file(path: Path) -> Iterator[Finding | Checked]:
    """Yield a ``Finding`` for everything wrong in the file at *path*, and a ``Checked`` at the end.

    The gzip checksum, header, length, block digest and payload digest of every record are verified,
    and a revisit must say what it refers to. One record may have several findings; a record with
    flaws only counts as intact. A large body is not in memory. Raises ``OSError`` without the file.
    """
    records = sound_bytes = 0
    exact = False  # whether the file must have the exact form of our writer
    with RecordFile(path) as file:
        for item in file.records():
            if isinstance(item, Damage):
                if item.offset == 0:  # the warcinfo record, which names the software
                    exact = file.raw(item.end, len(GZIP_HEADER)) == GZIP_HEADER
                yield Finding(
                    file=item.file,
                    offset=item.offset,
                    end=item.end,
                    problem=flaws.DEBRIS if item.is_debris else item.problem,
                    record_id=item.record_id,
                    is_flaw=item.is_debris,
                )
                continue
            try:
                with block_of(item) as block:
                    if item.header.type == "warcinfo":
                        exact = is_our_software(parse_fields(block[:SLICE_BYTES]))
                    problems = _problems(item, block, file, exact=exact)
            except RecordError:
                continue  # its Damage comes next, or the same record with another length
            for problem in problems:
                yield Finding(
                    file=file.name,
                    offset=item.offset,
                    end=item.offset + item.length,
                    problem=problem,
                    record_id=item.header.record_id,
                    is_flaw=not exact,
                )
            if not (exact and problems):
                records += 1
                sound_bytes += item.length
        yield Checked(file=file.name, records=records, sound_bytes=sound_bytes)


def _problems(record: Record, block: Buffer, file: RecordFile, *, exact: bool) -> list[str]:
    header = record.header
    problems = [*record.flaws, *_header_problems(header)]
    is_http = header.content_type == "application/http"
    if not exact:
        message = parse_message(block, is_foreign=True) if is_http else None
        return [*dict.fromkeys((*problems, *digest_flaws(header, block, message)))]
    message = parse_message(block) if is_http else None
    if not fits_digest(header.get("WARC-Block-Digest"), pieces(block, [(0, len(block))])):
        problems.append(flaws.BLOCK_DIGEST)
    # The payload digest of a revisit is that of a body in another record.
    if is_http and header.type != "revisit":
        payload = pieces(block, message.payload_spans(block) if message else ())
        if not fits_digest(header.get("WARC-Payload-Digest"), payload):
            problems.append(flaws.PAYLOAD_DIGEST)
    return problems + _frame_problems(record, file.raw(record.offset, len(GZIP_HEADER)))


def _header_problems(header: Header) -> list[str]:
    problems = []
    for name in ("WARC-Type", "WARC-Record-ID", "WARC-Date"):
        if header.get(name) is None:
            problems.append(f"the header has no {name}")
    try:
        _ = header.date
    except ValueError as error:
        problems.append(f"the header {error}")
    if header.type == "revisit" and header.get("WARC-Profile") is None:
        problems.append("the revisit has no WARC-Profile")
    return problems


def _frame_problems(record: Record, gzip_header: bytes) -> list[str]:
    """Compare bytes that no checksum covers with the constant bytes of our writer."""
    problems = []
    if gzip_header != GZIP_HEADER:
        problems.append("the gzip header was changed")
    if record.tail != END and flaws.ENDING not in record.flaws:
        problems.append(flaws.ENDING)
    return problems
