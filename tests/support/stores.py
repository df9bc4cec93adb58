"""Stores with exchanges in them, for tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archive.model import Capture, Exchange
from archive.settings import Settings
from archive.warc.store import Store

NOON = datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC)


def store_at(folder: Path, **settings: Any) -> Store:
    return Store(folder, Settings(**settings))


def exchange(number: int = 0, response: Any = None, **fields: Any) -> Exchange:
    """An exchange with a URL and date of its own; *response* is a small page by default."""
    if response is None:
        response = reply(b"<p>page %d</p>" % number)
    method = fields.get("method", "GET")
    sent = f"{method} /{number} HTTP/1.1\r\nhost:demo.test\r\nX-Pad:  a \r\n\r\n".encode()
    facts = {
        "url": f"http://demo.test/{number}",
        "date": NOON + timedelta(seconds=number),
        "request": sent,
        "response": response,
        "ip": "127.0.0.1",
    }
    return Exchange(**{**facts, **fields})


def reply(body: bytes, head: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n") -> bytes:
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def filled(store: Store, exchanges: Iterable[Exchange]) -> tuple[str, list[Capture]]:
    """Write *exchanges* to one finished file; return its name and their captures."""
    writer = store.open_writer("demo", {})
    captures = [writer.write(item) for item in exchanges]
    writer.close()
    return captures[0].warc_file, captures
