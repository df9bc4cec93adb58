"""Read the lines of a robots.txt, and the sitemaps that it names (RFC 9309).

Real files are written by hand. The spellings that are accepted are those of Google's parser, and
those that Protego adds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archive.extract.discovery.links import named_url, once
from archive.model import Candidate, Kind, Via
from archive.urls import absolute

WELL_KNOWN_SITEMAPS = ("/sitemap.xml", "/sitemap_index.xml", "/wp-sitemap.xml")

_NAMES = {
    "user-agent": "user-agent useragent user+agent user_agent",
    "allow": "allow",
    "disallow": "disallow dissallow dissalow disalow diasllow disallaw",
    "crawl-delay": "crawl-delay crawldelay crawl+delay crawl_delay",
    "sitemap": "sitemap sitemaps site-map site-maps",
}
_FIELDS = {
    spelling.replace("+", " "): name
    for name, spellings in _NAMES.items()
    for spelling in spellings.split()
}
# Google reads a line without a colon, too, if one word follows. More are prose.
_LINE = re.compile(
    rf"({'|'.join(sorted((re.escape(field) for field in _FIELDS), key=len, reverse=True))})"
    r"(\s*:|(?=\s))\s*(.*)",
    re.IGNORECASE | re.DOTALL,
)
_LINE_END = re.compile(r"\r\n|\r|\n")
_INVISIBLE = "\ufeff\u200b\u200e\x00"
_COMMENT = re.compile(r"(?:^|\s)#.*", re.DOTALL)
_NEXT_URL = re.compile(
    r"[\s,;|]+(?=https?:|/)|[\s,;]*\bsite-?maps?\s*:\s*(?=https?:)", re.IGNORECASE
)
_IS_URL = re.compile(r"\.|^\W*/", re.MULTILINE)
"""What "none" is not, nor "n/a": some say so that there is no sitemap."""


def directives(text: str) -> Iterator[tuple[str, str]]:
    """Yield name and value of the lines of a robots.txt that have a meaning here.

    Names are ``user-agent``, ``allow``, ``disallow``, ``crawl-delay`` and ``sitemap``. CR, LF and
    CRLF end a line (RFC 9309 2.2), and no other character does. The comment of a sitemap's line
    begins after white space, since an URL may contain "#".
    """
    for line in _LINE_END.split(text):
        match = _LINE.match(line.strip().strip(_INVISIBLE).lstrip())
        if match is None:
            continue
        name = _FIELDS[match[1].lower()]
        value = _COMMENT.sub("", match[3]) if name == "sitemap" else match[3].partition("#")[0]
        if match[2] or name == "sitemap" or len(value.split()) <= 1:
            yield name, value.strip()


def robots_candidates(text: str, url: str) -> tuple[Candidate, ...]:
    """Return the sitemaps in a robots.txt (RFC 9309 2.2.4), or the usual URLs if it has none.

    *url* is the URL of the robots.txt. A line may name several URLs.
    """
    parts = [
        part.strip("[]<>\"'= ")
        for name, value in directives(text)
        if name == "sitemap"
        for part in _NEXT_URL.split(value)
    ]
    targets = [(part, target) for part in parts if (target := named_url(url, part))]
    found = [Candidate(url=url, via=Via.ROBOTS, kind=Kind.SITEMAP) for _, url in targets]
    if any(_IS_URL.search(part) for part, _ in targets):
        return once(found)
    return once([*found, *well_known_candidates(url)])


def well_known_candidates(url: str) -> tuple[Candidate, ...]:
    """Return the usual URLs of sitemaps on the host of *url*."""
    places = (absolute(url, place) for place in WELL_KNOWN_SITEMAPS)
    return tuple(
        Candidate(url=place, via=Via.WELL_KNOWN, kind=Kind.SITEMAP) for place in places if place
    )
