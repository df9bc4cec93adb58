"""Write the exchanges of a crawl to its WARC file, without keeping the reactor waiting.

An exchange of ordinary size takes less than a millisecond, and a change of threads takes more. What
takes long is done in another thread: a large body, and the end of a full file, which is synced,
renamed and listed. Exchanges that come meanwhile wait for their turn.
"""

from __future__ import annotations

import asyncio
from functools import partial

from archive.model import Capture, Exchange
from archive.warc.writer import Writer
from crawler.database_wait import Outage


class Recorder:
    """Appends exchanges to *writer*, one after the other, in the order in which they come."""

    def __init__(self, writer: Writer, outage: Outage, large_bytes: int) -> None:
        self._writer, self._outage, self._large_bytes = writer, outage, large_bytes
        self._turn = asyncio.Lock()

    async def write(self, exchange: Exchange, *, alone: bool = False) -> Capture:
        """Append *exchange*, and return its capture; see ``Writer.write``.

        Waits for the database while it is unreachable. Raises ``DatabaseAwayError`` if it stays so
        for too long.
        """
        return await self._outage.awaited(lambda: self._append(exchange, alone=alone))

    async def _append(self, exchange: Exchange, *, alone: bool) -> Capture:
        async with self._turn:
            work = partial(self._writer.write, exchange, alone=alone)
            if len(exchange.response) <= self._large_bytes and not self._writer.is_full:
                return work()
            task = asyncio.ensure_future(asyncio.to_thread(work))
            try:
                return await asyncio.shield(task)
            except asyncio.CancelledError:
                await asyncio.wait({task})  # the next one must not write beside it
                raise
