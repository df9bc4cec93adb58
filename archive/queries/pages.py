"""Pages that are no articles: their text, and why they are none.

``ArchivedPage`` has the columns of the SQL view ``pages``; docs/schema.md explains each column.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from archive.model import Article, EdgeKind, Outcome
from archive.queries.articles import record_of
from archive.sql.captures.extraction_rows import article_of
from archive.sql.captures.revisits import READ_AS
from archive.sql.schema.view_tables import block_list, capture, edge, extraction
from archive.sql.views import pages


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedPage:
    """A page that is no article, as its latest capture says it."""

    publisher: str
    """The name of the publisher's profile."""
    url: str
    outcome: Outcome
    """``listing`` or ``page``."""
    reason: str | None
    """Why the page is no article, if more than its signs say it."""
    in_language: str | None
    """A BCP 47 tag in lower case; None when the language is not known."""
    headline: str
    text: str
    """Plain text, a line for each block."""
    evidence: tuple[str, ...]
    """The signs on the page for and against an article."""
    confidence: float | None
    """How far the text is to be trusted, from 0 to 1."""
    confidence_reasons: tuple[str, ...] | None
    """What speaks against the text."""
    fetched_at: datetime
    """When the capture was made, UTC."""
    warc_file: str
    """The name of the WARC file that holds the capture."""
    warc_offset: int
    """Where the record begins in the WARC file, in bytes."""
    warc_record_id: str
    """The id of the record, in angle brackets."""


def pages_at(connection: Connection, url: str) -> list[ArchivedPage]:
    """Return the page at *url*, which must be normalized, for each publisher that has it.

    The list is empty when the latest capture of *url* is an article, or has no text.
    """
    statement = select(*pages.c).where(pages.c.url == url).order_by(pages.c.publisher)
    rows = connection.execute(statement).mappings()
    return [record_of(ArchivedPage, {**row, "outcome": Outcome(row["outcome"])}) for row in rows]


def latest_text(connection: Connection, url: str) -> tuple[Outcome, str | None, Article | None]:
    """Return the outcome of the latest capture of *url*, the reason, and the text if it has one.

    *url* must be normalized. Redirects are followed. The text is that of the capture alone, with
    what the site repeats around its articles. Without a capture the outcome is ``empty``.
    """
    found: tuple[Outcome, str | None, Article | None] = (Outcome.EMPTY, "no capture", None)
    for _ in range(_MOST_REDIRECTS):
        row = connection.execute(_LATEST, {"wanted": url}).first()
        if row is None:
            break
        article = None if row.fields is None else article_of(row.fields, row.blocks)
        found = Outcome(row.outcome), row.reason, article
        target = connection.scalar(_TARGET, {"key": row.capture_id})
        if target is None:
            break
        url = target
    return found


_MOST_REDIRECTS = 20
_LATEST = (
    select(
        extraction.c.capture_id,
        extraction.c.outcome,
        extraction.c.reason,
        extraction.c.fields,
        block_list.c.blocks,
    )
    .select_from(READ_AS.outerjoin(block_list))
    .where(capture.c.url == bindparam("wanted"))
    .order_by(capture.c.fetched_at.desc(), capture.c.id.desc())
    .limit(1)
)
_TARGET = select(edge.c.target_url).where(
    edge.c.capture_id == bindparam("key"), edge.c.kind == EdgeKind.REDIRECT
)
