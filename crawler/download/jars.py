"""The cookies of a crawl: a jar for each host, used only when a site needs cookies.

A jar serves one host and exists as long as its crawl. So no list of public suffixes is needed, and
a paywall that counts visits by cookie counts one visit for each crawl.
"""

from __future__ import annotations

import re
from collections import defaultdict
from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from typing import Any

from scrapy import Request
from scrapy.http import Response
from scrapy.http.cookies import WrappedRequest, WrappedResponse

from archive.crawl_traps.session_parameters import Visits
from archive.model import Via
from archive.pipeline.storing import Ingested
from archive.session_ids import parameters
from archive.urls import host_of

MOST_COOKIES = 50
"""Cookies of a host; the minimum that RFC 6265 6.1 requires of a browser."""
MOST_BYTES = 4_096
"""Bytes of one cookie; the minimum of the same section."""
MOST_HEADER_BYTES = 8_000
"""The longest header line that common servers accept."""
MOST_HOSTS = 1_000

LEAST_LETTERS = 8
"""Shorter values of cookies ("1", "en") occur in links by chance."""
_ADORNED = re.compile(r"[?;]|/\(")
_PLAIN = re.compile(r"[\x20-\x7e]*")


class _Policy(DefaultCookiePolicy):
    """The policy of http.cookiejar (Domain, Path, Secure, expiry) with a limit of size."""

    def set_ok(self, cookie: Cookie, request: Any) -> bool:
        said = f"{cookie.name}={cookie.value or ''}"
        if len(said) > MOST_BYTES or not _PLAIN.fullmatch(said):
            return False
        return super().set_ok(cookie, request)


class Jars:
    """The jars of a crawl; *wish* is the profile's ``cookies``."""

    def __init__(self, wish: str) -> None:
        self._wish = wish
        self._jars: dict[str, CookieJar] = defaultdict(lambda: CookieJar(_Policy()))
        self._opened: set[str] = set()

    def is_open(self, host: str) -> bool:
        """Return whether requests to *host* (from ``host_of``) have its cookies."""
        return self._wish == "always" or host in self._opened

    def open(self, host: str) -> bool:
        """Send *host* its cookies from now on; return whether the profile allows that."""
        if self._wish == "never":
            return False
        if len(self._opened) < MOST_HOSTS:
            self._opened.add(host)
        return self.is_open(host)

    def look_at(self, ingested: Ingested, visits: Visits) -> set[str]:
        """Open the jar of a page's host when the page's links contain session ids.

        A parameter is a session id by its name, or because it was learned, or because its value is
        the value of a cookie. Return the names of the parameters with a cookie's value.
        """
        host = host_of(ingested.capture.url)
        jar = self._jars.get(host, ())
        cookies = {cookie.value for cookie in jar if len(cookie.value or "") >= LEAST_LETTERS}
        names: set[str] = set()
        for candidate in ingested.extraction.candidates:
            url = candidate.url
            if candidate.via is not Via.LINK or not _ADORNED.search(url) or host_of(url) != host:
                continue
            meant = visits.without(url)
            names.update(name for name, value in parameters(meant) if value in cookies)
            if names or meant != url:
                self.open(host)
        return names

    def header(self, request: Request) -> bytes | None:
        """Return the Cookie header for *request*; None when there is no cookie for it."""
        host = host_of(request.url)
        if not self.is_open(host) or host not in self._jars:
            return None
        asking = Request(request.url)
        self._jars[host].add_cookie_header(WrappedRequest(asking))  # type: ignore[arg-type]
        header = asking.headers.get("Cookie")
        return header if header and len(header) <= MOST_HEADER_BYTES else None

    def keep(self, request: Request, response: Response) -> None:
        """Store the cookies that *response* sets for its own host, even if none are sent yet."""
        host = host_of(request.url)
        if self._wish == "never" or b"Set-Cookie" not in response.headers:
            return
        if host not in self._jars and len(self._jars) >= MOST_HOSTS:
            return
        jar = self._jars[host]
        asked, answered = WrappedRequest(Request(request.url)), WrappedResponse(response)
        for cookie in jar.make_cookies(answered, asked):  # type: ignore[arg-type]
            is_known = any(_key(cookie) == _key(other) for other in jar)
            if is_known or len(jar) < MOST_COOKIES:
                jar.set_cookie_if_ok(cookie, asked)  # type: ignore[arg-type]


def _key(cookie: Cookie) -> tuple[str, str, str]:
    return cookie.domain, cookie.path, cookie.name
