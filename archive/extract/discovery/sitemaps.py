"""Read the URLs of a sitemap: XML, an index of sitemaps, or one URL a line (sitemaps.org)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from archive.extract.discovery.links import is_sitemap, named_url, once
from archive.extract.discovery.markup import Named, is_torn, local_name, read_entries, value_of
from archive.model import Candidate, Flag, Kind, Via
from archive.model.candidate_file import MAX_CANDIDATES
from archive.urls import absolute, amp_base, file_ending

_ENTRIES = frozenset({"url", "sitemap"})
_URL_LINE = re.compile(r"https?://\S+", re.IGNORECASE)
_LINE_END = re.compile(r"\r\n|\r|\n")
_TELLS = (Via.HREFLANG, Via.SITEMAP, Via.NEWS_SITEMAP)
"""What names a URL in a sitemap: as a translation, with an entry, or with an entry of news."""
_END = re.compile(r"</(?:[\w.-]+:)?(?:urlset|sitemapindex)\s*>", re.IGNORECASE)


def read_sitemap(text: str, url: str) -> Named:
    """Return the URLs in a sitemap or an index of sitemaps, with their dates as written.

    The dates are ``lastmod`` and the publication date of Google's news extension. An entry of news
    is told from one that any page may have. ``xhtml:link`` alternates are translations. An URL that
    has an entry of its own is no mere translation. A file that breaks off gives the URLs before the
    break.
    """
    reader = _Entries(url)
    found, flags = read_entries(text, _ENTRIES, reader.candidates)
    if reader.is_partial and Flag.PARTIAL not in flags:
        flags = (*flags, Flag.PARTIAL)
    if Flag.TRUNCATED not in flags and _END.search(text[-4096:]) is None:
        flags = (*flags, Flag.TRUNCATED)
    return Named(candidates=_merged(found), flags=flags)


def is_text_sitemap(text: str) -> bool:
    """Return whether most lines of *text* that are not blank are http or https URLs."""
    urls, others = _lines(text)
    return len(urls) > len(others)


def read_text_sitemap(text: str, url: str, *, is_cut: bool = False) -> Named:
    """Return the pages of a text sitemap: one URL a line (sitemaps.org, 'Other formats').

    A line that is no URL is left out, with the flag ``partial``. If *is_cut*, so is a last line
    without an end.
    """
    if is_cut:
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1]
    lines, others = _lines(text)
    targets = [target for line in lines if (target := absolute(url, line))]
    is_partial = bool(others) or len(targets) < len(lines)
    return Named(
        candidates=once(Candidate(url=target, via=Via.SITEMAP) for target in targets),
        flags=(Flag.PARTIAL,) if is_partial else (),
    )


def _lines(text: str) -> tuple[list[str], list[str]]:
    """Return the lines that are URLs, and the others that are not empty."""
    lines = [line.strip().strip("\ufeff") for line in _LINE_END.split(text)]
    lines = [line for line in lines if line and not line.startswith("#")]
    urls = [line for line in lines if _URL_LINE.fullmatch(line)]
    return urls, [line for line in lines if not _URL_LINE.fullmatch(line)]


class _Entries:
    """Reads the entries of one sitemap. *is_partial* says whether the URL of an entry is torn."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.is_partial = False

    def candidates(self, entry: etree._Element) -> Iterator[Candidate]:
        """Yield the page or sitemap of *entry*, and its translations."""
        named = (value_of(child) for child in entry if local_name(child) == "loc")
        targets = [target for text in named if (target := named_url(self._url, text))]
        dates, via = _dates(entry), _via(entry)
        if not targets:
            self.is_partial = self.is_partial or is_torn(entry) or _has_unread_address(entry)
            return
        for target in _pages(targets):
            yield Candidate(
                url=target,
                via=via,
                kind=_kind(entry, target),
                lastmod=dates.get("lastmod"),
                published=dates.get("publication_date"),
            )
        for link in filter(_is_link, entry.iter()):
            other = link.get("href", "").strip()
            is_other = link.get("hreflang", "x-default").lower() != "x-default"
            if is_other and (alternate := named_url(self._url, other)):
                yield Candidate(url=alternate, via=Via.HREFLANG)


def _via(entry: etree._Element) -> Via:
    """Return what kind of source *entry* is: that of news has an element ``news`` with values."""
    is_news = any(local_name(child) == "news" and len(child) > 0 for child in entry)
    return Via.NEWS_SITEMAP if is_news else Via.SITEMAP


def _is_link(element: etree._Element) -> bool:
    return local_name(element) == "link"


def _dates(entry: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for child in entry.iter():
        name = local_name(child)
        if name in {"lastmod", "publication_date"} and (text := value_of(child)):
            found.setdefault(name, text)
    return found


def _pages(targets: Iterable[str]) -> list[str]:
    """Return *targets*, the addresses of one entry, without those of its pictures."""
    found = list(dict.fromkeys(targets))
    return [target for target in found if not file_ending(target)] or found


def _kind(entry: etree._Element, target: str) -> Kind:
    """Return what *target* is; some list sitemaps as pages, and pages of an index as sitemaps."""
    parent = entry.getparent()
    is_index = "sitemap" in local_name(entry) or (
        parent is not None and local_name(parent) == "sitemapindex"
    )
    if is_index or is_sitemap(target):
        return Kind.SITEMAP
    return Kind.AMP if amp_base(target) else Kind.PAGE


def _has_unread_address(entry: etree._Element) -> bool:
    return any(
        len(child) > 0 or "://" in (child.text or "")
        for child in entry
        if local_name(child) == "loc"
    )


def _merged(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Return one Candidate for each URL in the order of *candidates*: the one that tells most."""
    found: dict[str, Candidate] = {}
    for candidate in candidates:
        known = found.get(candidate.url)
        is_new = known is None and len(found) < MAX_CANDIDATES
        if is_new or (known and _TELLS.index(candidate.via) > _TELLS.index(known.via)):
            found[candidate.url] = candidate
    return tuple(found.values())
