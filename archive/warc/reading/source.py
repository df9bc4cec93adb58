"""Read the bytes of a WARC file in windows: as they are, decompressed, or by gzip member.

A file may be a single gzip member, or its members may not match its records (``pigz``, ``bgzip``).
Such a file is read as one decompressed stream. To find something in it, everything before must be
decompressed.
"""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass
from typing import Protocol

from archive.warc.record import SLICE_BYTES

WINDOW_BYTES = 1 << 16
MAGIC = b"\x1f\x8b\x08"


class DamagedError(Exception):
    """A gzip member cannot be decompressed further."""


class Bytes(Protocol):
    """Something whose bytes can be read by their position."""

    def at(self, position: int) -> memoryview:
        """Return some bytes from *position* on; none at the end."""

    def read(self, position: int, size: int) -> bytes:
        """Return *size* bytes from *position* on, or what there is of them."""
        data = b""
        while len(data) < size and (more := self.at(position + len(data))):
            data += more[: size - len(data)]
        return data

    def find(self, needle: bytes, position: int) -> int:
        """Return where *needle* is first found from *position* on, or the size of all."""

    def mark(self, position: int, /) -> None:
        """Note that reading may return to *position*."""

    def close(self) -> None:
        """Close the file."""


class Source(Bytes):
    """A file that is read in windows: many small members in a row need one read."""

    def __init__(self, fd: int) -> None:
        """Read the open file *fd*, which is closed by ``close``."""
        self._fd = fd
        self._start, self._window = 0, b""

    def close(self) -> None:
        """Close the file."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def at(self, position: int) -> memoryview:
        """Return some bytes from *position* on; none at the end of the file."""
        if not self._start <= position < self._start + len(self._window):
            self._start, self._window = position, os.pread(self._fd, WINDOW_BYTES, position)
        return memoryview(self._window)[position - self._start :]

    def mark(self, _position: int, /) -> None:
        """Do nothing: all positions of a file are equally near."""

    def find(self, needle: bytes, position: int) -> int:
        """Return where *needle* is first found from *position* on, or the file's size."""
        while data := os.pread(self._fd, SLICE_BYTES, position):
            found = data.find(needle)
            if found >= 0:
                return position + found
            if len(data) < len(needle):
                return position + len(data)
            position += len(data) - len(needle) + 1
        return position


@dataclass(frozen=True, slots=True)
class _State:
    """Where an ``InflatedSource`` stands; *window*, at *start*, was decompressed last."""

    start: int
    window: bytes
    ended: bool
    compressed: int
    inflate: zlib._Decompress
    begun: bool


class InflatedSource(Bytes):
    """The decompressed stream of a gzip file, whatever its members are; to be read in order.

    The stream ends where the file ends or cannot be decompressed further; *problem* then says why.
    Going back more than a window decompresses the file again, from the marked position or from its
    beginning.
    """

    def __init__(self, fd: int) -> None:
        """Read the open file *fd*, which is closed by ``close``."""
        self._source = Source(fd)
        self.problem: str | None = None
        self._start, self._window, self._ended = 0, b"", False
        self._marked: _State | None = None
        self._rewind(0)

    def close(self) -> None:
        """Close the file."""
        self._source.close()

    def at(self, position: int) -> memoryview:
        """Return some bytes from *position* on; none at the end of the stream."""
        if position < self._start:
            self._rewind(position)
        while position >= self._start + len(self._window) and not self._ended:
            self._start += len(self._window)
            self._window = self._next()
        return memoryview(self._window)[position - self._start :]

    def find(self, needle: bytes, position: int) -> int:
        """Return where *needle* is first found from *position* on, or the size of all."""
        kept = b""  # bytes from *position* on that may be the beginning of a needle
        while more := self.at(position + len(kept)):
            kept += more
            found = kept.find(needle)
            if found >= 0:
                return position + found
            done = max(0, len(kept) - len(needle) + 1)
            position, kept = position + done, kept[done:]
        return position + len(kept)

    def mark(self, position: int, /) -> None:
        """Note that reading may return to *position*, so that it need not begin anew for that."""
        if self._start <= position < self._start + len(self._window):
            inflate = self._zlib if self._ended else self._zlib.copy()
            self._marked = _State(
                self._start, self._window, self._ended, self._compressed, inflate, self._begun
            )

    def _rewind(self, position: int) -> None:
        state = self._marked
        if state is None or position < state.start:
            self._start, self._window, self._ended = 0, b"", False
            self._compressed, self._zlib = 0, zlib.decompressobj(31)
            self._begun = False  # whether bytes of the current member were read
            return
        self._start, self._window, self._ended = state.start, state.window, state.ended
        self._compressed, self._zlib, self._begun = (
            state.compressed,
            state.inflate if state.ended else state.inflate.copy(),
            state.begun,
        )

    def _next(self) -> bytes:
        """Decompress the next window; empty at the end."""
        while True:
            window = self._source.at(self._compressed)
            if not window:
                self._end("it ends within a gzip member" if self._begun else None)
                return b""
            if not self._begun and window[0] == 0:  # padding between and after members
                self._compressed += 1
                continue
            before = self._zlib.copy()
            try:
                data = self._zlib.decompress(window, WINDOW_BYTES)
            except zlib.error as error:
                self._end(f"a gzip member is damaged ({error})")
                return _inflatable(before, window)
            self._begun = True
            self._compressed += len(window) - self._left()
            if self._zlib.eof:
                self._zlib, self._begun = zlib.decompressobj(31), False
            if data:
                return data

    def _left(self) -> int:
        # At its end zlib may name what is left in both, so only one of them may be counted.
        return len(self._zlib.unused_data if self._zlib.eof else self._zlib.unconsumed_tail)

    def _end(self, problem: str | None) -> None:
        self._ended = True
        if problem is not None:
            self.problem = f"from byte {self._compressed} on nothing can be inflated: {problem}"


def _inflatable(inflate: zlib._Decompress, window: memoryview) -> bytes:
    """Return what can be decompressed of *window*; a single call would lose all of it."""
    data = b""
    try:
        for number in range(len(window)):
            data += inflate.decompress(window[number : number + 1])
    except zlib.error:
        pass
    return data


class GzipMember:
    """One gzip member as a decompressed stream; *position* is the next byte of the file to read."""

    is_record = True
    """The member ends where its record ends."""

    def __init__(self, source: Bytes, position: int) -> None:
        """Begin at *position* of *source*."""
        self.position = position
        self._source = source
        self._zlib = zlib.decompressobj(31)

    def read(self, size: int) -> bytes:
        """Return up to *size* bytes; none at the end, where the checksum was verified."""
        while not self._zlib.eof:
            window = self._source.at(self.position)
            if not window:
                raise DamagedError("the file ends within the record")
            try:
                data = self._zlib.decompress(window, size)
            except zlib.error as error:
                raise DamagedError(f"the gzip member is damaged ({error})") from error
            # At its end zlib may name what is left in both, so only one of them may be counted.
            rest = self._zlib.unused_data if self._zlib.eof else self._zlib.unconsumed_tail
            self.position += len(window) - len(rest)
            if data:
                return data
        return b""


class Stretch:
    """The bytes of an uncompressed file from *position* on, which is the next byte to read."""

    is_record = False
    """Only the header says where a record ends."""

    def __init__(self, source: Bytes, position: int) -> None:
        """Begin at *position* of *source*."""
        self.position = position
        self._source = source

    def read(self, size: int) -> bytes:
        """Return up to *size* bytes; none at the end of the file."""
        data = bytes(self._source.at(self.position)[:size])
        self.position += len(data)
        return data
