"""Which addresses a page may make us fetch, and what the operator may allow."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import UsageError
from crawler.download.addresses import (
    HostPort,
    Mapping,
    canonical,
    literal,
    parse_allow,
    parse_connect_to,
    refusal,
)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("127.0.0.1", "a loopback address"),
        ("127.255.255.254", "a loopback address"),
        ("10.1.2.3", "a private address"),
        ("172.31.0.1", "a private address"),
        ("192.168.1.1", "a private address"),
        ("169.254.169.254", "a link-local address"),
        ("100.100.100.200", "a carrier's private address"),
        ("168.63.129.16", "a cloud's metadata address"),
        ("0.0.0.0", "the unspecified address"),
        ("0.1.2.3", "the unspecified address"),
        ("192.0.0.192", "a reserved address"),
        ("224.0.0.251", "a multicast address"),
        ("255.255.255.255", "a reserved address"),
        ("::", "the unspecified address"),
        ("::1", "a loopback address"),
        ("fe80::1%1", "a link-local address"),
        ("fd00:ec2::254", "a private address"),
        ("fec0::1", "a private address"),
        ("ff02::1", "a multicast address"),
        ("::ffff:127.0.0.1", "a loopback address"),
        ("::ffff:10.0.0.1", "a private address"),
        ("::127.0.0.1", "no public address"),
        ("::ffff:0:127.0.0.1", "no public address"),
        ("64:ff9b::a00:1", "a private address"),
        ("64:ff9b:1::a00:1", "no public address"),
        ("2002:7f00:1::", "a loopback address"),
        ("2001:0:7f00:1::", "a reserved address"),
        ("2001:db8::1", "an address for documentation"),
        ("3fff::1", "an address for documentation"),
        ("4000::1", "no public address"),
    ],
)
def test_an_address_that_is_not_public_is_refused_with_its_kind(address, reason):
    assert refusal(address) == reason


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "172.32.0.1",
        "100.128.0.1",
        "168.63.129.17",
        "2606:4700::1111",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2002:808:808::1",
    ],
)
def test_a_public_address_is_not_refused(address):
    assert refusal(address) is None


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_nothing_passes_that_python_knows_to_be_special(address):
    special = not address.is_global or address.is_multicast
    # Of an address that carries another, Pythons before 3.11.4 judge the carrier alone.
    carries = any(getattr(address, name, None) for name in ("ipv4_mapped", "sixtofour"))

    if special and not carries:
        assert refusal(address) is not None


@given(st.ip_addresses(v=4))
def test_an_ipv6_address_that_carries_an_ipv4_address_is_judged_by_it(inner):
    mapped = IPv6Address(b"\0" * 10 + b"\xff\xff" + inner.packed)
    translated = IPv6Address(bytes.fromhex("0064ff9b") + b"\0" * 8 + inner.packed)
    tunnelled = IPv6Address(b"\x20\x02" + inner.packed + b"\0" * 10)

    assert {refusal(mapped), refusal(translated), refusal(tunnelled)} == {refusal(inner)}


@pytest.mark.parametrize(
    "spelling",
    ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "0x7F000001", "017700000001"],
)
def test_every_spelling_of_loopback_is_read_as_loopback(spelling):
    assert literal(spelling) == IPv4Address("127.0.0.1")
    assert canonical(spelling) == "127.0.0.1"


@pytest.mark.parametrize("name", ["localhost", "example.org", "1.2.3.4.5", "256.1.1.1", "", "face"])
def test_a_name_is_no_address(name):
    assert literal(name) is None


@pytest.mark.parametrize(
    ("host", "same"),
    [
        ("EXAMPLE.org.", "example.org"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("[::1]", "::1"),
        ("0:0::0:1", "::1"),
        ("bad name", "bad name"),
    ],
)
def test_hosts_are_compared_in_one_spelling(host, same):
    assert canonical(host) == same


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("localhost:8000", HostPort("localhost", 8000)),
        ("Demo.TEST:80", HostPort("demo.test", 80)),
        ("127.1:80", HostPort("127.0.0.1", 80)),
        ("[::1]:8000", HostPort("::1", 8000)),
    ],
)
def test_allow_address_names_a_host_and_a_port(text, allowed):
    assert parse_allow(text) == allowed


@pytest.mark.parametrize(
    "text", ["localhost", "localhost:", ":80", "localhost:0", "localhost:65536", "::1:80", "a b:80"]
)
def test_what_is_no_host_and_port_is_a_usage_error(text):
    with pytest.raises(UsageError, match="--allow-address"):
        parse_allow(text)


@pytest.mark.parametrize(
    ("text", "mapping"),
    [
        ("demo.test:80:127.0.0.1:8000", Mapping("demo.test", 80, "127.0.0.1", 8000)),
        ("[::1]:80:[::2]:8000", Mapping("::1", 80, "::2", 8000)),
        ("::127.0.0.1:8000", Mapping(None, None, "127.0.0.1", 8000)),
        ("demo.test:443::8443", Mapping("demo.test", 443, None, 8443)),
        ("demo.test::other.test:", Mapping("demo.test", None, "other.test", None)),
    ],
)
def test_connect_to_reads_as_in_curl(text, mapping):
    assert parse_connect_to(text) == mapping


@pytest.mark.parametrize(
    "text", ["", "demo.test", "a:80:b", "a:80:b:0", "a:99999:b:1", "a:1:b:2:c"]
)
def test_what_curl_would_not_take_is_a_usage_error(text):
    with pytest.raises(UsageError, match="--connect-to"):
        parse_connect_to(text)


@pytest.mark.parametrize(
    ("mapping", "host", "port", "fits"),
    [
        ("demo.test:80:127.0.0.1:1", "demo.test", 80, True),
        ("demo.test:80:127.0.0.1:1", "demo.test", 443, False),
        ("demo.test:80:127.0.0.1:1", "other.test", 80, False),
        (":80:127.0.0.1:1", "other.test", 80, True),
        ("demo.test::127.0.0.1:1", "demo.test", 443, True),
    ],
)
def test_a_mapping_fits_its_host_and_port(mapping, host, port, fits):
    assert parse_connect_to(mapping).fits(host, port) is fits


def test_the_answer_does_not_depend_on_the_type_of_the_question():
    assert refusal("10.0.0.1") == refusal(ip_address("10.0.0.1"))
