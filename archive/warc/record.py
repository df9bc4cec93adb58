"""The WARC/1.1 record format: header blocks, dates, ids, digests, and warc-fields blocks.

warcio is not used for writing, because it formats the HTTP headers of a block again (``X-A:1``
becomes ``X-A: 1``). A field may occur several times (WARC-Protocol, WARC-Concurrent-To), the case
of names is ignored, and older writers put URIs in angle brackets, which 1.1 does not. Record ids
keep their angle brackets.
"""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from archive.model import Buffer
from archive.warc.maps import Released

SOFTWARE = "Pressmark"
VERSION_LINE = b"WARC/1.1\r\n"
END = b"\r\n\r\n"
"""What follows a record's block (WARC 1.1, 'record')."""
WARC_FIELDS = "application/warc-fields"
HTTP_RESPONSE = "application/http;msgtype=response"
HTTP_REQUEST = "application/http;msgtype=request"
HEADER_BYTES = 1 << 20
"""A longer header block is neither written nor read; a header without an end is damage."""
SLICE_BYTES = 1 << 20
"""Large buffers are hashed, compressed and read in pieces of this size."""

_VERSION = re.compile(r"WARC/(\d+\.\d+)[ \t]*")
_DATE = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[Tt ]+(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?"
    r"[ ]*(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?)?)?",
    re.ASCII,
)
_DIGITS = re.compile(
    r"(\d{4})(\d{2})(\d{2})[Tt]?(?:(\d{2})(\d{2})(?:(\d{2})(\d*))?)?([Zz])?", re.ASCII
)
"""The 14 digits of ARC files and indexes; some have 8, 12 or 17."""
_UNSAFE_IN_URI = re.compile(r"[\x00-\x20\x7f<>\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Header:
    """The named fields of a record, in order."""

    fields: tuple[tuple[str, str], ...]
    version: str = "1.1"

    def get(self, name: str) -> str | None:
        """Return the first value of *name*, ignoring case; None if it is absent."""
        return next(iter(self.all(name)), None)

    def all(self, name: str) -> tuple[str, ...]:
        """Return all values of *name*, ignoring case, in order."""
        wanted = name.lower()
        return tuple(value for key, value in self.fields if key.lower() == wanted)

    def require(self, name: str) -> str:
        """Return the first value of *name*; raises ``ValueError`` if it is absent."""
        value = self.get(name)
        if value is None:
            raise ValueError(f"has no {name}")
        return value

    @property
    def type(self) -> str:
        """The WARC-Type, in lower case; empty if the record has none."""
        return (self.get("WARC-Type") or "").lower()

    @property
    def record_id(self) -> str | None:
        """The WARC-Record-ID with angle brackets, which some writers leave out."""
        return bracketed(self.get("WARC-Record-ID"))

    @property
    def concurrent_to(self) -> tuple[str, ...]:
        """The values of WARC-Concurrent-To, with angle brackets."""
        return tuple(bracketed(value) or "" for value in self.all("WARC-Concurrent-To"))

    @property
    def target_uri(self) -> str | None:
        """The WARC-Target-URI, without the angle brackets of WARC/1.0 writers."""
        return bare_uri(self.get("WARC-Target-URI"))

    @property
    def content_type(self) -> str:
        """The media type of the block, in lower case and without parameters; empty if absent."""
        return (self.get("Content-Type") or "").partition(";")[0].strip().lower()

    @property
    def content_length(self) -> int:
        """The block's length in bytes. Raises ``ValueError`` if it is absent or not a number."""
        text = self.require("Content-Length")
        if not re.fullmatch(r"[0-9]{1,18}", text):
            raise ValueError(f"has Content-Length {text!r}, which is no number of bytes")
        return int(text)

    @property
    def date(self) -> datetime:
        """The WARC-Date, UTC. Raises ``ValueError`` if it is absent or not a date."""
        return parse_date(self.require("WARC-Date"))

    def replaced(self, fields: Mapping[str, str]) -> Header:
        """Return a header in which *fields* replace those of the same names, or are added."""
        names = {name.lower() for name in fields}
        kept = tuple(field for field in self.fields if field[0].lower() not in names)
        return Header((*kept, *fields.items()), self.version)

    def encode(self) -> bytes:
        """Return the header block as WARC/1.1, with the blank line that ends it.

        Raises ``ValueError`` if a name or value contains a line break, or if the block is too long.
        """
        lines = [f"{name}: {value}\r\n" for name, value in self.fields]
        if any("\n" in line[:-2] or "\r" in line[:-2] for line in lines):
            raise ValueError("a WARC header field contains a line break")
        block = VERSION_LINE + "".join(lines).encode() + b"\r\n"
        if len(block) > HEADER_BYTES:
            raise ValueError(f"a WARC header of {len(block)} bytes is longer than {HEADER_BYTES}")
        return block


def parse_header(block: bytes) -> Header:
    """Return the fields of a header block, WARC/1.0 or 1.1, in UTF-8 (or else latin-1).

    LF alone may end a line, and folded lines are joined by a space. A line without a colon is
    ignored if it is not text: Wget writes bytes of its memory, including line breaks, in place of
    digests that it was asked not to compute. Any other such line is ignored if the header names the
    type of the record. Raises ``ValueError`` that says what is wrong.
    """
    try:
        text = block.decode("utf-8")
    except UnicodeDecodeError:
        text = block.decode("latin-1")
    first, *lines = text.split("\n")
    version = _VERSION.fullmatch(first.rstrip("\r"))
    if version is None:
        raise ValueError(f"begins with {first[:40]!r}, not with a WARC version")
    fields: list[tuple[str, list[str]]] = []
    odd = None
    for line in (line.rstrip("\r") for line in lines):
        if not line:
            continue
        if line[0] in " \t" and fields:
            fields[-1][1].append(line.strip())
            continue
        name, colon, value = line.partition(":")
        if colon:
            fields.append((name.strip(), [value.strip()]))
        elif line.isascii() and line.isprintable():
            odd = odd or line
    found = tuple((name, " ".join(values).strip()) for name, values in fields)
    header = Header(found, version[1])
    if odd is not None and not header.type:
        raise ValueError(f"has the header line {odd[:40]!r}, which names no field")
    return header


def is_our_software(fields: Mapping[str, str]) -> bool:
    """Return whether a warcinfo record with *fields* says that Pressmark made the records.

    A rewritten file says in ``records-by`` who made its records.
    """
    return fields.get("records-by", fields.get("software", "")).startswith(SOFTWARE + "/")


def encode_fields(fields: Mapping[str, str]) -> bytes:
    """Return a block of type ``application/warc-fields`` with each value as in ``field_text``.

    Line breaks within a value become folded lines.
    """
    lines = (
        f"{name}: {field_text(value)}".replace("\n", "\r\n ") for name, value in fields.items()
    )
    return "".join(line + "\r\n" for line in lines).encode()


def parse_fields(block: bytes) -> dict[str, str]:
    """Return the fields of an ``application/warc-fields`` block; of a repeated name, the first.

    Folded lines keep their line breaks. Lines that name no field are ignored, because other
    software writes free text here.
    """
    fields: list[tuple[str, list[str]]] = []
    for line in block.decode("utf-8", "replace").split("\n"):
        text = line.removesuffix("\r")
        if text[:1] in {" ", "\t"} and fields:
            fields[-1][1].append(text[1:])
            continue
        name, colon, value = text.partition(":")
        if colon:
            fields.append((name.strip(), [value]))
    found: dict[str, str] = {}
    for name, lines in fields:
        found.setdefault(name, "\n".join(lines).strip())
    return found


def field_text(value: str) -> str:
    """Return *value* as it is read back from a warc-fields block.

    Line breaks are LF, white space at both ends is removed, and lone surrogates, which UTF-8 cannot
    encode, are written as escapes.
    """
    unified = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    return unified.encode("utf-8", "backslashreplace").decode("utf-8")


def safe_uri(uri: str) -> str:
    """Return *uri* for a header line, with white space, controls and angle brackets as %XX."""
    return _UNSAFE_IN_URI.sub(
        lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace")), uri
    )


def bracketed(record_id: str | None) -> str | None:
    """Return a record id with angle brackets around it; None if it is absent or empty."""
    bare = (record_id or "").strip().removeprefix("<").removesuffix(">").strip()
    return f"<{bare}>" if bare else None


def bare_uri(value: str | None) -> str | None:
    """Return a URI without the angle brackets around it."""
    if value is not None and value.startswith("<") and value.endswith(">"):
        return value[1:-1]
    return value


def new_id() -> str:
    """Return a fresh record id, ``<urn:uuid:…>``."""
    return f"<urn:uuid:{uuid.uuid4()}>"


def format_date(moment: datetime) -> str:
    """Return *moment* as a WARC-Date; raises ``ValueError`` without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a WARC-Date needs a time zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse_date(text: str) -> datetime:
    """Return a WARC-Date as aware UTC; 1.1 allows any precision from years to nanoseconds.

    Other writers leave out the Z, give an offset, or use 14 digits or the date of HTTP (RFC 9110
    5.6.7); all of these are read. Digits after the microseconds are cut. Raises ``ValueError`` for
    anything else.
    """
    text = text.strip()
    found = _DATE.fullmatch(text) or _DIGITS.fullmatch(text)
    if found is None:
        return _http_date(text)
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        moment = datetime(
            int(year),
            int(month or 1),
            int(day or 1),
            int(hour or 0),
            int(minute or 0),
            min(int(second or 0), 59) if second == "60" else int(second or 0),  # a leap second
            int((fraction or "0")[:6].ljust(6, "0")),
            tzinfo=UTC,
        )
        return moment - _offset(zone)
    except OverflowError as error:
        raise ValueError(f"has WARC-Date {text!r}, which is out of range") from error


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone[0] not in "+-":
        return timedelta()
    digits = zone[1:].replace(":", "").ljust(4, "0")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -size if zone[0] == "-" else size


def _http_date(text: str) -> datetime:
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        raise ValueError(f"has WARC-Date {text[:80]!r}, which is no W3C date") from error


def pieces(buffer: Buffer, spans: Iterable[tuple[int, int]]) -> Iterator[memoryview]:
    """Yield the *spans* of *buffer* in pieces of at most ``SLICE_BYTES``.

    A piece is valid until the next one is requested. It is released then, so that a memory map can
    be closed afterwards, and does not stay in memory meanwhile.
    """
    reading = Released(buffer)
    with memoryview(buffer) as view:
        for start, end in spans:
            for begin in range(start, end, SLICE_BYTES):
                stop = min(begin + SLICE_BYTES, end)
                with view[begin:stop] as piece:
                    yield piece
                reading.up_to(stop)


def digest(buffer: Buffer, spans: Iterable[tuple[int, int]] | None = None) -> str:
    """Return ``sha1:`` and base32 over *buffer*, or over the joined *spans* of it."""
    sha1 = hashlib.sha1(usedforsecurity=False)
    for piece in pieces(buffer, [(0, len(buffer))] if spans is None else spans):
        sha1.update(piece)
    return label("sha1", sha1.digest())


def label(algorithm: str, value: bytes) -> str:
    """Return a digest in the form of WARC: algorithm, colon, base32."""
    return f"{algorithm}:{base64.b32encode(value).decode('ascii')}"
