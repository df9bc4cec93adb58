"""A database server that goes away in mid crawl: it is waited for, and the reactor stays awake.

What the reactor's thread reads takes less than a millisecond while the server is there. While it
is away nothing is read here: a thread looks for it, and everybody who needs it waits for that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from sqlalchemy import Connection

from archive.errors import DatabaseAwayError
from archive.sql.database import Database

_T = TypeVar("_T")


class Outage:
    """Whether the server of *database* is away, and the waiting for it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: asyncio.Task[bool] | None = None

    @property
    def lasts(self) -> bool:
        """Whether the server is being waited for."""
        return self._waiting is not None and not self._waiting.done()

    def wait_out(self, error: DatabaseAwayError) -> asyncio.Task[bool]:
        """Wait for the server, once for all who ask; the result is whether it is there again."""
        if self._waiting is None or self._waiting.done():
            wait = asyncio.to_thread(self._database.comes_back, error, monotonic())
            self._waiting = asyncio.ensure_future(wait)
        return self._waiting

    async def read(self, work: Callable[[Connection], _T]) -> _T:
        """Return what *work* reads here and now, or as soon as the server is there again.

        Raises ``DatabaseAwayError`` where it has been waited for in vain.
        """
        return await self.over(lambda: self._read(work))

    async def over(self, work: Callable[[], _T]) -> _T:
        """Return what *work* gives, which reads for itself; otherwise like ``read``."""
        while True:
            if self._waiting is not None:
                await asyncio.shield(self._waiting)
            try:
                return work()
            except DatabaseAwayError as error:
                # Shielded: who is cancelled here must not end the wait of the others.
                if not await asyncio.shield(self.wait_out(error)):
                    raise

    def _read(self, work: Callable[[Connection], _T]) -> _T:
        with self._database.reading() as connection:
            return work(connection)
