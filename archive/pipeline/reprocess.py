"""Extract the records of an archive again with the current extractor, without the network.

Captures are extracted in the workers and replaced in order of time, one batch in each commit. A run
that was killed continues where it was, since finished captures have the stamp of the current
extractor. An extraction that comes out the same keeps its row, except for the stamp. The articles
are settled afterwards; until then the captures that changed are noted as unsettled.
"""

from __future__ import annotations

from array import array
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from archive.model import Article
from archive.pipeline.extraction_jobs import Unread, extract_all, made_by
from archive.pipeline.extraction_pool import Workers
from archive.pipeline.ingest import Ingest
from archive.pipeline.renewal import Renewal
from archive.pipeline.settlement import Settling
from archive.profile import Profile
from archive.queries.publishers import publisher_ids
from archive.sql.captures import replace
from archive.sql.captures.replace import LINKS, Replaced, ReprocessPlan
from archive.sql.captures.store import Ingestible, article_of
from archive.sql.database import Database

CAPTURES_A_COMMIT = 64
"""Captures replaced in one commit."""
AHEAD_BATCHES = 2
"""Batches that wait for the workers while one is written, so that no worker is idle."""
READ_AGAIN_AT_ONCE = 10_000
"""Captures that a crawl extracts again before it begins, when code or rules have changed; that
takes some minutes. More are left to ``pressmark reprocess``."""
SAMPLES = 3
"""Examples kept of each kind of change."""
PROBLEMS_TOLD = 20

OUTCOMES, TEXTS, HEADLINES, DATES, AUTHORS = "outcomes", "texts", "headlines", "dates", "authors"
OTHERS = "others"
KINDS = (OUTCOMES, TEXTS, HEADLINES, DATES, AUTHORS, OTHERS)
"""What may change of a capture's extraction. A change of the outcome is counted as that alone;
others are blocks of other kinds, links, remarks, and the fields that have no name here."""

_FIELDS = {
    HEADLINES: ("headline",),
    DATES: ("date_published", "date_modified"),
    AUTHORS: ("author",),
}

ArticleKey = tuple[str, str, int]
"""Publisher, canonical URL and ordinal of an article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A capture whose extraction changes, and what of it; None where it is no article."""

    publisher: str
    url: str
    fetched_at: datetime
    warc_record_id: str
    kinds: tuple[str, ...]
    outcomes: tuple[str, str]
    before: Article | None
    after: Article | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReprocessProgress:
    """How many captures are done, of how many, and how many articles were settled after them."""

    done: int
    total: int
    articles: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprocessed:
    """What a reprocess changed, or would change.

    *captures* were extracted again, *updated* had the stamp of another extractor, *changed* say
    something else now; *changes* counts them by kind (``KINDS``), and one capture may be of
    several. Articles and versions are counted before and after: one that moved is counted as gone
    and as new. *problems* has a sentence for each capture that could not be read; it is unchanged.
    """

    captures: int
    updated: int
    changed: int
    changes: Mapping[str, int]
    articles_come: int
    articles_gone: int
    versions_come: int
    versions_gone: int
    samples: tuple[Sample, ...]
    articles: tuple[tuple[str, str, int, int], ...]
    """The first that have more or fewer versions: publisher, URL, versions before and after."""
    problems: tuple[str, ...]
    problems_left_out: int


@dataclass(slots=True)
class _Account:
    """What has changed so far; its size follows the articles that change, not the archive.

    *before* and *after* have only the articles whose number of versions has changed.
    """

    captures: int = 0
    updated: int = 0
    changed: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    before: dict[ArticleKey, int] = field(default_factory=dict)
    after: dict[ArticleKey, int] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)
    sampled: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    problems_left_out: int = 0

    def add(self, publisher: str, done: Replaced) -> None:
        self.captures += 1
        self.updated += any(done.before[name] != done.after[name] for name in replace.STAMP)
        if not done.changed:
            return
        kinds = _kinds(done)
        self.changed += 1
        self.changes.update(kinds)
        if any(self.sampled[kind] < SAMPLES for kind in kinds):
            self.sampled.update(kinds)
            self.samples.append(_sample(publisher, done, kinds))

    def settled(self, what: Settling) -> None:
        """Note how many versions articles had and have; leave out those that end as they began."""
        for url, ordinal in what.before.keys() | what.after.keys():
            key = (what.publisher, url, ordinal)
            old, new = (side.get((url, ordinal), 0) for side in (what.before, what.after))
            first = self.before.get(key, old)
            if first == new:
                self.before.pop(key, None)
                self.after.pop(key, None)
            else:
                self.before[key], self.after[key] = first, new

    def tell_of(self, problem: str) -> None:
        if len(self.problems) < PROBLEMS_TOLD:
            if problem not in self.problems:
                self.problems.append(problem)
        else:
            self.problems_left_out += 1

    def result(self) -> Reprocessed:
        pairs = [(self.before[key], self.after[key]) for key in self.before]
        return Reprocessed(
            captures=self.captures,
            updated=self.updated,
            changed=self.changed,
            changes={kind: self.changes[kind] for kind in KINDS},
            articles_come=sum(old == 0 for old, _ in pairs),
            articles_gone=sum(new == 0 for _, new in pairs),
            versions_come=sum(max(new - old, 0) for old, new in pairs),
            versions_gone=sum(max(old - new, 0) for old, new in pairs),
            samples=tuple(self.samples),
            articles=tuple(
                (key[0], key[1], self.before[key], self.after[key])
                for key in sorted(self.before)[:PROBLEMS_TOLD]
            ),
            problems=tuple(self.problems),
            problems_left_out=self.problems_left_out,
        )


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
    account = _Account()
    ids = database.read(publisher_ids)
    runs = [
        _Run(database, ingest, workers, profile, ids[profile.name], account)
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
            ingest.settle_all(run.profile)
            for problem in ingest.refusals():
                account.tell_of(problem)
    finally:
        ingest.on_settled = None
    return account.result()


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
    number = database.read(lambda connection: replace.left_over(connection, owner, current))
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
        workers: Workers,
        profile: Profile,
        owner: int,
        account: _Account,
    ) -> None:
        self.profile = profile
        self._database, self._ingest, self._workers = database, ingest, workers
        self._owner, self._account = owner, account
        self._turn = ReprocessPlan(in_order=True, since=None)
        self.renewal = Renewal(database=database, ingest=ingest, workers=workers, profile=profile)
        self.ids = array("q")
        """Row ids in order of time: 8 bytes each; nothing else grows with the archive."""

    def plan(self, since: datetime | None) -> None:
        """Choose the captures to extract again."""
        owner, current = self._owner, made_by(self.profile)

        def chosen(connection: Connection) -> tuple[ReprocessPlan, array[int]]:
            turn = replace.turn(connection, owner, current, since)
            return turn, array("q", replace.wanted(connection, owner, current, turn, since))

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

    def correct_sources(self) -> None:
        """Replace the links of sources whose captures were replaced out of order."""
        owner = self._owner
        for url in self._database.read(lambda connection: replace.sources(connection, owner)):
            self._ingest.do(partial(self._forget, source_url=url)).result()
            of_source = partial(replace.captures_of_source, owner=owner, url=url)
            for found in self._extracted(self._database.read(of_source)):
                items = [item for item in found if isinstance(item, Ingestible)]
                self._ingest.replace(self.profile, items, in_order=False).result()
            self._ingest.do(partial(self._is_done_with, source_url=url)).result()

    def _extracted(self, ids: Sequence[int]) -> Iterator[list[Ingestible | Unread]]:
        """Yield the new extractions of the captures *ids* (row ids), in their order, in batches."""
        ahead: deque[Future[list[Ingestible | Unread]]] = deque()
        for at in range(0, len(ids), CAPTURES_A_COMMIT):
            some = ids[at : at + CAPTURES_A_COMMIT]
            captures = self._database.read(partial(replace.captures_with, ids=some))
            ahead.append(extract_all(self._workers, captures, self.profile))
            if len(ahead) > AHEAD_BATCHES:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()

    def _reached(self, connection: Connection, moment: datetime) -> None:
        replace.reached(connection, self._owner, moment)

    def _is_done_with(self, connection: Connection, source_url: str) -> None:
        replace.done_with(connection, self._owner, source_url)

    def _forget(self, connection: Connection, source_url: str) -> None:
        replace.forget_source(connection, self._owner, source_url)

    def _count(self, replaced: Sequence[Replaced]) -> None:
        for done in replaced:
            self._account.add(self.profile.name, done)

    def _tell_of(self, found: Sequence[Ingestible | Unread]) -> None:
        for item in found:
            if isinstance(item, Unread):
                self._account.tell_of(item.problem)


def _kinds(done: Replaced) -> tuple[str, ...]:
    before, after = done.before, done.after
    if before["outcome"] != after["outcome"]:
        return (OUTCOMES,)
    old, new = before["fields"] or {}, after["fields"] or {}
    kinds = []
    if before["text_sha256"] != after["text_sha256"]:
        kinds.append(TEXTS)
    for kind, names in _FIELDS.items():
        if any(old.get(name) != new.get(name) for name in names):
            kinds.append(kind)
    return tuple(kinds) or (OTHERS,)


def _sample(publisher: str, done: Replaced, kinds: tuple[str, ...]) -> Sample:
    return Sample(
        publisher=publisher,
        url=done.capture.url,
        fetched_at=done.capture.fetched_at,
        warc_record_id=done.capture.warc_record_id,
        kinds=kinds,
        outcomes=(done.before["outcome"], done.after["outcome"]),
        before=_article(done.before),
        after=_article(done.after),
    )


def _article(row: Mapping[str, Any]) -> Article | None:
    return None if row["fields"] is None else article_of(row["fields"], row["blocks"])
