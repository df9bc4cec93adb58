"""The columns of the SQL views that researchers query; the migrations define the views."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, Integer, MetaData, Table, Text

from archive.sql.types import UtcDateTime


def _columns(*after_group: Column[Any]) -> list[Column[Any]]:
    return [
        Column("publisher", Text),
        Column("canonical_url", Text),
        Column("in_language", Text),
        Column("translation_group", Text),
        *after_group,
        Column("headline", Text),
        Column("text", Text),
        Column("description", Text),
        Column("author", JSON),
        Column("date_published", UtcDateTime),
        Column("date_modified", UtcDateTime),
        Column("section", JSON),
        Column("keywords", JSON),
        Column("word_count", Integer),
        Column("missing_parts", JSON),
        Column("confidence", Float),
        Column("confidence_reasons", JSON(none_as_null=True)),
        Column("seen_from", UtcDateTime),
        Column("seen_until", UtcDateTime),
        Column("gone_at", UtcDateTime),
        Column("gone_reason", Text),
        Column("warc_file", Text),
        Column("warc_offset", BigInteger),
        Column("warc_record_id", Text),
    ]


articles = Table("articles", MetaData(), *_columns())
"""A flat, current row an article; what a researcher opens first."""

pages = Table(
    "pages",
    MetaData(),
    Column("publisher", Text),
    Column("url", Text),
    Column("outcome", Text),
    Column("reason", Text),
    Column("in_language", Text),
    Column("headline", Text),
    Column("text", Text),
    Column("evidence", JSON),
    Column("confidence", Float),
    Column("confidence_reasons", JSON(none_as_null=True)),
    Column("fetched_at", UtcDateTime),
    Column("warc_file", Text),
    Column("warc_offset", BigInteger),
    Column("warc_record_id", Text),
)
"""A row a page that is no article and has a text, as its latest capture says it."""

article_history = Table(
    "article_history", MetaData(), *_columns(Column("seq", Integer), Column("change_kind", Text))
)
"""The same for each version, the oldest (*seq* 1) first; *seen_from* and *seen_until* are its."""

url = Table(
    "url",
    MetaData(),
    Column("id", Integer),
    Column("publisher_id", Integer),
    Column("url", Text),
    Column("kind", Text),
    Column("via", Text),
    Column("state", Text),
    Column("skip_reason", Text),
    Column("priority", Integer),
    Column("depth", Integer),
    Column("redirects", Integer),
    Column("source_url", Text),
    Column("lastmod", Text),
    Column("lastmod_via", Text),
    Column("modified_at", UtcDateTime),
    Column("modified_at_fetched", UtcDateTime),
    Column("published_at", UtcDateTime),
    Column("lastmod_kept", Integer),
    Column("lastmod_false", Integer),
    Column("lastmod_missed", Integer),
    Column("fail_count", Integer),
    Column("outcome", Text),
    Column("next_due_at", UtcDateTime),
    Column("due_reason", Text),
    Column("fetched_at", UtcDateTime),
    Column("held_by", Text),
    Column("is_twin", Boolean),
)
"""The frontier, with its URLs, words and times in plain; code reads the table ``frontier``."""

discovery = Table(
    "discovery",
    MetaData(),
    Column("publisher_id", Integer),
    Column("url", Text),
    Column("via", Text),
    Column("source_url", Text),
    Column("first_seen_at", UtcDateTime),
    Column("last_seen_at", UtcDateTime),
    Column("lastmod", Text),
    Column("published", Text),
    Column("capture_id", Integer),
)
"""Which source named which URL, with the URLs in plain; code reads the table ``naming``."""
