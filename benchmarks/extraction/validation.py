"""Which sites are kept for validation: nobody looks at their pages while writing rules.

What rules were written against is no measure of them. So a third of each set, by site, is only
measured, never read. The list is a file, so that it cannot change with the code.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import tldextract

SITES = Path(__file__).parent / "validation_sites.txt"
"""A site a line: a registrable domain, or a host that has none. Lines with # are comments."""
_SUFFIXES = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def is_validation(url: str) -> bool:
    """Return whether the site of *url* is kept for validation."""
    return site_of(urlsplit(url).hostname or "") in _sites()


def site_of(host: str) -> str:
    """Return the registrable domain of *host*, or *host* where it has none."""
    return _SUFFIXES(host.lower()).top_domain_under_public_suffix or host.lower()


@cache
def _sites() -> frozenset[str]:
    lines = SITES.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
