"""Groups of translations in the database: brought up to date for the articles that were settled."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, or_, select, union

from archive.settle.translations import group_names, reciprocal
from archive.sql.chunks import batches
from archive.sql.schema.view_tables import address, alternate, article


def regroup(
    connection: Connection,
    owner: int,
    articles: Collection[int],
    former: Collection[str],
) -> None:
    """Update the groups of *articles*, and of those that were in one of the *former* groups."""
    new = {*articles, *_members(connection, owner, former)}
    known: set[int] = set()
    pairs: set[tuple[int, int]] = set()
    while new:
        known |= new
        found = reciprocal(_claims(connection, owner, new))
        pairs |= found
        new = {key for pair in found for key in pair} - known
    if not pairs and not former:
        return  # none has a translation, and none had one
    urls: dict[int, tuple[str, str | None]] = {}
    for some in batches(known):
        for row in connection.execute(_NAMES, {"keys": some}):
            urls[row.id] = (row.canonical_url, row.translation_group)
    named = group_names(pairs, {key: url for key, (url, _) in urls.items()})
    for key, (_, before) in urls.items():
        if named.get(key) != before:
            connection.execute(
                article.update().where(article.c.id == key).values(translation_group=named.get(key))
            )


def _members(connection: Connection, owner: int, former: Collection[str]) -> set[int]:
    found: set[int] = set()
    for some in batches(former):
        found |= set(connection.execute(_MEMBERS, {"owner": owner, "names": some}).scalars())
    return found


def _claims(
    connection: Connection, owner: int, articles: Collection[int]
) -> set[tuple[int, str, int]]:
    """Return what *articles* name as their translations, and what names them."""
    found: set[tuple[int, str, int]] = set()
    for some in batches(articles):
        rows = connection.execute(_CLAIMS, {"owner": owner, "keys": some})
        found |= {(source, language, target) for source, language, target in rows}
    return found


_OWNER: BindParameter[Any] = bindparam("owner")
_KEYS: BindParameter[Any] = bindparam("keys", expanding=True)
_NAMES = select(article.c.id, article.c.canonical_url, article.c.translation_group).where(
    article.c.id.in_(_KEYS)
)
_MEMBERS = select(article.c.id).where(
    article.c.publisher_id == _OWNER,
    article.c.translation_group.in_(bindparam("names", expanding=True)),
)
_TARGET = article.alias("target")
_CLAIM = (
    select(alternate.c.article_id, alternate.c.language, address.c.article_id.label("target"))
    .join(
        address,
        (address.c.publisher_id == alternate.c.publisher_id)
        & (address.c.url == alternate.c.target_url),
    )
    .join(_TARGET, _TARGET.c.id == address.c.article_id)
    .where(
        # As a sum, the publisher keeps SQLite from reading all addresses of one.
        alternate.c.publisher_id + 0 == _OWNER,
        alternate.c.article_id != address.c.article_id,
        # A page that stops naming a removed article does not take back that it was a translation.
        or_(
            alternate.c.named_until.is_(None),
            _TARGET.c.gone_at.is_not(None) & (_TARGET.c.seen_until < alternate.c.named_until),
        ),
    )
)
# Of two conditions with OR, SQLite uses the index of neither.
_CLAIMS = union(
    _CLAIM.where(alternate.c.article_id.in_(_KEYS)), _CLAIM.where(address.c.article_id.in_(_KEYS))
)
