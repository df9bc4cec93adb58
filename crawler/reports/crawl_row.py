"""The row of a crawl in the database, and a note about the crawl on its lock file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from archive import last_crawl
from archive.last_crawl import LastCrawl
from archive.library import Archive
from archive.locks import HeldLock
from archive.profile import Profile
from archive.sql import crawls
from crawler.user_agent import software


class CrawlRow:
    """The row of the crawl that began at *started_at*; *held* is the lock of its publisher."""

    def __init__(self, held: HeldLock, started_at: datetime) -> None:
        self._held, self._started_at = held, started_at
        self._id: int | None = None

    @property
    def has_begun(self) -> bool:
        """Whether the row exists."""
        return self._id is not None

    def begin(self, archive: Archive, publisher_id: int, profile: Profile, command: str) -> None:
        """Add the row. Complete the previous crawl's row if that crawl could only write a note."""
        before = last_crawl.read_last_crawl(archive.home, profile.name)
        last_crawl.write(self._held, LastCrawl(started_at=self._started_at))
        if before is not None and before.ended_at is not None:
            began, ended, state = before.started_at, before.ended_at, before.exit_state
            archive.ingest.do(
                lambda connection: crawls.end_as_noted(
                    connection, publisher_id, began, ended, state
                )
            ).result()
        self._id = archive.ingest.do(
            lambda connection: crawls.begin(
                connection,
                publisher_id,
                self._started_at,
                command=command,
                profile_digest=profile.digest,
                software=software(),
            )
        ).result()

    def end(
        self, archive: Archive, ended_at: datetime, counts: Mapping[str, int], state: str
    ) -> None:
        """Store in the row, if it exists, what the crawl counted and how it ended."""
        row_id = self._id
        if row_id is not None:
            archive.ingest.do(
                lambda connection: crawls.end(connection, row_id, ended_at, counts, state)
            ).result()

    def note(self, ended_at: datetime, state: str) -> None:
        """Write on the lock file how the crawl ended, in case the row could not be completed."""
        note = LastCrawl(started_at=self._started_at, ended_at=ended_at, exit_state=state)
        last_crawl.write(self._held, note)
