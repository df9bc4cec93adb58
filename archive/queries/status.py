"""How the archive stands: what it holds of each publisher, how the last crawl went, what is due."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Text, and_, cast, func, or_, select

from archive.crawl_traps import pattern_rows
from archive.crawl_traps.pattern_rows import HeldBack
from archive.model import LOW_CONFIDENCE, Flag
from archive.revisit import failing_hosts
from archive.revisit.url_rows import Waiting, waiting
from archive.sql.captures.replace import is_of_another
from archive.sql.frontier.store import RESTING, State, not_of_origins
from archive.sql.schema.state_tables import crawl, unsettled, url
from archive.sql.schema.view_tables import (
    article,
    capture,
    extraction,
    publisher,
    version,
    warc_file,
)
from archive.sql.views import articles

FAILURES_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawl:
    """The last crawl; *exit_state* and *ended_at* are None while it runs, and if it was killed."""

    command: str
    started_at: datetime
    ended_at: datetime | None
    exit_state: str | None
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """A URL that failed *fail_count* times in a row, and what it answered last."""

    url: str
    fail_count: int
    outcome: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How the archive stands with one publisher.

    *due* says how many URLs are due, by what they are expected to answer and why; *urls* how many
    there are in each state; *skipped* how many are out of scope, by reason, from the commonest on;
    *doubts* how many captures bear each flag. *next_due_at* is when the first of those that are
    not due yet will be. *of_another_extractor* is how many extractions were not made by the current
    one, or under another profile. *hidden* counts the captures that the
    profile's rules do not show. *waiting* says what is not asked for yet after failures;
    *held_back* which patterns of URLs yield nothing new, and what they hold back.
    *low_confidence* is how many articles
    have a text whose confidence is below ``LOW_CONFIDENCE``.
    """

    publisher: str
    home: str | None
    articles: int
    gone: int
    versions: int
    translated: int
    translation_groups: int
    captures: int
    first_capture_at: datetime | None
    last_capture_at: datetime | None
    hidden: int
    warc_files: int
    warc_bytes: int
    last_crawl: Crawl | None
    urls: Mapping[str, int]
    skipped: Mapping[str, int]
    due: Mapping[str, Mapping[str, int]]
    next_due_at: datetime | None
    failing: int
    failures: tuple[Failing, ...]
    waiting: tuple[Waiting, ...]
    doubts: Mapping[str, int]
    low_confidence: int
    unsettled: int
    held_back: tuple[HeldBack, ...] = ()
    of_another_extractor: int = 0


def publisher_ids(connection: Connection) -> dict[str, int]:
    """Return the ids of all publishers of which anything is archived, by name, in order."""
    statement = select(publisher.c.name, publisher.c.id).order_by(publisher.c.name)
    return {row.name: row.id for row in connection.execute(statement)}


def publisher_status(
    connection: Connection, owner: int, now: datetime, made_by: tuple[str, str] | None = None
) -> Status:
    """Return how the archive stands with publisher *owner*, and what is due at *now*.

    *made_by* is the current extractor and profile digest; None where that does not matter.
    """
    row = connection.execute(select(publisher).where(publisher.c.id == owner)).one()
    held = [host.origin for host in failing_hosts.failing(connection, owner) if host.retry_at > now]
    is_due = and_(
        or_(url.c.state == State.PENDING, and_(url.c.state.in_(RESTING), url.c.next_due_at <= now)),
        not_of_origins(held),
    )
    return Status(
        publisher=row.name,
        home=row.home,
        **_articles(connection, owner),
        **_captures(connection, owner),
        last_crawl=_last_crawl(connection, owner),
        urls=_counted(connection, _per(url.c.state, owner)),
        skipped=skipped(connection, owner),
        due=_due(connection, owner, is_due),
        next_due_at=connection.scalar(
            select(func.min(url.c.next_due_at)).where(
                url.c.publisher_id == owner, url.c.state.in_(RESTING), url.c.next_due_at > now
            )
        ),
        **_failures(connection, owner),
        waiting=tuple(waiting(connection, owner, now)),
        doubts=_doubts(connection, owner),
        held_back=pattern_rows.held_back(connection, owner),
        low_confidence=_low_confidence(connection, row.name),
        unsettled=_number(
            connection, select(func.count()).where(unsettled.c.publisher_id == owner)
        ),
        of_another_extractor=0 if made_by is None else _of_another(connection, owner, made_by),
    )


def skipped(connection: Connection, owner: int) -> dict[str, int]:
    """Return how many URLs are out of scope, by reason, from the commonest reason on."""
    number = func.count()
    statement = (
        select(url.c.skip_reason, number.label("number"))
        .where(url.c.publisher_id == owner, url.c.state == State.SKIPPED)
        .group_by(url.c.skip_reason)
        .order_by(number.desc(), url.c.skip_reason)
    )
    return {row.skip_reason: row.number for row in connection.execute(statement)}


def _of_another(connection: Connection, owner: int, made_by: tuple[str, str]) -> int:
    statement = select(func.count()).select_from(extraction.join(capture))
    return _number(
        connection, statement.where(capture.c.publisher_id == owner, is_of_another(made_by))
    )


def _articles(connection: Connection, owner: int) -> dict[str, Any]:
    found = connection.execute(
        select(
            func.count().label("articles"),
            func.count(article.c.gone_at).label("gone"),
            func.count(article.c.translation_group).label("translated"),
            func.count(article.c.translation_group.distinct()).label("translation_groups"),
        ).where(article.c.publisher_id == owner)
    ).one()
    versions = select(func.count()).select_from(version.join(article))
    return {
        **found._asdict(),
        "versions": _number(connection, versions.where(article.c.publisher_id == owner)),
    }


def _captures(connection: Connection, owner: int) -> dict[str, Any]:
    found = connection.execute(
        select(
            func.count().label("captures"),
            func.min(capture.c.fetched_at).label("first_capture_at"),
            func.max(capture.c.fetched_at).label("last_capture_at"),
            func.count(capture.c.hidden).label("hidden"),
        ).where(capture.c.publisher_id == owner)
    ).one()
    files = select(capture.c.warc_file_id).distinct().where(capture.c.publisher_id == owner)
    sizes = connection.execute(
        select(
            func.count().label("warc_files"),
            func.coalesce(func.sum(warc_file.c.size_bytes), 0).label("warc_bytes"),
        ).where(warc_file.c.id.in_(files))
    ).one()
    return {**found._asdict(), "warc_files": sizes.warc_files, "warc_bytes": int(sizes.warc_bytes)}


def _last_crawl(connection: Connection, owner: int) -> Crawl | None:
    names = tuple(Crawl.__dataclass_fields__)
    statement = (
        select(*[crawl.c[name] for name in names])
        .where(crawl.c.publisher_id == owner)
        .order_by(crawl.c.id.desc())
        .limit(1)
    )
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else Crawl(**row)


def _due(
    connection: Connection, owner: int, is_due: ColumnElement[bool]
) -> dict[str, dict[str, int]]:
    reason = func.coalesce(url.c.due_reason, url.c.state)
    statement = (
        select(url.c.kind, reason.label("reason"), func.count().label("number"))
        .where(url.c.publisher_id == owner, is_due)
        .group_by(url.c.kind, reason)
        .order_by(url.c.kind, reason)
    )
    found: dict[str, dict[str, int]] = {}
    for row in connection.execute(statement):
        found.setdefault(row.kind, {})[row.reason] = row.number
    return found


def _failures(connection: Connection, owner: int) -> dict[str, Any]:
    failing = (url.c.publisher_id == owner, url.c.state == State.RETRY)
    rows = connection.execute(
        select(url.c.url, url.c.fail_count, url.c.outcome)
        .where(*failing)
        .order_by(url.c.fail_count.desc(), url.c.url)
        .limit(FAILURES_SHOWN)
    ).mappings()
    return {
        "failures": tuple(Failing(**row) for row in rows),
        "failing": _number(connection, select(func.count()).where(*failing)),
    }


def _doubts(connection: Connection, owner: int) -> dict[str, int]:
    """Return how many captures bear each flag; there are few different lists of them."""
    flags = cast(extraction.c.flags, Text)
    statement = (
        select(flags.label("flags"), func.count().label("number"))
        .select_from(extraction.join(capture))
        .where(capture.c.publisher_id == owner, flags != "[]")
        .group_by(flags)
    )
    found: Counter[str] = Counter()
    for row in connection.execute(statement):
        for flag in {flag.partition(":")[0] for flag in json.loads(row.flags)} & {*Flag}:
            found[flag] += row.number
    return {flag: found[flag] for flag in sorted(found)}


def _low_confidence(connection: Connection, name: str) -> int:
    low = (articles.c.publisher == name, articles.c.confidence < LOW_CONFIDENCE)
    return _number(connection, select(func.count()).select_from(articles).where(*low))


def _per(column: ColumnElement[Any], owner: int) -> Select[Any]:
    return (
        select(column.label("name"), func.count().label("number"))
        .where(url.c.publisher_id == owner)
        .group_by(column)
        .order_by(column)
    )


def _counted(connection: Connection, statement: Select[Any]) -> dict[str, int]:
    return {row.name: row.number for row in connection.execute(statement)}


def _number(connection: Connection, statement: Select[Any]) -> int:
    return int(connection.scalar(statement) or 0)
