"""Guard against endless crawls: a URL is not leased again unless something about it changed.

Everything that happens to a leased URL changes its row or the row of its server: the URL is
fetched, or it fails, or its server fails. A URL that is released without a change would be leased
again without end. That is always a defect of this program, and another request does not repair it.
"""

from __future__ import annotations

from sqlalchemy import Connection

from archive.sql.frontier import store as frontier
from archive.sql.frontier.store import Lease, State
from crawler.run import Run


class UnchangedLeaseError(Exception):
    """A URL was leased and released, and nothing about it changed."""


class LeaseGuard:
    """Remembers which URLs were leased and released since the frontier was last read."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._failures: dict[str, int] = {}
        self._released: list[Lease] = []
        self._losses = run.archive.database.losses

    def leased(self, lease: Lease) -> None:
        """Remember how often the server of *lease* has failed."""
        self._failures[lease.url] = self._run.hosts.failures(lease.url)

    def released(self, lease: Lease) -> None:
        """Remember that *lease* was released; its row is up to date."""
        self._released.append(lease)

    def unchanged(self, connection: Connection) -> UnchangedLeaseError | None:
        """Return an error when a released URL is pending and unchanged, else None.

        Call this before pending URLs are read. A crawl that is ending, or has spent its budget,
        releases URLs unchanged and leases nothing more, so it gets None. So does a crawl whose
        database lost what it had committed, which is no defect of ours.
        """
        run, losses = self._run, self._run.archive.database.losses
        released, self._released = self._released, []
        failures = {lease.url: self._failures.pop(lease.url, 0) for lease in released}
        is_lossy, self._losses = losses != self._losses, losses
        if not released or is_lossy or run.draining or run.spent or run.error is not None:
            return None
        before = {lease.url: lease for lease in released}
        for lease in frontier.leases(connection, run.publisher_id, [*before], State.PENDING):
            is_same = _is_same(lease, before[lease.url])
            if is_same and run.hosts.failures(lease.url) == failures[lease.url]:
                return UnchangedLeaseError(
                    f"{lease.url} was requested, and its row of the frontier did not change;"
                    " the crawl would request it without end"
                )
        return None


def _is_same(one: Lease, other: Lease) -> bool:
    return (one.fetched_at, one.fail_count) == (other.fetched_at, other.fail_count)
