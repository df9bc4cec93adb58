"""Store captures with what was extracted from them, and the sources that named URLs.

Everything here is idempotent and does not depend on the order in which captures arrive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    RowMapping,
    ScalarSelect,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
)

from archive.model import (
    NAMES_ARTICLES,
    Capture,
    Extraction,
    Outcome,
    RecordType,
    Truncation,
    Via,
)
from archive.model.candidate_file import each_once
from archive.settle.identity import is_source
from archive.sql.captures import evidence, locations, unsettling
from archive.sql.captures.block_lists import with_block_lists
from archive.sql.captures.extraction_rows import extraction_row
from archive.sql.captures.listed_again import is_plain_list
from archive.sql.captures.revisits import resolve
from archive.sql.chunks import batches, chunks
from archive.sql.database import upsert, upsert_on
from archive.sql.known_urls import ids_for
from archive.sql.rows import insert_ids
from archive.sql.schema.state_tables import unsettled
from archive.sql.schema.view_tables import (
    capture,
    edge,
    extraction,
    naming,
    publisher,
    warc_file,
)

LINKS = ""
"""The source of all links: of the pages that have a link, only the first matters."""


@dataclass(frozen=True, slots=True)
class Ingestible:
    """A capture with its extraction, ready to be stored, and the profile it was read under."""

    capture: Capture
    extraction: Extraction
    profile_digest: str

    @property
    def is_hidden(self) -> bool:
        """Whether the home's rules hide it, so that only the capture itself is stored."""
        return self.extraction.outcome is Outcome.HIDDEN


def publisher_id(connection: Connection, name: str, title: str | None, home: str | None) -> int:
    """Return the id of publisher *name*, adding or bringing up to date its row."""
    statement = upsert(connection, publisher).values(name=name, title=title, home=home)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[publisher.c.name],
            set_={"title": title, "home": home},
            where=or_(
                publisher.c.title.is_distinct_from(title), publisher.c.home.is_distinct_from(home)
            ),
        )
    )
    return int(connection.execute(select(publisher.c.id).filter_by(name=name)).scalar_one())


def warc_file_id(connection: Connection, owner: int, name: str) -> int:
    """Return the id of WARC file *name*, adding its row."""
    statement = upsert(connection, warc_file).values(publisher_id=owner, name=name, complete=False)
    connection.execute(statement.on_conflict_do_nothing(index_elements=[warc_file.c.name]))
    return int(connection.execute(select(warc_file.c.id).filter_by(name=name)).scalar_one())


def known_offsets(connection: Connection, file: str) -> set[int]:
    """Return the offsets of the records of *file* that are ingested."""
    statement = select(capture.c.warc_offset).join(warc_file).where(warc_file.c.name == file)
    return set(connection.execute(statement).scalars())


def store(
    connection: Connection,
    owner: int,
    file_ids: Mapping[str, int],
    items: Sequence[Ingestible],
    linked: dict[tuple[int, str], datetime],
    is_shown: Callable[[str], bool] = lambda _: True,
) -> list[Ingestible]:
    """Store *items* of publisher *owner*; return those that were not stored already.

    *linked* gives for (publisher, URL) the time from which a link to it is stored, and is added to:
    most links of a page are on every page of its site, and need not be written again. Entries may
    be removed at any time; all must be removed when the transaction is rolled back. *is_shown* says
    which URLs may be addresses of articles.
    """
    there = locations.known_records(connection, file_ids, [item.capture for item in items])
    firsts = sorted(items, key=lambda item: locations.place_of(item.capture), reverse=True)
    lacking = {item.capture.warc_record_id: item for item in firsts}
    new = [item for key, item in lacking.items() if key not in there]
    rows = [_capture_row(owner, file_ids, item) for item in new]
    capture_ids = insert_ids(connection, capture, rows)
    if not new:
        return new
    stored = zip(capture_ids, new, strict=True)
    store_extractions(
        connection, owner, [(key, item) for key, item in stored if not item.is_hidden], linked
    )
    # A revisit may have come before the capture that says what it shows.
    waiting: set[str] = set()
    for some in batches(item.capture.warc_record_id for item in new):
        waiting |= set(connection.execute(_REFERRING, {"records": some}).scalars())
    waiting |= resolve(connection, owner, [item.capture for item in new], waiting)
    changed = unsettling.to_be_settled(connection, owner, map(_seen, new), waiting, is_shown)
    touch(connection, owner, evidence.with_concerned(connection, owner, changed))
    return new


def _seen(item: Ingestible) -> unsettling.NewCapture:
    # A revisit that names its original by URL and date may come to mean another one.
    is_by_id = item.capture.refers_to is not None and item.capture.refers_to_url is None
    is_revisit = item.capture.record_type is RecordType.REVISIT
    return unsettling.NewCapture(
        url=item.capture.url,
        fetched_at=item.capture.fetched_at,
        record_id=item.capture.warc_record_id,
        refers_to=item.capture.refers_to if is_by_id else None,
        says_nothing=not is_revisit and unsettling.says_nothing(item.extraction),
        is_list=not is_revisit and is_plain_list(item.extraction),
    )


def store_extractions(
    connection: Connection,
    owner: int,
    items: Sequence[tuple[int, Ingestible]],
    linked: dict[tuple[int, str], datetime],
) -> None:
    """Store what was extracted from captures that are there, with their ids, and shown."""
    if items:
        rows = [extraction_row(key, item.extraction, item.profile_digest) for key, item in items]
        connection.execute(extraction.insert(), with_block_lists(connection, owner, rows))
    add_edges(connection, owner, items)
    discover(connection, owner, items, linked)


def add_edges(connection: Connection, owner: int, items: Iterable[tuple[int, Ingestible]]) -> None:
    """Store what *items*, captures with their ids, claim to be one article with."""
    rows = [
        {
            "publisher_id": owner,
            "capture_id": key,
            "kind": claim.kind,
            "source_url": item.capture.url,
            "target_url": claim.target,
        }
        for key, item in items
        for claim in dict.fromkeys(item.extraction.edges)
    ]
    if rows:
        connection.execute(edge.insert(), rows)


def discover(
    connection: Connection,
    owner: int,
    items: Iterable[tuple[int, Ingestible]],
    linked: dict[tuple[int, str], datetime],
) -> None:
    """Note which URLs the captures with these ids name; *linked* is that of ``store``."""
    for found in chunks(_discoveries(owner, items, linked)):
        named = {each.url for each in found if each.via in NAMES_ARTICLES}
        newly = named - evidence.named_urls(connection, owner, named)  # to be settled, if captured
        ids = ids_for(connection, owner, [url for each in found for url in (each.url, each.source)])
        for is_link in (True, False):
            rows = [_naming_row(each, ids) for each in found if (each.via is Via.LINK) is is_link]
            if rows:
                connection.execute(_naming_statement(connection.dialect.name, links=is_link), rows)
        touch(connection, owner, evidence.captured(connection, owner, newly))


@dataclass(frozen=True, slots=True)
class _Discovery:
    """That *source* named *url* in the capture with the row id *capture*."""

    url: str
    via: Via
    source: str
    lastmod: str | None
    published: str | None
    capture: int


def _discoveries(
    owner: int,
    items: Iterable[tuple[int, Ingestible]],
    linked: dict[tuple[int, str], datetime],
) -> Iterator[_Discovery]:
    for key, item in items:
        moment, source = item.capture.fetched_at, item.capture.url
        for candidate in each_once(item.extraction.candidates):
            # A site links each page from everywhere: of links, the first capture to name the URL
            # is kept; of sitemaps and the like, each source, since what it drops matters.
            url, via, is_link = candidate.url, candidate.via, candidate.via is Via.LINK
            if is_link:
                known = linked.get((owner, url))
                if known is not None and known < moment:
                    continue
                linked[owner, url] = moment
            dates = candidate.lastmod, candidate.published
            yield _Discovery(url, via, LINKS if is_link else source, *dates, key)


def _naming_row(which: _Discovery, ids: Mapping[str, int]) -> dict[str, Any]:
    return {
        "url_id": ids[which.url],
        "source_id": ids[which.source],
        "via": which.via,
        "first_id": which.capture,
        "lastmod": which.lastmod,
        "published": which.published,
    }


_REFERRING = select(capture.c.url).where(
    capture.c.refers_to.in_(bindparam("records", expanding=True))
)


@cache
def _naming_statement(engine: str, *, links: bool) -> Insert:
    statement = upsert_on(engine, naming)
    new, old = statement.excluded, naming.c
    times = [_of_capture("fetched_at", key) for key in _KEYS_OF_CAPTURES]
    records = [_of_capture("warc_record_id", key) for key in _KEYS_OF_CAPTURES]
    earlier = or_(times[0] < times[1], and_(times[0] == times[1], records[0] < records[1]))
    # Of two sources at one instant the greater dates count, whichever of them came first.
    lastmods = func.coalesce(new.lastmod, ""), func.coalesce(old.lastmod, "")
    publications = func.coalesce(new.published, ""), func.coalesce(old.published, "")
    later = or_(
        times[0] > times[2],
        and_(
            times[0] == times[2],
            or_(
                lastmods[0] > lastmods[1],
                and_(lastmods[0] == lastmods[1], publications[0] > publications[1]),
                and_(
                    lastmods[0] == lastmods[1],
                    publications[0] == publications[1],
                    records[0] > records[2],
                ),
            ),
        ),
    )
    replaces = earlier if links else later
    first = case((earlier, new.first_id), else_=old.first_id)
    last = case((later, new.first_id), else_=func.coalesce(old.last_id, old.first_id))
    return statement.on_conflict_do_update(
        index_elements=[old.url_id, old.source_id, old.via],
        set_={
            "first_id": first,
            "last_id": None if links else func.nullif(last, first),
            "lastmod": case((replaces, new.lastmod), else_=old.lastmod),
            "published": case((replaces, new.published), else_=old.published),
        },
        where=earlier if links else or_(earlier, later),
    )


_KEYS_OF_CAPTURES = (
    "excluded.first_id",
    "naming.first_id",
    "coalesce(naming.last_id, naming.first_id)",
)
"""The captures that a new row and the stored one have: the new, the first and the last."""


def _of_capture(column: str, key: str) -> ScalarSelect[Any]:
    # A column instead of its name would put the INSERT's table anew into the subquery.
    wanted: ColumnElement[int] = literal_column(key)
    return select(capture.c[column]).where(capture.c.id == wanted).scalar_subquery()


def urls_that_show(connection: Connection, captures: Iterable[Capture]) -> set[str]:
    """Return the URLs of *captures*, and of the revisits that refer to them."""
    seen = {item.warc_record_id: item.url for item in captures}
    found = set(seen.values())
    for some in batches(seen):
        revisits = select(capture.c.url).where(capture.c.refers_to.in_(some))
        found |= set(connection.execute(revisits).scalars())
    return found


def touch(connection: Connection, owner: int, urls: set[str]) -> None:
    """Note that settling has to look at *urls*; at no source by its name."""
    rows = [{"publisher_id": owner, "url": url} for url in sorted(urls) if not is_source(url)]
    if rows:
        connection.execute(_touching(connection.dialect.name), rows)


@cache
def _touching(engine: str) -> Insert:
    return upsert_on(engine, unsettled).on_conflict_do_nothing()


def _capture_row(owner: int, file_ids: Mapping[str, int], which: Ingestible) -> dict[str, Any]:
    item = which.capture
    hidden = which.extraction.reason if which.is_hidden else None
    return {
        "publisher_id": owner,
        "url": item.url,
        "fetched_at": item.fetched_at,
        "http_status": item.http_status,
        "content_type": item.content_type,
        "payload_digest": item.payload_digest,
        "record_type": item.record_type,
        "refers_to": item.refers_to,
        "refers_to_url": item.refers_to_url,
        "refers_to_at": item.refers_to_at,
        "etag": item.etag,
        "last_modified": item.last_modified,
        "ip": item.ip,
        "truncated": item.truncated,
        "error": item.error,
        "hidden": hidden,
        "warc_file_id": file_ids[item.warc_file],
        "warc_offset": item.warc_offset,
        "warc_length": item.warc_length,
        "warc_record_id": item.warc_record_id,
    }


def capture_from_row(row: RowMapping, file: str) -> Capture:
    """Return the capture that a row of the capture table holds; *file* is its WARC file's name."""
    names = Capture.__dataclass_fields__
    values = {name: row[name] for name in names if name != "warc_file"}
    values["record_type"] = RecordType(values["record_type"])
    values["truncated"] = Truncation(values["truncated"]) if values["truncated"] else None
    return Capture(warc_file=file, **values)
