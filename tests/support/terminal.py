"""A terminal of a test's own: what a process writes to it can be read as text."""

from __future__ import annotations

import os
import pty
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import pytest


class Terminal:
    """A pseudo-terminal; *stream* is the side to which a program writes."""

    def __init__(self, leader: int, stream: TextIO) -> None:
        self._leader, self.stream = leader, stream

    def read(self) -> str:
        """Return what has been written since this was last called."""
        self.stream.flush()
        written = b""
        while select.select([self._leader], [], [], 0)[0]:
            written += os.read(self._leader, 65_536)
        return written.decode()


@contextmanager
def terminal_as_stderr() -> Iterator[Terminal]:
    """Let a terminal of 200 columns be stderr in the block."""
    leader, follower = pty.openpty()
    with (
        os.fdopen(leader, "rb"),
        os.fdopen(follower, "w") as stream,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("TERM", "xterm")
        patch.setenv("COLUMNS", "200")
        patch.setattr(sys, "stderr", stream)
        yield Terminal(leader, stream)
