"""Encrypted and proxied exchanges are recorded as the server sees them; refusals say why."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.crawler.wire.conftest import reply
from tests.support.archives import outcomes
from tests.support.certificates import Authority
from tests.support.proxy import Proxy
from tests.support.raw_server import Heard, Play, RawServer, Then
from tests.support.recorded import Recorded, by_url, without_secrets
from tests.support.wire_crawl import crawl

SECURE = "https://new.test/page"
OLDER = "https://old.test/page"
PROXIED = "http://plain.test/page"
TUNNELLED = "https://tunnelled.test/page"
STRANGE = "https://strange.test/robots.txt"
MISNAMED = "https://misnamed.test/robots.txt"
UNCHECKED = "https://unchecked.test/page"
FORBIDDEN = "https://forbidden.test/robots.txt"
SUDDEN = "https://sudden.test/page"
CREDENTIALS = "reader:s3cret"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secured:
    """What one crawl recorded, what its proxy was sent, and what each server heard and said."""

    home: Path
    recorded: Mapping[str, Recorded]
    proxied: tuple[bytes, ...]
    heard: Mapping[str, list[Heard]]


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Secured:
    folder = tmp_path_factory.mktemp("secured")
    home, ours = folder / "home", Authority(folder)
    (folder / "theirs").mkdir()
    theirs = Authority(folder / "theirs")
    contexts = {
        SECURE: ours.context("new.test"),
        OLDER: ours.context("old.test", latest=ssl.TLSVersion.TLSv1_2),
        TUNNELLED: ours.context("tunnelled.test"),
        STRANGE: theirs.context("strange.test"),
        MISNAMED: ours.context("another.test"),
        UNCHECKED: theirs.context("unchecked.test"),
        SUDDEN: ours.context("sudden.test"),
        PROXIED: None,
    }
    with ExitStack() as stack:
        servers = {
            url: stack.enter_context(RawServer(_plays(url), tls=tls))
            for url, tls in contexts.items()
        }
        ports = {url.split("/")[2]: server.port for url, server in servers.items()}
        behind = ("plain.test", "tunnelled.test")
        proxy = stack.enter_context(Proxy({host: ports[host] for host in behind}))
        direct = [host for host in ports if host not in behind]
        address = f"http://{CREDENTIALS}@{proxy.netloc}"
        crawl(
            home,
            [*contexts, FORBIDDEN],
            site="https://new.test/",
            allow=[proxy.netloc],
            connect_to=[f"{host}:443:127.0.0.1:{ports[host]}" for host in direct],
            unverified=["unchecked.test"],
            env={
                "SSL_CERT_FILE": str(ours.file),
                "http_proxy": address,
                "https_proxy": address,
                "no_proxy": ",".join(direct),
            },
        )
        return Secured(
            home=home,
            recorded={url: found[-1] for url, found in by_url(home).items()},
            proxied=tuple(proxy.requests),
            heard={url: server.heard(f"/{url.split('/')[3]}") for url, server in servers.items()},
        )


def _plays(url: str) -> Mapping[str, Play]:
    page = reply(f"<p>the page of {url}</p>".encode())
    missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    then = Then.CLOSE if url == PROXIED else Then.KEEP
    robots = Play(missing, then=then)
    return {
        "/page": Play(then=Then.CLOSE) if url == SUDDEN else Play(page, then=then),
        "/robots.txt": robots,
    }


@pytest.mark.parametrize("url", [SECURE, OLDER, UNCHECKED, TUNNELLED])
def test_an_encrypted_exchange_is_recorded_in_clear(url: str, secured: Secured) -> None:
    exchange = secured.recorded[url]

    (heard,) = secured.heard[url]
    assert (exchange.request, exchange.received) == (heard.request, heard.answer)
    assert "error" not in exchange.notes


@pytest.mark.parametrize(
    ("url", "protocol"),
    [(SECURE, "tls/1.3"), (OLDER, "tls/1.2"), (UNCHECKED, "tls/1.3"), (TUNNELLED, "tls/1.3")],
)
def test_each_record_names_protocol_and_cipher(url: str, protocol: str, secured: Secured) -> None:
    exchange = secured.recorded[url]

    assert exchange.all("WARC-Protocol") == ["http/1.1", protocol]
    ciphers = {"tls/1.3": "TLS_", "tls/1.2": "ECDHE-"}
    assert (exchange.get("WARC-Cipher-Suite") or "").startswith(ciphers[protocol])
    of_request = [value for name, value in exchange.request_header if name == "WARC-Protocol"]
    assert protocol in of_request


def test_a_connection_that_ends_before_a_reply_is_known_to_have_been_encrypted(
    secured: Secured,
) -> None:
    exchange = secured.recorded[SUDDEN]

    request = secured.heard[SUDDEN][-1].request
    assert (exchange.type, exchange.request, exchange.received) == ("metadata", request, b"")
    assert exchange.all("WARC-Protocol") == ["tls/1.3"]
    assert exchange.get("WARC-Cipher-Suite")


@pytest.mark.parametrize(
    ("url", "why"), [(STRANGE, "certificate verify failed"), (MISNAMED, "DNSMismatch")]
)
def test_a_certificate_that_cannot_be_trusted_is_refused_and_a_row_says_so(
    url: str, why: str, secured: Secured
) -> None:
    exchange = secured.recorded[url]

    row = outcomes(secured.home)[url][-1]
    assert secured.heard[url] == []
    assert (exchange.type, exchange.request, exchange.received) == ("metadata", b"", b"")
    assert why in exchange.notes["error"]
    assert (row["outcome"], row["http_status"]) == ("error", None)
    assert row["error"] == exchange.notes["error"]


def test_a_host_whose_certificate_the_profile_does_not_check_is_recorded_as_such(
    secured: Secured,
) -> None:
    marked = {
        url for url, exchange in secured.recorded.items() if "tls" in " ".join(exchange.notes)
    }

    assert marked == {UNCHECKED, UNCHECKED.replace("/page", "/robots.txt")}


def test_a_proxied_request_is_recorded_as_the_proxy_got_it_without_its_secret(
    secured: Secured,
) -> None:
    exchange = secured.recorded[PROXIED]

    (heard,) = secured.heard[PROXIED]
    (sent,) = [head for head in secured.proxied if head.startswith(b"GET http://plain.test/page ")]
    secret = base64.b64encode(CREDENTIALS.encode())
    assert secret in sent
    assert secret not in exchange.request
    assert without_secrets(exchange.request) == without_secrets(sent)
    assert exchange.received == heard.answer
    assert "Proxy-Authorization" in exchange.notes["redacted-request-headers"]


def test_what_goes_through_a_tunnel_is_recorded_and_not_how_it_was_made(secured: Secured) -> None:
    exchange = secured.recorded[TUNNELLED]

    (heard,) = secured.heard[TUNNELLED]
    assert any(head.startswith(b"CONNECT tunnelled.test:443 ") for head in secured.proxied)
    assert exchange.request == heard.request
    assert b"authorization" not in heard.request.lower()
    assert exchange.received == heard.answer


@pytest.mark.parametrize("url", [PROXIED, TUNNELLED])
def test_behind_a_proxy_no_address_is_recorded(url: str, secured: Secured) -> None:
    assert secured.recorded[url].get("WARC-IP-Address") is None
    assert secured.recorded[SECURE].get("WARC-IP-Address") == "127.0.0.1"


def test_a_tunnel_that_the_proxy_refuses_is_an_exchange_without_bytes(secured: Secured) -> None:
    exchange = secured.recorded[FORBIDDEN]

    assert (exchange.type, exchange.request, exchange.received) == ("metadata", b"", b"")
    assert "403" in exchange.notes["error"]
