"""Extract the records of an archive again with the current extractor, without the network.

Captures are extracted in the workers and replaced in order of time, one batch in each commit. A run
that was killed continues where it was, since finished captures have the stamp of the current
extractor. An extraction that comes out the same keeps its row, except for the stamp. The articles
are settled afterwards; until then the captures that changed are noted as unsettled.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from archive.pipeline.extraction_jobs import Readings, Unread, extract_all, made_by
from archive.pipeline.extraction_pool import Workers
from archive.pipeline.ingest import Ingest
from archive.pipeline.renewal import Renewal
from archive.pipeline.reprocess_account import ReprocessAccount, Reprocessed, ReprocessProgress
from archive.pipeline.settlement import Settling
from archive.profile import Profile
from archive.sql.captures import rereading, templates
from archive.sql.captures.earlier_readings import earlier_readings
from archive.sql.captures.lookups import publisher_ids
from archive.sql.captures.replace import Replaced
from archive.sql.captures.rereading import ReprocessPlan
from archive.sql.captures.store import LINKS, Ingestible
from archive.sql.database import Database

CAPTURES_A_COMMIT = 64
"""Captures replaced in one commit."""
AHEAD_BATCHES = 2
"""Batches that wait for the workers while one is written, so that no worker is idle."""
READ_AGAIN_AT_ONCE = 10_000
"""Captures that a crawl extracts again before it begins, when code or rules have changed; that
takes some minutes. More are left to ``pressmark reprocess``."""


def reprocess(
    database: Database,
    ingest: Ingest,
    workers: Workers,
    profiles: Sequence[Profile],
    since: datetime | None = None,
    report: Callable[[ReprocessProgress], None] = lambda _: None,
    *,
    renewing: bool = True,
) -> Reprocessed:
    """Extract again what another extractor made of the captures of *profiles*, and what failed.

    With *renewing*, what other code settled or other rules showed is brought up to date first.
    With *since*, only captures from that time on are extracted. On a copy of the database (see
    ``open_archive``) nothing is kept, and the result says what would change. Raises
    ``AbandonedError`` when the workers are ended before the end; what was done by then is kept.
    *report* is called on the writer thread as well.
    """
    account, readings = ReprocessAccount(), Readings(workers)
    ids = database.read(publisher_ids)
    runs = [
        _Run(database, ingest, readings, profile, ids[profile.name], account)
        for profile in profiles
        if profile.name in ids
    ]
    for run in runs:
        if renewing:
            run.renewal.begin(account.tell_of)
        run.plan(since)
    done, total, articles = 0, sum(len(run.ids) for run in runs), 0

    def settled(what: Settling) -> None:
        nonlocal articles
        account.settled(what)
        articles += len(what.after)
        report(ReprocessProgress(done=done, total=total, articles=articles))

    report(ReprocessProgress(done=done, total=total))
    ingest.on_settled = settled
    try:
        for run in runs:
            for number in run.replace():
                done += number
                report(ReprocessProgress(done=done, total=total, articles=articles))
            if since is None:
                run.correct_sources()
                if renewing:
                    run.renewal.end()
                for number in run.read_by_template():
                    done, total = done + number, total + number
                    report(ReprocessProgress(done=done, total=total, articles=articles))
            ingest.settle_all(run.profile, learning=False)
            for problem in ingest.refusals():
                account.tell_of(problem)
    finally:
        ingest.on_settled = None
    return account.result(readings.read_before)


def bring_up_to_date(
    database: Database,
    ingest: Ingest,
    workers: Workers,
    profile: Profile,
    tell: Callable[[str], None],
) -> tuple[str, ...]:
    """Bring up to date what other code settled, or other rules showed, before a crawl.

    Captures of another extractor are extracted again, unless they are more than
    ``READ_AGAIN_AT_ONCE``. Everything is noted as unsettled. *tell* is called with the progress.
    Returns a sentence for each capture that could not be read. Raises ``AbandonedError`` when the
    workers are ended before the end; the next call continues.
    """
    renewal = Renewal(database=database, ingest=ingest, workers=workers, profile=profile)
    if not renewal.is_due:
        return ()
    problems: list[str] = []
    renewal.begin(problems.append)
    owner, current = database.read(publisher_ids)[profile.name], made_by(profile)
    number = database.read(lambda connection: rereading.left_over(connection, owner, current))
    if 0 < number <= READ_AGAIN_AT_ONCE:
        done = reprocess(
            database,
            ingest,
            workers,
            [profile],
            report=lambda state: tell(
                f"{profile.name}: reading again: {state.done} of {state.total} captures"
            ),
            renewing=False,
        )
        problems += done.problems
    renewal.end()
    return tuple(problems)


class _Run:
    """The captures of one publisher that are extracted again."""

    def __init__(
        self,
        database: Database,
        ingest: Ingest,
        readings: Readings,
        profile: Profile,
        owner: int,
        account: ReprocessAccount,
    ) -> None:
        self.profile = profile
        self._database, self._ingest, self._readings = database, ingest, readings
        self._owner, self._account = owner, account
        self._turn = ReprocessPlan(in_order=True, since=None)
        self.renewal = Renewal(
            database=database, ingest=ingest, workers=readings.workers, profile=profile
        )
        self.ids = array("q")
        """Row ids in order of time: 8 bytes each; nothing else grows with the archive."""

    def plan(self, since: datetime | None) -> None:
        """Choose the captures to extract again."""
        owner, current = self._owner, made_by(self.profile)

        def chosen(connection: Connection) -> tuple[ReprocessPlan, array[int]]:
            turn = rereading.turn(connection, owner, current, since)
            return turn, array("q", rereading.wanted(connection, owner, current, turn, since))

        self._turn, self.ids = self._database.read(chosen)

    def replace(self) -> Iterator[int]:
        """Replace the extractions of the captures; yield the size of each batch that is done."""
        written: Future[list[Replaced]] | None = None
        for found in self._extracted(self.ids):
            if written is not None:
                self._count(written.result())
            items = [item for item in found if isinstance(item, Ingestible)]
            self._tell_of(found)
            written = self._ingest.replace(self.profile, items, in_order=self._turn.in_order)
            if self._turn.in_order and items:
                self._ingest.do(partial(self._reached, moment=items[-1].capture.fetched_at))
            yield len(found)
        if written is not None:
            self._count(written.result())
        if self._turn.in_order:
            self._ingest.do(partial(self._is_done_with, source_url=LINKS)).result()

    def read_by_template(self) -> Iterator[int]:
        """Learn the template again; read again what it concerns, and yield the size of each batch.

        What these pages name is what they named before, so their order is of no matter.
        """
        self._ingest.templates.learn(self.profile)
        owner = self._owner
        ids = self._database.read(lambda connection: templates.unread(connection, owner))
        for found in self._extracted(ids):
            items = [item for item in found if isinstance(item, Ingestible)]
            self._tell_of(found)
            self._count(self._ingest.replace(self.profile, items, in_order=False).result())
            yield len(found)

    def correct_sources(self) -> None:
        """Replace the links of sources whose captures were replaced out of order."""
        owner = self._owner
        for url in self._database.read(lambda connection: rereading.sources(connection, owner)):
            self._ingest.do(partial(self._forget, source_url=url)).result()
            of_source = partial(rereading.captures_of_source, owner=owner, url=url)
            for found in self._extracted(self._database.read(of_source), wholly=True):
                items = [item for item in found if isinstance(item, Ingestible)]
                self._ingest.replace(self.profile, items, in_order=False).result()
            self._ingest.do(partial(self._is_done_with, source_url=url)).result()

    def _extracted(
        self, ids: Sequence[int], *, wholly: bool = False
    ) -> Iterator[list[Ingestible | Unread]]:
        """Yield the new extractions of the captures *ids* (row ids), in their order, in batches.

        With *wholly*, they have all that the captures name, also what earlier ones name.
        """
        made, name = made_by(self.profile), self.profile.name
        ahead: deque[Future[list[Ingestible | Unread]]] = deque()
        for at in range(0, len(ids), CAPTURES_A_COMMIT):
            some = ids[at : at + CAPTURES_A_COMMIT]
            captures = self._database.read(partial(rereading.captures_with, ids=some))
            known = partial(earlier_readings, name=name, captures=captures, made_by=made)
            earlier = {} if wholly else self._database.read(known)
            templates = self._ingest.templates
            ahead.append(extract_all(self._readings, captures, self.profile, templates, earlier))
            if len(ahead) > AHEAD_BATCHES:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()

    def _reached(self, connection: Connection, moment: datetime) -> None:
        rereading.reached(connection, self._owner, moment)

    def _is_done_with(self, connection: Connection, source_url: str) -> None:
        rereading.done_with(connection, self._owner, source_url)

    def _forget(self, connection: Connection, source_url: str) -> None:
        rereading.forget_named(connection, self._owner, [source_url])

    def _count(self, replaced: Sequence[Replaced]) -> None:
        for done in replaced:
            self._account.add(self.profile.name, done)

    def _tell_of(self, found: Sequence[Ingestible | Unread]) -> None:
        for item in found:
            if isinstance(item, Unread):
                self._account.tell_of(item.problem)
