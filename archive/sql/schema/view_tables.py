"""The tables of the view: everything in them can be made again from the WARC files.

No column of a view table may depend on state, on the clock or on the order of arrival: a rebuild
must give every row again, surrogate ids aside. ``docs/schema.md`` explains each column; a test
compares it to these definitions.
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
    Table,
    UniqueConstraint,
    false,
    text,
)

from archive.model import LOW_CONFIDENCE
from archive.sql.schema.columns import (
    REFERS_TO,
    NullableJson,
    index_where_set,
    key_of,
    metadata,
    refers,
    row_id,
)
from archive.sql.schema.words import VIA_WORDS
from archive.sql.types import CleanText, CompressedJson, CompressedText, UtcDateTime, Word

_IS_PART = text("kind = 'part'")
_HAS_A_LATER = text("last_id IS NOT NULL")
_NAMES_URL = text("refers_to_url IS NOT NULL")
IS_PART_EDGE = text("edge.kind = 'part'")
"""The condition of the index ``ix_edge_part``; a parameter in its place would not use it."""

_IS_LATER = text("seq > 1")
IS_LATER = text("version.seq > 1")
"""The condition of the index ``ix_version_later``: a version that is not an article's first."""
_HAS_LOW_CONFIDENCE = text(f"confidence < {LOW_CONFIDENCE}")
HAS_LOW_CONFIDENCE = text(f"extraction.confidence < {LOW_CONFIDENCE}")
"""The condition of the index ``ix_extraction_low_confidence``."""
_HAS_FLAGS = text("CAST(flags AS TEXT) <> '[]'")
HAS_FLAGS = text("CAST(extraction.flags AS TEXT) <> '[]'")
"""The condition of the index ``ix_extraction_flags``."""

publisher = Table(
    "publisher",
    metadata,
    row_id(),
    Column("name", CleanText, nullable=False, unique=True),
    Column("title", CleanText),
    Column("home", CleanText),
)

warc_file = Table(
    "warc_file",
    metadata,
    row_id(),
    refers("publisher_id", publisher, nullable=True),
    Column("name", CleanText, nullable=False, unique=True),
    Column("size_bytes", BigInteger),
    Column("complete", Boolean, nullable=False),
    Column("digest", CleanText),
    Column("location", CleanText),
    Column("publishers", NullableJson),
)

capture = Table(
    "capture",
    metadata,
    row_id(),
    refers("publisher_id", publisher),
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
    refers("warc_file_id", warc_file),
    Column("warc_offset", BigInteger, nullable=False),
    Column("warc_length", BigInteger, nullable=False),
    Column("warc_record_id", CleanText, nullable=False, unique=True),
    UniqueConstraint("warc_file_id", "warc_offset"),
    Index(None, "publisher_id", "url", "fetched_at"),
    Index(None, "refers_to"),
    # Our own revisits name a record, and no URL.
    Index(
        "ix_capture_refers_to_url",
        "publisher_id",
        "refers_to_url",
        "refers_to_at",
        sqlite_where=_NAMES_URL,
        postgresql_where=_NAMES_URL,
    ),
    # With the URL, to ask whether a payload is at other URLs does not read all its captures.
    Index(None, "publisher_id", "payload_digest", "url"),
    Index(None, "publisher_id", "fetched_at"),
    index_where_set("capture", "hidden"),
)

block_list = Table(
    "block_list",
    metadata,
    row_id(),
    refers("publisher_id", publisher),
    Column("digest", LargeBinary, nullable=False),
    Column("blocks", CompressedJson, nullable=False),
    UniqueConstraint("publisher_id", "digest"),
)

extraction = Table(
    "extraction",
    metadata,
    row_id(),
    Column("capture_id", ForeignKey(capture.c.id, ondelete="CASCADE"), nullable=False, unique=True),
    Column("extractor", CleanText, nullable=False),
    Column("profile_digest", CleanText, nullable=False),
    Column("outcome", CleanText, nullable=False),
    Column("reason", CleanText),
    Column("evidence", JSON, nullable=False),
    Column("flags", JSON, nullable=False),
    Column("language", CleanText),
    Column("alternates", JSON, nullable=False),
    Column("fields", NullableJson),
    refers("block_list_id", block_list, nullable=True, delete=None),
    Column("text", CleanText),
    Column("text_sha256", CleanText),
    Column("confidence", Float),
    Column("confidence_reasons", NullableJson),
    Column("part", NullableJson),
    Column("lines", LargeBinary),
    Column("template", CleanText),
    Column("by_site", NullableJson),
    Column("is_in_place", Boolean, nullable=False, server_default=false()),
    Column("holds_until", UtcDateTime),
    Index(None, "outcome"),
    Index(None, "text_sha256"),
    # What no extraction refers to any more is deleted.
    Index(None, "block_list_id"),
    # Grouped by what is counted, which need not be read from the rows then.
    Index(
        "ix_extraction_flags",
        text("CAST(flags AS TEXT)"),
        "capture_id",
        sqlite_where=_HAS_FLAGS,
        postgresql_where=_HAS_FLAGS,
    ),
    Index(
        "ix_extraction_low_confidence",
        "confidence",
        sqlite_where=_HAS_LOW_CONFIDENCE,
        postgresql_where=_HAS_LOW_CONFIDENCE,
    ),
)

edge = Table(
    "edge",
    metadata,
    row_id(),
    refers("publisher_id", publisher),
    refers("capture_id", capture),
    Column("kind", CleanText, nullable=False),
    Column("source_url", CleanText, nullable=False),
    Column("target_url", CleanText, nullable=False),
    UniqueConstraint("capture_id", "kind", "target_url"),
    Index(None, "publisher_id", "source_url"),
    Index(None, "publisher_id", "target_url"),
    # A crawl asks for the parts of the pages that it fetches again.
    Index(
        "ix_edge_part",
        "publisher_id",
        "target_url",
        sqlite_where=_IS_PART,
        postgresql_where=_IS_PART,
    ),
)

known_url = Table(
    "known_url",
    metadata,
    row_id(),
    refers("publisher_id", publisher),
    Column("fold", BigInteger, nullable=False),
    Column("url", CleanText, nullable=False),
    # An index on the URL would hold it a second time.
    Index(None, "publisher_id", "fold"),
)
"""URLs by number, for view and state (``archive.sql.known_urls``); a row of it claims nothing."""

naming = Table(
    "naming",
    metadata,
    Column("url_id", ForeignKey(known_url.c.id, ondelete="CASCADE"), primary_key=True),
    # No foreign key: to delete a URL, SQLite would search this column, which has no index.
    Column(
        "source_id", Integer, primary_key=True, autoincrement=False, info={REFERS_TO: known_url}
    ),
    Column("via", Word(VIA_WORDS), primary_key=True, autoincrement=False),
    refers("first_id", capture),
    refers("last_id", capture, nullable=True),
    Column("lastmod", CleanText),
    Column("published", CleanText),
    # Extracting a capture again needs the rows of the URLs that it was the first or last to name.
    Index(None, "first_id"),
    Index("ix_naming_last_id", "last_id", sqlite_where=_HAS_A_LATER, postgresql_where=_HAS_A_LATER),
    sqlite_with_rowid=False,
)
"""Which source named which URL of the publisher; the SQL view ``discovery`` shows the URLs."""

article = Table(
    "article",
    metadata,
    row_id(),
    refers("publisher_id", publisher),
    Column("canonical_url", CleanText, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("in_language", CleanText),
    Column("translation_group", CleanText),
    Column("seen_from", UtcDateTime, nullable=False),
    Column("seen_until", UtcDateTime, nullable=False),
    Column("gone_at", UtcDateTime),
    Column("gone_reason", CleanText),
    Column("dated_at", UtcDateTime, nullable=False),
    UniqueConstraint("publisher_id", "canonical_url", "ordinal"),
    # With what narrows a search, whose newest hits are found without reading rows.
    Index(None, "dated_at", "publisher_id", "in_language"),
    index_where_set("article", "gone_at"),
    index_where_set("article", "translation_group"),
)

address = Table(
    "address",
    metadata,
    row_id(),
    refers("publisher_id", publisher),
    refers("article_id", article),
    Column("url", CleanText, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("role", CleanText, nullable=False),
    UniqueConstraint("publisher_id", "url", "ordinal"),
    Index(None, "article_id"),
)

version = Table(
    "version",
    metadata,
    row_id(),
    refers("article_id", article),
    Column("seq", Integer, nullable=False),
    refers("extraction_id", extraction),
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
    Column("missing_parts", JSON, nullable=False, server_default="[]"),
    UniqueConstraint("article_id", "seq"),
    Index(None, "extraction_id"),
    Index("ix_version_later", "article_id", sqlite_where=_IS_LATER, postgresql_where=_IS_LATER),
)

version_part = Table(
    "version_part",
    metadata,
    key_of(version),
    Column("number", Integer, primary_key=True, autoincrement=False),
    refers("extraction_id", extraction),
    Column("blocks", JSON, nullable=False),
    Index(None, "extraction_id"),
)

alternate = Table(
    "alternate",
    metadata,
    row_id(),
    refers("publisher_id", publisher),
    refers("article_id", article),
    Column("language", CleanText, nullable=False),
    Column("target_url", CleanText, nullable=False),
    refers("capture_id", capture),
    Column("named_until", UtcDateTime),
    UniqueConstraint("article_id", "language", "target_url"),
    Index(None, "publisher_id", "target_url"),
    # To delete a capture, each table is searched that refers to it.
    Index(None, "capture_id"),
)

end_block = Table(
    "end_block",
    metadata,
    key_of(article),
    Column("key", CleanText, primary_key=True),
    Column("at_end", Boolean, nullable=False),
    Index(None, "key"),
    sqlite_with_rowid=False,
)

boilerplate = Table(
    "boilerplate",
    metadata,
    row_id(),
    refers("publisher_id", publisher),
    Column("language", CleanText, nullable=False),
    Column("key", CleanText, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("articles", Integer, nullable=False),
    Column("of_articles", Integer, nullable=False),
    Column("at_end", Integer, nullable=False),
    Column("month", CleanText),
    UniqueConstraint("publisher_id", "language", "key"),
)

template_place = Table(
    "template_place",
    metadata,
    row_id(),
    refers("publisher_id", publisher),
    Column("language", CleanText, nullable=False),
    Column("place", CleanText, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("role", CleanText, nullable=False),
    Column("since", UtcDateTime),
    Column("until", UtcDateTime),
    Column("pages", Integer, nullable=False),
    Column("kept", Float, nullable=False),
    Column("repeated", Float, nullable=False),
    Column("linked", Float, nullable=False),
    Column("after_link", Float, nullable=False),
    Column("share", Float, nullable=False),
    Column("repeated_lines", JSON, nullable=False),
    Column("by_profile", Boolean, nullable=False),
    refers("capture_id", capture, nullable=True),
    UniqueConstraint("publisher_id", "language", "place", "ordinal"),
    Index(None, "capture_id"),
)

article_text = Table(
    "article_text",
    metadata,
    key_of(article),
    Column("headline", CleanText, nullable=False),
    Column("author", CleanText, nullable=False),
    Column("text", CompressedText, nullable=False),
)

NATURAL_KEYS: dict[str, tuple[str, ...]] = {
    "publisher": ("name",),
    "warc_file": ("name",),
    "capture": ("warc_record_id",),
    "block_list": ("publisher_id", "digest"),
    "extraction": ("capture_id",),
    "edge": ("capture_id", "kind", "target_url"),
    "known_url": ("publisher_id", "url"),
    "naming": ("url_id", "source_id", "via"),
    "article": ("publisher_id", "canonical_url", "ordinal"),
    "address": ("publisher_id", "url", "ordinal"),
    "version": ("article_id", "seq"),
    "version_part": ("version_id", "number"),
    "alternate": ("article_id", "language", "target_url"),
    "end_block": ("article_id", "key"),
    "boilerplate": ("publisher_id", "language", "key"),
    "template_place": ("publisher_id", "language", "place", "ordinal"),
    "article_text": ("article_id",),
}
"""What names a view row without its id; a column ``..._id`` stands for the key of the other row."""

VIEW_TABLES = tuple(metadata.tables[name] for name in NATURAL_KEYS if name != known_url.name)
"""Without the URLs that they refer to, of which state has some of its own."""
