"""Edits of all articles, the newest first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, select

from archive.model import ChangeKind
from archive.queries.articles import VersionDetail, record_of, version_rows
from archive.queries.paging import PAGE_SIZE, Keyset, ResultPage, scope_of
from archive.sql.schema.view_tables import article, capture, extraction, publisher, version


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleChange:
    """An edit that a capture found; ``compare_versions`` gives the words."""

    before: VersionDetail
    """The edit was made after the last capture of this version (*seen_until*)."""
    after: VersionDetail
    """The edit was made before the first capture of this version (*seen_from*)."""


def article_changes(
    connection: Connection,
    *,
    publisher_name: str | None = None,
    kinds: Collection[ChangeKind] | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
    limit: int = PAGE_SIZE,
    cursor: str | None = None,
) -> ResultPage[ArticleChange]:
    """Return edits by when a capture first found them, the newest first.

    *kinds*: only edits of these kinds. *since* and *before*: only edits that were found at or after
    one instant, and before another. *cursor* is the *next_cursor* of the page before; edits that
    are found later belong before the first page. Raises ``CursorError`` and ``UsageError``.
    """
    kept = None if kinds is None else sorted(kinds)
    order = Keyset(
        columns=(version.c.seen_from, capture.c.warc_record_id),
        scope=scope_of("article_changes", publisher_name, kept, since, before),
        descending=True,
    )
    earlier = version.alias("earlier")
    statement = (
        select(version.c.id, earlier.c.id.label("earlier_id"), *order.columns)
        .select_from(version)
        .join(article, article.c.id == version.c.article_id)
        .join(publisher, publisher.c.id == article.c.publisher_id)
        .join(extraction, extraction.c.id == version.c.extraction_id)
        .join(capture, capture.c.id == extraction.c.capture_id)
        .join(
            earlier,
            and_(earlier.c.article_id == version.c.article_id, earlier.c.seq == version.c.seq - 1),
        )
    )
    if publisher_name is not None:
        statement = statement.where(publisher.c.name == publisher_name)
    if kept is not None:
        statement = statement.where(version.c.change_kind.in_(kept))
    if since is not None:
        statement = statement.where(version.c.seen_from >= since)
    if before is not None:
        statement = statement.where(version.c.seen_from < before)
    rows, following = order.rows_after(connection, statement, cursor, limit)
    ids = {row.id for row in rows} | {row.earlier_id for row in rows}
    found = {
        row["version_id"]: record_of(VersionDetail, row)
        for row in version_rows(connection, version.c.id.in_(sorted(ids)))
    }
    items = tuple(
        ArticleChange(before=found[row.earlier_id], after=found[row.id])
        for row in rows
        if {row.id, row.earlier_id} <= found.keys()
    )
    return ResultPage(items=items, next_cursor=following)
