"""Read the exchanges in an archive's WARC files with warcio, without any code of the archive."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from tests.support.warc import files_of

Fields = tuple[tuple[str, str], ...]
_SECRET = re.compile(rb"(?im)^((?:proxy-)?authorization|cookie):[^\r\n]*")


@dataclass(slots=True, kw_only=True)
class Recorded:
    """The records of one exchange: the blocks, the fields of the main record, the metadata."""

    url: str
    type: str
    header: Fields
    block: bytes
    request: bytes = b""
    request_header: Fields = ()
    notes: dict[str, str] = field(default_factory=dict)

    def all(self, name: str) -> list[str]:
        """Every value of the main record's field *name*."""
        return [value for key, value in self.header if key.lower() == name.lower()]

    def get(self, name: str) -> str | None:
        """The first value of the main record's field *name*."""
        return next(iter(self.all(name)), None)

    @property
    def response(self) -> bytes:
        """The reply's message; empty if there is none."""
        return b"" if self.type == "metadata" else self.block

    @property
    def received(self) -> bytes:
        """All that came over the connection: interim replies, the message, what followed it."""
        if self.type == "metadata":
            return _note(self.notes, "unparsed-reply")
        before = _note(self.notes, "interim-responses")
        return before + self.block + _note(self.notes, "bytes-after-message")


def recorded(home: Path) -> list[Recorded]:
    """Return all exchanges of the archive at *home* in the order of their records."""
    found: dict[str, Recorded] = {}
    for file in files_of(home):
        with file.open("rb") as stream:
            for record in ArchiveIterator(stream, no_record_parse=True):
                _take(found, tuple(record.rec_headers.headers), record.raw_stream.read())
    return list(found.values())


def by_url(home: Path) -> dict[str, list[Recorded]]:
    """Return the exchanges of each URL, in the order of their records."""
    found: dict[str, list[Recorded]] = {}
    for exchange in recorded(home):
        found.setdefault(exchange.url, []).append(exchange)
    return found


def without_secrets(request: bytes) -> bytes:
    """Return *request* without the secret values that records leave out, for comparison."""
    return _SECRET.sub(rb"\1:", request)


def _take(found: dict[str, Recorded], header: Fields, block: bytes) -> None:
    values = {name.lower(): value for name, value in header}
    main = found.get(values.get("warc-concurrent-to", ""))
    match values["warc-type"]:
        case "response" | "revisit" | "metadata" if main is None:
            exchange = Recorded(
                url=values["warc-target-uri"],
                type=values["warc-type"],
                header=header,
                block=block,
            )
            if exchange.type == "metadata":
                exchange.notes = _fields(block)
            found[values["warc-record-id"]] = exchange
        case "request":
            assert main is not None
            main.request, main.request_header = block, header
        case "metadata":
            assert main is not None
            main.notes.update(_fields(block))


def _fields(block: bytes) -> dict[str, str]:
    lines = block.decode().replace("\r\n ", "\n").split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return {name: value.strip() for name, _, value in pairs}


def _note(notes: Mapping[str, str], name: str) -> bytes:
    return base64.b64decode(notes.get(f"{name}-base64", ""))
