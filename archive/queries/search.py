"""Full-text search on folded words, so that a query means the same on either engine.

A query is folded as the texts were (see ``sql.fulltext``), and each of its phrases must occur.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
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
    exists,
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
    Keyset,
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
FEW_HITS = 20_000
"""So many hits SQLite sorts in some milliseconds."""
LOOKED_AT = 50
"""Of how many of the newest articles, for each result of a page, the words are looked at first."""
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
    newest: bool = False,
    limit: int = PAGE_SIZE,
    cursor: str | None = None,
) -> ResultPage[ArchivedArticle]:
    """Return articles that contain every phrase of *query*, best first, or with *newest* by date.

    The date of an article is when it was published, or else when it was first captured.

    Diacritics and case do not matter. A query without a word finds nothing. *language* includes
    narrower tags: "zh" also finds "zh-hant" (RFC 4647 3.3.1).

    *cursor* is the *next_cursor* of the page before. How good a hit is depends on all that the
    archive holds, so it may change when articles are added. Therefore a page has the best articles
    that no page before it had: the cursor marks those, and grows by 7 characters for each. With
    *newest* it says after which article the next page begins. Raises ``CursorError`` and
    ``UsageError``.
    """
    require_limit(limit)
    order = ("newest",) if newest else ()
    scope = scope_of("search_articles", query, publisher_name, language, *order)
    wanted = query_phrases(query)
    narrowing = _narrowing(publisher_name, language)
    if not newest:
        return _best(connection, wanted, narrowing, scope, limit, cursor)
    keyset = Keyset(columns=_BY_DATE, scope=scope, descending=True)
    if not wanted:
        return ResultPage(items=(), next_cursor=None)
    rows, after = _newest(connection, wanted, narrowing, keyset, limit, cursor)
    return ResultPage(
        items=tuple(_articles(connection, [row.id for row in rows])), next_cursor=after
    )


def _best(
    connection: Connection,
    wanted: Sequence[Sequence[str]],
    narrowing: Sequence[ColumnElement[bool]],
    scope: bytes,
    limit: int,
    cursor: str | None,
) -> ResultPage[ArchivedArticle]:
    """Return the best articles that no page before had."""
    data = b"" if cursor is None else from_cursor(scope, cursor)
    if len(data) % MARK_BYTES:
        raise CursorError
    if not wanted:
        return ResultPage(items=(), next_cursor=None)
    seen = {data[at : at + MARK_BYTES] for at in range(0, len(data), MARK_BYTES)}
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
    key = _key(engine)
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


_BY_DATE = (article.c.dated_at, article.c.canonical_url, publisher.c.name, article.c.ordinal)


def _newest(
    connection: Connection,
    wanted: Sequence[Sequence[str]],
    narrowing: Sequence[ColumnElement[bool]],
    keyset: Keyset,
    limit: int,
    cursor: str | None,
) -> tuple[Sequence[Row[*tuple[Any, ...]]], str | None]:
    """Return the newest articles that contain the phrases *wanted*, and the cursor behind them.

    A common word is in one of the next few articles by date: they are walked through by an index,
    and the search index is asked for each. What is not found so soon is sorted as a whole.
    """
    engine = connection.dialect.name
    source, matches, _ = _matching(engine, wanted)
    is_hit, dated = _key(engine) == article.c.id, _dated(narrowing, keyset, cursor)
    if engine != "sqlite" or _are_many(connection, source, matches):
        walked = dated.where(exists().select_from(source).where(matches, is_hit))
        floor = _floor(connection, dated, LOOKED_AT * (limit + 1))
        if floor is None:
            return keyset.rows_after(connection, walked, cursor, limit)
        walked = walked.where(article.c.dated_at >= floor)
        rows, after = keyset.rows_after(connection, walked, cursor, limit)
        if after is not None:
            return rows, after
    # PostgreSQL could take it for better to walk on.
    hits = select(_key(engine).label("id")).select_from(source).where(matches).cte("hits")
    hits = hits.prefix_with("MATERIALIZED", dialect="postgresql")
    every_hit = dated.join(hits, hits.c.id == article.c.id)
    return keyset.rows_after(connection, every_hit, cursor, limit)


def _dated(
    narrowing: Sequence[ColumnElement[bool]], keyset: Keyset, cursor: str | None
) -> Select[Any]:
    """Return the query for the articles that may be on the page, and some of their date before."""
    statement = (
        select(article.c.id, *_BY_DATE)
        .join(publisher, publisher.c.id == article.c.publisher_id)
        .where(*narrowing)
    )
    if cursor is None:
        return statement
    # The index by date begins here; what ``keyset`` compares is in two tables.
    return statement.where(article.c.dated_at <= keyset.bounds(cursor)[0])


def _are_many(connection: Connection, source: FromClause, matches: ColumnElement[bool]) -> bool:
    some: Select[Any] = (
        select(literal_column("1")).select_from(source).where(matches).limit(FEW_HITS)
    )
    return connection.scalar(select(func.count()).select_from(some.subquery())) == FEW_HITS


def _floor(connection: Connection, dated: Select[Any], number: int) -> datetime | None:
    """Return the date of the article that has *number* of *dated* before it, if there is one."""
    by_date = dated.with_only_columns(article.c.dated_at).order_by(article.c.dated_at.desc())
    found: datetime | None = connection.scalar(by_date.offset(number).limit(1))
    return found


def _key(engine: str) -> ColumnElement[int]:
    return literal_column("article_fts.rowid") if engine == "sqlite" else article_text.c.article_id


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
