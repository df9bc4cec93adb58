"""Which code settles captures: a digest that each publisher's articles are stored with.

When it changes, every URL is settled again. A comment or a docstring does not change it.
"""

from __future__ import annotations

from archive.source_digest import digest_of

SETTLING_FILES = (
    "settle/**/*.py",
    "diff/__init__.py",
    "diff/tokens.py",  # the words of two stories
    "extract/phrases/*.py",  # how a note on a correction begins
    "extract/phrases/*.toml",
    "model/**/*.py",
    "pipeline/settlement.py",
    "scope.py",  # what is shown
    "urls.py",
    "sql/captures/evidence.py",  # what a site says of its URLs
    "subpage_addresses.py",
    "sql/captures/revisits.py",  # what a revisit shows
    "sql/articles/neighbourhood.py",  # which captures are looked at together
    "sql/articles/store.py",  # what is stored of an article
    "sql/articles/payloads.py",  # which addresses are compared
    "sql/articles/boilerplate.py",
    "sql/articles/translations.py",
    "sql/rows.py",  # which rows are written
    "sql/fulltext.py",  # what the search index holds
)
"""Patterns (``Path.glob``) of the files that decide what becomes of extracted captures.

A test compares them to what ``settle`` imports.
"""


SETTLING = digest_of(SETTLING_FILES)
"""The digest of this process's code."""
