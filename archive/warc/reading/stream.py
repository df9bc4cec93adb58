"""Read one record of a WARC file as a stream.

A block's first bytes are returned before the checksum of its gzip member is verified: only a block
that was read to its end is known to be intact.
"""

from __future__ import annotations

from archive.errors import RecordError
from archive.warc.http import HEAD_END
from archive.warc.reading import flaws
from archive.warc.reading.source import WINDOW_BYTES, DamagedError, GzipMember, Stretch
from archive.warc.record import END, HEADER_BYTES, SLICE_BYTES, Header, parse_header

VERSION = b"WARC/"
"""What a record begins with."""
_TAIL_BYTES = 64
"""How much is kept of the empty lines behind a block, of which some writers put many."""
MORE_THAN_COUNTED = "more follows the block than the header counts"


class Record:
    """A record whose block is read as a stream. ``RecordFile`` creates it.

    Reading raises ``RecordError`` if the record is damaged, at the latest with the last bytes of
    the block, when the checksum is verified.
    """

    def __init__(self, file: str, member: GzipMember | Stretch, size: int | None = None) -> None:
        """Read the header. Raises ``RecordError`` if it cannot be read.

        *size* is the size of the block in bytes if the header does not say it correctly.
        """
        self.file, self.offset = file, member.position
        self.length = 0
        """Length of the record in bytes of the file; 0 until it was read to its end."""
        self.head = b""
        """The header block as it was written, with the empty line that ends it."""
        self.tail = b""
        """What follows the block: CR LF CR LF, if the writer was exact."""
        self.flaws: list[str] = []
        """What is wrong with the record although it can be read; each a constant sentence. What
        follows the block is judged when the block was read to its end."""
        self._member = member
        self._ahead = b""  # decompressed and not read yet
        self._error: RecordError | None = None
        self.header = self._read_header()
        self._is_measured = size is not None
        try:
            self.size = self.header.content_length if size is None else size
        except ValueError as error:
            raise self._damaged(str(error)) from error
        self._left = self.size

    def peek(self, size: int) -> bytes:
        """Return up to *size* bytes of the rest of the block, which is still to be read."""
        wanted = min(size, self._left)
        while len(self._ahead) < wanted and (data := self._inflate(WINDOW_BYTES)):
            self._ahead += data
        return self._ahead[:wanted]

    def read(self, size: int = -1) -> bytes:
        """Return the next *size* bytes of the block, or the rest of it; empty at its end."""
        parts = []
        wanted = self._left if size < 0 else min(size, self._left)
        while wanted:
            data = self._take(min(wanted, SLICE_BYTES))
            if not data:
                raise self._damaged(f"the block ends {self._left} bytes too early")
            wanted -= len(data)
            self._left -= len(data)
            parts.append(data)
        if not self._left and not self.length:
            self._finish()
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def drain(self) -> None:
        """Read the rest of the block and discard it; the record is then known to be intact."""
        while not self.length:
            self.read(SLICE_BYTES)

    def _read_header(self) -> Header:
        while not (ending := HEAD_END.search(self._ahead)):
            if len(self._ahead) > HEADER_BYTES:
                raise self._damaged("the WARC header has no end")
            data = self._inflate(WINDOW_BYTES)
            if not data:
                raise self._damaged("the WARC header is cut off")
            self._ahead += data
            if not self._ahead.startswith(VERSION[: len(self._ahead)]):
                raise self._damaged("no WARC record begins here")
        self.head, self._ahead = self._ahead[: ending.end()], self._ahead[ending.end() :]
        try:
            return parse_header(self.head)
        except ValueError as error:
            raise self._damaged(str(error)) from error

    def _take(self, size: int) -> bytes:
        if self._ahead:
            data, self._ahead = self._ahead[:size], self._ahead[size:]
            return data
        return self._inflate(size)

    def _inflate(self, size: int) -> bytes:
        if self._error is not None:
            raise self._error
        try:
            return self._member.read(size)
        except DamagedError as error:
            raise self._damaged(str(error)) from error

    def _finish(self) -> None:
        if self._member.is_record:
            while data := self._take(WINDOW_BYTES):
                self.tail = (self.tail + data)[:_TAIL_BYTES]
                if data.strip(b"\r\n"):
                    raise self._damaged(MORE_THAN_COUNTED)
        else:
            while data := self._take(WINDOW_BYTES):
                rest = data.lstrip(b"\r\n")
                self.tail = (self.tail + data[: len(data) - len(rest)])[:_TAIL_BYTES]
                if rest:
                    self._ahead = rest + self._ahead
                    break
            while len(self._ahead) < len(VERSION) and (data := self._inflate(len(VERSION))):
                self._ahead += data
            is_followed = not self._ahead or self._ahead.startswith(VERSION)
            if not (self._is_measured or is_followed or self.tail.startswith((END, b"\n\n"))):
                raise self._damaged("no two empty lines follow the block")
        if self.tail != END:
            self.flaws.append(flaws.ENDING)
        self.length = self._member.position - len(self._ahead) - self.offset

    def _damaged(self, problem: str) -> RecordError:
        self._error = RecordError(self.file, self.offset, problem)
        return self._error
