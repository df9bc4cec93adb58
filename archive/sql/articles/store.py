"""Articles in the database: what settling needs to know about addresses, and what it decided."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Table,
    bindparam,
    delete,
    func,
    select,
)

from archive.model import (
    Component,
    History,
    Version,
)
from archive.sql.articles import translations
from archive.sql.captures.extraction_rows import sha256
from archive.sql.chunks import batches
from archive.sql.fulltext import indexed
from archive.sql.rows import Stored, insert_ids, replace_rows, write_rows
from archive.sql.schema.state_tables import unsettled
from archive.sql.schema.view_tables import (
    address,
    alternate,
    article,
    article_text,
    end_block,
    publisher,
    version,
    version_part,
)

WORD = re.compile(r"\w+")


# Statements that every settlement runs are built once: SQLAlchemy takes longer to build one than
# SQLite takes to run it.
_URLS: BindParameter[Any] = bindparam("urls", expanding=True)
_OWNER: BindParameter[Any] = bindparam("owner")
_OF_ADDRESSES = select(address.c.article_id).where(
    address.c.publisher_id == _OWNER, address.c.url.in_(_URLS)
)
_ARTICLES = select(article).where(article.c.id.in_(_OF_ADDRESSES))
_KEYS: BindParameter[Any] = bindparam("keys", expanding=True)
_VERSION_IDS = select(version.c.id, version.c.article_id, version.c.seq).where(
    version.c.article_id.in_(_KEYS)
)
_PARTS = select(version_part).join(version).where(version.c.article_id.in_(_KEYS))
_SETTLED = delete(unsettled).where(unsettled.c.publisher_id == _OWNER, unsettled.c.url.in_(_URLS))


def touched(connection: Connection, owner: int, limit: int) -> list[str]:
    """Return at most *limit* unsettled URLs, in order."""
    statement = (
        select(unsettled.c.url)
        .where(unsettled.c.publisher_id == owner)
        .order_by(unsettled.c.url)
        .limit(limit)
    )
    return list(connection.execute(statement).scalars())


def unsettled_publishers(connection: Connection) -> list[str]:
    """Return the names of the publishers with unsettled URLs."""
    statement = select(publisher.c.name).where(
        publisher.c.id.in_(select(unsettled.c.publisher_id).distinct())
    )
    return list(connection.execute(statement).scalars())


def number_unsettled(connection: Connection, name: str) -> int:
    """Return the number of unsettled URLs of publisher *name*."""
    statement = (
        select(func.count()).select_from(unsettled.join(publisher)).where(publisher.c.name == name)
    )
    return connection.scalar(statement) or 0


def note_settled(connection: Connection, owner: int, urls: Iterable[str]) -> None:
    """Note that all captures of *urls* are settled."""
    for some in batches(urls):
        connection.execute(_SETTLED, {"owner": owner, "urls": some})


def standing(connection: Connection, owner: int, urls: Iterable[str]) -> dict[tuple[str, int], int]:
    """Return how many versions the articles at *urls* have, by canonical URL and ordinal."""
    found = {}
    for some in batches(urls):
        statement = (
            select(article.c.canonical_url, article.c.ordinal, func.count())
            .join(version)
            .where(article.c.id.in_(_OF_ADDRESSES))
            .group_by(article.c.id)
        )
        rows = connection.execute(statement, {"owner": owner, "urls": some})
        found.update({(row[0], row[1]): row[2] for row in rows})
    return found


def replace_articles(
    connection: Connection,
    owner: int,
    urls: Collection[str],
    found: Iterable[tuple[Component, History]],
) -> None:
    """Make *found* the articles of all addresses in *urls*, in place of those stored before.

    Rows that stay as they are keep their ids.
    """
    before = _stored(connection, owner, urls)
    keys, stale = _put_articles(connection, owner, before, found)
    known = [row["id"] for row in before.values()]
    rows = _Rows(owner)
    for (component, history), key in keys:
        rows.add(key, component, history)
    for table, wanted in rows.of_tables.items():
        replace_rows(connection, table, "article_id", known, wanted)
    _put_parts(connection, known, keys)
    for some in batches(stale):
        connection.execute(delete(article).where(article.c.id.in_(some)))
    former = {row["translation_group"] for row in before.values()} - {None}
    translations.regroup(connection, owner, {key for _, key in keys}, former)


_Found = tuple[Component, History]


def _stored(connection: Connection, owner: int, urls: Collection[str]) -> Stored:
    """Return the articles that have an address in *urls*, by canonical URL and ordinal."""
    found: Stored = {}
    for some in batches(urls):
        rows = connection.execute(_ARTICLES, {"owner": owner, "urls": some}).mappings()
        found.update(((owner, row["canonical_url"], row["ordinal"]), row) for row in rows)
    return found


def _put_articles(
    connection: Connection, owner: int, before: Stored, found: Iterable[_Found]
) -> tuple[list[tuple[_Found, int]], set[int]]:
    """Store the rows of *found*; return it with their ids, and the ids of those to be deleted."""
    of_key = {}
    for each in found:
        row = _article_row(owner, *each)
        of_key[owner, row["canonical_url"], row["ordinal"]] = (each, row)
    new = [row for key, (_, row) in of_key.items() if key not in before]
    kept = {key: row for key, row in before.items() if key in of_key}
    write_rows(connection, article, kept, [row for key, (_, row) in of_key.items() if key in kept])
    ids = {key: row["id"] for key, row in kept.items()}
    added = insert_ids(connection, article, new)
    for row, key in zip(new, added, strict=True):
        ids[owner, row["canonical_url"], row["ordinal"]] = key
    stale = {row["id"] for key, row in before.items() if key not in of_key}
    return [(each, ids[key]) for key, (each, _) in of_key.items()], stale


def _article_row(owner: int, component: Component, history: History) -> dict[str, Any]:
    return {
        "publisher_id": owner,
        "canonical_url": component.canonical.url,
        "ordinal": component.canonical.ordinal,
        "in_language": history.latest.article.in_language,
        "seen_from": history.seen_from,
        "seen_until": history.seen_until,
        "gone_at": history.gone.at if history.gone else None,
        "gone_reason": history.gone.reason if history.gone else None,
        "dated_at": history.spans[-1].article.date_published or history.seen_from,
    }


class _Rows:
    """The rows of some articles, by table."""

    def __init__(self, owner: int) -> None:
        self._owner = owner
        tables = (address, version, alternate, end_block, article_text)
        self.of_tables: dict[Table, list[dict[str, Any]]] = {table: [] for table in tables}

    def add(self, key: int, component: Component, history: History) -> None:
        """Add the rows of one article; *key* is its id."""
        rows, here = self.of_tables, {"publisher_id": self._owner, "article_id": key}
        rows[address] += [
            {**here, "url": place.url, "ordinal": place.ordinal, "role": role}
            for place, role in component.roles.items()
        ]
        versions = [_version_row(key, seq, span) for seq, span in enumerate(history.spans, 1)]
        rows[version] += versions
        rows[alternate] += [
            {
                **here,
                "language": naming.other.language,
                "target_url": naming.other.url,
                "capture_id": naming.capture_id,
                "named_until": naming.until,
            }
            for naming in history.named
        ]
        rows[end_block] += [
            {"article_id": key, "key": block, "at_end": at_end}
            for block, at_end in history.ends.items()
        ]
        latest = versions[-1]
        texts = indexed(latest["headline"], latest["author"], latest["text"])
        rows[article_text].append({"article_id": key, **texts})


def _put_parts(
    connection: Connection, known: Collection[int], keys: Iterable[tuple[_Found, int]]
) -> None:
    """Store what the versions of articles in several pages are made of.

    *known* are the articles that were there before.
    """
    spans = {
        (key, seq): span
        for (_, history), key in keys
        for seq, span in enumerate(history.spans, 1)
        if span.parts
    }
    there: Stored = {}
    for some in batches(known):
        rows = connection.execute(_PARTS, {"keys": some}).mappings()
        there.update(((row["version_id"], row["number"]), row) for row in rows)
    wanted: list[dict[str, Any]] = []
    for some in batches({key for key, _ in spans}):
        for row in connection.execute(_VERSION_IDS, {"keys": some}):
            span = spans.get((row.article_id, row.seq))
            wanted += [
                {
                    "version_id": row.id,
                    "number": part.number,
                    "extraction_id": part.reading.extraction_id,
                    "blocks": list(part.blocks),
                }
                for part in (span.parts if span else ())
            ]
    write_rows(connection, version_part, there, wanted)


def _version_row(key: int, seq: int, span: Version) -> dict[str, Any]:
    said = span.article
    return {
        "article_id": key,
        "seq": seq,
        "extraction_id": span.reading.extraction_id,
        "seen_from": span.seen_from,
        "seen_until": span.seen_until,
        "change_kind": span.change_kind,
        "headline": said.headline,
        "text": said.text,
        "removed": [block.text for block in span.removed],
        "description": said.description,
        "author": list(said.author),
        "date_published": said.date_published,
        "date_published_raw": said.date_published_raw,
        "date_source": said.date_source,
        "date_precision": said.date_precision,
        "date_modified": said.date_modified,
        "date_modified_raw": said.date_modified_raw,
        "section": list(said.article_section),
        "keywords": list(said.keywords),
        "image": said.image,
        "word_count": len(WORD.findall(said.text)),
        "text_sha256": sha256(said.text),
        "missing_parts": list(span.missing),
    }
