"""What the archive holds of an article, as one of its versions says it.

``ArchivedArticle`` has the columns of the SQL view ``articles``, ``ArticleVersion`` those of the
view ``article_history``; docs/schema.md explains each column. All times are UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import ColumnElement, Connection, RowMapping, func, select

from archive.model import ChangeKind, SiteReading
from archive.sql.captures.extraction_rows import site_reading_of
from archive.sql.schema.view_tables import (
    article,
    capture,
    extraction,
    publisher,
    version,
    warc_file,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedArticle:
    """An article as its latest version says it."""

    publisher: str
    """The name of the publisher's profile."""
    canonical_url: str
    """The address to cite."""
    in_language: str | None
    """A BCP 47 tag in lower case; None when the language is not known."""
    translation_group: str | None
    """What articles that are translations of each other share; None without a translation."""
    headline: str
    text: str
    """Plain text, a line for each block, without what the site repeats around its articles."""
    description: str | None
    author: tuple[str, ...]
    """A name for each author, people first."""
    date_published: datetime | None
    """None when the page names no date that can be believed."""
    date_modified: datetime | None
    """None when the page names no date that can be believed."""
    section: tuple[str, ...]
    keywords: tuple[str, ...]
    word_count: int
    """Words of the text."""
    missing_parts: tuple[int, ...]
    """The numbers of those parts of an article in several pages that no capture shows."""
    confidence: float | None
    """How far the text is to be trusted, from 0 to 1; None when an older extractor read it."""
    confidence_reasons: tuple[str, ...] | None
    """What speaks against the text; None when an older extractor read it."""
    seen_from: datetime
    """The first capture that shows the article."""
    seen_until: datetime
    """The last capture that shows the article."""
    gone_at: datetime | None
    """The first of the latest captures that found the article removed; None while it is there."""
    gone_reason: str | None
    """How the article was found removed, such as ``404``; None while it is there."""
    warc_file: str
    """The name of the WARC file that holds the capture."""
    warc_offset: int
    """Where the record begins in the WARC file, in bytes."""
    warc_record_id: str
    """The id of the record, in angle brackets; it names the capture for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleVersion(ArchivedArticle):
    """One version of an article; *seen_from* and *seen_until* are the version's own."""

    seq: int
    """1 for the first version. The number changes when earlier captures are imported."""
    change_kind: ChangeKind | None
    """What the version changes in the one before; None for the first version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionDetail(ArticleVersion):
    """A version with what the views leave out."""

    removed: tuple[str, ...]
    """Blocks that were cut out, since the site repeats them around its articles."""
    by_site: SiteReading | None
    """What the template of the publisher changed on the page; None if no rule of it applies."""
    date_published_raw: str | None
    """The date as the page writes it, also when it cannot be believed; None without a date."""
    date_source: str | None
    """Where the date was read, such as ``json-ld``; None without a date."""
    date_precision: str | None
    """``second``, ``minute`` or ``day``; None without a date."""
    date_modified_raw: str | None
    """The date as the page writes it, also when it cannot be believed; None without a date."""
    image: str | None
    """The URL of the article's picture; None when the page names none."""
    text_sha256: str
    """The digest of the text, in hex."""
    url: str
    """The address at which the version was first seen."""


_A = TypeVar("_A", bound="DataclassInstance")


def record_of(kind: type[_A], row: Mapping[Any, Any]) -> _A:
    """Return *row* as an object of *kind*; the row may have other columns as well."""
    values = {field.name: _immutable(row[field.name]) for field in fields(kind)}
    if values.get("change_kind") is not None:
        values["change_kind"] = ChangeKind(values["change_kind"])
    if values.get("by_site") is not None:
        values["by_site"] = site_reading_of(values["by_site"])
    return kind(**values)


def _immutable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def version_rows(connection: Connection, wanted: ColumnElement[bool]) -> Sequence[RowMapping]:
    """Return a row for each version that *wanted* holds for, in order within each article.

    ``record_of`` makes a version of a row, and ``current_article`` an article. The columns
    *article_id* and *version_id* are row ids.
    """
    return connection.execute(_VERSIONS.where(wanted)).mappings().all()


def current_article(row: RowMapping) -> ArchivedArticle:
    """Return the article whose latest version has *row*, seen for as long as the article was."""
    seen = {"seen_from": row["article_seen_from"], "seen_until": row["article_seen_until"]}
    return record_of(ArchivedArticle, {**row, **seen})


_LATER = version.alias("later")
IS_LATEST = (
    version.c.seq
    == (
        select(func.max(_LATER.c.seq)).where(_LATER.c.article_id == version.c.article_id)
    ).scalar_subquery()
)
"""The condition that a version is the latest of its article."""

_NO_FACTS = {"id", "article_id", "extraction_id"}
_VERSIONS = (
    select(
        article.c.id.label("article_id"),
        version.c.id.label("version_id"),
        article.c.seen_from.label("article_seen_from"),
        article.c.seen_until.label("article_seen_until"),
        publisher.c.name.label("publisher"),
        article.c.canonical_url,
        article.c.in_language,
        article.c.translation_group,
        article.c.gone_at,
        article.c.gone_reason,
        *[column for column in version.c if column.name not in _NO_FACTS],
        extraction.c.confidence,
        extraction.c.confidence_reasons,
        extraction.c.by_site,
        warc_file.c.name.label("warc_file"),
        capture.c.warc_offset,
        capture.c.warc_record_id,
        capture.c.url,
    )
    .select_from(version)
    .join(article, article.c.id == version.c.article_id)
    .join(publisher, publisher.c.id == article.c.publisher_id)
    .join(extraction, extraction.c.id == version.c.extraction_id)
    .join(capture, capture.c.id == extraction.c.capture_id)
    .join(warc_file, warc_file.c.id == capture.c.warc_file_id)
    .order_by(article.c.id, version.c.seq)
)
