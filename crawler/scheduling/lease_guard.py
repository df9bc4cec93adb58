"""A guard against crawls that never end: no URL is leased again unless something about it changed.

Whatever happens to a leased URL changes its row, or that of its server: it is fetched, it fails,
its server cannot be asked. A URL whose release changed nothing would be the next to be leased, for
ever. That is always a defect of this program, which one more request does not mend.
"""

from __future__ import annotations

from sqlalchemy import Connection

from archive.sql.frontier import store as frontier
from archive.sql.frontier.store import Lease, State
from crawler.run import Run


class UnchangedLeaseError(Exception):
    """A URL was leased, came back, and is to be leased again as if nothing had happened."""


class LeaseGuard:
    """Remembers what was leased and came back since the frontier was last read."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._failures: dict[str, int] = {}
        self._released: list[Lease] = []
        self._losses = run.archive.database.losses

    def leased(self, lease: Lease) -> None:
        """Note how often the server of *lease* had failed by now."""
        self._failures[lease.url] = self._run.hosts.failures(lease.url)

    def released(self, lease: Lease) -> None:
        """Note that *lease* came back; its row says by now what became of it."""
        self._released.append(lease)

    def unchanged(self, connection: Connection) -> UnchangedLeaseError | None:
        """Return the error when a URL that came back is as pending as before, else None.

        To be called before pending URLs are read. A crawl that ends or has spent its budget leaves
        what it could not ask for as it is, and leases nothing more. A database that lost what it
        had acknowledged is no defect of ours.
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
                    f"{lease.url} was asked for, and its row of the frontier is as it was before;"
                    " the crawl would ask for it without end"
                )
        return None


def _is_same(one: Lease, other: Lease) -> bool:
    return (one.fetched_at, one.fail_count) == (other.fetched_at, other.fail_count)
