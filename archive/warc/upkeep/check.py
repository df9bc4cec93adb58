"""Check every byte of a WARC file, and say what is wrong with which record.

``warcio check`` and ``fastwarc check`` disagree on the payload digest of chunked records (see their
open issues). Here the digest is over the body without transfer coding and with content coding.
Neither of these tools notices an incomplete record at the end.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.errors import RecordError
from archive.warc.http import parse_message
from archive.warc.reading.reader import Damage, Record, RecordFile
from archive.warc.record import END, Header, is_our_software, parse_fields
from archive.warc.segment import GZIP_HEADER

_ALGORITHMS = {"md5": 16, "sha1": 20, "sha256": 32, "sha512": 64}  # and their sizes in bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something wrong in a file: a part without an intact record, or a record with wrong fields.

    *file* is the final file name, *offset* and *end* are in its bytes. *record_id* is None if it
    cannot be read.
    """

    file: str
    offset: int
    end: int
    problem: str
    record_id: str | None = None

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
    and a revisit must say what it refers to. One record may have several findings. Only one body at
    a time is in memory. Raises ``OSError`` without the file.
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
                    problem=item.problem,
                    record_id=item.record_id,
                )
                continue
            try:
                block = item.read()
            except RecordError:
                continue  # its Damage comes next
            if item.header.type == "warcinfo":
                exact = is_our_software(parse_fields(block))
            problems = _header_problems(item.header)
            problems += _digest_problems(item.header, block, exact=exact)
            if exact:
                problems += _frame_problems(item, file.raw(item.offset, len(GZIP_HEADER)))
            for problem in problems:
                yield Finding(
                    file=file.name,
                    offset=item.offset,
                    end=item.offset + item.length,
                    problem=problem,
                    record_id=item.header.record_id,
                )
            if not problems:
                records += 1
                sound_bytes += item.length
        yield Checked(file=file.name, records=records, sound_bytes=sound_bytes)


def block_problem(header: Header, block: bytes) -> str | None:
    """Return a problem if *block* does not match the digest in *header*; None otherwise."""
    if _matches(header.get("WARC-Block-Digest"), block):
        return None
    return "the block digest does not match the block"


def _header_problems(header: Header) -> list[str]:
    problems = []
    for name in ("WARC-Type", "WARC-Record-ID", "WARC-Date"):
        if header.get(name) is None:
            problems.append(f"the header has no {name}")
    try:
        _ = header.date
    except ValueError as error:
        problems.append(f"the header {error}")
    if header.type == "revisit":
        place = ("WARC-Refers-To-Target-URI", "WARC-Refers-To-Date")
        lacking = [name for name in place if header.get(name) is None]
        if header.get("WARC-Profile") is None:
            problems.append("the revisit has no WARC-Profile")
        if lacking and header.get("WARC-Refers-To") is None:
            problems.append(
                f"the revisit has neither WARC-Refers-To nor {' and '.join(lacking)},"
                " so its original cannot be found"
            )
    return problems


def _digest_problems(header: Header, block: bytes, *, exact: bool) -> list[str]:
    problem = block_problem(header, block)
    problems = [] if problem is None else [problem]
    # The payload digest of a revisit is that of a body in another record.
    promised = header.get("WARC-Payload-Digest")
    if promised and header.type != "revisit" and header.content_type == "application/http":
        message = parse_message(block)
        matches = _matches(promised, message.payload(block) if message else b"")
        if not matches and not exact and message:  # wget includes the chunk sizes
            matches = _matches(promised, block[message.body_start :])
        if not matches:
            problems.append("the payload digest does not match the payload")
    return problems


def _frame_problems(record: Record, gzip_header: bytes) -> list[str]:
    """Compare bytes that no checksum covers with the constant bytes of our writer."""
    problems = []
    if gzip_header != GZIP_HEADER:
        problems.append("the gzip header was changed")
    if record.tail != END:
        problems.append("the record does not end in two empty lines")
    return problems


def _matches(promised: str | None, data: bytes) -> bool:
    """Return whether *data* has the labelled digest *promised*, in base32 or hex.

    Returns True if there is no digest, or if its algorithm is not known here: this is not damage.
    """
    algorithm, _, value = (promised or "").partition(":")
    algorithm = algorithm.lower().replace("-", "")
    size = _ALGORITHMS.get(algorithm)
    if size is None:
        return True
    digest = hashlib.new(algorithm, data, usedforsecurity=False).digest()
    if len(value) == 2 * size:
        return value.lower() == digest.hex()
    return value.upper().rstrip("=") == base64.b32encode(digest).decode("ascii").rstrip("=")
