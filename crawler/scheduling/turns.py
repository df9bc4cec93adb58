"""Reads what is pending: sources first, and when there are many of them, sources and pages in turn.

An ordinary site has a few sitemaps and feeds; read first, they tell what is new before pages are
fetched. A site may have ten thousand, or make them without end: then a page is fetched for each.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from itertools import chain, zip_longest

from sqlalchemy import ColumnElement, Connection, and_, not_

from archive.crawl_traps.patterns import SOURCE_KINDS
from archive.scope import priority_of_pages, priority_of_sources
from archive.sql.frontier import store as frontier
from archive.sql.frontier.store import Lease
from archive.sql.schema import url as table

LEASES_AT_ONCE = 32
MOST_AT_ONCE = 1_000
"""Read at once after a time when all that was read is held back."""
SOURCES_FIRST = 50
"""Sitemaps and feeds that a crawl reads before pages have their turn as well."""

_IS_SOURCE = table.c.kind.in_(sorted(SOURCE_KINDS))
# With bounds on the priority, which is in the index: else all pages are read to find no source.
_SOURCES = and_(table.c.priority <= priority_of_sources(), _IS_SOURCE)
_PAGES = and_(table.c.priority >= priority_of_pages(), not_(_IS_SOURCE))


class Turns:
    """Whose turn it is in one crawl of a publisher."""

    def __init__(self) -> None:
        self._sources = self._told = 0
        self._at_once = LEASES_AT_ONCE

    def source_was_read(self) -> None:
        """Note that one more sitemap or feed was read."""
        self._sources += 1

    @property
    def alternate(self) -> bool:
        """Whether the crawl has read so many sources that pages have their turn as well."""
        return self._sources >= SOURCES_FIRST

    def tell(self, *, is_last: bool) -> bool:
        """Return whether to act on what sources told: at the last one, and after every fifty."""
        if not is_last and self._sources - self._told < SOURCES_FIRST:
            return False
        self._told = self._sources
        return True

    def read(
        self,
        connection: Connection,
        owner: int,
        leased: Collection[str],
        since: datetime | None,
        held_hosts: Collection[str],
    ) -> list[Lease]:
        """Return pending URLs that are not among *leased*, in the order in which to fetch them."""

        def pending(among: ColumnElement[bool] | None, limit: int) -> list[Lease]:
            return frontier.pending(connection, owner, leased, limit, since, held_hosts, among)

        if not self.alternate:
            return pending(None, self._at_once)
        sources = pending(_SOURCES, LEASES_AT_ONCE // 2)
        pages = pending(_PAGES, self._at_once - len(sources))
        pairs = chain.from_iterable(zip_longest(pages, sources))
        return [lease for lease in pairs if lease is not None]

    def were_held(self, *, all_of_them: bool) -> None:
        """Note whether all that was read last was held back, so that the next read goes further."""
        self._at_once = MOST_AT_ONCE if all_of_them else LEASES_AT_ONCE
