"""Which code reads pages: a digest over its files, for the name of the extractor.

A number that somebody has to raise is forgotten sooner or later, and then the texts of two
extractors are compared as if one had read both. So whatever changes in these files, be it a
comment, makes another extractor; a reprocess finds out whether it reads anything otherwise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXTRACTION_FILES = (
    "extract/**/*.py",
    "model/**/*.py",
    "urls.py",
    "session_ids.py",  # which address is meant by one that names a visit
    "warc/http.py",  # what was the body of a reply
    "pipeline/frontier_updates.py",  # which of the URLs found are kept
)
"""Patterns of the files that decide what is read in a record; the profile has its own digest."""


def code_digest(root: Path = ROOT, files: Sequence[str] = EXTRACTION_FILES) -> str:
    """Return twelve hex digits of the SHA-256 over the names and bytes of *files* in *root*.

    *files* are patterns of ``Path.glob``.
    """
    digest = hashlib.sha256()
    for file in sorted(path for pattern in files for path in root.glob(pattern)):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(root).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:12]
