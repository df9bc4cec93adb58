"""Decide which addresses may be connected to, after a name is resolved.

A page may link to anything: to the router, to a database in the local network, or to the cloud's
credentials. A check of URLs cannot help, since a name may resolve to any address, and
``2130706433``, ``0x7f.1`` and ``[::ffff:127.0.0.1]`` are all loopback. So the check is in the
resolver, which Twisted calls for every new connection. The connection goes to the address that was
checked.

The guard does not see two things. A proxy resolves names itself, so that only the proxy's own
address is checked. And Twisted calls no resolver for an https proxy whose address is written as an
IPv4 address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from ipaddress import ip_address
from socket import AF_UNSPEC, SOCK_STREAM, getaddrinfo
from time import monotonic
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.resolver import HostResolution
from twisted.internet import address as wire
from twisted.internet import defer
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError
from twisted.internet.interfaces import IHostnameResolver
from twisted.internet.threads import deferToThreadPool
from zope.interface.declarations import implementer

from archive.errors import ArchiveError, UsageError
from crawler.download.addresses import (
    HostPort,
    IPAddress,
    Mapping,
    canonical,
    literal,
    parse_allow,
    parse_connect_to,
    refusal,
)

ALLOW_ADDRESS = "PRESSMARK_ALLOW_ADDRESS"
"""Setting: a list of ``HOST:PORT`` that may be fetched, whatever address they resolve to."""
CONNECT_TO = "PRESSMARK_CONNECT_TO"
"""Setting: a list of ``HOST:PORT:ADDRESS:PORT``, as curl's ``--connect-to``."""

# getaddrinfo returns no TTL, and the addresses of a CDN change while a crawl runs for days.
_CACHE_SECONDS = 600.0


class AddressRefusedError(ArchiveError):
    """A page may not make us connect to this address; the message says how to allow it."""

    def __init__(self, host: str, port: int, address: IPAddress, reason: str) -> None:
        name = f"[{host}]" if ":" in host else host
        super().__init__(
            f"{name}:{port} was not connected to: {address} is {reason}; "
            f"if it is meant, allow it with --allow-address {name}:{port}, or in the profile's"
            " allow_addresses"
        )
        self.host, self.port, self.address, self.reason = host, port, address, reason


class Guard:
    """What this process may connect to: the allowed hosts, the mappings, and no private address."""

    def __init__(self, allowed: Iterable[HostPort] = (), mappings: Iterable[Mapping] = ()) -> None:
        self._allowed = set(allowed)
        self._mappings = list(mappings)

    @contextmanager
    def allowing(self, allowed: Iterable[HostPort]) -> Iterator[None]:
        """Allow *allowed* within the block, whatever address they resolve to."""
        more = {*allowed} - self._allowed
        self._allowed |= more
        try:
            yield
        finally:
            self._allowed -= more

    @contextmanager
    def connecting(self, mappings: Iterable[Mapping]) -> Iterator[None]:
        """Redirect the connections that match one of *mappings* within the block.

        These mappings have precedence over earlier ones. Their targets are allowed.
        """
        more, before = list(mappings), self._mappings
        self._mappings = [*more, *before]
        try:
            yield
        finally:
            self._mappings = [one for one in self._mappings if not any(one is m for m in more)]

    def target(self, host: str, port: int) -> tuple[str, int] | None:
        """Return the target of connections to *host* and *port*; None when no mapping matches."""
        name = canonical(host)
        for mapping in self._mappings:
            if mapping.fits(name, port):
                return mapping.to_host or name, mapping.to_port or port
        return None

    def checked(self, host: str, port: int, addresses: Sequence[IPAddress]) -> list[IPAddress]:
        """Return the *addresses* of *host* that may be connected to.

        Port 0 means an unknown port; then *host* is allowed if any of its ports is. Raises
        ``AddressRefusedError`` when no address may be connected to.
        """
        name = canonical(host)
        if HostPort(name, port) in self._allowed:
            return list(addresses)
        if port == 0 and any(allowed.host == name for allowed in self._allowed):
            return list(addresses)
        reasons = {address: refusal(address) for address in addresses}
        kept = [address for address in addresses if reasons[address] is None]
        for address, reason in reasons.items():
            if reason is not None and not kept:
                raise AddressRefusedError(host, port, address, reason)
        return kept


@implementer(IHostnameResolver)
class GuardedResolver:
    """Scrapy's ``TWISTED_DNS_RESOLVER``: ``getaddrinfo`` in a thread, and the guard after it.

    *timeout_seconds* limits one lookup; *cache_size* is a number of names. Only addresses are
    cached: each connection is checked again.
    """

    def __init__(
        self, reactor: Any, guard: Guard, *, cache_size: int, timeout_seconds: float
    ) -> None:
        self.guard = guard
        self._reactor = reactor
        self._cache_size = cache_size
        self._timeout_seconds = timeout_seconds
        self._cache: dict[str, tuple[float, list[IPAddress]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:
        """Return the resolver of a process; Scrapy passes its ``CrawlerProcess`` as *crawler*.

        Raises ``UsageError`` for an invalid setting.
        """
        settings = crawler.settings
        guard = Guard(
            [parse_allow(text) for text in settings.getlist(ALLOW_ADDRESS)],
            [parse_connect_to(text) for text in settings.getlist(CONNECT_TO)],
        )
        cached = settings.getbool("DNSCACHE_ENABLED")
        return cls(
            reactor,
            guard,
            cache_size=settings.getint("DNSCACHE_SIZE") if cached else 0,
            timeout_seconds=settings.getfloat("DNS_TIMEOUT"),
        )

    def install_on_reactor(self) -> None:
        """Make the reactor use this resolver for every connection."""
        self._reactor.installNameResolver(self)

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[Any]] | None = None,
        transportSemantics: str = "TCP",
    ) -> HostResolution:
        """Pass *resolutionReceiver* the addresses of *hostName* that may be connected to."""
        resolution = HostResolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        types = None if addressTypes is None else tuple(addressTypes)
        Deferred.fromCoroutine(
            self._tell(resolutionReceiver, hostName, portNumber, types, transportSemantics)
        )
        return resolution

    async def _tell(
        self, receiver: Any, host: str, port: int, types: tuple[type[Any], ...] | None, kind: Any
    ) -> None:
        """Resolve *host*, and pass the result to *receiver*.

        A resolver of Twisted cannot say why there are no addresses. So a failure is passed as an
        address that raises when the endpoint reads it, and the error reaches the request's errback.
        *receiver* must be called whatever fails, or its caller hangs.
        """
        try:
            for address in await self._resolve(host, port, kind):
                if types is None or isinstance(address, types):
                    receiver.addressResolved(address)
        except Exception as error:  # noqa: BLE001 - handed to the caller, who raises it
            # A caller that wants one type (reactor.resolve) reads the address at once; it gets
            # Twisted's plain "nothing found".
            if types is None:
                receiver.addressResolved(_Unusable(error))
        receiver.resolutionComplete()

    async def _resolve(self, host: str, port: int, kind: Any) -> list[Any]:
        target = self.guard.target(host, port)
        if target is not None:
            host, port = target
        addresses = await self._lookup(canonical(host))
        if target is None:
            addresses = self.guard.checked(host, port, addresses)
        return [
            wire.IPv4Address(kind, str(address), port)
            if address.version == 4
            else wire.IPv6Address(kind, str(address), port)
            for address in addresses
        ]

    async def _lookup(self, host: str) -> list[IPAddress]:
        address = literal(host)
        if address is not None:
            return [address]
        expires, addresses = self._cache.get(host, (0.0, []))
        if monotonic() < expires:
            return addresses
        pool = self._reactor.getThreadPool()
        lookup = deferToThreadPool(
            self._reactor, pool, getaddrinfo, host, None, AF_UNSPEC, SOCK_STREAM
        )
        lookup.addTimeout(self._timeout_seconds, self._reactor)
        try:
            answers = await lookup
        except defer.TimeoutError:
            raise DNSLookupError(f"no address of {host} in {self._timeout_seconds} s") from None
        # getaddrinfo raises UnicodeError for a label that is empty or too long.
        except (OSError, UnicodeError) as error:
            raise DNSLookupError(f"no address of {host}: {error}") from error
        addresses = list(dict.fromkeys(ip_address(answer[4][0]) for answer in answers))
        self._remember(host, addresses)
        return addresses

    def _remember(self, host: str, addresses: list[IPAddress]) -> None:
        if self._cache_size > 0:
            self._cache.pop(host, None)
            while len(self._cache) >= self._cache_size:
                del self._cache[next(iter(self._cache))]
            self._cache[host] = (monotonic() + _CACHE_SECONDS, addresses)


class _Unusable(wire.IPv4Address):
    """The reason why there is no address; it is raised when the host is read."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    @property
    def host(self) -> str:  # type: ignore[override]
        raise self._error


def installed_guard() -> Guard:
    """Return the guard of the running reactor, to allow or map addresses while it runs.

    Raises ``UsageError`` when the process was started without ``GuardedResolver``.
    """
    from twisted.internet import reactor

    resolver = reactor.nameResolver
    if not isinstance(resolver, GuardedResolver):
        raise UsageError(
            "this process has no address guard; set TWISTED_DNS_RESOLVER to "
            f"{GuardedResolver.__module__}.{GuardedResolver.__qualname__}"
        )
    return resolver.guard
