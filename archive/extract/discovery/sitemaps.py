"""Read the URLs of a sitemap: XML, an index of sitemaps, or one URL a line (sitemaps.org)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from archive.extract.discovery.links import MAX_CANDIDATES, named_url, once
from archive.extract.discovery.markup import Named, is_torn, local_name, read_entries, value_of
from archive.model import Candidate, Flag, Kind, Via
from archive.urls import absolute, amp_base

_ENTRIES = frozenset({"url", "sitemap"})
_URL_LINE = re.compile(r"https?://\S+", re.IGNORECASE)
_LINE_END = re.compile(r"\r\n|\r|\n")
_END = re.compile(r"</(?:[\w.-]+:)?(?:urlset|sitemapindex)\s*>", re.IGNORECASE)


def read_sitemap(text: str, url: str) -> Named:
    """Return the URLs in a sitemap or an index of sitemaps, with their dates as written.

    The dates are ``lastmod`` and the publication date of Google's news extension. ``xhtml:link``
    alternates are translations. An URL that has an entry of its own is no mere translation. A file
    that breaks off gives the URLs before the break.
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
        is_index = local_name(entry) == "sitemap"
        target: str | None = None
        dates: dict[str, str] = {}
        others: list[str] = []
        for child in entry.iter():
            match local_name(child):
                case "loc" if child.getparent() is entry:
                    target = target or named_url(self._url, value_of(child))
                case "lastmod" | "publication_date" as name:
                    if text := value_of(child):
                        dates.setdefault(name, text)
                case "link" if child.get("hreflang", "x-default").lower() != "x-default":
                    others.append(child.get("href", "").strip())
        if target is None:
            self.is_partial = self.is_partial or is_torn(entry) or _has_torn_address(entry)
            return
        yield Candidate(
            url=target,
            via=Via.SITEMAP,
            kind=Kind.SITEMAP if is_index else Kind.AMP if amp_base(target) else Kind.PAGE,
            lastmod=dates.get("lastmod"),
            published=dates.get("publication_date"),
        )
        for other in others:
            if other and (alternate := named_url(self._url, other)):
                yield Candidate(url=alternate, via=Via.HREFLANG)


def _has_torn_address(entry: etree._Element) -> bool:
    return any(local_name(child) == "loc" and len(child) > 0 for child in entry)


def _merged(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Return one Candidate for each URL in the order of *candidates*: its own entry, if any."""
    found: dict[str, Candidate] = {}
    for candidate in candidates:
        known = found.get(candidate.url)
        is_new = known is None and len(found) < MAX_CANDIDATES
        if is_new or (known and known.via is Via.HREFLANG and candidate.via is Via.SITEMAP):
            found[candidate.url] = candidate
    return tuple(found.values())
