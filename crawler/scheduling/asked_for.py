"""The URLs that a fetch was given by name, and the targets of their redirects."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import islice

from sqlalchemy import Connection

from archive.model import Extraction, Kind, Outcome, Via
from archive.pipeline.frontier_updates import MOST_REDIRECTS
from archive.sql.frontier import store as frontier
from archive.sql.frontier.store import Lease
from archive.urls import is_robots_txt

LEASED_AT_ONCE = 32


class AskedFor:
    """What is left to fetch of *urls*, in their order."""

    def __init__(self, urls: Iterable[str]) -> None:
        self._urls = deque(dict.fromkeys(urls))
        self._hops = dict.fromkeys(self._urls, 0)

    def entries(self) -> list[frontier.Entry]:
        """Return the entries of the frontier for all URLs, in the crawl's scope or not."""
        return [
            frontier.Entry(url=url, kind=Kind.PAGE, via=Via.SEED, priority=0, depth=0)
            for url in self._urls
        ]

    def next_leases(self, connection: Connection, owner: int) -> list[Lease]:
        """Return leases of the next URLs; empty when all were leased."""
        urls = list(islice(self._urls, LEASED_AT_ONCE))
        if not urls:
            return []
        leases = frontier.leases(connection, owner, urls)
        for _ in urls:
            self._urls.popleft()
        # The frontier has no row for a robots.txt: it is asked for as what it is.
        return leases + [_lease_of_robots(url) for url in urls if is_robots_txt(url)]

    def follow(self, url: str, found: Extraction) -> None:
        """Ask for the URL that *url* redirects to, unless it is known or one hop too many."""
        hops = self._hops.get(url, 0) + 1
        if found.outcome is not Outcome.REDIRECT or hops > MOST_REDIRECTS:
            return
        for candidate in found.candidates:
            if candidate.via is Via.REDIRECT and candidate.url not in self._hops:
                self._hops[candidate.url] = hops
                self._urls.append(candidate.url)


def _lease_of_robots(url: str) -> Lease:
    return Lease(
        url=url,
        kind=Kind.ROBOTS,
        via=Via.SEED,
        depth=0,
        redirects=0,
        fail_count=0,
        source_url=None,
        lastmod=None,
        fetched_at=None,
    )
