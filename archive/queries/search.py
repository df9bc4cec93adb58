"""Full-text search on folded words, so that a query means the same on either engine.

A query is folded as the texts were (see ``sql.fulltext``), and each of its phrases must occur.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    text,
)

from archive.sql.fulltext import words
from archive.sql.schema.view_tables import address, article, article_text, publisher
from archive.sql.views import articles

TERM = re.compile(r'"([^"]*)"|(\S+)')


def query_phrases(query: str) -> list[list[str]]:
    """Return the phrases of a query, each a list of folded words; all must occur.

    Words between double quotes are one phrase; a word that holds punctuation ("GPT-J") is one too.
    """
    found = [words(quoted or word) for quoted, word in TERM.findall(query)]
    return [phrase for phrase in found if phrase]


def search(
    connection: Connection,
    query: str,
    *,
    publisher_name: str | None = None,
    language: str | None = None,
    limit: int = 20,
) -> Sequence[RowMapping]:
    """Return rows of the view ``articles`` that hold every phrase of *query*, best first.

    Diacritics and case do not matter. A query without a word matches nothing. A *language* takes in
    its narrower tags, "zh" also "zh-hant" (RFC 4647 3.3.1).
    """
    wanted = query_phrases(query)
    if not wanted:
        return []
    statement = (
        select(*articles.c)
        .select_from(article_text)
        .join(article, article.c.id == article_text.c.article_id)
        .join(publisher, publisher.c.id == article.c.publisher_id)
        .join(
            articles,
            and_(
                articles.c.publisher == publisher.c.name,
                articles.c.canonical_url == article.c.canonical_url,
                articles.c.seen_from == article.c.seen_from,  # its stories, if several, differ
            ),
        )
        .limit(limit)
    )
    if connection.dialect.name == "sqlite":
        match = " ".join('"' + " ".join(phrase) + '"' for phrase in wanted)
        statement = (
            statement.join(
                text("article_fts"),
                literal_column("article_fts.rowid") == article_text.c.article_id,
            )
            .where(literal_column("article_fts").op("MATCH")(match))
            .order_by(literal_column("bm25(article_fts, 10.0, 5.0, 1.0)"), article.c.canonical_url)
        )
    else:
        document: ColumnElement[Any] = literal_column("article_text.document")
        parsed: ColumnElement[Any] = func.phraseto_tsquery("simple", " ".join(wanted[0]))
        for phrase in wanted[1:]:
            parsed = parsed.op("&&")(func.phraseto_tsquery("simple", " ".join(phrase)))
        statement = statement.where(document.op("@@")(parsed)).order_by(
            func.ts_rank(document, parsed).desc(), article.c.canonical_url
        )
    if publisher_name is not None:
        statement = statement.where(articles.c.publisher == publisher_name)
    if language is not None:
        statement = statement.where(speaks(articles.c.in_language, language))
    return connection.execute(statement).mappings().all()


def speaks(column: ColumnElement[Any], language: str) -> ColumnElement[bool]:
    """Return the condition that *column* is *language* or a narrower tag (RFC 4647 3.3.1)."""
    tag = language.lower()
    return or_(column == tag, column.startswith(f"{tag}-", autoescape=True))


def find_article(connection: Connection, url: str) -> Sequence[RowMapping]:
    """Return the rows of ``articles`` of which *url* is an address; one for each publisher.

    Of several stories that *url* bore, one after the other, it is the latest.
    """
    return connection.execute(_FIND, {"wanted": url}).mappings().all()


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
        address.c.url == bindparam("wanted"),
        address.c.ordinal
        == select(func.max(_LATER.c.ordinal))
        .where(_LATER.c.publisher_id == address.c.publisher_id, _LATER.c.url == address.c.url)
        .scalar_subquery(),
    )
)
