"""Find where a record ends whose header or writer is wrong about it.

The standard puts two empty lines after a block. Other writers put one, none or more, or count the
bytes of a block wrongly, so that the next record, or the end of a gzip member, shows where it ends.
"""

from __future__ import annotations

import re

from archive.warc.reading.source import (
    MAGIC,
    WINDOW_BYTES,
    Bytes,
    DamagedError,
    GzipMember,
    Stretch,
)
from archive.warc.record import END

BLANK = b"\r\n \t\xef\xbb\xbf"
"""What may precede a record: line ends, white space, a byte order mark."""
_BEGINS_ANOTHER = re.compile(rb"\nWARC/\d+\.\d+[ \t]*\r?\n[A-Za-z-]+[ \t]*:")
_LONGEST_BEGINNING = 256


def size_in_member(member: GzipMember | Stretch, head: int) -> int | None:
    """Return the size of the block in a gzip member whose record has a header of *head* bytes.

    None if another record begins in the member. Raises ``DamagedError`` if it is damaged.
    """
    total, kept = 0, b""
    while data := member.read(WINDOW_BYTES):
        kept += data
        total += len(data)
        skipped = max(0, head - 1 - (total - len(kept)))
        if _BEGINS_ANOTHER.search(kept, skipped):
            return None
        kept = kept[-_LONGEST_BEGINNING:]
    return max(0, total - head - _length_of_end(kept))


def size_in_stretch(source: Bytes, start: int, end: int) -> int:
    """Return the size of the block at *start* if the next record, or nothing, is at *end*."""
    last = source.read(max(start, end - len(END)), min(len(END), end - start))
    return max(0, end - start - _length_of_end(last))


def after_empty_members(source: Bytes, offset: int) -> int:
    """Return *offset*, or the offset after the gzip members there that hold no record at all."""
    while source.read(offset, len(MAGIC)) == MAGIC:
        member = GzipMember(source, offset)
        try:
            while data := member.read(_LONGEST_BEGINNING):
                if data.strip(BLANK):
                    return offset
        except DamagedError:
            return offset
        offset = member.position
    return offset


def _length_of_end(last: bytes) -> int:
    endings = (END, b"\n\n", b"\r\n", b"\n")
    return next((len(ending) for ending in endings if last.endswith(ending)), 0)
