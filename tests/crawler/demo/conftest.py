"""A running demo publisher, and a client that shows replies as they came over the wire."""

from __future__ import annotations

import gzip
import http.client
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import brotli
import pytest
from lxml import html
from lxml.html import HtmlElement

from crawler.demo.publisher import DEMO_HOST
from crawler.demo.server import DemoServer


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def decoded(self) -> bytes:
        """The body without its content coding."""
        match self.headers.get("Content-Encoding"):
            case "br":
                return bytes(brotli.decompress(self.body))
            case "gzip":
                return gzip.decompress(self.body)
        return self.body

    @property
    def text(self) -> str:
        return self.decoded.decode("utf-8")

    @property
    def page(self) -> HtmlElement:
        """The body as an HTML page."""
        return html.document_fromstring(self.decoded, parser=html.HTMLParser(encoding="utf-8"))


Fetch = Callable[..., Answer]


def fetch_from(port: int, target: str, method: str = "GET", **headers: str) -> Answer:
    """Return the answer to one request; the underscores in header names stand for dashes."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        sent = {"Host": DEMO_HOST} | {key.replace("_", "-"): text for key, text in headers.items()}
        connection.request(method, target, headers=sent)
        response = connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read())
    finally:
        connection.close()


@pytest.fixture(scope="session")
def demo() -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server


@pytest.fixture(scope="session")
def moving() -> Iterator[DemoServer]:
    """A server whose clock the tests move; each test sets the day that it needs."""
    with DemoServer() as server:
        yield server


@pytest.fixture(scope="session")
def visit(moving: DemoServer) -> Fetch:
    """Fetch from the demo as it is on a day: ``visit(7, "/fr/")``."""

    def fetch_on(day: int, target: str, method: str = "GET", **headers: str) -> Answer:
        moving.set_day(day)
        return fetch_from(moving.port, target, method, **headers)

    return fetch_on


@pytest.fixture(scope="session")
def fetch_at() -> Fetch:
    """Fetch from any port; `fetch` does from the server that the tests share."""
    return fetch_from


@pytest.fixture(scope="session")
def fetch(demo: DemoServer) -> Fetch:
    def fetch_target(target: str, method: str = "GET", **headers: str) -> Answer:
        return fetch_from(demo.port, target, method, **headers)

    return fetch_target
