"""Extract any payload; the entry point of extraction, a pure function.

The result depends on the payload, the template and ``EXTRACTOR`` alone: never on the clock, the
network, another record, or what was extracted before in the same process. Of the payload, these are
the URL, the status, the header fields ``READ_HEADERS``, the body, whether it was cut, and the
instant of the capture, as far as ``Extraction.holds_until`` says.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from functools import cached_property

from lxml import etree

from archive.extract.charset import Decoded, decode_text
from archive.extract.coding import (
    CUT,
    MAX_BODY_BYTES,
    UNKNOWN_CODING,
    TooLargeError,
    decode_body,
    gunzip_file,
)
from archive.extract.controls import without_controls
from archive.extract.discovery import links
from archive.extract.discovery.feeds import JSON_FEED, read_feed, read_json_feed
from archive.extract.discovery.markup import Named
from archive.extract.discovery.robots import robots_candidates, well_known_candidates
from archive.extract.discovery.sitemaps import (
    is_text_sitemap,
    read_sitemap,
    read_text_sitemap,
)
from archive.extract.html_page import html_extraction
from archive.extract.interstitials.challenge import marked
from archive.extract.stamp import EXTRACTOR
from archive.model import (
    Candidate,
    Edge,
    EdgeKind,
    Extraction,
    Flag,
    Outcome,
    Payload,
    clean,
    storable,
)
from archive.model.template import ALONE, Template
from archive.session_ids import without_sessions
from archive.urls import absolute, is_robots_txt

_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "image/webp"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x00\x00\x00", "video/mp4"),
    (b"ID3", "audio/mpeg"),
    (b"wOF", "font/woff"),
)
_MEDIA = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+", re.ASCII)  # RFC 6838 4.2
# WHATWG MIME Sniffing, 'binary data byte', and how many bytes are looked at.
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_SNIFFED = 1_445
_ROOT = re.compile(
    # Atomic and possessive, so that a prologue of 8,000 spaces is not split in every possible way.
    r"(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*+(?:\[.*?\])?\s*>)*+<([A-Za-z_][\w.:-]*)",
    re.IGNORECASE | re.DOTALL,
)
_FEED_ROOTS = {"rss", "feed", "rdf"}
_SITEMAP_ROOTS = {"urlset", "sitemapindex"}
_HTML_ROOT = re.compile(r"html|(?:\w+:)?(?:urlset|sitemapindex|rss|feed|rdf)", re.IGNORECASE)
_PAGE = re.compile(r"<!DOCTYPE\s+html|<(?:html|head|body)\b", re.IGNORECASE)
_SOURCE = re.compile(
    r"<((?:\w+:)?(?:urlset|sitemapindex|rss|feed|rdf))\s[^>]*(?:xmlns|version)", re.IGNORECASE
)
_VAGUE_XML = frozenset({"", "unknown/unknown", "application/xml", "text/xml"})
"""Media types of pages whose server does not say that they are HTML."""
_VAGUE_TEXT = frozenset(
    {"", "text/plain", "application/gzip", "application/x-gzip", "application/octet-stream"}
)
"""Media types of text sitemaps (sitemaps.org), compressed ones included."""
_NOT_MODIFIED = "304 Not Modified"
TOO_LARGE = "the body unpacks to more than 64 MB"
TOO_LONG = "the body is longer than 64 MB"
_PICTURES = frozenset({"image", "video", "audio", "font"})
"""Types of media of which a long file is no page, whatever its name."""

# Headers in which a protection service says that it answered in place of the server.
_MITIGATIONS = {
    ("cf-mitigated", "challenge"): ("Cloudflare", Flag.CHALLENGE),
    ("x-amzn-waf-action", "challenge"): ("AWS WAF", Flag.CHALLENGE),
    ("x-amzn-waf-action", "captcha"): ("AWS WAF", Flag.CAPTCHA),
    ("x-vercel-mitigated", "challenge"): ("Vercel", Flag.CHALLENGE),
    ("x-vercel-mitigated", "deny"): ("Vercel", Flag.CHALLENGE),
}


def extract(payload: Payload, template: Template = ALONE) -> Extraction:
    """Return what is read in *payload*; bad input gives an outcome with its reason, never an error.

    *template* is what its publisher's other pages teach; without one, the page is read alone. No
    key of a publisher's profile changes the result otherwise. Raises only ``MemoryError``: a
    process without memory must be ended by its parent.
    """
    try:
        found = _extract(payload, template)
    except MemoryError:
        raise
    except TooLargeError:
        found = _result(Outcome.FAILED, TOO_LARGE)
    except Exception as error:
        if isinstance(error, etree.LxmlError) and "memory" in str(error).lower():
            raise MemoryError from error
        found = _result(Outcome.FAILED, _failure(error))
    if payload.truncated is not None:
        found = _flagged(found, (f"truncated: {payload.truncated.value}",))
    elif _is_short(payload):
        found = _flagged(found, ("truncated: content-length",))
    cut = any(flag.startswith("truncated: ") or flag == CUT for flag in found.flags)
    if cut and Flag.TRUNCATED not in found.flags:
        found = _flagged(found, (Flag.TRUNCATED,))
    return storable(without_controls(found))


def _extract(payload: Payload, template: Template) -> Extraction:
    status = payload.status
    if status is None:
        return _result(Outcome.ERROR, clean(payload.error or "no reply"))
    if status == 304:
        return _result(Outcome.EMPTY, _NOT_MODIFIED)
    if 300 <= status < 400 and (location := payload.header("location")):
        return _redirect(payload.url, location.strip(), f"status {status}")
    if guarded := _mitigated(payload, status):
        return guarded
    if refusal := _refusal(payload, status):
        return refusal
    if not payload.is_whole or len(payload.body) > MAX_BODY_BYTES:
        return _beyond_the_limit(payload, template)
    data, flags = decode_body(payload.body, payload.header("content-encoding"))
    if not data.strip():
        return _flagged(_result(Outcome.EMPTY, f"status {status}, no body"), flags)
    unknown = next((flag for flag in flags if flag.startswith(UNKNOWN_CODING)), None)
    if unknown and _BINARY.search(data[:_SNIFFED]):
        return _flagged(_result(Outcome.NOT_HTML, unknown), flags)
    data, more = gunzip_file(data)
    flags = tuple(dict.fromkeys((*flags, *more)))
    is_cut = payload.truncated is not None or CUT in flags or _is_short(payload)
    return _flagged(_by_content(_Body(payload, data, template, is_cut=is_cut)), flags)


def _beyond_the_limit(payload: Payload, template: Template) -> Extraction:
    """Return the extraction of a body that is too long to be read: what it is, if it is no page."""
    body = _Body(payload, bytes(payload.body[:_SNIFFED]), template, is_cut=True)
    if found := _as_other_format(body):
        return found
    if body.media.partition("/")[0] in _PICTURES:
        return _result(Outcome.NOT_HTML, body.media)
    return _result(Outcome.FAILED, TOO_LONG)


def _refusal(payload: Payload, status: int) -> Extraction | None:
    """Return the extraction for a status other than success; None for success."""
    if 200 <= status < 300 or status == 300:
        return None
    candidates: tuple[Candidate, ...] = ()
    # RFC 9309 2.3.1.3: a robots.txt that is not available forbids nothing; it names no sitemap.
    if is_robots_txt(payload.url) and 400 <= status < 500 and status != 429:
        candidates = well_known_candidates(payload.url)
    if status in {404, 410, 451}:
        outcome = Outcome.MISSING
    elif status in {401, 403, 407, 429, 503}:
        outcome = Outcome.BLOCKED
    else:
        outcome = Outcome.ERROR
    reason = f"status {status}" + (" without a Location" if 300 <= status < 400 else "")
    flags: tuple[str, ...] = ()
    if outcome is Outcome.BLOCKED and (guard := _guard_of(payload)):
        vendor, flag = guard
        reason, flags = f"{reason}, {flag}: {vendor}", (flag,)
    return Extraction(
        outcome=outcome, extractor=EXTRACTOR, reason=reason, candidates=candidates, flags=flags
    )


def _redirect(url: str, location: str, how: str) -> Extraction:
    # Headers are decoded as latin-1, but servers write locations in UTF-8 (RFC 9110 5.5).
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")
    target = absolute(url, location)
    if target is None:
        return _result(Outcome.ERROR, f"{how} to what is no http URL: {clean(location)[:200]}")
    own, meant = absolute(url, ""), without_sessions(target)
    if target == own:
        return _flagged(_result(Outcome.ERROR, f"{how} to itself"), (Flag.TO_ITSELF,))
    # Does the target differ only in a session id, or in a parameter that tests for cookies?
    to_itself = meant == own
    return Extraction(
        outcome=Outcome.ERROR if to_itself else Outcome.REDIRECT,
        extractor=EXTRACTOR,
        reason=f"{how} to itself" if to_itself else how,
        candidates=(links.redirect_candidate(target),),
        edges=() if to_itself else (Edge(EdgeKind.REDIRECT, meant),),
        flags=(Flag.TO_ITSELF,) if to_itself else (),
    )


def _mitigated(payload: Payload, status: int) -> Extraction | None:
    """Return the extraction for a protection service's header; AWS WAF sends captchas as a 405."""
    for (name, action), (vendor, flag) in _MITIGATIONS.items():
        if (payload.header(name) or "").strip().lower() == action:
            reason = f"{flag}: {vendor} ({name}: {action}), status {status}"
            return _flagged(_result(Outcome.BLOCKED, reason), (flag,))
    return None


def _guard_of(payload: Payload) -> tuple[str, Flag] | None:
    """Return the vendor and the flag of the challenge in a refusal's body; None without one."""
    try:
        data, _ = decode_body(payload.body, payload.header("content-encoding"))
    except TooLargeError:
        return None
    return marked(data)


def _is_short(payload: Payload) -> bool:
    """Return whether fewer bytes came than Content-Length promises.

    The header does not count beside a transfer coding (RFC 9112 6.3), nor when a reply has no
    content at all (answers to HEAD, 204 and 304).
    """
    if payload.status in {None, 204, 304} or not payload.body or not payload.is_whole:
        return False
    promised = (payload.header("content-length") or "").strip()
    if payload.header("transfer-encoding") or not promised.isascii() or not promised.isdigit():
        return False
    return len(payload.body) < int(promised[:18])


class _Body:
    """A body without its codings, and what decides how it is read."""

    def __init__(self, payload: Payload, data: bytes, template: Template, *, is_cut: bool) -> None:
        self.payload, self.data, self.is_cut = payload, data, is_cut
        self.template = template
        self.header = payload.header("content-type") or ""
        media = self.header.partition(";")[0].strip().lower()
        self.media = media if _MEDIA.fullmatch(media) else ""

    @cached_property
    def head(self) -> str:
        return decode_text(self.data[:8192], self.header).text

    @cached_property
    def first_letter(self) -> str:
        return self.head.lstrip()[:1]

    @cached_property
    def root(self) -> str:
        """The name of the root element, without its prefix and in lower case; "" without one."""
        found = _ROOT.match(self.head.lstrip("\ufeff"))
        if not (found and _HTML_ROOT.fullmatch(found[1])) and not _PAGE.search(self.head):
            # Warnings of a script may precede the root.
            found = _SOURCE.search(self.head) or found
        return found[1].rpartition(":")[2].lower() if found else ""

    @cached_property
    def decoded(self) -> Decoded:
        return decode_text(self.data, self.header)

    @property
    def text(self) -> str:
        return self.decoded.text


def _by_content(body: _Body) -> Extraction:
    """Read the body by what it is; its Content-Type counts only when the body does not tell."""
    found = next(filter(None, (read(body) for read in _READERS)), None)
    return found or _result(Outcome.NOT_HTML, body.media or "no media type")


def _as_robots(body: _Body) -> Extraction | None:
    if not is_robots_txt(body.payload.url):
        return None
    text = body.text
    if body.is_cut:  # half of an address is another address
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1]
    candidates = robots_candidates(text, body.payload.url)
    return _named(Outcome.ROBOTS, body, Named(candidates=candidates))


def _as_other_format(body: _Body) -> Extraction | None:
    signature = next((kind for mark, kind in _SIGNATURES if body.data.startswith(mark)), None)
    return _result(Outcome.NOT_HTML, signature) if signature else None


def _as_sitemap(body: _Body) -> Extraction | None:
    if body.root not in _SITEMAP_ROOTS:
        return None
    return _named(Outcome.SITEMAP, body, read_sitemap(body.text, body.payload.url))


def _as_feed(body: _Body) -> Extraction | None:
    if body.root not in _FEED_ROOTS:
        return None
    return _named(Outcome.FEED, body, read_feed(body.text, body.payload.url))


def _as_json_feed(body: _Body) -> Extraction | None:
    if JSON_FEED not in body.head or body.first_letter != "{":
        return None
    return _named(Outcome.FEED, body, read_json_feed(body.text, body.payload.url))


def _as_json(body: _Body) -> Extraction | None:
    looks_like_json = body.first_letter in {"{", "["} and "html" not in body.media
    is_json = body.media.endswith("json") or looks_like_json
    return _result(Outcome.API, None) if is_json else None


def _as_html(body: _Body) -> Extraction | None:
    if "html" not in body.media and not (body.media in _VAGUE_XML and body.root):
        return None
    found = html_extraction(
        body.data,
        body.payload.url,
        body.header,
        body.payload.captured_at,
        extractor=EXTRACTOR,
        template=body.template,
    )
    if isinstance(found, str):
        return _redirect(body.payload.url, found, "meta refresh")
    return found


def _as_text_sitemap(body: _Body) -> Extraction | None:
    if body.media not in _VAGUE_TEXT or not is_text_sitemap(text := body.text):
        return None
    found = read_text_sitemap(text, body.payload.url, is_cut=body.is_cut)
    return _named(Outcome.SITEMAP, body, found)


_READERS = (
    _as_robots,
    _as_other_format,
    _as_sitemap,
    _as_feed,
    _as_json_feed,
    _as_json,
    _as_html,
    _as_text_sitemap,
)
"""Readers in the order in which they are tried; each returns None for what it does not read."""


def _named(outcome: Outcome, body: _Body, named: Named) -> Extraction:
    return Extraction(
        outcome=outcome,
        extractor=EXTRACTOR,
        candidates=named.candidates,
        flags=(*body.decoded.remarks, *named.flags),
    )


def _result(outcome: Outcome, reason: str | None) -> Extraction:
    return Extraction(outcome=outcome, extractor=EXTRACTOR, reason=reason)


def _flagged(found: Extraction, flags: tuple[str, ...]) -> Extraction:
    return replace(found, flags=(*found.flags, *flags)) if flags else found


def _failure(error: Exception) -> str:
    """Return a description of *error* without memory addresses, equal in every process."""
    message = re.sub(r"0x[0-9a-fA-F]{6,}", "0x", " ".join(str(error).split()))[:200]
    return clean(f"{type(error).__name__}: {message}" if message else type(error).__name__)
