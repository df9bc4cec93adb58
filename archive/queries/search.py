"""Full-text search on folded words, so that a query means the same on either engine.

A query is folded as the texts were (see ``sql.fulltext``), and each of its phrases must occur.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    table,
)

from archive.queries.articles import (
    IS_LATEST,
    ArchivedArticle,
    current_article,
    record_of,
    version_rows,
)
from archive.queries.paging import (
    PAGE_SIZE,
    CursorError,
    ResultPage,
    from_cursor,
    require_limit,
    scope_of,
    to_cursor,
)
from archive.sql.fulltext import words
from archive.sql.schema.view_tables import address, article, article_text, publisher, version
from archive.sql.views import articles

TERM = re.compile(r'"([^"]*)"|(\S+)')
MARK_BYTES = 5
"""How much of a digest marks an article in a cursor. Two of 10,000 share a mark once in 20,000."""


def query_phrases(query: str) -> list[list[str]]:
    """Return the phrases of a query, each a list of folded words; all must occur.

    Words between double quotes are one phrase. A word that contains punctuation ("GPT-J") is a
    phrase as well.
    """
    found = [words(quoted or word) for quoted, word in TERM.findall(query)]
    return [phrase for phrase in found if phrase]


def search_articles(
    connection: Connection,
    query: str,
    *,
    publisher_name: str | None = None,
    language: str | None = None,
    limit: int = PAGE_SIZE,
    cursor: str | None = None,
) -> ResultPage[ArchivedArticle]:
    """Return articles that contain every phrase of *query*, best first.

    Diacritics and case do not matter. A query without a word finds nothing. *language* includes
    narrower tags: "zh" also finds "zh-hant" (RFC 4647 3.3.1).

    *cursor* is the *next_cursor* of the page before. How good a hit is depends on all that the
    archive holds, so it may change when articles are added. Therefore a page has the best articles
    that no page before it had: the cursor marks those, and grows by 7 characters for each.
    Raises ``CursorError`` and ``UsageError``.
    """
    require_limit(limit)
    scope = scope_of("search_articles", query, publisher_name, language)
    data = b"" if cursor is None else from_cursor(scope, cursor)
    if len(data) % MARK_BYTES:
        raise CursorError
    wanted = query_phrases(query)
    if not wanted:
        return ResultPage(items=(), next_cursor=None)
    seen = {data[at : at + MARK_BYTES] for at in range(0, len(data), MARK_BYTES)}
    narrowing = _narrowing(publisher_name, language)
    statement = _ranked(connection.dialect.name, wanted, narrowing, len(seen) + limit + 1)
    rows = [row for row in connection.execute(statement) if _mark(row) not in seen]
    marks = b"".join(_mark(row) for row in rows[:limit])
    return ResultPage(
        items=tuple(_articles(connection, [row.id for row in rows[:limit]])),
        next_cursor=to_cursor(scope, data + marks) if len(rows) > limit else None,
    )


def _ranked(
    engine: str,
    wanted: Sequence[Sequence[str]],
    narrowing: Sequence[ColumnElement[bool]],
    most: int,
) -> Select[Any]:
    """Return the query for the best *most* articles that contain the phrases *wanted*.

    Ids and ranks are sorted by themselves: a common word is in thousands of articles, and their
    rows are large. What is as good as the last of the best is looked at too, since the order of
    equals must not depend on ids.
    """
    source, matches, rank = _matching(engine, wanted)
    key: ColumnElement[int] = article_text.c.article_id
    if engine == "sqlite":
        key = literal_column("article_fts.rowid")
    hits = select(key.label("id"), rank.label("rank")).select_from(source).where(matches)
    if narrowing:
        hits = hits.join(article, article.c.id == key).join(
            publisher, publisher.c.id == article.c.publisher_id
        )
        hits = hits.where(*narrowing)
    found = hits.subquery("hits")
    place = func.rank().over(order_by=found.c.rank).label("place")
    best = select(found.c.id, found.c.rank, place).subquery("best")
    return (
        select(*_KEY)
        .select_from(best)
        .join(article, article.c.id == best.c.id)
        .join(publisher, publisher.c.id == article.c.publisher_id)
        .where(best.c.place <= most)
        .order_by(best.c.rank, article.c.canonical_url, publisher.c.name, article.c.ordinal)
        .limit(most)
    )


_KEY = (article.c.id, publisher.c.name, article.c.canonical_url, article.c.ordinal)


def _matching(
    engine: str, wanted: Sequence[Sequence[str]]
) -> tuple[FromClause, ColumnElement[bool], ColumnElement[Any]]:
    """Return the search index, the condition that all phrases occur, and the rank.

    The best article has the smallest rank.
    """
    if engine == "sqlite":
        index: ColumnElement[Any] = literal_column("article_fts")
        match = " ".join('"' + " ".join(phrase) + '"' for phrase in wanted)
        rank: ColumnElement[Any] = literal_column("bm25(article_fts, 10.0, 5.0, 1.0)")
        return table("article_fts"), index.op("MATCH")(match), rank
    document: ColumnElement[Any] = literal_column("article_text.document")
    parsed: ColumnElement[Any] = func.phraseto_tsquery("simple", " ".join(wanted[0]))
    for phrase in wanted[1:]:
        parsed = parsed.op("&&")(func.phraseto_tsquery("simple", " ".join(phrase)))
    return article_text, document.op("@@")(parsed), -func.ts_rank(document, parsed)


def _mark(row: Row[*tuple[Any, ...]]) -> bytes:
    """Return what names an article in a cursor: the same before and after a rebuild."""
    key = f"{row.name}\n{row.canonical_url}\n{row.ordinal}".encode()
    return blake2b(key, digest_size=MARK_BYTES).digest()


def _narrowing(publisher_name: str | None, language: str | None) -> list[ColumnElement[bool]]:
    narrowing: list[ColumnElement[bool]] = []
    if publisher_name is not None:
        narrowing.append(publisher.c.name == publisher_name)
    if language is not None:
        narrowing.append(speaks(article.c.in_language, language))
    return narrowing


def _articles(connection: Connection, ids: Sequence[int]) -> list[ArchivedArticle]:
    """Return the articles with the row ids *ids*, in that order."""
    rows = version_rows(connection, and_(version.c.article_id.in_(sorted(ids)), IS_LATEST))
    found = {row["article_id"]: current_article(row) for row in rows}
    return [found[key] for key in ids if key in found]


def speaks(column: ColumnElement[Any], language: str) -> ColumnElement[bool]:
    """Return the condition that *column* is *language* or a narrower tag (RFC 4647 3.3.1)."""
    tag = language.lower()
    return or_(column == tag, column.startswith(f"{tag}-", autoescape=True))


def find_article(connection: Connection, url: str) -> list[ArchivedArticle]:
    """Return the articles of which *url* is an address; at most one of each publisher.

    When *url* has shown several stories one after the other, the article is the latest.
    """
    rows = connection.execute(_FIND, {"wanted": url}).mappings()
    return [record_of(ArchivedArticle, row) for row in rows]


_LATER = address.alias("later")
# Built once: a crawl asks it for each article, in the reactor's thread.
_FIND = (
    select(*articles.c)
    .join(
        article,
        and_(
            article.c.canonical_url == articles.c.canonical_url,
            article.c.seen_from == articles.c.seen_from,
        ),
    )
    .join(address, address.c.article_id == article.c.id)
    .join(
        publisher,
        and_(publisher.c.id == article.c.publisher_id, publisher.c.name == articles.c.publisher),
    )
    .where(
        # With each publisher in turn, the addresses need not be read from the first to the last.
        address.c.publisher_id.in_(select(publisher.c.id)),
        address.c.url == bindparam("wanted"),
        address.c.ordinal
        == select(func.max(_LATER.c.ordinal))
        .where(_LATER.c.publisher_id == address.c.publisher_id, _LATER.c.url == address.c.url)
        .scalar_subquery(),
    )
)
