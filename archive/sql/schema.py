"""The tables. The *view* can be made again from the WARC files; the *state* only costs requests.

No column of a view table may depend on state, on the clock or on the order of arrival: a rebuild
must give every row again, surrogate ids aside. ``docs/schema.md`` explains each column; a test
holds it to this file.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    false,
    text,
)

from archive.sql.types import CleanText, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


_NullableJson = JSON(none_as_null=True)
"""JSON whose None is SQL's NULL, as anybody who queries the table expects."""


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _refers(
    name: str, to: Table, *, nullable: bool = False, delete: str = "CASCADE"
) -> Column[int]:
    return Column(name, ForeignKey(to.c.id, ondelete=delete), nullable=nullable)


def _index_where_set(table: str, column: str) -> Index:
    name, is_set = f"ix_{table}_{column}", text(f"{column} IS NOT NULL")
    return Index(name, "publisher_id", column, sqlite_where=is_set, postgresql_where=is_set)


# --- view ---------------------------------------------------------------------------------------

publisher = Table(
    "publisher",
    metadata,
    _id(),
    Column("name", CleanText, nullable=False, unique=True),
    Column("title", CleanText),
    Column("home", CleanText),
)

warc_file = Table(
    "warc_file",
    metadata,
    _id(),
    _refers("publisher_id", publisher, nullable=True),
    Column("name", CleanText, nullable=False, unique=True),
    Column("size_bytes", BigInteger),
    Column("complete", Boolean, nullable=False),
    Column("digest", CleanText),
    Column("location", CleanText),
    Column("publishers", _NullableJson),
)

capture = Table(
    "capture",
    metadata,
    _id(),
    _refers("publisher_id", publisher),
    Column("url", CleanText, nullable=False),
    Column("fetched_at", UtcDateTime, nullable=False),
    Column("http_status", Integer),
    Column("content_type", CleanText),
    Column("payload_digest", CleanText),
    Column("record_type", CleanText, nullable=False),
    Column("refers_to", CleanText),
    Column("refers_to_url", CleanText),
    Column("refers_to_at", UtcDateTime),
    Column("etag", CleanText),
    Column("last_modified", CleanText),
    Column("ip", CleanText),
    Column("truncated", CleanText),
    Column("error", CleanText),
    Column("hidden", CleanText),
    _refers("warc_file_id", warc_file),
    Column("warc_offset", BigInteger, nullable=False),
    Column("warc_length", BigInteger, nullable=False),
    Column("warc_record_id", CleanText, nullable=False, unique=True),
    UniqueConstraint("warc_file_id", "warc_offset"),
    Index(None, "publisher_id", "url", "fetched_at"),
    Index(None, "refers_to"),
    Index(None, "publisher_id", "refers_to_url"),
    Index(None, "publisher_id", "payload_digest"),
)

extraction = Table(
    "extraction",
    metadata,
    _id(),
    Column("capture_id", ForeignKey(capture.c.id, ondelete="CASCADE"), nullable=False, unique=True),
    Column("extractor", CleanText, nullable=False),
    Column("profile_digest", CleanText, nullable=False),
    Column("outcome", CleanText, nullable=False),
    Column("reason", CleanText),
    Column("evidence", JSON, nullable=False),
    Column("flags", JSON, nullable=False),
    Column("language", CleanText),
    Column("alternates", JSON, nullable=False),
    Column("fields", _NullableJson),
    Column("blocks", _NullableJson),
    Column("text_sha256", CleanText),
    Column("confidence", Float),
    Column("confidence_reasons", _NullableJson),
    Index(None, "outcome"),
    Index(None, "text_sha256"),
)

edge = Table(
    "edge",
    metadata,
    _id(),
    _refers("publisher_id", publisher),
    _refers("capture_id", capture),
    Column("kind", CleanText, nullable=False),
    Column("source_url", CleanText, nullable=False),
    Column("target_url", CleanText, nullable=False),
    UniqueConstraint("capture_id", "kind", "target_url"),
    Index(None, "publisher_id", "source_url"),
    Index(None, "publisher_id", "target_url"),
)

discovery = Table(
    "discovery",
    metadata,
    _id(),
    _refers("publisher_id", publisher),
    Column("url", CleanText, nullable=False),
    Column("via", CleanText, nullable=False),
    Column("source_url", CleanText, nullable=False),
    Column("source_key", LargeBinary, nullable=False),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    Column("lastmod", CleanText),
    Column("published", CleanText),
    _refers("capture_id", capture),
    # Two URLs of full length do not fit into an entry of PostgreSQL's indexes.
    UniqueConstraint("publisher_id", "url", "via", "source_key"),
    Index(None, "publisher_id", "source_url"),
    # A capture that is extracted anew is asked for what it was the first to name.
    Index(None, "capture_id"),
)

article = Table(
    "article",
    metadata,
    _id(),
    _refers("publisher_id", publisher),
    Column("canonical_url", CleanText, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("in_language", CleanText),
    Column("translation_group", CleanText),
    Column("seen_from", UtcDateTime, nullable=False),
    Column("seen_until", UtcDateTime, nullable=False),
    Column("gone_at", UtcDateTime),
    Column("gone_reason", CleanText),
    UniqueConstraint("publisher_id", "canonical_url", "ordinal"),
)

address = Table(
    "address",
    metadata,
    _id(),
    _refers("publisher_id", publisher),
    _refers("article_id", article),
    Column("url", CleanText, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("role", CleanText, nullable=False),
    UniqueConstraint("publisher_id", "url", "ordinal"),
    Index(None, "article_id"),
)

version = Table(
    "version",
    metadata,
    _id(),
    _refers("article_id", article),
    Column("seq", Integer, nullable=False),
    _refers("extraction_id", extraction),
    Column("seen_from", UtcDateTime, nullable=False),
    Column("seen_until", UtcDateTime, nullable=False),
    Column("change_kind", CleanText),
    Column("headline", CleanText, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("removed", JSON, nullable=False),
    Column("description", CleanText),
    Column("author", JSON, nullable=False),
    Column("date_published", UtcDateTime),
    Column("date_published_raw", CleanText),
    Column("date_source", CleanText),
    Column("date_precision", CleanText),
    Column("date_modified", UtcDateTime),
    Column("date_modified_raw", CleanText),
    Column("section", JSON, nullable=False),
    Column("keywords", JSON, nullable=False),
    Column("image", CleanText),
    Column("word_count", Integer, nullable=False),
    Column("text_sha256", CleanText, nullable=False),
    UniqueConstraint("article_id", "seq"),
    Index(None, "extraction_id"),
)

alternate = Table(
    "alternate",
    metadata,
    _id(),
    _refers("publisher_id", publisher),
    _refers("article_id", article),
    Column("language", CleanText, nullable=False),
    Column("target_url", CleanText, nullable=False),
    _refers("capture_id", capture),
    Column("named_until", UtcDateTime),
    UniqueConstraint("article_id", "language", "target_url"),
    Index(None, "publisher_id", "target_url"),
)

end_block = Table(
    "end_block",
    metadata,
    Column("article_id", ForeignKey(article.c.id, ondelete="CASCADE"), primary_key=True),
    Column("key", CleanText, primary_key=True),
    Column("at_end", Boolean, nullable=False),
    Index(None, "key"),
)

boilerplate = Table(
    "boilerplate",
    metadata,
    _id(),
    _refers("publisher_id", publisher),
    Column("language", CleanText, nullable=False),
    Column("key", CleanText, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("articles", Integer, nullable=False),
    Column("of_articles", Integer, nullable=False),
    Column("at_end", Integer, nullable=False),
    Column("month", CleanText),
    UniqueConstraint("publisher_id", "language", "key"),
)

article_text = Table(
    "article_text",
    metadata,
    Column("article_id", ForeignKey(article.c.id, ondelete="CASCADE"), primary_key=True),
    Column("headline", CleanText, nullable=False),
    Column("author", CleanText, nullable=False),
    Column("text", CleanText, nullable=False),
)

# --- state --------------------------------------------------------------------------------------

url = Table(
    "url",
    metadata,
    _id(),
    _refers("publisher_id", publisher),
    Column("url", CleanText, nullable=False),
    Column("kind", CleanText, nullable=False),
    Column("via", CleanText, nullable=False),
    Column("state", CleanText, nullable=False),
    Column("skip_reason", CleanText),
    Column("priority", Integer, nullable=False),
    Column("depth", Integer, nullable=False),
    Column("redirects", Integer, nullable=False),
    Column("source_url", CleanText),
    Column("lastmod", CleanText),
    Column("lastmod_via", CleanText),
    Column("modified_at", UtcDateTime),
    Column("modified_at_fetched", UtcDateTime),
    Column("published_at", UtcDateTime),
    Column("lastmod_kept", Integer, nullable=False, server_default="0"),
    Column("lastmod_false", Integer, nullable=False, server_default="0"),
    Column("lastmod_missed", Integer, nullable=False, server_default="0"),
    Column("fail_count", Integer, nullable=False),
    Column("outcome", CleanText),
    Column("next_due_at", UtcDateTime),
    Column("due_reason", CleanText),
    Column("fetched_at", UtcDateTime),
    Column("held_by", CleanText),
    Column("fold", BigInteger),
    Column("is_twin", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("publisher_id", "url"),
    # The scheduler reads pending rows in exactly this order, without a sort.
    Index(None, "publisher_id", "state", "priority", "id"),
    Index(None, "publisher_id", "state", "next_due_at"),
    *(_index_where_set("url", name) for name in ("held_by", "fold")),
)

pattern = Table(
    "pattern",
    metadata,
    Column("publisher_id", ForeignKey(publisher.c.id, ondelete="CASCADE"), primary_key=True),
    Column("key", CleanText, primary_key=True),
    Column("fetched", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("copies", Integer, nullable=False),
    Column("score", Float, nullable=False),
    Column("children", Integer, nullable=False),
    Column("turned_away", Integer, nullable=False),
    Column("probes", Integer, nullable=False, server_default="0"),
    Column("probe_at", UtcDateTime),
)

host = Table(
    "host",
    metadata,
    Column("publisher_id", ForeignKey(publisher.c.id, ondelete="CASCADE"), primary_key=True),
    Column("origin", CleanText, primary_key=True),
    Column("fail_count", Integer, nullable=False),
    Column("reason", CleanText, nullable=False),
    Column("failed_at", UtcDateTime, nullable=False),
    Column("retry_at", UtcDateTime, nullable=False),
)

session_parameter = Table(
    "session_parameter",
    metadata,
    Column("publisher_id", ForeignKey(publisher.c.id, ondelete="CASCADE"), primary_key=True),
    Column("host", CleanText, primary_key=True),
    Column("name", CleanText, primary_key=True),
    Column("alone", Integer, nullable=False),
    Column("mixed", Integer, nullable=False),
    Column("learned", Boolean, nullable=False),
)

session_page = Table(
    "session_page",
    metadata,
    Column("publisher_id", ForeignKey(publisher.c.id, ondelete="CASCADE"), primary_key=True),
    Column("host", CleanText, primary_key=True),
    Column("name", CleanText, primary_key=True),
    Column("page", CleanText, primary_key=True),
    Column("value", CleanText, primary_key=True),
    Column("digest", CleanText, nullable=False),
)

unsettled = Table(
    "unsettled",
    metadata,
    Column("publisher_id", ForeignKey(publisher.c.id, ondelete="CASCADE"), primary_key=True),
    Column("url", CleanText, primary_key=True),
)

settled = Table(
    "settled",
    metadata,
    Column("publisher_id", ForeignKey(publisher.c.id, ondelete="CASCADE"), primary_key=True),
    Column("code", CleanText, nullable=False),
    Column("hosts", JSON, nullable=False),
    Column("exclude", JSON, nullable=False),
)

reread = Table(
    "reread",
    metadata,
    Column("publisher_id", ForeignKey(publisher.c.id, ondelete="CASCADE"), primary_key=True),
    Column("source_url", CleanText, primary_key=True),
    Column("since", UtcDateTime, nullable=False),
)

crawl = Table(
    "crawl",
    metadata,
    _id(),
    _refers("publisher_id", publisher),
    Column("command", CleanText, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("profile_digest", CleanText, nullable=False),
    Column("software", JSON, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("exit_state", CleanText),
)

VIEW_TABLES = (
    publisher,
    warc_file,
    capture,
    extraction,
    edge,
    discovery,
    article,
    address,
    version,
    alternate,
    end_block,
    boilerplate,
    article_text,
)
STATE_TABLES = (
    url,
    pattern,
    host,
    session_parameter,
    session_page,
    unsettled,
    settled,
    reread,
    crawl,
)

NATURAL_KEYS: dict[str, tuple[str, ...]] = {
    "publisher": ("name",),
    "warc_file": ("name",),
    "capture": ("warc_record_id",),
    "extraction": ("capture_id",),
    "edge": ("capture_id", "kind", "target_url"),
    "discovery": ("publisher_id", "url", "via", "source_url"),
    "article": ("publisher_id", "canonical_url", "ordinal"),
    "address": ("publisher_id", "url", "ordinal"),
    "version": ("article_id", "seq"),
    "alternate": ("article_id", "language", "target_url"),
    "end_block": ("article_id", "key"),
    "boilerplate": ("publisher_id", "language", "key"),
    "article_text": ("article_id",),
}
"""What names a view row without its surrogate id; columns that end in ``_id`` stand for the key
of the row that they refer to."""
