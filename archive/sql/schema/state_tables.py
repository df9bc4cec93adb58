"""The tables of the state: the frontier, what was learned for it, and the account of past crawls.

No WARC file can give these rows again. Losing them costs requests, never content.
``docs/schema.md`` explains each column; a test compares it to these definitions.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    Table,
    UniqueConstraint,
    false,
    text,
)

from archive.sql.schema.columns import index_where_set, key_of, metadata, refers, row_id
from archive.sql.schema.view_tables import publisher
from archive.sql.types import CleanText, UtcDateTime

_IS_SOURCE = text("due_reason = 'source'")
IS_SOURCE = text("url.due_reason = 'source'")
"""The condition of the index ``ix_url_source``; a parameter in its place would not use it."""

url = Table(
    "url",
    metadata,
    row_id(),
    refers("publisher_id", publisher),
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
    *(index_where_set("url", name) for name in ("held_by", "fold")),
    # A crawl that is asked for by name reads every source at once.
    Index("ix_url_source", "publisher_id", sqlite_where=_IS_SOURCE, postgresql_where=_IS_SOURCE),
)

pattern = Table(
    "pattern",
    metadata,
    key_of(publisher),
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
    key_of(publisher),
    Column("origin", CleanText, primary_key=True),
    Column("fail_count", Integer, nullable=False),
    Column("reason", CleanText, nullable=False),
    Column("failed_at", UtcDateTime, nullable=False),
    Column("retry_at", UtcDateTime, nullable=False),
)

session_parameter = Table(
    "session_parameter",
    metadata,
    key_of(publisher),
    Column("host", CleanText, primary_key=True),
    Column("name", CleanText, primary_key=True),
    Column("alone", Integer, nullable=False),
    Column("mixed", Integer, nullable=False),
    Column("learned", Boolean, nullable=False),
)

session_page = Table(
    "session_page",
    metadata,
    key_of(publisher),
    Column("host", CleanText, primary_key=True),
    Column("name", CleanText, primary_key=True),
    Column("page", CleanText, primary_key=True),
    Column("value", CleanText, primary_key=True),
    Column("digest", CleanText, nullable=False),
)

unsettled = Table(
    "unsettled",
    metadata,
    key_of(publisher),
    Column("url", CleanText, primary_key=True),
)

settled = Table(
    "settled",
    metadata,
    key_of(publisher),
    Column("code", CleanText, nullable=False),
    Column("hosts", JSON, nullable=False),
    Column("exclude", JSON, nullable=False),
)

reread = Table(
    "reread",
    metadata,
    key_of(publisher),
    Column("source_url", CleanText, primary_key=True),
    Column("since", UtcDateTime, nullable=False),
)

crawl = Table(
    "crawl",
    metadata,
    row_id(),
    refers("publisher_id", publisher),
    Column("command", CleanText, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("profile_digest", CleanText, nullable=False),
    Column("software", JSON, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("exit_state", CleanText),
)

ALL_TABLES = metadata
"""The tables of the view as well, since this module refers to them."""
