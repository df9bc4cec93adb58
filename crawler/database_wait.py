"""Wait for a database server that is unreachable during a crawl, without blocking the reactor.

A read takes less than a millisecond while the server is reachable, so the reactor's thread does it.
While the server is unreachable the reactor's thread does not try. Another thread tries to connect,
and everything that needs the database waits for that thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

from sqlalchemy import Connection

from archive.errors import DatabaseAwayError
from archive.sql.database import Database

_T = TypeVar("_T")


class Outage:
    """The state of the server of *database*: reachable or waited for."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: asyncio.Task[bool] | None = None

    @property
    def lasts(self) -> bool:
        """Whether the crawl waits for the server."""
        return self._waiting is not None and not self._waiting.done()

    def wait_out(self, error: DatabaseAwayError) -> asyncio.Task[bool]:
        """Wait for the server, and return whether it is reachable again.

        All callers share one wait.
        """
        if self._waiting is None or self._waiting.done():
            wait = asyncio.to_thread(self._database.comes_back, error, monotonic())
            self._waiting = asyncio.ensure_future(wait)
        return self._waiting

    async def read(self, work: Callable[[Connection], _T]) -> _T:
        """Return what *work* reads, at once or as soon as the server is reachable again.

        Raises ``DatabaseAwayError`` when the server stays unreachable for too long.
        """
        return await self.over(lambda: self._read(work))

    async def over(self, work: Callable[[], _T]) -> _T:
        """Return the result of *work*, which opens its own connection; otherwise like ``read``."""

        async def at_once() -> _T:
            return work()

        return await self.awaited(at_once)

    async def awaited(self, work: Callable[[], Awaitable[_T]]) -> _T:
        """Return what *work* returns when it is awaited; otherwise like ``over``."""
        while True:
            if self._waiting is not None:
                await asyncio.shield(self._waiting)
            try:
                return await work()
            except DatabaseAwayError as error:
                # Shielded: the cancellation of one caller must not end the wait of the others.
                if not await asyncio.shield(self.wait_out(error)):
                    raise

    def _read(self, work: Callable[[Connection], _T]) -> _T:
        with self._database.reading() as connection:
            return work(connection)
