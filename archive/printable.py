"""Text of strangers, made fit for a terminal and a log.

A page can hold what commands a terminal (ECMA-48: ESC, and the C1 controls, U+009B among them),
what turns the order of the characters that a reader sees (CVE-2021-42574), and line breaks that
forge a line of a log (CWE-117). Only what is shown is changed; the archive and exports are data.
"""

from __future__ import annotations

import codecs
import io
import logging
import re
import sys
from typing import Any, TextIO, cast

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but tab and line feed, DEL, C1
    "\u2028\u2029"  # line and paragraph separators
    "\u202a-\u202e\u2066-\u2069"  # bidirectional embeddings, overrides and isolates
    "\ud800-\udfff]"  # halves of surrogate pairs, which no encoding holds
)
_BREAKS = re.compile("[\t\n]")


def printable(text: str, *, one_line: bool = False) -> str:
    r"""Return *text* with all that controls a terminal or turns its text as ``\x1b``, ``\u202e``.

    Line feeds and tabs stay, except where *one_line* is expected. Letters and marks of every
    script stay as they are, emoji and their joiners (U+200D) and the marks U+200E and U+200F too.
    """
    text = _UNPRINTABLE.sub(_escaped, text)
    return _BREAKS.sub(_escaped, text) if one_line else text


def printable_json(text: str) -> str:
    r"""Return *text*, which is JSON, with what ``printable`` masks as ``\u009b``: the same data."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def mask() -> None:
    """Make what this process prints and logs printable, from now on; may be called again.

    It holds for ``sys.stdout``, ``sys.stderr`` and every log record, tracebacks included. Bytes
    that are written to ``sys.stdout.buffer`` stay exact.
    """
    logging.setLogRecordFactory(PrintableRecord)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            is_ascii = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding="utf-8" if is_ascii else None, errors="backslashreplace")
    sys.stdout, sys.stderr = masked(sys.stdout), masked(sys.stderr)


def masked(stream: TextIO) -> TextIO:
    """Return *stream*, or what makes printable all that is written to it."""
    is_masked = stream is None or isinstance(stream, PrintableStream)  # None: no such stream
    return stream if is_masked else cast("TextIO", PrintableStream(stream))


class PrintableStream:
    """A text stream; *unmasked* is the one that it writes to, for who makes text printable."""

    def __init__(self, stream: TextIO) -> None:
        self.unmasked = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self.unmasked, name)

    @property
    def encoding(self) -> str:
        """UTF-8, also where rich's own stream below says None: click writes past such a one."""
        return self.unmasked.encoding or "utf-8"

    def write(self, text: str) -> int:
        """Write *text*, made printable; return its length."""
        self.unmasked.write(printable(text))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        """Write each of *lines*."""
        for line in lines:
            self.write(line)


class PrintableRecord(logging.LogRecord):
    """A log record whose message and traceback are printable.

    Lines after its first are indented: what a stranger wrote can forge no record.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.exc_info and self.exc_info[0] is not None:
            traceback = logging.Formatter().formatException(self.exc_info)
            self.exc_text = _record_text(traceback)  # formatters take it where it is there

    def getMessage(self) -> str:
        """Return the message with its arguments."""
        return _record_text(super().getMessage())


def _record_text(text: str) -> str:
    return printable(text).replace("\n", "\n  ")


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
