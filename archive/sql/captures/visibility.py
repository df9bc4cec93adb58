"""What the home's rules hide and show: brought up to date for captures that are there already.

A new capture is stored as the rules are. When they change, the rows of those captures change that
the rules now see otherwise: what is hidden keeps its row in ``capture`` and loses all others.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, exists, func, literal, select

from archive.model import Capture, Kind, Via
from archive.sql.captures import evidence
from archive.sql.captures.rereading import forget_named, note_reread
from archive.sql.captures.store import (
    LINKS,
    Ingestible,
    capture_from_row,
    store_extractions,
    touch,
    urls_that_show,
)
from archive.sql.chunks import batches
from archive.sql.database import upsert
from archive.sql.frontier.store import State
from archive.sql.schema.state_tables import FRONTIER_URLS, frontier, settled, unsettled
from archive.sql.schema.view_tables import (
    capture,
    edge,
    extraction,
    known_url,
    naming,
    warc_file,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """Under what a publisher's articles were settled.

    *code* is a digest of what settles and of what the search index folds; *hosts* and *exclude* are
    the rules of the publisher's profile that say what is shown.
    """

    code: str
    hosts: tuple[str, ...]
    exclude: tuple[str, ...]


def stamp(connection: Connection, owner: int) -> Stamp | None:
    """Return under what the articles of *owner* were settled; None where that is not known."""
    row = connection.execute(select(settled).filter_by(publisher_id=owner)).one_or_none()
    if row is None:
        return None
    return Stamp(code=row.code, hosts=tuple(row.hosts), exclude=tuple(row.exclude))


def put_stamp(connection: Connection, owner: int, now: Stamp) -> None:
    """Note that the articles of *owner* are settled under *now*, or noted to be settled."""
    values = asdict(now)
    statement = upsert(connection, settled).values(publisher_id=owner, **values)
    connection.execute(
        statement.on_conflict_do_update(index_elements=[settled.c.publisher_id], set_=values)
    )


def note_current(connection: Connection, owner: int, now: Stamp) -> None:
    """Store the stamp *now* for a publisher without captures: nothing is out of date."""
    has_captures = exists().where(capture.c.publisher_id == owner)
    if stamp(connection, owner) is None and not connection.scalar(select(has_captures)):
        put_stamp(connection, owner, now)


@dataclass(frozen=True, slots=True)
class StoredCapture:
    """A capture with the id of its row, and why it is hidden; None when it is not."""

    id: int
    capture: Capture
    hidden: str | None


def captures_after(
    connection: Connection, owner: int, after: int, limit: int
) -> list[StoredCapture]:
    """Return the first *limit* captures of *owner* whose ids are above *after*, in their order."""
    statement = (
        select(capture, warc_file.c.name.label("file"))
        .join(warc_file)
        .where(capture.c.publisher_id == owner, capture.c.id > after)
        .order_by(capture.c.id)
        .limit(limit)
    )
    rows = connection.execute(statement).mappings()
    return [
        StoredCapture(row["id"], capture_from_row(row, row["file"]), row["hidden"]) for row in rows
    ]


def hide(connection: Connection, owner: int, found: Sequence[tuple[StoredCapture, str]]) -> None:
    """Hide captures, each for its reason, and take away what was made of them.

    Which page was the first to link a URL is not known without them: those links are deleted, and
    noted to be read again.
    """
    connection.execute(
        capture.update().where(capture.c.id == bindparam("key")).values(hidden=bindparam("why")),
        [{"key": known.id, "why": why} for known, why in found],
    )
    texts: set[str] = set()
    ids = {known.id: known.capture.fetched_at for known, _ in found if known.hidden is None}
    for some in batches(ids):
        texts |= evidence.digests_of(connection, some)
        connection.execute(delete(extraction).where(extraction.c.capture_id.in_(some)))
        connection.execute(delete(edge).where(edge.c.capture_id.in_(some)))
        links = (naming.c.first_id.in_(some), naming.c.via == Via.LINK)
        earliest = select(func.min(capture.c.fetched_at)).join(
            naming, naming.c.first_id == capture.c.id
        )
        first = connection.scalar(earliest.where(*links))
        if first is not None:
            connection.execute(delete(naming).where(*links))
            note_reread(connection, owner, LINKS, first)
    urls = {known.capture.url for known, _ in found}
    for some_urls in batches(urls):
        forget_named(connection, owner, some_urls)
    _touch(connection, owner, [known.capture for known, _ in found], texts)


def delete_hidden(connection: Connection, ids: Collection[int]) -> None:
    """Delete the rows of captures, which are hidden, as if they had never been taken in."""
    for some in batches(ids):
        connection.execute(delete(capture).where(capture.c.id.in_(some)))


def imported_files(connection: Connection, name: str) -> set[str]:
    """Return the files of other software that records of publisher *name* were taken from."""
    statement = select(warc_file.c.name, warc_file.c.publishers).where(
        warc_file.c.publishers.is_not(None)
    )
    return {row.name for row in connection.execute(statement) if name in row.publishers}


def take_in_again(connection: Connection, files: Collection[str]) -> None:
    """Note that *files* may hold more than was taken in: the next catching up looks for it."""
    for some in batches(files):
        connection.execute(
            warc_file.update().where(warc_file.c.name.in_(some)).values(complete=False)
        )


def store_shown(
    connection: Connection,
    owner: int,
    items: Sequence[Ingestible],
    linked: dict[tuple[int, str], datetime],
) -> None:
    """Store what was extracted from captures that were hidden, and show them."""
    ids = {}
    for some in batches(item.capture.warc_record_id for item in items):
        statement = select(capture.c.warc_record_id, capture.c.id).where(
            capture.c.warc_record_id.in_(some), capture.c.hidden.is_not(None)
        )
        ids.update({row.warc_record_id: row.id for row in connection.execute(statement)})
    there = [
        (ids[item.capture.warc_record_id], item)
        for item in items
        if item.capture.warc_record_id in ids
    ]
    if not there:
        return  # done already: the answer to a commit can be lost
    connection.execute(
        capture.update().where(capture.c.id == bindparam("key")).values(hidden=None),
        [{"key": key} for key, _ in there],
    )
    store_extractions(connection, owner, there, linked)
    _touch(connection, owner, [item.capture for _, item in there])


def _touch(
    connection: Connection, owner: int, captures: Sequence[Capture], texts: Collection[str] = ()
) -> None:
    """Note what has to be settled for *captures*, which show or showed *texts* (digests)."""
    urls = urls_that_show(connection, captures)
    touch(connection, owner, evidence.with_concerned(connection, owner, urls, texts))


def unsettle(connection: Connection, owner: int, after: int, limit: int) -> int | None:
    """Note the URLs of the next *limit* captures of *owner* as unsettled; return the last one's id.

    Those whose ids are above *after*; None when there are no more.
    """
    ids = (
        select(capture.c.id)
        .where(capture.c.publisher_id == owner, capture.c.id > after)
        .order_by(capture.c.id)
        .limit(limit)
        .subquery()
    )
    last: int | None = connection.scalar(select(func.max(ids.c.id)))
    if last is not None:
        urls = select(literal(owner), capture.c.url).where(
            capture.c.publisher_id == owner, capture.c.id > after, capture.c.id <= last
        )
        statement = upsert(connection, unsettled).from_select(
            ["publisher_id", "url"], urls.distinct()
        )
        connection.execute(statement.on_conflict_do_nothing())
    return last


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """What of a URL's row in the frontier says whether it is in scope."""

    id: int
    url: str
    kind: Kind
    depth: int
    state: State
    skip_reason: str | None


def frontier_after(connection: Connection, owner: int, after: int, limit: int) -> list[ScopeRow]:
    """Return the first *limit* rows of the frontier whose ids are above *after*, in their order."""
    names = ("id", "kind", "depth", "state", "skip_reason")
    statement = (
        select(known_url.c.url, *(frontier.c[name] for name in names))
        .select_from(FRONTIER_URLS)
        .where(frontier.c.publisher_id == owner, frontier.c.id > after)
        .order_by(frontier.c.id)
        .limit(limit)
    )
    return [
        ScopeRow(row.id, row.url, Kind(row.kind), row.depth, State(row.state), row.skip_reason)
        for row in connection.execute(statement)
    ]


def rescope(connection: Connection, found: Sequence[tuple[int, str | None]]) -> None:
    """Skip the URLs with these row ids for their reasons; those without a reason become due."""
    if found:
        connection.execute(
            frontier.update()
            .where(frontier.c.id == bindparam("key"))
            .values(state=bindparam("becomes"), skip_reason=bindparam("why"), held_by=None),
            [
                {"key": key, "why": why, "becomes": State.SKIPPED if why else State.PENDING}
                for key, why in found
            ],
        )
