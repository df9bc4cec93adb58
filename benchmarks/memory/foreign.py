"""Write a WARC file as other software does, with one reply of any size."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from archive.warc.record import END, HTTP_RESPONSE, Header, format_date, label, new_id
from archive.warc.segment import member

HOME = "https://foreign.example/"
_BLOCK = b"<p>The keeper of the lock has seen the heron twice since the rain began.</p>\n" * 900


def write_foreign(path: Path, body_bytes: int, *, packed: bool) -> None:
    """Write a WARC file with a page of *body_bytes* bytes and a short page behind it.

    With *packed* each record is a gzip member, otherwise nothing is compressed.
    """
    with path.open("wb") as file:
        for name, size in (("large", body_bytes), ("short", 40_000)):
            http = (
                b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % size
            )
            block_digest, payload_digest = hashlib.sha1(http), hashlib.sha1()
            for piece in _body(size):
                block_digest.update(piece)
                payload_digest.update(piece)
            fields = (
                ("WARC-Type", "response"),
                ("WARC-Record-ID", new_id()),
                ("WARC-Date", format_date(datetime.now(UTC))),
                ("WARC-Target-URI", f"{HOME}{name}/"),
                ("WARC-Block-Digest", label("sha1", block_digest.digest())),
                ("WARC-Payload-Digest", label("sha1", payload_digest.digest())),
                ("Content-Type", HTTP_RESPONSE),
                ("Content-Length", str(len(http) + size)),
            )
            head, block = Header(fields).encode(), (http, *_body(size))
            for data in member(head, block) if packed else (head, *block, END):
                file.write(data)


def _body(size: int) -> Iterator[bytes]:
    for start in range(0, size, len(_BLOCK)):
        yield _BLOCK[: size - start]
