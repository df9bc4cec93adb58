"""Replace the extractions of captures by those of another extractor.

Extraction and edges belong to one capture and are simply replaced. Discovery does not: its rows
say which capture was the first (and, of a source, the last) to name a URL, and what else a capture
named is not stored. If captures are replaced in order of time, and every later one follows, the
capture that a row points to can delete it: others that name the URL come later. Out of order that
is not possible, and ``reread`` notes the sources to read again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Connection, bindparam, delete, func, select

from archive.model import NAMES_ARTICLES, Capture, Edge, Via
from archive.sql.captures import evidence
from archive.sql.captures.block_lists import with_block_lists
from archive.sql.captures.extraction_rows import extraction_row
from archive.sql.captures.rereading import note_reread
from archive.sql.captures.store import (
    Ingestible,
    add_edges,
    discover,
    touch,
    urls_that_show,
)
from archive.sql.chunks import batches
from archive.sql.schema.view_tables import (
    block_list,
    capture,
    edge,
    extraction,
    known_url,
    naming,
)
from archive.sql.types import to_json

STAMP = frozenset({"extractor", "profile_digest", "template"})
"""Columns that say by what an extraction was made, and nothing of what it says."""
REMARKS = frozenset(
    {"reason", "evidence", "confidence", "confidence_reasons", "lines", "holds_until"}
)
"""Columns that settling does not read."""
EDGES = "edges"

Linked = dict[tuple[int, str], datetime]
_Dates = tuple[str | None, str | None]
"""When a source says that a URL was modified, and published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """What became of the extraction of one capture: its row before and after.

    *changed* are the columns that differ, apart from the stamp, and ``EDGES``; empty where the
    extractors agree.
    """

    capture: Capture
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    changed: frozenset[str]


def replace_extractions(
    connection: Connection,
    owner: int,
    items: Sequence[Ingestible],
    linked: Linked,
    *,
    in_order: bool,
) -> list[Replaced]:
    """Replace the extractions of *items*, captures of *owner* that have rows; others are left out.

    *in_order*: every capture of the publisher that is later than these follows, or was extracted
    after they were. *linked* is that of ``captures.store``.
    """
    rows = _rows(connection, [item.capture.warc_record_id for item in items])
    kept = [item for item in items if item.capture.warc_record_id in rows]
    ids = [rows[item.capture.warc_record_id]["capture_id"] for item in kept]
    claims = _edges(connection, ids)
    found, stamps, others = [], [], []
    for key, item in zip(ids, kept, strict=True):
        before = rows[item.capture.warc_record_id]
        after = _as_stored(extraction_row(key, item.extraction, item.profile_digest))
        changed = {name for name in after.keys() - STAMP if after[name] != before[name]}
        if claims[key] != set(item.extraction.edges):
            changed.add(EDGES)
            connection.execute(delete(edge).where(edge.c.capture_id == key))
            add_edges(connection, owner, [(key, item)])
        if changed - {EDGES}:
            others.append({"key": before["id"], **after})
        elif any(after[name] != before[name] for name in STAMP):
            stamps.append({"key": before["id"], **{name: after[name] for name in STAMP}})
        found.append(
            Replaced(capture=item.capture, before=before, after=after, changed=frozenset(changed))
        )
    for changes in (stamps, with_block_lists(connection, owner, others)):
        if changes:
            _update(connection, changes)
    _rediscover(connection, owner, list(zip(ids, kept, strict=True)), linked, in_order=in_order)
    _touch(connection, owner, found)
    return found


def _rows(connection: Connection, record_ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    statement = (
        select(extraction, block_list.c.blocks, capture.c.warc_record_id)
        .join(capture)
        .outerjoin(block_list)
        .where(capture.c.warc_record_id.in_(record_ids))
    )
    rows = connection.execute(statement).mappings()
    return {row["warc_record_id"]: dict(row) for row in rows}


def _as_stored(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return *row* as the database gives it back."""
    return {name: _value(name, value) for name, value in row.items()}


def _value(name: str, value: Any) -> Any:
    if value is not None and (name == "blocks" or isinstance(extraction.c[name].type, JSON)):
        return json.loads(to_json(value))
    return value


def _update(connection: Connection, changes: Sequence[Mapping[str, Any]]) -> None:
    names = changes[0].keys() - {"key", "capture_id"}
    statement = (
        extraction.update()
        .where(extraction.c.id == bindparam("key"))
        .values({name: bindparam(f"new_{name}") for name in sorted(names)})
    )
    rows = [
        {"key": change["key"], **{f"new_{name}": change[name] for name in names}}
        for change in changes
    ]
    connection.execute(statement, rows)


def _edges(connection: Connection, ids: Collection[int]) -> dict[int, set[Edge]]:
    found: dict[int, set[Edge]] = defaultdict(set)
    statement = select(edge.c.capture_id, edge.c.kind, edge.c.target_url)
    for key, kind, target in connection.execute(statement.where(edge.c.capture_id.in_(ids))):
        found[key].add(Edge(kind, target))
    return found


def _touch(connection: Connection, owner: int, found: Sequence[Replaced]) -> None:
    changed = [item.capture for item in found if item.changed - REMARKS]
    if changed:
        urls = urls_that_show(connection, changed)
        before = {item.before["text_sha256"] for item in found if item.changed} - {None}
        touch(connection, owner, evidence.with_concerned(connection, owner, urls, before))


# --- discovery ------------------------------------------------------------------------------------


def _rediscover(
    connection: Connection,
    owner: int,
    items: Sequence[tuple[int, Ingestible]],
    linked: Linked,
    *,
    in_order: bool,
) -> None:
    """Correct the rows that point to *items*, then add what these name."""
    by_id = dict(items)
    names = {key: _named(item) for key, item in items}
    lost: list[dict[str, Any]] = []
    unnamed: set[str] = set()
    for row in _pointing(connection, by_id):
        what = (row["url"], row["via"])
        is_link, first = row["via"] == Via.LINK, row["capture_id"]
        last = None if is_link or row["last"] not in by_id else row["last"]
        if first in by_id and what not in names[first]:
            if in_order or first == last:
                lost.append(row["key"])
                if row["via"] in NAMES_ARTICLES:
                    unnamed.add(row["url"])
                linked.pop((owner, row["url"]), None)
                continue
            moment = by_id[first].capture.fetched_at
            note_reread(connection, owner, row["source_url"], moment)
        elif is_link and first in by_id:
            last = first  # of links, only the first capture that has one counts
        if last is None:
            continue
        if what not in names[last]:
            note_reread(connection, owner, row["source_url"], by_id[last].capture.fetched_at)
        elif names[last][what] != (row["lastmod"], row["published"]):
            lastmod, published = names[last][what]
            dates = {"new_lastmod": lastmod, "new_published": published}
            connection.execute(_DATING, {**row["key"], **dates})
    if lost:
        connection.execute(_LOSING, lost)
    discover(connection, owner, items, linked)
    touch(connection, owner, evidence.captured(connection, owner, unnamed))


def _named(item: Ingestible) -> dict[tuple[str, str], _Dates]:
    """Return what *item* names, by URL and via, each with the dates that count.

    They are the greatest; of links, those of the first.
    """
    found: dict[tuple[str, str], _Dates] = {}
    for candidate in item.extraction.candidates:
        what = (candidate.url, str(candidate.via))
        dates = (candidate.lastmod, candidate.published)
        is_greater = candidate.via is not Via.LINK and _order(dates) > _order(
            found.get(what, dates)
        )
        if what not in found or is_greater:
            found[what] = dates
    return found


def _order(dates: _Dates) -> tuple[str, str]:
    return dates[0] or "", dates[1] or ""


def _pointing(connection: Connection, items: Mapping[int, Ingestible]) -> list[Mapping[str, Any]]:
    """Return the rows that have one of *items* as the first capture, or as a source's last."""
    found = {}
    for some in batches(items):
        for column in (naming.c.first_id, naming.c.last_id):
            for row in connection.execute(_POINTING.where(column.in_(some))).mappings():
                key = {f"key_{name}": row[name] for name in _KEY}
                found[(*key.values(),)] = {**row, "key": key}
    return list(found.values())


_KEY = ("url_id", "source_id", "via")
_SOURCE = known_url.alias("source")
_POINTING = (
    select(
        *(naming.c[name] for name in _KEY),
        known_url.c.url,
        _SOURCE.c.url.label("source_url"),
        naming.c.first_id.label("capture_id"),
        func.coalesce(naming.c.last_id, naming.c.first_id).label("last"),
        naming.c.lastmod,
        naming.c.published,
    )
    .select_from(naming)
    .join(known_url, known_url.c.id == naming.c.url_id)
    .join(_SOURCE, _SOURCE.c.id == naming.c.source_id)
)
_IS_ROW = [naming.c[name] == bindparam(f"key_{name}") for name in _KEY]
_LOSING = delete(naming).where(*_IS_ROW)
_DATING = (
    naming.update()
    .where(*_IS_ROW)
    .values(lastmod=bindparam("new_lastmod"), published=bindparam("new_published"))
)
