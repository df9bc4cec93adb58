"""What the same extractor read in an equal payload that was captured before.

Other software records a page each time that it fetches it, also if nothing changed. Such a capture
gets the extraction of the earlier one, and no worker reads it.

The table ``naming`` says which capture was the first to have a link, and the last of a source to
name a URL. So an equal page that comes later has no link that changes a row, and links are not
restored here. What it names otherwise (its AMP twin, its translations) is restored from the rows of
its URL, if all captures of the URL have this payload.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    Connection,
    RowMapping,
    Select,
    String,
    bindparam,
    column,
    exists,
    select,
    values,
)

from archive.model import (
    Alternate,
    Candidate,
    Capture,
    Edge,
    EdgeKind,
    Extraction,
    Kind,
    Outcome,
    RecordType,
    Via,
)
from archive.sql.captures.extraction_rows import article_of, part_of_row, site_reading_of
from archive.sql.captures.store import capture_from_row
from archive.sql.chunks import chunks
from archive.sql.known_urls import ids_of
from archive.sql.schema.view_tables import (
    block_list,
    capture,
    edge,
    extraction,
    known_url,
    naming,
    publisher,
    warc_file,
)
from archive.sql.types import UtcDateTime

LOOKED_UP_AT_ONCE = 64
"""Captures in one statement."""

_KINDS = {Via.AMPHTML: Kind.AMP, Via.WELL_KNOWN: Kind.FEED}


@dataclass(frozen=True, slots=True)
class EarlierReading:
    """An earlier *capture* of a URL, and what was read in it, without links."""

    capture: Capture
    extraction: Extraction


def may_be_known(item: Capture) -> bool:
    """Return whether *item* is a whole reply, so that it may be read as an earlier capture is."""
    return (
        item.record_type is RecordType.RESPONSE
        and item.payload_digest is not None
        and item.truncated is None
    )


def earlier_readings(
    connection: Connection, name: str, captures: Iterable[Capture], made_by: tuple[str, str]
) -> dict[str, EarlierReading]:
    """Return for *captures* of publisher *name* what was read in equal payloads, by record id.

    Only earlier captures of the same URL count that *made_by*, extractor and profile digest, has
    read a text in. Whether their replies are equal otherwise is not known here.
    """
    owner = connection.scalar(_OWNER, {"name": name})
    found: dict[str, EarlierReading] = {}
    if owner is None:
        return found
    for whole in chunks(filter(may_be_known, captures), LOOKED_UP_AT_ONCE):
        some = _seen(connection, owner, whole)
        keys = _equal_ones(connection, owner, some, made_by) if some else {}
        if not keys:
            continue
        readings = _readings(connection, owner, {*keys.values()})
        found |= {record: readings[key] for record, key in keys.items() if key in readings}
    return found


def _seen(connection: Connection, owner: int, captures: Sequence[Capture]) -> Sequence[Capture]:
    """Return those of *captures* whose payloads the database may have: of most archives, none."""
    digests = [item.payload_digest for item in captures]
    seen = connection.execute(_SEEN, {"owner": owner, "digests": digests}).scalars().all()
    if len(seen) == _MOST_SEEN:
        return captures
    return [item for item in captures if item.payload_digest in seen]


def _equal_ones(
    connection: Connection, owner: int, captures: Sequence[Capture], made_by: tuple[str, str]
) -> dict[str, int]:
    """Return the row id of an earlier capture for each of *captures*, by record id."""
    wanted = _wanted(
        (item.warc_record_id, item.url, item.payload_digest, item.fetched_at) for item in captures
    )
    extractor, profile_digest = made_by
    one = (
        select(capture.c.id)
        .join(extraction)
        .where(
            capture.c.publisher_id == owner,
            capture.c.payload_digest == wanted.c.digest,
            capture.c.url == wanted.c.url,
            capture.c.fetched_at < wanted.c.moment,
            capture.c.record_type == RecordType.RESPONSE,
            capture.c.truncated.is_(None),
            capture.c.hidden.is_(None),
            extraction.c.extractor == extractor,
            extraction.c.profile_digest == profile_digest,
            extraction.c.lines.is_not(None),
            extraction.c.template.is_not(None),
        )
        .limit(1)
        .correlate(wanted)
        .scalar_subquery()
    )
    rows = connection.execute(select(wanted.c.record, one.label("key")))
    return {row.record: row.key for row in rows if row.key is not None}


def _wanted(rows: Iterable[tuple[str, str, str | None, datetime]]) -> CTE:
    """Return *rows* as a table with the columns ``record``, ``url``, ``digest`` and ``moment``."""
    return (
        values(
            column("record", String),
            column("url", String),
            column("digest", String),
            column("moment", UtcDateTime),
            name="wanted",
        )
        .data(list(rows))
        .cte("wanted")
    )


def _readings(
    connection: Connection, owner: int, keys: Collection[int]
) -> dict[int, EarlierReading]:
    """Return what is stored of the captures *keys* (row ids), if it is known what they name."""
    rows = connection.execute(_STORED.where(capture.c.id.in_(keys))).mappings().all()
    captures = {row["id"]: capture_from_row(row, row["file"]) for row in rows}
    named = _named(connection, owner, captures.values())
    edges: dict[int, list[Edge]] = defaultdict(list)
    claims = select(edge.c.capture_id, edge.c.kind, edge.c.target_url).order_by(edge.c.id)
    for key, kind, target in connection.execute(claims.where(edge.c.capture_id.in_(keys))):
        edges[key].append(Edge(EdgeKind(kind), target))
    found = {}
    for row in rows:
        item = captures[row["id"]]
        candidates = named[item.url]
        if candidates is not None:
            read = _extraction(row, tuple(edges[row["id"]]), candidates)
            found[row["id"]] = EarlierReading(item, read)
    return found


def _named(
    connection: Connection, owner: int, captures: Collection[Capture]
) -> dict[str, tuple[Candidate, ...] | None]:
    """Return what *captures* name beside their links, by their URLs; None where it is not known."""
    found: dict[str, list[Candidate]] = defaultdict(list)
    urls = {item.url for item in captures}
    sources = {number: url for url, number in ids_of(connection, owner, urls).items()}
    # A source's rows are found by the captures of it that they refer to.
    theirs = select(capture.c.id).where(capture.c.publisher_id == owner, capture.c.url.in_(urls))
    statement = (
        select(naming.c.source_id, known_url.c.url, naming.c.via)
        .join(known_url, known_url.c.id == naming.c.url_id)
        .where(naming.c.first_id.in_(theirs), naming.c.source_id.in_(sources))
    )
    for source, url, via in connection.execute(statement):
        kind = _KINDS.get(Via(via), Kind.PAGE)
        found[sources[source]].append(Candidate(url=url, via=Via(via), kind=kind))
    telling = [item for item in captures if item.url in found]
    changing: set[str] = set()
    if telling:
        changing |= {*connection.execute(_changing(owner, telling)).scalars()}
    return {url: None if url in changing else tuple(found[url]) for url in urls}


def _changing(owner: int, captures: Iterable[Capture]) -> Select[Any]:
    """Return the statement for those URLs of *captures* that showed other payloads, too."""
    wanted = _wanted(("", item.url, item.payload_digest, item.fetched_at) for item in captures)
    other = exists().where(
        capture.c.publisher_id == owner,
        capture.c.url == wanted.c.url,
        capture.c.record_type == RecordType.RESPONSE,
        capture.c.payload_digest.is_distinct_from(wanted.c.digest),
    )
    return select(wanted.c.url).where(other)


def _extraction(
    row: RowMapping, edges: tuple[Edge, ...], candidates: tuple[Candidate, ...]
) -> Extraction:
    fields, site = row["fields"], row["by_site"]
    return Extraction(
        outcome=Outcome(row["outcome"]),
        extractor=row["extractor"],
        reason=row["reason"],
        evidence=tuple(row["evidence"]),
        article=None if fields is None else article_of(fields, row["blocks"]),
        language=row["language"],
        candidates=candidates,
        edges=edges,
        alternates=tuple(Alternate(language, url) for language, url in row["alternates"]),
        flags=tuple(row["flags"]),
        confidence=row["confidence"],
        confidence_reasons=tuple(row["confidence_reasons"] or ()),
        part=part_of_row(row["part"]),
        lines=row["lines"],
        template=row["template"],
        by_site=None if site is None else site_reading_of(site),
        is_in_place=row["is_in_place"],
        holds_until=row["holds_until"],
    )


_OWNER = select(publisher.c.id).where(publisher.c.name == bindparam("name"))
_MOST_SEEN = 2 * LOOKED_UP_AT_ONCE
_SEEN = (
    select(capture.c.payload_digest)
    .where(
        capture.c.publisher_id == bindparam("owner"),
        capture.c.payload_digest.in_(bindparam("digests", expanding=True)),
    )
    .limit(_MOST_SEEN)
)
_STORED = select(
    *capture.c,
    warc_file.c.name.label("file"),
    block_list.c.blocks,
    *(each for each in extraction.c if each.name not in {"id", "capture_id"}),
).select_from(capture.join(warc_file).join(extraction).outerjoin(block_list))
