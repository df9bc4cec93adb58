"""Read the URLs of a feed: RSS 0.9 to 2.0, RSS 1.0 (RDF), Atom 0.3 and 1.0, JSON Feed.

On broken feeds (``test_feeds.py``) the result equals that of feedparser 6.0, except that an entry
with an open tag before its link is kept, and that a torn link is no link. feedparser takes three
times as long, since it cleans texts that are not needed here, and it changes a link that contains
``&copy=``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml import etree

from archive.extract.discovery.links import named_url, once
from archive.extract.discovery.markup import Named, local_name, read_entries, value_of
from archive.model import Candidate, Flag, Via
from archive.urls import absolute

JSON_FEED = "https://jsonfeed.org/version/"
"""Beginning of the version of a JSON Feed (jsonfeed.org, 'Top-level')."""

_HTTP = re.compile(r"https?://", re.IGNORECASE)
_ENTRIES = frozenset({"item", "entry"})
_HTML = re.compile(r"\s*(?:text/html|application/xhtml\+xml)?\s*(?:;.*)?", re.IGNORECASE)
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_PLACE = re.compile(r"#[^=&]*\d$")
_RECORDING = re.compile(r"\s*(?:audio|video)/", re.IGNORECASE)
_OF_PODCASTS = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
_ABOUT = ("}about", "rdf:about")
_MODIFIED = ("updated", "modified")
_PUBLISHED = ("published", "pubdate", "issued", "created", "date")
_DATES = frozenset({*_MODIFIED, *_PUBLISHED})
_ITEMS = re.compile(r'"items"\s*:\s*\[')
_BETWEEN_ITEMS = re.compile(r"[\s,]*")


def read_feed(text: str, url: str) -> Named:
    """Return the pages that an RSS or Atom feed links, with their dates as written.

    All alternates of an Atom entry count (RFC 4287 4.2.7.2), pages of HTML first: entries have one
    for each language. A date of publication (``pubDate``) is not a date of modification (Atom's
    ``updated``), though publishers confuse them. Dublin Core's ``date`` counts as a date of
    publication. A comment names the page below which it stands, as a link does, and its dates are
    its own. An entry of a podcast is told from one of an article.
    """
    unread: list[bool] = []
    of_comments = "comments" in urlsplit(url).path.split("/")

    def pages(entry: etree._Element) -> list[Candidate]:
        found = list(_entry(entry, _base(entry, url)))
        if of_comments or _is_comment(entry):
            found = [Candidate(url=each.url, via=Via.LINK) for each in found]
        unread.append(not found and _has_unread_link(entry))
        return found

    found, flags = read_entries(text, _ENTRIES, pages)
    if any(unread) and Flag.PARTIAL not in flags:
        flags = (*flags, Flag.PARTIAL)
    return Named(candidates=once(found), flags=flags)


def _has_unread_link(entry: etree._Element) -> bool:
    return any(len(child) > 0 for child in entry if local_name(child) in {"link", "guid"})


def read_json_feed(text: str, url: str) -> Named:
    """Return the pages that a JSON Feed links; none when *text* is no JSON Feed.

    Of a feed that breaks off, the whole items before the break are read.
    """
    flags: tuple[str, ...] = ()
    try:
        # A number with more digits than Python reads must not make the feed unreadable.
        feed = json.loads(text.removeprefix("\ufeff"), parse_int=str)
        items = feed["items"] if str(feed["version"]).startswith(JSON_FEED) else []
    except (KeyError, TypeError, RecursionError):
        return Named(candidates=())
    except ValueError:
        items = list(_whole_items(text)) if JSON_FEED in text else []
        flags = (Flag.PARTIAL,) if JSON_FEED in text else ()
    found = _json_entries(items if isinstance(items, list) else [], url)
    return Named(candidates=once(found), flags=flags)


def _whole_items(text: str) -> Iterator[object]:
    """Yield the items of a JSON Feed up to the first that cannot be read."""
    decoder = json.JSONDecoder(parse_int=str)
    beginning = _ITEMS.search(text)
    position = beginning.end() if beginning else len(text)
    while between := _BETWEEN_ITEMS.match(text, position):
        try:
            item, position = decoder.raw_decode(text, between.end())
        except (ValueError, RecursionError):
            return
        yield item


def _json_entries(items: list[object], url: str) -> Iterator[Candidate]:
    for item in items:
        if not isinstance(item, dict):
            continue
        texts = {key: value for key, value in item.items() if isinstance(value, str)}
        named = texts.get("url") or texts.get("id", "")
        # "Ideally, the id is the full URL" (JSON Feed 1.1, 'Items').
        target = named_url(url, named) if "url" in texts or _HTTP.match(named) else None
        if target is not None:
            yield Candidate(
                url=target,
                via=Via.PODCAST if _is_spoken(item) else Via.FEED,
                lastmod=texts.get("date_modified"),
                published=texts.get("date_published"),
            )


def _entry(entry: etree._Element, base: str) -> Iterator[Candidate]:
    """Yield the pages of *entry*: its links, or its permalink, or what it is about."""
    pages: dict[str, bool] = {}
    permalink: str | None = None
    original: str | None = None
    dates: dict[str, str] = {}
    for child in entry:
        name = local_name(child)
        text = value_of(child) if name else None
        if name == "link":
            if target := _linked(child, text, base):
                pages[target] = pages.get(target, False) or bool(
                    _HTML.fullmatch(child.get("type") or "")
                )
        elif name == "origlink" and text:  # FeedBurner's link leads to its own counter
            original = named_url(base, text)
        elif name == "id" and text and _HTTP.match(text):  # Atom; feedparser follows it, too
            permalink = permalink or named_url(base, text)
        elif name == "guid" and text and child.get("isPermaLink", "true").lower() != "false":
            permalink = named_url(base, text)
        elif name in _DATES and text:
            dates.setdefault(name, text)
    about = next((value for key, value in entry.items() if _is_about(key)), None)
    found = [original] if original else sorted(pages, key=lambda page: not pages[page])
    via = Via.PODCAST if _is_episode(entry) else Via.FEED
    other = permalink or (about and named_url(base, about))
    for target in found or ([other] if other else []):
        yield Candidate(
            url=target,
            via=via,
            lastmod=_first(dates, _MODIFIED),
            published=_first(dates, _PUBLISHED),
        )


def _is_comment(entry: etree._Element) -> bool:
    """Return whether *entry* is a reply (RFC 4685), or leads to a numbered place in a page.

    A fragment that counts visits ("#xtor=RSS-3") is no place.
    """
    for child in entry:
        name = local_name(child)
        if name == "in-reply-to":
            return True
        target = child.get("href") or value_of(child) if name == "link" else None
        if target and _PLACE.search(target):
            return True
    return False


def _is_episode(entry: etree._Element) -> bool:
    """Return whether *entry* has a recording and says of it what podcasts say (Apple, 'RSS tags').

    A recording alone does not: sites enclose an article that is read aloud.
    """
    return any(_is_recording(child.get("type")) for child in entry) and any(
        isinstance(child.tag, str) and child.tag.lower().startswith(_OF_PODCASTS) for child in entry
    )


def _is_spoken(item: dict[str, object]) -> bool:
    """Return whether *item* of a JSON Feed has a recording."""
    files = item.get("attachments")
    return isinstance(files, list) and any(
        isinstance(file, dict) and _is_recording(file.get("mime_type")) for file in files
    )


def _is_recording(media_type: object) -> bool:
    return isinstance(media_type, str) and _RECORDING.match(media_type) is not None


def _is_about(key: str) -> bool:
    return key == "about" or key.endswith(_ABOUT)


def _linked(link: etree._Element, text: str | None, base: str) -> str | None:
    """Return the target of *link*: Atom writes it as an attribute, RSS as *text*."""
    href = (link.get("href") or "").strip()
    if not href:
        return named_url(base, text)
    relation = (link.get("rel") or "alternate").strip().lower().rpartition("/")[2]
    return named_url(base, href) if relation == "alternate" else None


def _first(dates: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((dates[name] for name in names if name in dates), None)


def _base(entry: etree._Element, url: str) -> str:
    """Return the base URL of relative references in *entry* (XML Base)."""
    bases = [base for element in (entry, *entry.iterancestors()) if (base := element.get(_BASE))]
    for base in reversed(bases):
        url = absolute(url, base) or url
    return url
