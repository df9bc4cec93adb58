"""The rows of the WARC files: which are ingested whole, and how to forget what they gave."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from archive.sql.database import upsert
from archive.sql.schema.state_tables import crawl, reread, unsettled
from archive.sql.schema.view_tables import (
    article,
    article_text,
    capture,
    known_url,
    publisher,
    warc_file,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestedFile:
    """A WARC file as it was when all its records were ingested; the fields are its columns."""

    name: str
    size_bytes: int
    digest: str | None
    location: str | None
    publishers: tuple[str, ...] | None


def ingested(connection: Connection) -> dict[str, IngestedFile]:
    """Return, by name, the WARC files whose records are all ingested."""
    statement = select(warc_file).where(warc_file.c.complete)
    return {
        row.name: IngestedFile(
            name=row.name,
            size_bytes=row.size_bytes,
            digest=row.digest,
            location=row.location,
            publishers=None if row.publishers is None else tuple(row.publishers),
        )
        for row in connection.execute(statement)
    }


def names(connection: Connection) -> set[str]:
    """Return the names of all WARC files that the database knows."""
    return set(connection.execute(select(warc_file.c.name)).scalars())


def complete(connection: Connection, owner: int | None, file: IngestedFile) -> None:
    """Note that all records of *file* are ingested; *owner* is None for an imported one."""
    values = {
        "publisher_id": owner,
        "size_bytes": file.size_bytes,
        "complete": True,
        "digest": file.digest,
        "location": file.location,
        "publishers": None if file.publishers is None else list(file.publishers),
    }
    statement = upsert(connection, warc_file).values(name=file.name, **values)
    connection.execute(
        statement.on_conflict_do_update(index_elements=[warc_file.c.name], set_=values)
    )


def forget(connection: Connection, gone: Collection[str]) -> None:
    """Delete the rows of the WARC files *gone*, and all rows of publishers with captures in them.

    What one page said cannot be separated from what all pages said together (which page named a URL
    first). So such a publisher is ingested again from the files that it still has, which count as
    not ingested.
    """
    inside = warc_file.c.name.in_(gone)
    statement = select(capture.c.publisher_id).distinct().join(warc_file).where(inside)
    owners = list(connection.execute(statement).scalars())
    used = select(capture.c.warc_file_id).distinct().where(capture.c.publisher_id.in_(owners))
    ids = list(connection.execute(used).scalars())
    articles = select(article.c.id).where(article.c.publisher_id.in_(owners))
    connection.execute(delete(article_text).where(article_text.c.article_id.in_(articles)))
    for table in (article, known_url, capture, unsettled, reread):
        connection.execute(delete(table).where(table.c.publisher_id.in_(owners)))
    lacking = {"complete": False, "size_bytes": None, "digest": None}
    connection.execute(warc_file.update().where(warc_file.c.id.in_(ids)).values(**lacking))
    connection.execute(delete(warc_file).where(inside))
    # A publisher without captures keeps its row only if it has crawls.
    crawled = select(crawl.c.publisher_id)
    theirs = warc_file.c.publisher_id.in_(owners)
    connection.execute(warc_file.update().where(theirs).values(publisher_id=None))
    connection.execute(
        delete(publisher).where(publisher.c.id.in_(owners), publisher.c.id.not_in(crawled))
    )
