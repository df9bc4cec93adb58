"""The state of an archive: what it holds of each publisher, the last crawl, and what is due."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Text,
    and_,
    cast,
    exists,
    func,
    or_,
    select,
)

from archive.crawl_traps import pattern_rows
from archive.crawl_traps.pattern_rows import HeldBack
from archive.last_crawl import read_last_crawl
from archive.locks import is_held, of_publisher
from archive.model import Flag
from archive.queries.articles import IS_LATEST
from archive.queries.publishers import require_publisher
from archive.revisit import failing_hosts
from archive.revisit.url_rows import Waiting, waiting
from archive.sql.captures.rereading import is_of_another
from archive.sql.frontier.store import RESTING, State, not_of_origins
from archive.sql.schema.state_tables import FRONTIER_URLS, crawl, frontier, unsettled
from archive.sql.schema.view_tables import (
    HAS_FLAGS,
    HAS_LOW_CONFIDENCE,
    IS_LATER,
    article,
    capture,
    extraction,
    known_url,
    publisher,
    version,
    warc_file,
)

FAILURES_SHOWN = 3
RUNNING, KILLED = "running", "killed"
"""States of a crawl that has not said how it ended: it holds its lock still, or it does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastCrawlStatus:
    """The last crawl of a publisher."""

    command: str
    """The command line; empty when the database could not store the crawl."""
    started_at: datetime
    """UTC."""
    ended_at: datetime | None
    """UTC; None while the crawl runs, and when it was killed."""
    exit_state: str | None
    """How it ended (docs/crawling.md); None while it runs, and when it was killed."""
    counts: Mapping[str, int]
    """What the crawl counted, such as ``exchanges`` and ``articles``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingUrl:
    """A URL whose latest requests all failed."""

    url: str
    fail_count: int
    """How many requests in a row failed."""
    outcome: str | None
    """What the last request found; None when it found nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherStatus:
    """The state of the archive for one publisher."""

    publisher: str
    home: str | None
    """The URL of the front page; None when no crawl has named it."""
    articles: int
    gone: int
    """Articles whose latest captures found them removed."""
    versions: int
    translated: int
    """Articles that have a translation."""
    translation_groups: int
    captures: int
    first_capture_at: datetime | None
    """UTC; None without a capture."""
    last_capture_at: datetime | None
    """UTC; None without a capture."""
    hidden: int
    """Captures that the rules of the profile do not show."""
    warc_files: int
    warc_bytes: int
    """The size of the finished WARC files, compressed."""
    last_crawl: LastCrawlStatus | None
    """None when no crawl is known, as after a rebuild without the old database."""
    urls: Mapping[str, int]
    """How many URLs are known, by their state (docs/schema.md)."""
    skipped: Mapping[str, int]
    """How many URLs are out of scope, by reason, from the most frequent reason on."""
    due: Mapping[str, Mapping[str, int]]
    """How many URLs are due, by what they are expected to answer, and then by reason."""
    next_due_at: datetime | None
    """When the first of the other URLs will be due, UTC; None when none will be."""
    failing: int
    """URLs whose latest requests failed."""
    failures: tuple[FailingUrl, ...]
    """The worst of them, at most three."""
    waiting: tuple[Waiting, ...]
    """What is not requested for some time after failures."""
    doubts: Mapping[str, int]
    """How many captures have each flag (docs/schema.md)."""
    low_confidence: int
    """Articles whose text has a confidence below 0.5."""
    unsettled: int
    """URLs whose captures are stored, but are not part of an article's versions yet."""
    held_back: tuple[HeldBack, ...]
    """Patterns of URLs that yield nothing new, and are therefore not requested."""
    of_another_extractor: int
    """Extractions that another extractor made, or this one under another profile."""
    state: str | None
    """How the last crawl ended (``last_crawl.exit_state``), or that it is ``running`` or was
    ``killed``; None when no crawl is known."""


def publisher_status(
    connection: Connection,
    name: str,
    now: datetime,
    *,
    home: Path | None = None,
    made_by: tuple[str, str] | None = None,
) -> PublisherStatus:
    """Return the state of the archive for publisher *name*, with what is due at *now*.

    *home* is the archive's folder: the locks in it say whether a crawl is running and how the last
    one ended, also when the database could not store that. Without *home*, a crawl that has not
    ended counts as killed. *made_by* is the current extractor and the digest of the publisher's
    profile; without it *of_another_extractor* is 0. Raises ``UnknownPublisherError`` when nothing
    is archived of the publisher.
    """
    owner = require_publisher(connection, name)
    held = [host.origin for host in failing_hosts.failing(connection, owner) if host.retry_at > now]
    is_due = and_(
        or_(
            frontier.c.state == State.PENDING,
            and_(frontier.c.state.in_(RESTING), frontier.c.next_due_at <= now),
        ),
        not_of_origins(held),
    )
    latest, state = _last_crawl(connection, owner, name, home)
    return PublisherStatus(
        publisher=name,
        home=connection.scalar(select(publisher.c.home).where(publisher.c.id == owner)),
        **_articles(connection, owner),
        **_captures(connection, owner),
        last_crawl=latest,
        urls=_counted(connection, _per(frontier.c.state, owner)),
        skipped=skipped(connection, owner),
        due=_due(connection, owner, FRONTIER_URLS if held else frontier, is_due),
        next_due_at=_next_due(connection, owner, now),
        **_failures(connection, owner),
        waiting=tuple(waiting(connection, owner, now)),
        doubts=_doubts(connection, owner),
        held_back=pattern_rows.held_back(connection, owner),
        low_confidence=_low_confidence(connection, owner),
        unsettled=_number(
            connection, select(func.count()).where(unsettled.c.publisher_id == owner)
        ),
        of_another_extractor=0 if made_by is None else _of_another(connection, owner, made_by),
        state=state,
    )


def skipped(connection: Connection, owner: int) -> dict[str, int]:
    """Return how many URLs are out of scope, by reason, from the most frequent reason on."""
    number = func.count()
    statement = (
        select(frontier.c.skip_reason, number.label("number"))
        .where(frontier.c.publisher_id == owner, frontier.c.state == State.SKIPPED)
        .group_by(frontier.c.skip_reason)
        .order_by(number.desc(), frontier.c.skip_reason)
    )
    return {row.skip_reason: row.number for row in connection.execute(statement)}


def _of_another(connection: Connection, owner: int, made_by: tuple[str, str]) -> int:
    statement = select(func.count()).select_from(extraction).where(is_of_another(made_by))
    if _are_many(connection):
        statement = statement.join(capture).where(capture.c.publisher_id == owner)
    return _number(connection, statement)


def _articles(connection: Connection, owner: int) -> dict[str, Any]:
    """Count articles, and the few that something is to be said of by their own indexes."""
    own = article.c.publisher_id == owner
    group = article.c.translation_group
    in_groups = select(func.count(), func.count(group.distinct())).where(own, group.is_not(None))
    translated, groups = connection.execute(in_groups).one()
    number = _number(connection, select(func.count()).select_from(article).where(own))
    later = select(func.count()).select_from(version.join(article)).where(own, IS_LATER)
    return {
        "articles": number,
        "gone": _number(
            connection, select(func.count()).where(own, article.c.gone_at.is_not(None))
        ),
        "translated": translated,
        "translation_groups": groups,
        "versions": number + _number(connection, later),  # each article has a first one
    }


def _captures(connection: Connection, owner: int) -> dict[str, Any]:
    own = capture.c.publisher_id == owner
    # Each answer has its index; together they would take a look at each row.
    first, last = (
        connection.scalar(select(end(capture.c.fetched_at)).where(own))
        for end in (func.min, func.max)
    )
    sizes = connection.execute(
        select(func.count(), func.coalesce(func.sum(warc_file.c.size_bytes), 0)).where(
            exists().where(capture.c.warc_file_id == warc_file.c.id, own)
        )
    ).one()
    return {
        "captures": _number(connection, select(func.count()).select_from(capture).where(own)),
        "first_capture_at": first,
        "last_capture_at": last,
        "hidden": _number(
            connection, select(func.count()).where(own, capture.c.hidden.is_not(None))
        ),
        "warc_files": sizes[0],
        "warc_bytes": int(sizes[1]),
    }


def _last_crawl(
    connection: Connection, owner: int, publisher_name: str, home: Path | None
) -> tuple[LastCrawlStatus | None, str | None]:
    """Return the last crawl of a publisher, and its state; None and None when there is none.

    *home*: see ``publisher_status``.
    """
    found = _stored_crawl(connection, owner)
    if home is not None:
        found = _as_noted(found, home, publisher_name)
    if found is None or found.ended_at is not None:
        return found, found.exit_state if found else None
    # Only a crawl whose end nobody noted is asked for: the lock is free but for that one.
    is_running = home is not None and is_held(home, of_publisher(publisher_name))
    return found, RUNNING if is_running else KILLED


def _stored_crawl(connection: Connection, owner: int) -> LastCrawlStatus | None:
    names = tuple(LastCrawlStatus.__dataclass_fields__)
    statement = (
        select(*[crawl.c[name] for name in names])
        .where(crawl.c.publisher_id == owner)
        .order_by(crawl.c.id.desc())
        .limit(1)
    )
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else LastCrawlStatus(**row)


def _as_noted(
    found: LastCrawlStatus | None, home: Path, publisher_name: str
) -> LastCrawlStatus | None:
    """Return the last crawl as it noted itself where the database could not store that."""
    note = read_last_crawl(home, publisher_name)
    if note is None or note.ended_at is None:
        return found
    if found is None or note.started_at > found.started_at:
        return LastCrawlStatus(
            command="",
            started_at=note.started_at,
            ended_at=note.ended_at,
            exit_state=note.exit_state,
            counts={},
        )
    if found.ended_at is None and note.started_at == found.started_at:
        return replace(found, ended_at=note.ended_at, exit_state=note.exit_state)
    return found


def _due(
    connection: Connection, owner: int, urls: FromClause, is_due: ColumnElement[bool]
) -> dict[str, dict[str, int]]:
    columns = (frontier.c.kind, frontier.c.due_reason, frontier.c.state)
    statement = (
        select(*columns, func.count().label("number"))
        .select_from(urls)
        .where(frontier.c.publisher_id == owner, is_due)
        .group_by(*columns)
    )
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in connection.execute(statement):
        found[row.kind][row.due_reason or row.state] += row.number
    return {kind: dict(sorted(found[kind].items())) for kind in sorted(found)}


def _next_due(connection: Connection, owner: int, now: datetime) -> datetime | None:
    """Return when the first URL is due after *now*: of each state, the first in its index."""
    firsts = (
        connection.scalar(
            select(func.min(frontier.c.next_due_at)).where(
                frontier.c.publisher_id == owner,
                frontier.c.state == state,
                frontier.c.next_due_at > now,
            )
        )
        for state in RESTING
    )
    return min((at for at in firsts if at is not None), default=None)


def _failures(connection: Connection, owner: int) -> dict[str, Any]:
    failing = (frontier.c.publisher_id == owner, frontier.c.state == State.RETRY)
    rows = connection.execute(
        select(known_url.c.url, frontier.c.fail_count, frontier.c.outcome)
        .select_from(FRONTIER_URLS)
        .where(*failing)
        .order_by(frontier.c.fail_count.desc(), known_url.c.url)
        .limit(FAILURES_SHOWN)
    ).mappings()
    return {
        "failures": tuple(FailingUrl(**row) for row in rows),
        "failing": _number(connection, select(func.count()).where(*failing)),
    }


def _doubts(connection: Connection, owner: int) -> dict[str, int]:
    """Return how many captures have each flag; there are few different lists of flags."""
    flags = cast(extraction.c.flags, Text)
    statement = select(flags.label("flags"), func.count().label("number")).where(HAS_FLAGS)
    if _are_many(connection):  # else an index has all that is asked
        statement = statement.select_from(extraction.join(capture)).where(
            capture.c.publisher_id == owner
        )
    found: Counter[str] = Counter()
    for row in connection.execute(statement.group_by(flags)):
        for flag in {flag.partition(":")[0] for flag in json.loads(row.flags)} & {*Flag}:
            found[flag] += row.number
    return {flag: found[flag] for flag in sorted(found)}


def _are_many(connection: Connection) -> bool:
    """Return whether there is more than one publisher."""
    return len(connection.execute(select(publisher.c.id).limit(2)).all()) > 1


def _low_confidence(connection: Connection, owner: int) -> int:
    statement = (
        select(func.count())
        .select_from(extraction)
        .join(version, version.c.extraction_id == extraction.c.id)
        .where(HAS_LOW_CONFIDENCE, IS_LATEST)
    )
    if _are_many(connection):
        statement = statement.join(article).where(article.c.publisher_id == owner)
    return _number(connection, statement)


def _per(column: ColumnElement[Any], owner: int) -> Select[Any]:
    return (
        select(column.label("name"), func.count().label("number"))
        .where(frontier.c.publisher_id == owner)
        .group_by(column)
    )


def _counted(connection: Connection, statement: Select[Any]) -> dict[str, int]:
    found = {row.name: row.number for row in connection.execute(statement)}
    return {name: found[name] for name in sorted(found)}


def _number(connection: Connection, statement: Select[Any]) -> int:
    return int(connection.scalar(statement) or 0)
