"""The name of the extractor: which code, phrases and libraries read pages.

A number that somebody has to raise is forgotten sooner or later. The texts of two extractors are
then compared as if one had read both. So the name has a digest of everything that decides what is
read. A comment or a docstring decides nothing (``archive.source_digest``).
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from importlib.metadata import version

from lxml import etree

from archive.source_digest import digest_of

EXTRACTION_FILES = (
    "extract/**/*.py",
    "extract/**/*.toml",
    "model/**/*.py",
    "urls.py",
    "subpage_addresses.py",
    "session_ids.py",  # which page a URL with a session id means
    "warc/bodies.py",  # what the body of a reply is
    "warc/http.py",
    "warc/maps.py",
    "pipeline/frontier_updates.py",  # which of the URLs that a page names are kept
)
"""Patterns (``Path.glob``) of the files that decide what is read in a record.

A test compares them to what extraction imports. The profile has a digest of its own.
"""
LIBRARIES = (
    "babel",
    "brotli",
    "chardet",
    "idna",
    "isal",
    "justext",
    "lxml",
    "lxml_html_clean",
    "pycld2",
    "tldextract",
    "trafilatura",
    "tzdata",
)
"""Distributions that decide what is read; a test compares them to what extraction imports."""


def library_versions() -> dict[str, str]:
    """Return the version of each library and table that decides what is read, by its name."""
    versions = {name: version(name) for name in LIBRARIES}
    versions["libxml2"] = ".".join(map(str, etree.LIBXML_VERSION))
    versions["unicode"] = unicodedata.unidata_version
    return versions


def extractor_name(code: str, versions: Mapping[str, str]) -> str:
    """Return the name of an extractor, which extractions of the same code and libraries share.

    *code* is the digest of its code. A digest of eight hex digits stands for *versions*.
    """
    named = "\n".join(f"{name} {versions[name]}" for name in sorted(versions))
    libraries = hashlib.sha256(named.encode()).hexdigest()[:8]
    return f"pressmark/3+{code} libraries/{libraries} trafilatura/{versions['trafilatura']}"


EXTRACTOR = extractor_name(digest_of(EXTRACTION_FILES), library_versions())
"""The name of this extractor; two extractions can be compared only when their names are equal."""
