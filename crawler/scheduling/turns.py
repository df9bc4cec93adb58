"""Read pending URLs: sources first, or sources and pages in turn when there are many sources.

An ordinary site has a few sitemaps and feeds. They are read first, since they say which pages are
new. A site may have ten thousand sources, or an endless number: then each source is followed by a
page.
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
from archive.sql.schema.state_tables import frontier as table

LEASES_AT_ONCE = 32
MOST_AT_ONCE = 1_000
"""How many URLs are read at once after a read in which every URL was held back."""
SOURCES_FIRST = 50
"""How many sitemaps and feeds a crawl reads before it fetches pages in turn with them."""

_IS_SOURCE = table.c.kind.in_(sorted(SOURCE_KINDS))
# The bounds on the priority, which is in the index, spare reading every page to find no source.
_SOURCES = and_(table.c.priority <= priority_of_sources(), _IS_SOURCE)
_PAGES = and_(table.c.priority >= priority_of_pages(), not_(_IS_SOURCE))


class Turns:
    """Decides in one crawl whether sources or pages are read next."""

    def __init__(self) -> None:
        self._sources = self._told = 0
        self._at_once = LEASES_AT_ONCE

    def source_was_read(self) -> None:
        """Count one more sitemap or feed."""
        self._sources += 1

    @property
    def alternate(self) -> bool:
        """Whether the crawl has read so many sources that pages alternate with them."""
        return self._sources >= SOURCES_FIRST

    def tell(self, *, is_last: bool) -> bool:
        """Return whether to use what sources said: after the last source, and after every fifty."""
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
        """Read more URLs next time when *all_of_them* of the last read were held back."""
        self._at_once = MOST_AT_ONCE if all_of_them else LEASES_AT_ONCE
