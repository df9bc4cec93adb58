"""WARC files as other software writes them, made by hand: any version, any order, any framing."""

from __future__ import annotations

import gzip
import uuid
from collections.abc import Iterable
from pathlib import Path

from tests.support.scenarios import http

DATE = "2026-03-01T06:00:00Z"


def new_id() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"


def record(
    kind: str,
    block: bytes = b"",
    url: str | None = None,
    *,
    version: str = "1.0",
    content_type: str | None = "application/http",
    **fields: str,
) -> bytes:
    """A record with its header; further *fields* are written as keywords (``ip_address=...``).

    ``record_id`` and ``date`` are added unless they are given as "".
    """
    given = {"record_id": new_id(), "date": DATE, **fields}
    lines = [f"WARC/{version}", f"WARC-Type: {kind}"]
    if url is not None:
        lines.append(f"WARC-Target-URI: {url}")
    for name, value in given.items():
        if value:
            spelled = name.replace("_", "-").title().replace("-Id", "-ID").replace("-Uri", "-URI")
            lines.append(f"WARC-{spelled}: {value}")
    if content_type is not None:
        lines.append(f"Content-Type: {content_type}")
    lines.append(f"Content-Length: {len(block)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def response(url: str, body: bytes | str = b"<p>Hello</p>", **fields: str) -> bytes:
    """A response record with a small page."""
    return record("response", http(200, body), url, **fields)


def request(url: str, method: str = "GET", **fields: str) -> bytes:
    """A request record."""
    return record("request", f"{method} / HTTP/1.1\r\nHost: x\r\n\r\n".encode(), url, **fields)


def info(software: str = "Wget/1.21.3 (linux-gnu)", **fields: str) -> bytes:
    """A warcinfo record."""
    block = f"software: {software}\r\nformat: WARC File Format 1.0\r\n".encode()
    return record("warcinfo", block, content_type="application/warc-fields", **fields)


def write_plain(path: Path, records: Iterable[bytes]) -> Path:
    """Write an uncompressed file."""
    path.write_bytes(b"".join(records))
    return path


def write_members(path: Path, records: Iterable[bytes]) -> Path:
    """Write a file with one gzip member for each record."""
    path.write_bytes(b"".join(gzip.compress(item, 6) for item in records))
    return path


def write_one_member(path: Path, records: Iterable[bytes]) -> Path:
    """Write a file that is one gzip member, as ``gzip FILE.warc`` makes it."""
    path.write_bytes(gzip.compress(b"".join(records), 6))
    return path


def write_blocks(path: Path, records: Iterable[bytes], size: int = 700) -> Path:
    """Write a file of gzip members that do not match records, as ``bgzip`` and ``pigz -i`` do."""
    data = b"".join(records)
    pieces = (data[start : start + size] for start in range(0, len(data), size))
    path.write_bytes(b"".join(gzip.compress(piece, 6) for piece in pieces))
    return path
