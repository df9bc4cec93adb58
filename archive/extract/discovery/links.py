"""Find the URLs in a page, as Candidates; other sources have modules of their own.

Only URLs that can never be pages are left out (pictures, style sheets, e-mail addresses).
``archive.scope`` decides whether a Candidate is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from urllib.parse import urlsplit

from archive.extract.dom.document import Page
from archive.model import Candidate, Kind, Part, Via
from archive.model.candidate_file import MAX_CANDIDATES
from archive.urls import absolute, amp_base, file_ending, host_of, normalize

WELL_KNOWN_FEEDS = ("/feed/", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml")
"""Paths of feeds in WordPress, Ghost, Hugo, Jekyll and hand-made sites."""

_HTTP = re.compile(r"https?:", re.IGNORECASE)
_SCHEMES = re.compile(r"(?:(https?):?//+)+", re.IGNORECASE)
"""A scheme without its colon, or one behind another: "https://https://"."""
_QUOTES = ("<", ">", '"', "'", "“", "”")
_LINKING = frozenset({"a", "area", "link"})
_AFTER_HOST = frozenset({"", "/", "?", "#"})


def page_candidates(
    page: Page, *, article: bool = False, part: Part | None = None
) -> tuple[Candidate, ...]:
    """Return the URLs in *page*: canonical link, AMP twin, translations, feeds, then its links.

    The pages that *part* names come first. Links are in document order. Each URL comes once, and
    the page itself never. Feeds of comments are left out, and so are feeds below the URL of an
    *article*. For a front page without feeds, the usual URLs of feeds are returned.
    """
    own = page.canonical or page.url
    named = [Candidate(url=other.url, via=Via.PART) for other in part.named] if part else []
    if part and part.first:
        named.append(Candidate(url=part.first, via=Via.PART))
    if page.canonical:
        named.append(Candidate(url=page.canonical, via=Via.CANONICAL))
    if page.amphtml:
        named.append(Candidate(url=page.amphtml, via=Via.AMPHTML, kind=Kind.AMP))
    named.extend(Candidate(url=other.url, via=Via.HREFLANG) for other in page.alternates)
    for feed in page.feeds:
        of_comments = "comments" in urlsplit(feed).path.split("/") or (
            article and feed.startswith(own)
        )
        if not of_comments:
            named.append(Candidate(url=feed, via=Via.LINK, kind=Kind.FEED))
    if not page.feeds and not article and urlsplit(page.url)[2:] == ("/", "", ""):
        places = (absolute(page.url, place) for place in WELL_KNOWN_FEEDS)
        named.extend(Candidate(url=p, via=Via.WELL_KNOWN, kind=Kind.FEED) for p in places if p)
    return once([*named, *_links(page)], without=page.url)


def redirect_candidate(target: str) -> Candidate:
    """Return the Candidate for the *target* of a redirect; its path suggests the kind."""
    path = urlsplit(target).path.lower()
    if path == "/robots.txt":
        kind = Kind.ROBOTS
    elif is_sitemap(target):
        kind = Kind.SITEMAP
    elif path.rstrip("/").endswith(("/feed", "/rss", "/atom", ".rss", ".atom")):
        kind = Kind.FEED
    else:
        kind = Kind.AMP if amp_base(target) else Kind.PAGE
    return Candidate(url=target, via=Via.REDIRECT, kind=kind)


def is_sitemap(url: str) -> bool:
    """Return whether the path of *url* reads like that of a sitemap."""
    path = urlsplit(url).path.lower()
    return "sitemap" in path and path.endswith((".xml", ".xml.gz", ".txt"))


def named_url(base: str, text: str | None) -> str | None:
    """Return the URL that *text* of a robots.txt, sitemap or feed means, like ``absolute``.

    There "https:/host" is never a path, since sources name whole URLs. Neither is the host of
    *base* ("example.org/page"), a scheme that is written twice, or a URL within other words.
    """
    plain = _without_quotes(text or "")
    if not plain:
        return None
    if schemes := _SCHEMES.match(plain):
        plain = f"{schemes[1]}://{plain[schemes.end() :]}"
    elif _begins_with_host(plain, base):
        plain = f"{base.partition(':')[0]}://{plain}"
    if _HTTP.match(plain):
        with suppress(ValueError):
            return normalize(plain)
        return None
    if "://" in re.split(r"[?#]", plain, maxsplit=1)[0] and not plain.startswith("/"):
        return None
    return absolute(base, plain)


def _without_quotes(text: str) -> str:
    """Return *text* without the marks that some put around a URL, and CDATA escaped twice."""
    text = text.strip()
    if not text.startswith(_QUOTES):
        return text
    return text.strip("".join(_QUOTES)).removeprefix("![CDATA[").removesuffix("]]").strip()


def _begins_with_host(text: str, base: str) -> bool:
    try:
        host = host_of(base).removeprefix("www.")
    except ValueError:
        return False
    rest = text[: len(host) + 5].lower().removeprefix("www.")
    return "." in host and rest.startswith(host) and rest[len(host) : len(host) + 1] in _AFTER_HOST


def _links(page: Page) -> Iterator[Candidate]:
    for href in _hrefs(page):
        target = absolute(page.base, href)
        if target is None or file_ending(target):
            continue
        if base := amp_base(target):
            # The article comes first, since the profile may skip its AMP twin.
            yield Candidate(url=base, via=Via.LINK)
            yield Candidate(url=target, via=Via.LINK, kind=Kind.AMP)
        else:
            yield Candidate(url=target, via=Via.LINK)


def _hrefs(page: Page) -> Iterable[str]:
    """Return the targets of the links of *page*, each once, since menus repeat them."""
    found: dict[str, None] = {}
    for element in page.elements_having("href"):
        if element.tag not in _LINKING:
            continue
        if element.tag == "link":
            rels = (element.get("rel") or "").lower().split()
            if "next" not in rels and "prev" not in rels:
                continue
        href = element.get("href", "").strip()
        if href and not href.startswith("#"):
            found.setdefault(href)
    return found


def once(candidates: Iterable[Candidate], without: str | None = None) -> tuple[Candidate, ...]:
    """Return *candidates*, only the first for each URL, and none for the URL *without*."""
    seen: dict[str, Candidate] = {}
    for candidate in candidates:
        if candidate.url != without:
            seen.setdefault(candidate.url, candidate)
        if len(seen) >= MAX_CANDIDATES:
            break
    return tuple(seen.values())
