"""The numbers of URLs: the text of a URL stands once, in ``known_url``, whoever refers to it.

A URL is found by the hash of its fold, which its other spellings share: so one index, a fifth of
one on URLs, answers both which number a URL has and how else it is spelled. What an index gives is
compared with the text, so that no hash need be unique; writers take turns, so that no URL gets two
numbers. A URL keeps its number as long as its publisher has rows, whether anything refers to it or
not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, and_, bindparam, insert, select

from archive.sql.chunks import IN_A_LIST, chunks
from archive.sql.schema.view_tables import known_url

_HASH_BYTES = 6
"""SQLite stores a number of six bytes as such, and one of seven in eight."""
IS_WANTED = and_(
    known_url.c.publisher_id == bindparam("owner"),
    known_url.c.fold.in_(bindparam("folds", expanding=True)),
    known_url.c.url.in_(bindparam("urls", expanding=True)),
)
"""Whether a row is of one of some URLs, for a statement that runs with each of ``lookups_of``."""
_ADDING = insert(known_url).returning(known_url.c.url, known_url.c.id)
"""One statement for many rows: they need not come back in their order."""
_KNOWN = select(known_url.c.url, known_url.c.id).where(IS_WANTED)


def lookups_of(owner: int, urls: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield the parameters of ``IS_WANTED`` for *urls*, some at a time."""
    once: dict[str, None] = dict.fromkeys(urls)
    for some in chunks(once, IN_A_LIST):
        folds = {fold_number(fold(url)) for url in some}
        yield {"owner": owner, "urls": some, "folds": sorted(folds)}


def ids_of(connection: Connection, owner: int, urls: Iterable[str]) -> dict[str, int]:
    """Return the numbers of those of *urls* that have one."""
    found: dict[str, int] = {}
    for some in lookups_of(owner, urls):
        found.update((row.url, row.id) for row in connection.execute(_KNOWN, some))
    return found


def ids_for(connection: Connection, owner: int, urls: Collection[str]) -> dict[str, int]:
    """Return the numbers of *urls*, in a writing transaction; those without one get the next."""
    found = ids_of(connection, owner, urls)
    new: list[dict[str, Any]] = [
        {"publisher_id": owner, "fold": fold_number(fold(url)), "url": url}
        for url in dict.fromkeys(urls)
        if url not in found
    ]
    if new:
        found.update((row.url, row.id) for row in connection.execute(_ADDING, new))
    return found


def fold(url: str) -> str:
    """Return what other spellings of *url* have in common with it.

    That is: without scheme, letter case, the order of parameters and doubled or last slashes.
    """
    head, _, query = url.partition("://")[2].lower().partition("?")
    path = "/".join(part for part in head.split("/") if part)
    return f"{path}?{'&'.join(sorted(set(query.split('&'))))}" if query else path


def fold_number(folded: str) -> int:
    """Return a hash of *folded*, a fold; where either changes, a migration has to change rows."""
    return int.from_bytes(blake2b(folded.encode(), digest_size=_HASH_BYTES).digest()) - _HALF


_HALF = 1 << (8 * _HASH_BYTES - 1)
