"""Convert an exchange to WARC records, and records to an exchange.

An exchange becomes a main record and, linked to it by WARC-Concurrent-To, a ``request`` and a
``metadata`` record. The main record is the ``response``, the bytes of exactly one HTTP message. If
there was no message, or none can be recognized, the ``metadata`` record is the main record. Bytes
outside the message are in the metadata: interim responses before it, and bytes after it. Metadata
has the type ``application/warc-fields``, because pywb replays any ``application/http`` block as the
page. Of each of these parts, and of a reply that cannot be parsed, at most ``KEPT_BYTES`` are kept,
and their original length.

A body is not stored again if an earlier capture of the same URL has it (WARC 1.1, 'revisit'): if
the payload and the codings are the same, or if the server answers 304. The metadata also says why
the URL was fetched. Values of headers with secrets are not kept; the metadata names these headers.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from archive.model import (
    Buffer,
    Exchange,
    Original,
    Provenance,
    RecordType,
    Truncation,
    Via,
)
from archive.warc.facts import truncation_of, url_of
from archive.warc.http import HEAD_END, Framing, Head, Message, parse_head, parse_message
from archive.warc.record import (
    HTTP_REQUEST,
    HTTP_RESPONSE,
    WARC_FIELDS,
    Header,
    digest,
    encode_fields,
    field_text,
    format_date,
    new_id,
    parse_fields,
    safe_uri,
)

KEPT_BYTES = 65_536
"""How much is kept of a reply that is not HTTP, and of bytes before and after a message."""

NOT_MODIFIED_STATUS = 304
PROFILES = "http://netpreserve.org/warc/1.1/revisit/"
SAME_PAYLOAD = PROFILES + "identical-payload-digest"
NOT_MODIFIED = PROFILES + "server-not-modified"

SECRET_HEADERS = (b"authorization", b"cookie", b"proxy-authorization")
"""Request headers whose values give access to something (RFC 9110 11.6.2, RFC 6265 5.4)."""
REDACTED = b"[redacted]"
_SECRET = re.compile(
    rb"^(" + b"|".join(SECRET_HEADERS) + rb")[ \t]*:[ \t]*([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)",
    re.IGNORECASE | re.MULTILINE,
)

FindOriginal = Callable[[str, Head, str | None], Original | None]
"""Finds an earlier capture to refer to, by URL, head and payload digest of the new reply.

Without a digest (304 Not Modified), any complete capture of the URL is valid. pywb combines the
headers of a revisit with the raw body of the original, so the original must have the same transfer
and content codings.
"""

_INTERIM, _AFTER, _UNPARSED = "interim-responses", "bytes-after-message", "unparsed-reply"
_MAIN_TYPES = frozenset(RecordType)


@dataclass(frozen=True, slots=True)
class Draft:
    """A record to be written: its header, and the place of its block in a buffer."""

    header: Header
    buffer: Buffer
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """The records of one exchange, and the parts from which the capture is made."""

    main: Draft
    followers: tuple[Draft, ...]
    head: Head | None
    notes: Mapping[str, str]


def drafts_of(
    exchange: Exchange,
    warcinfo_id: str,
    find_original: FindOriginal | None = None,
    *,
    redact: bool = True,
) -> Drafts:
    """Return the records of *exchange* in a file whose warcinfo record is *warcinfo_id*.

    With *find_original*, a reply whose body is in an earlier record becomes a revisit. With
    *redact*, the values of ``SECRET_HEADERS`` are removed from the request. Raises ``ValueError``
    for a date without a time zone, or for a value that a header line cannot contain.
    """
    message = parse_message(exchange.response, exchange.method)
    request, secrets = _without_secrets(exchange.request) if redact else (exchange.request, ())
    notes = _notes(exchange, message, secrets)
    origin = _origin(exchange, message, warcinfo_id)
    main_id = new_id()
    followers = []
    if message is None:
        main = _metadata(notes, main_id, origin, ())
    else:
        main = _response(exchange, message, main_id, origin, find_original)
    linked = (("WARC-Concurrent-To", main_id),)
    if request:
        followers.append(_request(request, origin, linked))
    if message is not None and notes:
        followers.append(_metadata(notes, new_id(), origin, linked))
    return Drafts(
        main=main,
        followers=tuple(followers),
        head=message.head if message else None,
        notes=notes,
    )


def exchange_of(
    header: Header,
    block: bytes,
    followers: Iterable[tuple[Header, bytes]] = (),
    *,
    is_foreign: bool = False,
) -> Exchange:
    """Return the exchange whose main record has *header* and *block*.

    *followers* are the records that are concurrent to it. The response includes its interim
    responses and the bytes after the message, if they were kept. Raises ``ValueError`` if the
    record lacks a field that every main record has.
    """
    request, notes = b"", {}
    if header.type == RecordType.METADATA:
        notes = parse_fields(block)
        response = _bytes(notes, _UNPARSED, partly=True)
    for other, other_block in followers:
        if other.type == "request":
            request = other_block
        elif is_warc_fields(other):
            notes.update(parse_fields(other_block))
    if header.type != RecordType.METADATA:
        before = _bytes(notes, _INTERIM, partly=False)
        after = _bytes(notes, _AFTER, partly=True)
        response = before + block + after if before or after else block
    tls = next((p for p in header.all("WARC-Protocol") if p.startswith(("tls/", "ssl/"))), None)
    return Exchange(
        url=url_of(header),
        date=header.date,
        method=_method(request) or notes.get("method") or "GET",
        request=request,
        response=response,
        ip=header.get("WARC-IP-Address"),
        tls_protocol=tls.upper().replace("/", "v") if tls else None,
        tls_cipher=header.get("WARC-Cipher-Suite"),
        tls_verified=notes.get("tls-certificate") != "not verified",
        truncated=truncation_of(header.get("WARC-Truncated") or notes.get("truncated")),
        error=notes.get("error") or None,
        provenance=_provenance(notes),
        is_foreign=is_foreign,
    )


def is_main(header: Header, notes: Mapping[str, str]) -> bool:
    """Return whether a record is the main one of an exchange; *notes* are its fields."""
    if header.type != RecordType.METADATA:
        return header.type in _MAIN_TYPES
    return "error" in notes and is_warc_fields(header) and not header.concurrent_to


def is_warc_fields(header: Header) -> bool:
    """Return whether a record is metadata that consists of named fields."""
    return header.type == RecordType.METADATA and header.content_type == WARC_FIELDS


def head_of(header: Header, block: bytes) -> Head | None:
    """Return the HTTP head at the beginning of *block*; None without one."""
    parsed = parse_head(block) if header.content_type == "application/http" else None
    return parsed[0] if parsed else None


def _notes(exchange: Exchange, message: Message | None, secrets: tuple[str, ...]) -> dict[str, str]:
    notes = {}
    why = exchange.provenance
    if why is not None:
        notes["discovered-by"] = why.via.value
        if why.source_url:
            notes["via"] = field_text(why.source_url)  # Heritrix uses this name
        if why.lastmod:
            notes["lastmod"] = field_text(why.lastmod)
    if not exchange.tls_verified:
        notes["tls-certificate"] = "not verified"
    if secrets:
        notes["redacted-request-headers"] = ", ".join(secrets)
    raw = exchange.response
    error = field_text(exchange.error or "")
    if message is None:
        notes["error"] = error or ("the reply is no HTTP/1.x response" if len(raw) else "no reply")
        if exchange.truncated:
            notes["truncated"] = exchange.truncated.value
        _keep(notes, _UNPARSED, raw, 0, len(raw))
    else:
        if error:
            notes["error"] = error
        _keep(notes, _INTERIM, raw, 0, message.start)
        _keep(notes, _AFTER, raw, message.end, message.total)
    if not exchange.request and exchange.method != "GET":
        notes["method"] = exchange.method
    return notes


def _provenance(notes: Mapping[str, str]) -> Provenance | None:
    try:
        via = Via(notes.get("discovered-by", ""))
    except ValueError:
        return None
    return Provenance(via=via, source_url=notes.get("via"), lastmod=notes.get("lastmod"))


def _without_secrets(request: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Return *request* with the values of secret headers replaced, and the names of the headers."""
    ending = HEAD_END.search(request)
    head_end = ending.end() if ending else len(request)
    names: list[str] = []

    def redacted(match: re.Match[bytes]) -> bytes:
        names.append(match[1].decode("ascii"))
        return match[0][: match.start(2) - match.start()] + REDACTED

    head = _SECRET.sub(redacted, request[:head_end])
    return head + request[head_end:], tuple(dict.fromkeys(names))


def _keep(notes: dict[str, str], name: str, raw: Buffer, start: int, end: int) -> None:
    if start < end:
        kept = raw[start : min(end, start + KEPT_BYTES)]
        notes[f"{name}-length"] = str(end - start)
        notes[f"{name}-base64"] = base64.b64encode(kept).decode("ascii")


def _bytes(notes: Mapping[str, str], name: str, *, partly: bool) -> bytes:
    kept = base64.b64decode(notes.get(f"{name}-base64", ""), validate=True)
    whole = notes.get(f"{name}-length") == str(len(kept))
    return kept if whole or partly else b""


def _origin(
    exchange: Exchange, message: Message | None, warcinfo_id: str
) -> tuple[tuple[str, str], ...]:
    """Return the fields that every record of the exchange has."""
    fields = [
        ("WARC-Date", format_date(exchange.date)),
        ("WARC-Target-URI", safe_uri(exchange.url)),
        ("WARC-Warcinfo-ID", warcinfo_id),
    ]
    if exchange.ip:
        fields.append(("WARC-IP-Address", exchange.ip))
    if message is not None:
        fields.append(("WARC-Protocol", f"http/{message.head.version}"))
    if exchange.tls_protocol:  # "TLSv1.3" of OpenSSL is "tls/1.3" in WARC-Protocol (IIPC)
        fields.append(("WARC-Protocol", exchange.tls_protocol.lower().replace("v", "/")))
    if exchange.tls_cipher:
        fields.append(("WARC-Cipher-Suite", exchange.tls_cipher))
    return tuple(fields)


def _response(
    exchange: Exchange,
    message: Message,
    record_id: str,
    origin: tuple[tuple[str, str], ...],
    find_original: FindOriginal | None,
) -> Draft:
    raw, more = exchange.response, []
    truncated = exchange.truncated
    if not message.complete:
        truncated = truncated or Truncation.UNSPECIFIED
    elif message.framing is not Framing.CLOSE:
        truncated = None  # the message is complete, even if the connection then failed
    if truncated:
        more.append(("WARC-Truncated", truncated.value))
    payload_digest = digest(raw, message.payload_spans(raw)) if message.payload_bytes else None
    if payload_digest:
        more.append(("WARC-Payload-Digest", payload_digest))
    revisit = None
    unchanged = message.head.status == NOT_MODIFIED_STATUS
    if find_original is not None and not truncated and (payload_digest or unchanged):
        revisit = find_original(exchange.url, message.head, payload_digest)
    if revisit is None:
        type_, end = RecordType.RESPONSE, message.end
    else:
        type_, end = RecordType.REVISIT, message.body_start
        more += _refers_to(revisit, SAME_PAYLOAD if payload_digest else NOT_MODIFIED)
    fields = (("WARC-Type", type_.value), ("WARC-Record-ID", record_id), *origin, *more)
    return draft(fields, HTTP_RESPONSE, raw, message.start, end)


def _refers_to(original: Original, profile: str) -> list[tuple[str, str]]:
    return [
        ("WARC-Profile", profile),
        ("WARC-Refers-To", original.warc_record_id),
        ("WARC-Refers-To-Target-URI", safe_uri(original.url)),
        ("WARC-Refers-To-Date", format_date(original.fetched_at)),
    ]


def _request(
    request: bytes, origin: tuple[tuple[str, str], ...], linked: tuple[tuple[str, str], ...]
) -> Draft:
    fields = (("WARC-Type", "request"), ("WARC-Record-ID", new_id()), *origin, *linked)
    return draft(fields, HTTP_REQUEST, request)


def _metadata(
    notes: Mapping[str, str],
    record_id: str,
    origin: tuple[tuple[str, str], ...],
    linked: tuple[tuple[str, str], ...],
) -> Draft:
    fields = (
        ("WARC-Type", RecordType.METADATA.value),
        ("WARC-Record-ID", record_id),
        *origin,
        *linked,
    )
    return draft(fields, WARC_FIELDS, encode_fields(notes))


def draft(
    fields: tuple[tuple[str, str], ...],
    content_type: str,
    buffer: Buffer,
    start: int = 0,
    end: int | None = None,
) -> Draft:
    """Return a record with *fields*, digest and length, and the block ``buffer[start:end]``."""
    end = len(buffer) if end is None else end
    header = Header(
        (
            *fields,
            ("WARC-Block-Digest", digest(buffer, [(start, end)])),
            ("Content-Type", content_type),
            ("Content-Length", str(end - start)),
        )
    )
    return Draft(header, buffer, start, end)


def _method(request: bytes) -> str | None:
    method = request.split(None, 1)[:1]
    return method[0].decode("latin-1") if method else None
