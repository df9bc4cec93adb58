"""What has to be read again: the captures of another extractor, and what sources named.

``reread`` notes the sources of which it is not known any more which capture was the first, or the
last, to name a URL.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, func, or_, select

from archive.model import NAMES_ARTICLES, Capture, Outcome
from archive.sql.captures import evidence
from archive.sql.captures.store import LINKS, capture_from_row, touch
from archive.sql.database import upsert
from archive.sql.known_urls import ids_of
from archive.sql.schema.state_tables import reread
from archive.sql.schema.view_tables import capture, extraction, known_url, naming, warc_file


def note_reread(connection: Connection, owner: int, source_url: str, since: datetime) -> None:
    """Note that what *source_url* names has to be read again, from its captures of *since* on."""
    statement = upsert(connection, reread).values(
        publisher_id=owner, source_url=source_url, since=since
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[reread.c.publisher_id, reread.c.source_url],
            set_={"since": statement.excluded.since},
            where=statement.excluded.since < reread.c.since,
        )
    )


@dataclass(frozen=True, slots=True)
class ReprocessPlan:
    """Which captures of a publisher are extracted again.

    With *in_order*, all captures from *since* on; otherwise those of another extractor, and those
    that failed.
    """

    in_order: bool
    since: datetime | None


def turn(
    connection: Connection, owner: int, made_by: tuple[str, str], since: datetime | None
) -> ReprocessPlan:
    """Return whose turn it is; *made_by* is the current extractor and profile digest."""
    oldest = connection.scalar(
        select(capture.c.fetched_at)
        .join(extraction)
        .where(capture.c.publisher_id == owner, is_of_another(made_by))
        .order_by(capture.c.fetched_at)
        .limit(1)
    )
    noted = connection.scalar(
        select(reread.c.since).filter_by(publisher_id=owner, source_url=LINKS)
    )
    start = min((moment for moment in (oldest, noted) if moment is not None), default=None)
    if since is None or (start is not None and start >= since):
        return ReprocessPlan(in_order=True, since=start)
    return ReprocessPlan(in_order=False, since=since)


def left_over(connection: Connection, owner: int, made_by: tuple[str, str]) -> int:
    """Return how many captures of publisher *owner* have their turn, those that failed aside."""
    since = turn(connection, owner, made_by, None).since
    if since is None:
        return 0
    statement = (
        select(func.count())
        .select_from(capture.join(extraction))
        .where(capture.c.publisher_id == owner, capture.c.fetched_at >= since)
    )
    return connection.scalar(statement) or 0


def wanted(
    connection: Connection,
    owner: int,
    made_by: tuple[str, str],
    turn: ReprocessPlan,
    only: datetime | None,
) -> Iterator[int]:
    """Yield the ids of the captures that *turn* chooses, in order of time, none before *only*."""
    failed = extraction.c.outcome == Outcome.FAILED
    if turn.in_order:
        chosen = failed if turn.since is None else or_(failed, capture.c.fetched_at >= turn.since)
    else:
        chosen = or_(failed, is_of_another(made_by))
    statement = (
        select(capture.c.id)
        .join(extraction)
        .where(capture.c.publisher_id == owner, chosen)
        .order_by(capture.c.fetched_at, capture.c.warc_record_id)
        .execution_options(yield_per=10_000)
    )
    if only is not None:
        statement = statement.where(capture.c.fetched_at >= only)
    yield from connection.execute(statement).scalars()


def is_of_another(made_by: tuple[str, str]) -> ColumnElement[bool]:
    """Return whether a row of ``extraction`` was made by another than the current extractor."""
    extractor, profile_digest = made_by
    return or_(extraction.c.extractor != extractor, extraction.c.profile_digest != profile_digest)


def captures_with(
    connection: Connection, *, ids: Collection[int] = (), record_ids: Collection[str] = ()
) -> list[Capture]:
    """Return the captures with these row ids or record ids, in order of time."""
    statement = (
        select(capture, warc_file.c.name.label("file"))
        .join(warc_file)
        .where(capture.c.id.in_(ids) if ids else capture.c.warc_record_id.in_(record_ids))
        .order_by(capture.c.fetched_at, capture.c.warc_record_id)
    )
    return [capture_from_row(row, row["file"]) for row in connection.execute(statement).mappings()]


def reached(connection: Connection, owner: int, moment: datetime) -> None:
    """Note that all before *moment* was extracted in order, if a turn's beginning was noted."""
    connection.execute(
        reread.update()
        .where(
            reread.c.publisher_id == owner, reread.c.source_url == LINKS, reread.c.since < moment
        )
        .values(since=moment)
    )


def sources(connection: Connection, owner: int) -> list[str]:
    """Return the sources whose captures must all be read again."""
    statement = select(reread.c.source_url).where(
        reread.c.publisher_id == owner, reread.c.source_url != LINKS
    )
    return sorted(connection.execute(statement).scalars())


def captures_of_source(connection: Connection, owner: int, url: str) -> list[int]:
    """Return the ids of the captures of *url*, in order of time."""
    statement = (
        select(capture.c.id)
        .where(capture.c.publisher_id == owner, capture.c.url == url)
        .order_by(capture.c.fetched_at, capture.c.warc_record_id)
    )
    return list(connection.execute(statement).scalars())


def forget_named(connection: Connection, owner: int, sources: Sequence[str]) -> None:
    """Delete what *sources* name, before all their captures are read again in order, or never.

    Articles that they name have to be settled without them.
    """
    numbers = {*ids_of(connection, owner, sources).values()}
    unnamed: set[str] = set()
    # A source's rows are found by the captures of it that they refer to.
    theirs = select(capture.c.id).where(capture.c.publisher_id == owner, capture.c.url.in_(sources))
    for column in (naming.c.first_id, naming.c.last_id):
        rows = (column.in_(theirs), naming.c.source_id.in_(numbers))
        named = select(known_url.c.url).join(naming, naming.c.url_id == known_url.c.id)
        unnamed.update(
            connection.execute(
                named.where(*rows, naming.c.via.in_(sorted(NAMES_ARTICLES)))
            ).scalars()
        )
        connection.execute(delete(naming).where(*rows))
    touch(connection, owner, evidence.captured(connection, owner, unnamed))


def done_with(connection: Connection, owner: int, source_url: str) -> None:
    """Note that what *source_url* names is as its captures say (``LINKS``: what all pages link)."""
    connection.execute(
        delete(reread).where(reread.c.publisher_id == owner, reread.c.source_url == source_url)
    )
