"""Make text of strangers safe for a terminal and a log.

A page can contain characters that control a terminal (ECMA-48: ESC and the C1 controls, such as
U+009B), characters that change the order in which text is shown (CVE-2021-42574), and line breaks
that forge a line of a log (CWE-117). Only what is shown is changed; the archive and exports keep
their data.
"""

from __future__ import annotations

import codecs
import io
import logging
import re
import sys
from typing import Any, TextIO, cast

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 except tab and line feed, DEL, C1
    "\u2028\u2029"  # line and paragraph separators
    "\u202a-\u202e\u2066-\u2069"  # bidirectional embeddings, overrides and isolates
    "\ud800-\udfff]"  # halves of surrogate pairs, which no encoding has
)
_BREAKS = re.compile("[\t\n]")


def printable(text: str, *, one_line: bool = False) -> str:
    r"""Return *text* with characters that control a terminal as ``\x1b`` or ``\u202e``.

    Characters that reverse text are shown in the same way. Line feeds and tabs are kept, unless
    *one_line* is set. Letters and marks of every script are kept, and so are emoji with their
    joiners (U+200D) and the marks U+200E and U+200F.
    """
    text = _UNPRINTABLE.sub(_escaped, text)
    return _BREAKS.sub(_escaped, text) if one_line else text


def printable_json(text: str) -> str:
    r"""Return the JSON *text* with unsafe characters as ``\u009b``; the data is the same."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def mask() -> None:
    """Make everything printable that this process prints and logs; may be called again.

    This affects ``sys.stdout``, ``sys.stderr`` and every log record, including tracebacks. Bytes
    that are written to ``sys.stdout.buffer`` stay exact.
    """
    logging.setLogRecordFactory(PrintableRecord)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            is_ascii = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding="utf-8" if is_ascii else None, errors="backslashreplace")
    sys.stdout, sys.stderr = masked(sys.stdout), masked(sys.stderr)


def masked(stream: TextIO) -> TextIO:
    """Return *stream* if it is masked, or a stream that makes printable what it writes there."""
    is_masked = stream is None or isinstance(stream, PrintableStream)  # None: no such stream
    return stream if is_masked else cast("TextIO", PrintableStream(stream))


class PrintableStream:
    """A text stream that writes printable text to the stream *unmasked*."""

    def __init__(self, stream: TextIO) -> None:
        self.unmasked = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self.unmasked, name)

    @property
    def encoding(self) -> str:
        """The encoding; UTF-8 if rich's own stream says None, which makes click bypass it."""
        return self.unmasked.encoding or "utf-8"

    def write(self, text: str) -> int:
        """Write *text* in printable form; return its length."""
        self.unmasked.write(printable(text))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        """Write each of *lines*."""
        for line in lines:
            self.write(line)


class PrintableRecord(logging.LogRecord):
    """A log record whose message and traceback are printable.

    Lines after the first are indented, so text of a stranger cannot forge a record.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.exc_info and self.exc_info[0] is not None:
            traceback = logging.Formatter().formatException(self.exc_info)
            self.exc_text = _record_text(traceback)  # formatters use it if it is set

    def getMessage(self) -> str:
        """Return the message with its arguments."""
        return _record_text(super().getMessage())


def _record_text(text: str) -> str:
    return printable(text).replace("\n", "\n  ")


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
