"""Make the reply to a request for a resource: content coding, validators, framing.

The entity tags are like those of nginx: strong for the body as it is, weak for a coded body. Both
have the same opaque value, so a conditional request gets the same answer for every coding.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

import brotli


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """What is at an address. *codings* are its possible content codings, the best first.

    *modified* is aware; None if the resource has no validators. *etag* is the opaque part of the
    entity tag, which is made from the body if it is None. *chunked* chooses the framing. A resource
    that *ignores_conditions* is always sent completely; of one that *breaks_off*, only half is
    sent.
    """

    body: bytes
    content_type: str
    modified: datetime | None = None
    status: int = 200
    codings: tuple[str, ...] = ()
    chunked: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    etag: str | None = None
    ignores_conditions: bool = False
    breaks_off: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, headers and body of one reply; the body is empty for HEAD and 304.

    A reply that *breaks_off* has less body than its framing says; the connection then ends.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    breaks_off: bool = False

    def header(self, name: str) -> str | None:
        """Return the first header *name*, ignoring case; None if it is absent."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


def reply_to(method: str, headers: Mapping[str, str], resource: Resource) -> Reply:
    """Return the reply to *method* for *resource*; the names in *headers* are in lower case."""
    coding = _coding(headers.get("accept-encoding", ""), resource.codings)
    validators = _validators(resource, coding)
    vary = (("Vary", "Accept-Encoding"),) if resource.codings else ()
    if resource.status == 200 and _is_fresh(headers, resource, validators):
        return Reply(304, (*validators.items(), *vary, *resource.headers), b"")
    body = _encoded(resource.body, coding)
    framing = (
        ("Transfer-Encoding", "chunked") if resource.chunked else ("Content-Length", str(len(body)))
    )
    return Reply(
        resource.status,
        (
            ("Content-Type", resource.content_type),
            framing,
            *((("Content-Encoding", coding),) if coding else ()),
            *validators.items(),
            *vary,
            *resource.headers,
        ),
        b"" if method == "HEAD" else body[: len(body) // 2] if resource.breaks_off else body,
        resource.breaks_off and method != "HEAD",
    )


def _coding(accepted: str, offered: tuple[str, ...]) -> str | None:
    """Return the first of *offered* that Accept-Encoding allows (RFC 9110 12.5.3), or None."""
    weights = {}
    for item in accepted.lower().split(","):
        name, _, parameter = item.strip().partition(";")
        key, _, value = parameter.strip().partition("=")
        weights[name.strip()] = value.strip() if key.strip() == "q" else "1"
    return next(
        (name for name in offered if weights.get(name, weights.get("*", "0")).strip("0.") != ""),
        None,
    )


def _encoded(body: bytes, coding: str | None) -> bytes:
    if coding == "br":
        return bytes(brotli.compress(body, quality=5))
    return gzip.compress(body, compresslevel=6, mtime=0) if coding == "gzip" else body


def _validators(resource: Resource, coding: str | None) -> dict[str, str]:
    if resource.modified is None:
        return {}
    opaque = f'"{resource.etag or hashlib.sha256(resource.body).hexdigest()[:16]}"'
    return {
        "ETag": f"W/{opaque}" if coding else opaque,
        "Last-Modified": format_datetime(resource.modified.astimezone(UTC), usegmt=True),
    }


def _is_fresh(
    headers: Mapping[str, str], resource: Resource, validators: Mapping[str, str]
) -> bool:
    """Return whether the client's copy is current (RFC 9110 13.2.2: the entity tag decides)."""
    if not validators or resource.modified is None or resource.ignores_conditions:
        return False
    if tags := headers.get("if-none-match"):
        held = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return "*" in held or validators["ETag"].removeprefix("W/") in held
    try:
        since = parsedate_to_datetime(headers.get("if-modified-since", ""))
    except ValueError:
        return False
    if since.tzinfo is None:
        since = since.replace(tzinfo=UTC)
    return resource.modified.replace(microsecond=0) <= since
