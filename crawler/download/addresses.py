"""Say which addresses a page may make us connect to, and parse what the operator allows.

These functions are pure: they resolve no name. An address has many spellings (``2130706433``,
``0x7f.1`` and ``::ffff:127.0.0.1`` are all loopback), so hosts are compared after ``canonical``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from socket import inet_aton

from archive.errors import UsageError
from archive.urls import host_of

IPAddress = IPv4Address | IPv6Address

# The IANA special-purpose registries (RFC 6890 and its updates), in words. Python's ``is_global``
# knows most of them, but it differs between releases and gives no reason.
_IPV4 = {
    "0.0.0.0/8": "the unspecified address",
    "10.0.0.0/8": "a private address",
    "100.64.0.0/10": "a carrier's private address",
    "127.0.0.0/8": "a loopback address",
    "168.63.129.16/32": "a cloud's metadata address",  # Azure; the other clouds' are link-local
    "169.254.0.0/16": "a link-local address",
    "172.16.0.0/12": "a private address",
    "192.0.0.0/24": "a reserved address",
    "192.0.2.0/24": "an address for documentation",
    "192.88.99.0/24": "a reserved address",
    "192.168.0.0/16": "a private address",
    "198.18.0.0/15": "an address for benchmarks",
    "198.51.100.0/24": "an address for documentation",
    "203.0.113.0/24": "an address for documentation",
    "224.0.0.0/4": "a multicast address",
    "240.0.0.0/4": "a reserved address",
}
_IPV6 = {
    "::/128": "the unspecified address",
    "::1/128": "a loopback address",
    "2001::/23": "a reserved address",  # Teredo (2001::/32) among them
    "2001:db8::/32": "an address for documentation",
    "3fff::/20": "an address for documentation",
    "fc00::/7": "a private address",
    "fe80::/10": "a link-local address",
    "fec0::/10": "a private address",
    "ff00::/8": "a multicast address",
}
_REFUSED_IPV4 = [(IPv4Network(network), words) for network, words in _IPV4.items()]
_REFUSED_IPV6 = [(IPv6Network(network), words) for network, words in _IPV6.items()]
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")

_HOST_PORT = re.compile(r"(\[[^\[\]]+\]|[^:\[\]]+):([0-9]{1,5})")
_CONNECT = re.compile(
    r"(\[[^\[\]]+\]|[^:\[\]]*):([0-9]{0,5}):(\[[^\[\]]+\]|[^:\[\]]*):([0-9]{0,5})"
)


@dataclass(frozen=True, slots=True)
class HostPort:
    """A host, in the spelling of ``canonical``, and a port that may be connected to."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """Connections to *host* and *port* go to *to_host* and *to_port*; None: any, or the same."""

    host: str | None
    port: int | None
    to_host: str | None
    to_port: int | None

    def fits(self, host: str, port: int) -> bool:
        """Return whether the mapping redirects a connection to *host* (canonical) and *port*."""
        return self.host in {None, host} and self.port in {None, port}


def parse_allow(text: str) -> HostPort:
    """Return the value of ``--allow-address``, "HOST:PORT"; ``UsageError`` for anything else."""
    match = _HOST_PORT.fullmatch(text)
    if match is None or not _is_port(match[2]):
        raise UsageError(
            f"--allow-address: {text!r} is no HOST:PORT; "
            "write for example localhost:8000 or [::1]:8000"
        )
    return HostPort(_option_host("--allow-address", match[1]), int(match[2]))


def parse_connect_to(text: str) -> Mapping:
    """Return the value of ``--connect-to``, "HOST:PORT:ADDRESS:PORT"; each part may be empty.

    As in curl, an empty HOST or first PORT matches any, and an empty ADDRESS or second PORT leaves
    it unchanged. Raises ``UsageError`` for anything else.
    """
    option = "--connect-to"
    match = _CONNECT.fullmatch(text)
    if match is None or not all(_is_port(port) for port in (match[2], match[4]) if port):
        raise UsageError(
            f"{option}: {text!r} is no HOST:PORT:ADDRESS:PORT; "
            "write for example demo.test:80:127.0.0.1:8000"
        )
    return Mapping(
        _option_host(option, match[1]) if match[1] else None,
        int(match[2]) if match[2] else None,
        _option_host(option, match[3]) if match[3] else None,
        int(match[4]) if match[4] else None,
    )


def refusal(address: str | IPAddress) -> str | None:
    """Return in words why a page may not make us connect to *address*; None for a public address.

    If an IPv6 address contains an IPv4 address (mapped, 6to4, NAT64), the IPv4 address counts.
    """
    ip = ip_address(address) if isinstance(address, str) else address
    if isinstance(ip, IPv6Address):
        return _refusal_ipv6(ip)
    for network, words in _REFUSED_IPV4:
        if ip in network:
            return words
    return None if ip.is_global else "no public address"


def literal(host: str) -> IPAddress | None:
    """Return the address that *host* is, in any spelling that C's ``inet_aton`` accepts.

    None when *host* is a name.
    """
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        pass
    # inet_aton ignores what follows white space.
    if not re.fullmatch(r"[0-9a-fA-FxX.]+", host):
        return None
    try:
        return IPv4Address(inet_aton(host))
    except OSError:
        return None


def canonical(host: str) -> str:
    """Return *host* as it is compared and resolved: an address compressed, a name in ASCII.

    An invalid name is returned in lower case; no lookup finds it.
    """
    address = literal(host)
    if address is not None:
        return str(address)
    try:
        return host_of(f"http://{host}/").removesuffix(".")
    except ValueError:
        return host.lower()


def _option_host(option: str, text: str) -> str:
    host = text.strip("[]")
    if literal(host) is None:
        try:
            host_of(f"http://{host}/")
        except ValueError as error:
            raise UsageError(f"{option}: {error}") from error
    return canonical(host)


def _is_port(text: str) -> bool:
    return 0 < int(text) <= 65535


def _refusal_ipv6(ip: IPv6Address) -> str | None:
    if ip.ipv4_mapped is not None:
        return refusal(ip.ipv4_mapped)
    carried = ip.sixtofour or (IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None)
    if carried is not None:
        return refusal(carried)
    for network, words in _REFUSED_IPV6:
        if ip in network:
            return words
    return None if ip in _GLOBAL_UNICAST and ip.is_global else "no public address"
