"""Which TLS certificates are checked: all, except those of hosts that a profile names."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from scrapy.core.downloader.contextfactory import _ScrapyClientContextFactory
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer


@implementer(IPolicyForHTTPS)
class CertificatePolicy:
    """Checks certificates as *strict* does, except those of *unverified_hosts*.

    A publisher whose certificate has expired is still worth archiving. Such a response may come
    from anybody, and its record says that the certificate was not checked.
    """

    def __init__(self, strict: Any, unverified_hosts: Collection[str]) -> None:
        self._strict, self._unverified = strict, frozenset(unverified_hosts)
        self._lax = _ScrapyClientContextFactory(verify_certificates=False)

    def verifies(self, hostname: str) -> bool:
        """Return whether the certificate of *hostname* is checked."""
        return hostname not in self._unverified

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:
        """Return what makes the TLS connection to *hostname*; Twisted calls it per connection."""
        policy = self._strict if self.verifies(hostname.decode("ascii")) else self._lax
        return policy.creatorForNetloc(hostname, port)
