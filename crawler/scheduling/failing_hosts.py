"""The publisher's servers whose robots.txt cannot be fetched: their URLs have to wait.

The database holds the same facts, for the next crawl. A publisher has one crawl at a time, so this
copy in memory is always equal to the rows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from archive.revisit import failing_hosts
from archive.revisit.failing_hosts import FailingHost, host_failed

Do = Callable[[Callable[[Connection], Any]], Future[Any]]
"""Runs work in a transaction; see ``Ingest.do``."""


class FailingHosts:
    """The failing servers of publisher *owner*; *known* are the ones at the start of the crawl.

    *do* writes to the database.
    """

    def __init__(self, do: Do, owner: int, known: Iterable[FailingHost]) -> None:
        self._do, self._owner = do, owner
        self._hosts = {host.origin: host for host in known}
        self._asked: set[str] = set()

    def ask_at_once(self) -> None:
        """Allow requests to every server that failed before, since the operator wants them now."""
        self._asked.update(self._hosts)

    async def failed(self, origin: str, reason: str, at: datetime) -> None:
        """Store that the robots.txt of *origin* failed; raises ``ArchiveError`` if that fails."""
        work = partial(host_failed, owner=self._owner, origin=origin, reason=reason, at=at)
        self._hosts[origin] = await asyncio.wrap_future(self._do(work))
        self._asked.discard(origin)

    async def answered(self, origin: str) -> None:
        """Store that *origin* answers; raises ``ArchiveError`` if that fails."""
        if self._hosts.pop(origin, None) is not None:
            work = partial(failing_hosts.answered, owner=self._owner, origin=origin)
            await asyncio.wrap_future(self._do(work))

    def held(self, now: datetime) -> list[str]:
        """Return the origins that have to wait at *now*."""
        return [h.origin for h in self._hosts.values() if self._is_held(h, now)]

    def holds(self, url: str, now: datetime) -> bool:
        """Return whether *url* has to wait at *now*."""
        host = self._hosts.get(origin_of(url)) if self._hosts else None
        return host is not None and self._is_held(host, now)

    def failures(self, url: str) -> int:
        """Return how often in a row the server of *url* failed."""
        host = self._hosts.get(origin_of(url)) if self._hosts else None
        return 0 if host is None else host.fail_count

    def next_retry(self, now: datetime) -> datetime | None:
        """Return when the first server that waits at *now* may be tried again; None without one."""
        waiting = [h.retry_at for h in self._hosts.values() if self._is_held(h, now)]
        return min(waiting, default=None)

    def _is_held(self, host: FailingHost, now: datetime) -> bool:
        return host.retry_at > now and host.origin not in self._asked


def origin_of(url: str) -> str:
    """Return scheme, host and port of *url* (normalized): "http://news.test:8080"."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"
