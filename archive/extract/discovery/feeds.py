"""Read the URLs of a feed: RSS 0.9 to 2.0, RSS 1.0 (RDF), Atom 0.3 and 1.0, JSON Feed.

Feeds are the worst XML of the web: bare ampersands, HTML entities, undeclared prefixes, latin-1
that is declared as UTF-8. The text is repaired before it is parsed; a feed that is still broken is
parsed up to the error. On such cases (``test_feeds.py``) the result equals that of feedparser 6.0,
except for an entry with an open tag before its link. feedparser takes three times as long, since it
cleans texts that are not needed here, and it changes a link that contains ``&copy=``.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from html.entities import html5

from lxml import etree

from archive.extract.charset import decode_text
from archive.extract.discovery.links import elements, local_name, once
from archive.model import Candidate, Via
from archive.urls import absolute

JSON_FEED = "https://jsonfeed.org/version/"
"""Beginning of the version of a JSON Feed (jsonfeed.org, 'Top-level')."""

_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_AMPERSAND = re.compile(r"&(?:(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);|(\w{2,31};)?)")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML 1.0, 'Char'
_DECLARATION = re.compile(r"^\s*<\?xml.*?\?>", re.DOTALL)
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_ABOUT = ("}about", "rdf:about")
_MODIFIED = ("updated", "modified")
_PUBLISHED = ("published", "pubdate", "issued", "created", "date")
_DATES = frozenset({*_MODIFIED, *_PUBLISHED})


def feed_candidates(data: bytes, url: str) -> tuple[Candidate, ...]:
    """Return the pages that an RSS or Atom feed links, with their dates as written.

    A date of publication (``pubDate``) is not a date of modification (Atom's ``updated``), though
    publishers confuse them. Dublin Core's ``date`` counts as a date of publication.
    """
    return once(_entries(_mended(data), url))


def json_feed_candidates(text: str, url: str) -> tuple[Candidate, ...]:
    """Return the pages that a JSON Feed links; none when *text* is no JSON Feed."""
    try:
        # A number with more digits than Python reads must not make the feed unreadable.
        feed = json.loads(text.removeprefix("\ufeff"), parse_int=str)
        items = feed["items"] if str(feed["version"]).startswith(JSON_FEED) else []
    except (ValueError, KeyError, TypeError, RecursionError):
        return ()
    return once(_json_entries(items if isinstance(items, list) else [], url))


def _json_entries(items: list[object], url: str) -> Iterator[Candidate]:
    for item in items:
        if not isinstance(item, dict):
            continue
        texts = {key: value for key, value in item.items() if isinstance(value, str)}
        target = absolute(url, texts["url"]) if "url" in texts else None
        if target is not None:
            yield Candidate(
                url=target,
                via=Via.FEED,
                lastmod=texts.get("date_modified"),
                published=texts.get("date_published"),
            )


def _mended(data: bytes) -> bytes:
    """Return the document in UTF-8, with the errors repaired that stop a parser."""
    text = decode_text(data, "application/xml").text
    if _declares_entities(text):
        return (
            data  # the parser handles entities that the document declares; it does not expand them
        )
    pieces = _CDATA.split(_NO_XML.sub("", _DECLARATION.sub("", text.removeprefix("\ufeff"))))
    mended = (
        piece if piece.startswith("<![CDATA[") else _AMPERSAND.sub(_reference, piece)
        for piece in pieces
    )
    return "".join(mended).encode("utf-8", "replace")


def _declares_entities(text: str) -> bool:
    return "<!ENTITY" in text[:8192]


def _reference(match: re.Match[str]) -> str:
    if match[1]:
        # A valid reference; but one to no character makes the parser return invalid UTF-8.
        return match[0] if _is_xml_char(match[1]) else ""
    if match[2] and match[2] in html5:
        return html5[match[2]].replace("&", "&amp;").replace("<", "&lt;")
    return "&amp;" + match[0][1:]


def _is_xml_char(reference: str) -> bool:
    if not reference.startswith("#"):
        return True
    digits = reference[1:]
    number = int(digits[1:], 16) if digits[:1] in {"x", "X"} else int(digits)
    return number <= sys.maxunicode and not (
        0xD800 <= number <= 0xDFFF or _NO_XML.match(chr(number))
    )


def _entries(data: bytes, url: str) -> Iterator[Candidate]:
    for entry in elements(data, {"item", "entry"}):
        if (found := _candidate(entry, _base(entry, url))) is not None:
            yield found


def _candidate(entry: etree._Element, base: str) -> Candidate | None:
    """Return the page of *entry*: its link, its permalink or what it is about; None without."""
    target: str | None = None
    permalink: str | None = None
    dates: dict[str, str] = {}
    for child in entry:
        name = local_name(child)
        text = "".join(child.itertext("*")).strip() if name else ""
        if name == "link":
            target = target or _linked(child, text, base)
        elif name == "guid" and text and child.get("isPermaLink", "true").lower() != "false":
            permalink = absolute(base, text)
        elif name in _DATES and text:
            dates.setdefault(name, text)
    about = next((value for key, value in entry.items() if key.endswith(_ABOUT)), None)
    found = target or permalink or (about and absolute(base, about))
    if not found:
        return None
    return Candidate(
        url=found,
        via=Via.FEED,
        lastmod=_first(dates, _MODIFIED),
        published=_first(dates, _PUBLISHED),
    )


def _linked(link: etree._Element, text: str, base: str) -> str | None:
    """Return the target of *link*: Atom writes it as an attribute, RSS as *text*."""
    href = link.get("href")
    if not href:
        return absolute(base, text) if text else None
    is_alternate = link.get("rel", "alternate") == "alternate"
    return absolute(base, href.strip()) if is_alternate else None


def _first(dates: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((dates[name] for name in names if name in dates), None)


def _base(entry: etree._Element, url: str) -> str:
    """Return the base URL of relative references in *entry* (XML Base)."""
    bases = [base for element in (entry, *entry.iterancestors()) if (base := element.get(_BASE))]
    for base in reversed(bases):
        url = absolute(url, base) or url
    return url
