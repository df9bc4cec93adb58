"""Tell which hosts belong to one site: those with the same registrable domain."""

from __future__ import annotations

from functools import lru_cache

import tldextract

_SUFFIXES = tldextract.TLDExtract(
    suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True
)
"""The Public Suffix List that the library carries; it is never fetched, so that results stay."""


@lru_cache(maxsize=4_096)
def registrable_domain(host: str) -> str:
    """Return the registrable domain of *host*: one label more than its public suffix.

    A host that has none, such as an IP address or a name with one label, is returned as it is. If
    no suffix is known, the last two labels are taken. Source: publicsuffix.org, with its private
    part, so that the blogs of one service are several sites.
    """
    found = _SUFFIXES(host)
    if found.suffix or found.ipv4 or found.ipv6:
        return found.top_domain_under_public_suffix or host
    return ".".join(host.split(".")[-2:])
