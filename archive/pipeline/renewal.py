"""Bring an archive up to date that was settled by other code or under other rules of its home.

First the rules are applied to every capture. Then every URL is noted as unsettled, so that settling
does all of them in slices. The stamp is written when all are noted. A run that is killed before
begins again, and repeats without effect what is done already. A run that is killed after that
continues with what is not settled.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from archive.pipeline.extraction_jobs import Readings, Unread, extract_all
from archive.pipeline.extraction_pool import Workers
from archive.pipeline.ingest import Ingest
from archive.pipeline.settlement import stamp_of
from archive.profile import Profile
from archive.scope import reason_out_of_scope, why_hidden, why_url_hidden
from archive.sql.captures import visibility
from archive.sql.captures.lookups import publisher_ids
from archive.sql.captures.store import Ingestible
from archive.sql.captures.visibility import ScopeRow, Stamp, StoredCapture
from archive.sql.database import Database
from archive.urls import host_of

logger = logging.getLogger(__name__)

_S = TypeVar("_S", StoredCapture, ScopeRow)

CAPTURES_AT_ONCE = 1_000
"""Rows read in one transaction."""
EXTRACTED_AT_ONCE = 64
NOTED_AT_ONCE = 10_000


@dataclass(slots=True, kw_only=True)
class Renewal:
    """Brings one publisher up to date."""

    database: Database
    ingest: Ingest
    workers: Workers
    profile: Profile

    @property
    def is_due(self) -> bool:
        """Whether the publisher was settled by other code, or under other rules."""
        return self._owner is not None and self._stamp != stamp_of(self.profile)

    def begin(self, tell_of: Callable[[str], None]) -> None:
        """Hide and show captures by the current rules, if ``is_due``.

        *tell_of* is called with a sentence for each capture that could not be read and stays
        hidden. Raises ``AbandonedError`` when the workers are ended before the end.
        """
        owner, before = self._owner, self._stamp
        if owner is None or not self.is_due:
            return
        logger.info("%s: what is shown and settled is brought up to date", self.profile.name)
        rules = _Rules(self.database, self.ingest, self.workers, self.profile, owner)
        # Whatever the stamp says: the code that applies the rules may be what differs.
        for problem in rules.apply():
            tell_of(problem)
        if before is None or before.hosts != stamp_of(self.profile).hosts:
            rules.look_for_more()

    def end(self) -> None:
        """Note every URL as unsettled, and then write the stamp, if ``is_due``.

        Captures must be extracted again before this: a run that is killed later continues with what
        is not settled, and does not begin again.
        """
        owner = self._owner
        if owner is None or not self.is_due:
            return
        last: int | None = 0
        while last is not None:
            noting = partial(visibility.unsettle, owner=owner, after=last, limit=NOTED_AT_ONCE)
            last = self.ingest.do(noting).result()
        now = stamp_of(self.profile)
        self.ingest.do(partial(visibility.put_stamp, owner=owner, now=now)).result()

    @property
    def _owner(self) -> int | None:
        return self.database.read(publisher_ids).get(self.profile.name)

    @property
    def _stamp(self) -> Stamp | None:
        owner = self._owner
        return None if owner is None else self.database.read(partial(visibility.stamp, owner=owner))


class _Rules:
    """The rules of one publisher, applied to the rows that are there."""

    def __init__(
        self,
        database: Database,
        ingest: Ingest,
        workers: Workers,
        profile: Profile,
        owner: int,
    ) -> None:
        self._database, self._ingest, self._workers = database, ingest, workers
        self._profile, self._owner = profile, owner
        self._imported = database.read(
            lambda connection: visibility.imported_files(connection, profile.name)
        )

    def apply(self) -> Iterator[str]:
        """Apply the rules to all captures, then to the frontier; yield what could not be read."""
        for some in self._slices(visibility.captures_after):
            hidden, shown = [], []
            for known in some:
                why = why_hidden(known.capture, self._profile)
                if why is None and known.hidden is not None:
                    shown.append(known)
                elif why is not None and why != known.hidden:
                    hidden.append((known, why))
            if hidden:
                self._ingest.hide(self._profile, hidden, self._foreign(hidden)).result()
            yield from self._show(shown)
        for rows in self._slices(visibility.frontier_after):
            changes = [change for row in rows if (change := self._change(row)) is not None]
            self._ingest.do(partial(visibility.rescope, found=changes)).result()

    def look_for_more(self) -> None:
        """Have imported files taken in again, which may have records of hosts that are new."""
        self._ingest.do(partial(visibility.take_in_again, files=self._imported)).result()

    def _foreign(self, hidden: list[tuple[StoredCapture, str]]) -> list[int]:
        """Return the row ids of captures of another host, which an import would leave out."""
        return [
            known.id
            for known, _ in hidden
            if known.capture.warc_file in self._imported
            and host_of(known.capture.url) not in self._profile.all_hosts
        ]

    def _show(self, found: list[StoredCapture]) -> Iterator[str]:
        readings = Readings(self._workers)
        for at in range(0, len(found), EXTRACTED_AT_ONCE):
            captures = [known.capture for known in found[at : at + EXTRACTED_AT_ONCE]]
            templates = self._ingest.templates
            items = extract_all(readings, captures, self._profile, templates).result()
            yield from (item.problem for item in items if isinstance(item, Unread))
            read = [item for item in items if isinstance(item, Ingestible)]
            self._ingest.show(self._profile, read).result()

    def _slices(self, rows_after: Callable[..., list[_S]]) -> Iterator[list[_S]]:
        """Yield what *rows_after* reads, in slices, in the order of row ids."""
        after = 0
        while some := self._database.read(
            partial(rows_after, owner=self._owner, after=after, limit=CAPTURES_AT_ONCE)
        ):
            yield some
            after = some[-1].id

    def _change(self, row: ScopeRow) -> tuple[int, str | None] | None:
        """Return the row's id and why it is skipped now; None if nothing changes."""
        why = why_url_hidden(row.url, self._profile)
        if why is not None:
            return None if row.skip_reason == why else (row.id, why)
        was_hidden = row.skip_reason is not None and row.skip_reason.startswith(_OF_RULES)
        if not was_hidden:
            return None
        return row.id, reason_out_of_scope(row.url, row.kind, row.depth, self._profile)


_OF_RULES = ("excluded by ", "another host")
"""How the reasons begin that ``why_url_hidden`` gives."""
