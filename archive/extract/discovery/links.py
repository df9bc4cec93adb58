"""Find the URLs in a page, a sitemap or a robots.txt, as Candidates; feeds are in ``feeds``.

Only URLs that can never be pages are left out (pictures, style sheets, e-mail addresses).
``archive.scope`` decides whether a Candidate is fetched.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from lxml import etree

from archive.extract.dom.document import Page
from archive.model import Candidate, Kind, Via
from archive.urls import absolute, amp_base, file_ending

MAX_CANDIDATES = 100_000
"""Twice the number that sitemaps.org allows in one file; a source with more is a trap."""

WELL_KNOWN_FEEDS = ("/feed/", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml")
"""Paths of feeds in WordPress, Ghost, Hugo, Jekyll and hand-made sites."""

_SITEMAP_END = re.compile(rb"</(?:[\w.-]+:)?(?:urlset|sitemapindex)\s*>", re.IGNORECASE)


def page_candidates(page: Page, *, article: bool = False) -> tuple[Candidate, ...]:
    """Return the URLs in *page*: canonical link, AMP twin, translations, feeds, then its links.

    Links are in document order. Each URL comes once, and the page itself never. Feeds of comments
    are left out, and so are feeds below the URL of an *article*. For a front page without feeds,
    the usual URLs of feeds are returned.
    """
    own = page.canonical or page.url
    named: list[Candidate] = []
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
    elif "sitemap" in path and path.endswith((".xml", ".xml.gz", ".txt")):
        kind = Kind.SITEMAP
    elif path.rstrip("/").endswith(("/feed", "/rss", "/atom", ".rss", ".atom")):
        kind = Kind.FEED
    else:
        kind = Kind.AMP if amp_base(target) else Kind.PAGE
    return Candidate(url=target, via=Via.REDIRECT, kind=kind)


def sitemap_candidates(data: bytes, url: str) -> tuple[Candidate, ...]:
    """Return the URLs in a sitemap or an index of sitemaps, with their dates as written.

    The dates are ``lastmod`` and the publication date of Google's news extension. ``xhtml:link``
    alternates are translations. A file that breaks off gives the URLs before the break.
    """
    return once(_sitemap_entries(data, url))


def text_sitemap_candidates(text: str, url: str) -> tuple[Candidate, ...]:
    """Return the pages of a text sitemap: one URL a line (sitemaps.org, 'Other formats')."""
    targets = (absolute(url, line) for line in text.splitlines() if line.strip())
    return once(Candidate(url=target, via=Via.SITEMAP) for target in targets if target)


def is_text_sitemap(text: str) -> bool:
    """Return whether *text* has http or https URLs, and no other lines but blank ones."""
    lines = [line.strip() for line in text.removeprefix("\ufeff").splitlines() if line.strip()]
    return bool(lines) and all(re.fullmatch(r"https?://\S+", line, re.IGNORECASE) for line in lines)


def is_cut_off(data: bytes) -> bool:
    """Return whether a sitemap breaks off, so that it names too few URLs."""
    return _SITEMAP_END.search(data[-4096:]) is None


def local_name(element: etree._Element) -> str:
    """Return the lower-case name of *element* without namespace or prefix; "" for a comment."""
    if not isinstance(element.tag, str):
        return ""
    return element.tag.rpartition("}")[2].rpartition(":")[2].lower()  # an undeclared prefix


def elements(data: bytes, names: set[str]) -> Iterator[etree._Element]:
    """Yield the elements of an XML document with a local name in *names*, when each is complete.

    Safe for hostile input: entities are not expanded, nothing is loaded, the limits of libxml2
    apply, and the memory of each element is freed. Iteration ends where the document breaks off.
    """
    walk = etree.iterparse(
        io.BytesIO(data),
        events=("end",),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        for _, element in walk:
            if local_name(element) in names:
                yield element
                element.clear()
                while (
                    element.getprevious() is not None
                    and (parent := element.getparent()) is not None
                ):
                    del parent[0]
    except etree.XMLSyntaxError:
        return


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
    for element in page.tree.iter("a", "area", "link"):
        if element.tag == "link":
            rels = (element.get("rel") or "").lower().split()
            if "next" not in rels and "prev" not in rels:
                continue
        href = (element.get("href") or "").strip()
        if href and not href.startswith("#"):
            found.setdefault(href)
    return found


def _sitemap_entries(data: bytes, url: str) -> Iterator[Candidate]:
    for entry in elements(data, {"url", "sitemap"}):
        is_index = local_name(entry) == "sitemap"
        target: str | None = None
        lastmod: str | None = None
        published: str | None = None
        others: list[str] = []
        for child in entry.iter():
            text = _text(child)
            match local_name(child):
                case "loc" if child.getparent() is entry and text:
                    target = absolute(url, text)
                case "lastmod" if text:
                    lastmod = text
                case "publication_date" if text:
                    published = text
                case "link" if child.get("hreflang", "x-default").lower() != "x-default":
                    others.append(child.get("href", "").strip())
        if target is None:
            continue
        yield Candidate(
            url=target,
            via=Via.SITEMAP,
            kind=Kind.SITEMAP if is_index else Kind.AMP if amp_base(target) else Kind.PAGE,
            lastmod=lastmod,
            published=published,
        )
        for other in others:
            if other and (alternate := absolute(url, other)):
                yield Candidate(url=alternate, via=Via.HREFLANG)


def _text(element: etree._Element) -> str:
    """Return the text of *element*; None when it has a reference to a lone surrogate."""
    try:
        return (element.text or "").strip()
    except UnicodeDecodeError:
        return ""


def once(candidates: Iterable[Candidate], without: str | None = None) -> tuple[Candidate, ...]:
    """Return *candidates*, only the first for each URL, and none for the URL *without*."""
    seen: dict[str, Candidate] = {}
    for candidate in candidates:
        if candidate.url != without:
            seen.setdefault(candidate.url, candidate)
        if len(seen) >= MAX_CANDIDATES:
            break
    return tuple(seen.values())
