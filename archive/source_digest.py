"""A digest of source code that comments, docstrings and blank lines do not change.

It names the code that made a result. When a typo in a comment is corrected, the code is the same;
when a weight changes, it is not. The digest is equal on every Python: it is taken over the text of
the source, since syntax trees and tokens differ from one version of Python to the next.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

_TOKEN = re.compile(
    # The grammar of Python 3.11: an f-string does not hold its own quotation mark.
    r"\#[^\n]*"
    r"|\"\"\"(?:[^\"\\]|\\.|\"(?!\"\"))*+\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*+'''"
    r"|\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+'",
    re.DOTALL,
)
"""Comments and strings; every pattern begins with a letter of its own, which makes it fast."""
_PREFIXES = "rRuU"
"""Letters that may stand before a docstring."""


PACKAGE = Path(__file__).parent
"""The folder of the code that runs."""


def digest_of(patterns: Sequence[str], package: Path = PACKAGE) -> str:
    """Return twelve hex digits of the SHA-256 over the names and the code of files in *package*.

    *patterns* say which files (``Path.glob``): Python and TOML. Comments, docstrings and blank
    lines do not count.
    """
    digest = hashlib.sha256()
    for file in sorted({file for pattern in patterns for file in package.glob(pattern)}):
        source = file.read_text("utf-8")
        code = code_of(source) if file.suffix == ".py" else _without_comment_lines(source)
        digest.update(f"{file.relative_to(package).as_posix()} {len(code)}\n{code}".encode())
    return digest.hexdigest()[:12]


def code_of(source: str) -> str:
    """Return Python *source* without comments, docstrings, blank lines and spaces at line ends.

    A docstring is any statement that is a string alone, also the one below a constant.
    """
    kept, at, depth, scanned = [], 0, 0, 0
    for token in _TOKEN.finditer(source):
        start, end = token.span()
        depth += _opened(source[scanned:start])
        scanned = end
        if source[start] != "#":
            line_start = source.rfind("\n", 0, start) + 1
            if depth or not _is_statement(source, line_start, start, end):
                continue
            start = line_start
        kept.append(source[at:start])
        at = end
    kept.append(source[at:])
    lines = (line.rstrip() for line in "".join(kept).split("\n"))
    return "\n".join(line for line in lines if line)


def _opened(code: str) -> int:
    """Return how many more brackets *code* opens than it closes."""
    opened = code.count("(") + code.count("[") + code.count("{")
    return opened - code.count(")") - code.count("]") - code.count("}")


def _is_statement(source: str, line_start: int, start: int, end: int) -> bool:
    """Return whether a string outside of brackets is a whole line, and no line is continued."""
    line_end = source.find("\n", end)
    after = source[end:] if line_end == -1 else source[end:line_end]
    before = source[line_start:start].strip().rstrip(_PREFIXES)
    continued = source.endswith("\\\n", 0, line_start)
    return not before and not after.partition("#")[0].strip() and not continued


def _without_comment_lines(source: str) -> str:
    lines = (line.strip() for line in source.split("\n"))
    return "\n".join(line for line in lines if line and not line.startswith("#"))
