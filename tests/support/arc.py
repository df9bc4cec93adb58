"""ARC files as the crawlers of their time wrote them, made by hand."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path

from tests.support.scenarios import http

DATE = "20080301060000"


def arc_record(
    url: str,
    block: bytes,
    *,
    version: int = 1,
    kind: str = "text/html",
    ip: str = "192.0.2.7",
    date: str = DATE,
    length: int | None = None,
) -> bytes:
    """A record of version 1 or 2, with the line end that follows it."""
    size = len(block) if length is None else length
    more = "200 ABCDEFGH - 1234 a.arc " if version == 2 else ""
    return f"{url} {ip} {date} {kind} {more}{size}\n".encode() + block + b"\n"


def arc_page(url: str, body: bytes | str, **fields: object) -> bytes:
    """A record with a page."""
    return arc_record(url, http(200, body), **fields)  # type: ignore[arg-type]


def description(version: int = 1, name: str = "a.arc") -> bytes:
    """The record that begins an ARC file, as Alexa's crawler wrote it."""
    more = " Result-code Checksum Location Offset Filename" if version == 2 else ""
    block = (
        f"{version} 0 Alexa Internet\nURL IP-address Archive-date Content-type{more}"
        " Archive-length\n"
    ).encode()
    more = "200 - - 0 a.arc " if version == 2 else ""
    head = f"filedesc://{name} 0.0.0.0 {DATE} text/plain {more}{len(block)}\n".encode()
    return head + block + b"\n"


def write_arc(path: Path, records: Iterable[bytes]) -> Path:
    """Write a plain file, or one with a gzip member for each record if it is named ``.gz``."""
    pieces = [gzip.compress(item) for item in records] if path.suffix == ".gz" else records
    path.write_bytes(b"".join(pieces))
    return path
