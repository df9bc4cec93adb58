"""Full-text search on folded words, so that a query means the same on either engine.

Text is folded and cut into words here and not by the engine: SQLite's tokenizer folds no đ,
PostgreSQL's language configurations damage decomposed Vietnamese, and its parser takes "GPT-4" for
a word and a negative number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
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

from archive.sql.schema import address, article, article_text, publisher
from archive.sql.views import articles

LETTERS = str.maketrans(
    {"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ı": "i", "œ": "oe", "æ": "ae", "þ": "th"}
)
"""Letters that Unicode does not take apart into a base letter and a mark."""
INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200c\u200d\u2060\ufeff"), "")
"""Soft hyphens, joiners and non-joiners: half of the texts have them in a word, half have not."""
COMBINING = re.compile("[\u0300-\u036f]+")
"""Latin's marks only: those of Indic scripts and Japanese change which letter it is."""
TERM = re.compile(r'"([^"]*)"|(\S+)')
INDEXED_BYTES = {"headline": 4_000, "author": 4_000, "text": 300_000}
"""How much of each is indexed: a ``tsvector`` of PostgreSQL holds at most 1 MB, or the insert
fails. 300 kB are some 50,000 words."""


def folded(value: str) -> str:
    """Return *value* without case and diacritics: Nguyễn becomes "nguyen", đ "d", œ "oe".

    Nor has it what only tells how a word is to be broken or joined.
    """
    decomposed = unicodedata.normalize("NFD", value.casefold().translate(INVISIBLE))
    return unicodedata.normalize("NFC", COMBINING.sub("", decomposed)).translate(LETTERS)


def words(value: str) -> list[str]:
    """Return the words of *value*, folded: runs of letters and digits with their marks."""
    return _word().findall(folded(value))


def indexed(headline: str, author: Sequence[str], text: str) -> dict[str, str]:
    """Return the columns of ``article_text`` for an article: its words, with spaces between."""
    values = {"headline": headline, "author": "; ".join(author), "text": text}
    return {
        name: _shortened(" ".join(words(value)), INDEXED_BYTES[name])
        for name, value in values.items()
    }


def _shortened(text: str, size: int) -> str:
    data = text.encode()
    if len(data) <= size:
        return text
    space = data.rfind(b" ", 0, size)  # none in a text that writes no spaces, such as Chinese
    return data[: space if space > 0 else size].decode(errors="ignore")


@cache
def _word() -> re.Pattern[str]:
    # ``re`` knows no marks, and a vowel sign in the middle would cut a word of Hindi in two.
    marks = (chr(code) for code in range(0x300, 0x10000) if _is_mark(chr(code)))
    return re.compile(rf"(?:[^\W_]|[{''.join(marks)}])+")


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in {"Mn", "Mc"}


def phrases(query: str) -> list[list[str]]:
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
    wanted = phrases(query)
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
