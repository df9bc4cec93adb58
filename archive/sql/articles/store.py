"""Articles in the database: what settling needs to know about addresses, and what it decided."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import cache
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
from sqlalchemy.dialects import postgresql, sqlite

from archive.model import (
    Component,
    History,
    Version,
)
from archive.sql.articles import translations
from archive.sql.captures.extraction_rows import sha256
from archive.sql.chunks import batches
from archive.sql.database import upsert_on
from archive.sql.fulltext import indexed
from archive.sql.schema.state_tables import unsettled
from archive.sql.schema.view_tables import (
    NATURAL_KEYS,
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
_ARTICLES = select(article.c.id, article.c.translation_group).where(article.c.id.in_(_OF_ADDRESSES))
_KEY: BindParameter[Any] = bindparam("key")
_UNLINK = delete(address).where(address.c.article_id.in_(bindparam("keys", expanding=True)))
_CLEAR = tuple(
    delete(table).where(table.c.article_id == _KEY) for table in (version, alternate, end_block)
)
_VERSION_IDS = select(version.c.id, version.c.seq).where(version.c.article_id == _KEY)
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
    """Make *found* the articles of all addresses in *urls*, in place of those stored before."""
    stale, names = _unlink(connection, owner, urls)
    put = set()
    for component, history in found:
        key = _put_article(connection, owner, component, history)
        put.add(key)
        _put_versions(connection, key, history)
        _put_ends(connection, owner, key, history)
        connection.execute(
            address.insert(),
            [
                {
                    "publisher_id": owner,
                    "article_id": key,
                    "url": place.url,
                    "ordinal": place.ordinal,
                    "role": role,
                }
                for place, role in component.roles.items()
            ],
        )
    for some in batches(stale - put):
        connection.execute(delete(article_text).where(article_text.c.article_id.in_(some)))
        connection.execute(delete(article).where(article.c.id.in_(some)))
    translations.regroup(connection, owner, put, names)


def _unlink(connection: Connection, owner: int, urls: Collection[str]) -> tuple[set[int], set[str]]:
    """Remove the addresses in *urls*; return the articles that had one, and their groups."""
    found: dict[int, str | None] = {}
    for some in batches(urls):
        rows = connection.execute(_ARTICLES, {"owner": owner, "urls": some})
        found.update((row.id, row.translation_group) for row in rows)
    for keys in batches(found):
        connection.execute(_UNLINK, {"keys": keys})
    return set(found), {name for name in found.values() if name is not None}


def _put_article(connection: Connection, owner: int, component: Component, history: History) -> int:
    values = {
        "publisher_id": owner,
        "canonical_url": component.canonical.url,
        "ordinal": component.canonical.ordinal,
        "in_language": history.latest.article.in_language,
        "seen_from": history.seen_from,
        "seen_until": history.seen_until,
        "gone_at": history.gone.at if history.gone else None,
        "gone_reason": history.gone.reason if history.gone else None,
    }
    statement = _putting(connection.dialect.name, article).returning(article.c.id)
    return int(connection.execute(statement, values).scalar_one())


@cache
def _putting(engine: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return the statement that inserts a row of *table* or replaces that with the same key."""
    names = NATURAL_KEYS[table.name]
    given = {column.name for column in table.c} - {"id", "translation_group"}
    statement = upsert_on(engine, table).values({name: bindparam(name) for name in sorted(given)})
    return statement.on_conflict_do_update(
        index_elements=names,
        set_={name: statement.excluded[name] for name in sorted(given - set(names))},
    )


def _put_versions(connection: Connection, key: int, history: History) -> None:
    for clearing in _CLEAR:
        connection.execute(clearing, {"key": key})
    rows = [_version_row(key, seq, span) for seq, span in enumerate(history.spans, 1)]
    connection.execute(version.insert(), rows)
    _put_parts(connection, key, history)
    texts = indexed(rows[-1]["headline"], rows[-1]["author"], rows[-1]["text"])
    statement = _putting(connection.dialect.name, article_text)
    connection.execute(statement, {"article_id": key, **texts})


def _put_parts(connection: Connection, key: int, history: History) -> None:
    """Store what the versions of an article in several pages are made of."""
    spans = {seq: span for seq, span in enumerate(history.spans, 1) if span.parts}
    if not spans:
        return
    ids = connection.execute(_VERSION_IDS, {"key": key}).all()
    rows = [
        {
            "version_id": row.id,
            "number": part.number,
            "extraction_id": part.reading.extraction_id,
            "blocks": list(part.blocks),
        }
        for row in ids
        for part in (spans[row.seq].parts if row.seq in spans else ())
    ]
    connection.execute(version_part.insert(), rows)


def _put_ends(connection: Connection, owner: int, key: int, history: History) -> None:
    """Store the translations that the article's pages name, and the blocks at their ends."""
    named = [
        {
            "publisher_id": owner,
            "article_id": key,
            "language": naming.other.language,
            "target_url": naming.other.url,
            "capture_id": naming.capture_id,
            "named_until": naming.until,
        }
        for naming in history.named
    ]
    if named:
        connection.execute(alternate.insert(), named)
    blocks = [
        {"article_id": key, "key": block, "at_end": at_end}
        for block, at_end in history.ends.items()
    ]
    if blocks:
        connection.execute(end_block.insert(), blocks)


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
