"""The tables of the state: the frontier, what was learned for it, and the account of past crawls.

No WARC file can give these rows again. Losing them costs requests, never content.
``docs/schema.md`` explains each column; a test compares it to these definitions.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    false,
    text,
)

from archive.sql.schema.columns import (
    REFERS_TO,
    index_where_set,
    key_of,
    metadata,
    refers,
    row_id,
)
from archive.sql.schema.view_tables import known_url, publisher
from archive.sql.schema.words import KIND_WORDS, OUTCOME_WORDS, REASON_WORDS, STATE_WORDS, VIA_WORDS
from archive.sql.types import CleanText, ShortUtcDateTime, UtcDateTime, Word

_IS_SOURCE = text(f"due_reason = {REASON_WORDS.index('source')}")
IS_SOURCE = text(f"frontier.due_reason = {REASON_WORDS.index('source')}")
"""The condition of the index ``ix_frontier_source``; a parameter in its place would not use it."""
_IS_PENDING = text(f"state = {STATE_WORDS.index('pending')}")
IS_PENDING = text(f"frontier.state = {STATE_WORDS.index('pending')}")
"""The condition of the index ``ix_frontier_pending``: a frontier is fetched, for the most part."""

frontier = Table(
    "frontier",
    metadata,
    Column("id", ForeignKey(known_url.c.id, ondelete="CASCADE"), primary_key=True),
    refers("publisher_id", publisher),
    Column("kind", Word(KIND_WORDS), nullable=False),
    Column("via", Word(VIA_WORDS), nullable=False),
    Column("state", Word(STATE_WORDS), nullable=False),
    Column("skip_reason", CleanText),
    Column("priority", Integer, nullable=False),
    Column("depth", Integer, nullable=False),
    Column("redirects", Integer, nullable=False),
    # No foreign key: to delete a URL, SQLite would search this column, which has no index.
    Column("source_id", Integer, info={REFERS_TO: known_url}),
    Column("lastmod", CleanText),
    Column("lastmod_via", Word(VIA_WORDS)),
    Column("modified_at", ShortUtcDateTime),
    Column("modified_at_fetched", ShortUtcDateTime),
    Column("published_at", ShortUtcDateTime),
    Column("lastmod_kept", Integer, nullable=False, server_default="0"),
    Column("lastmod_false", Integer, nullable=False, server_default="0"),
    Column("lastmod_missed", Integer, nullable=False, server_default="0"),
    Column("fail_count", Integer, nullable=False),
    Column("outcome", Word(OUTCOME_WORDS)),
    Column("next_due_at", ShortUtcDateTime),
    Column("due_reason", Word(REASON_WORDS)),
    Column("fetched_at", ShortUtcDateTime),
    Column("held_by", CleanText),
    Column("is_twin", Boolean, nullable=False, server_default=false()),
    # The scheduler reads pending rows in exactly this order, without a sort.
    Index(
        "ix_frontier_pending",
        "publisher_id",
        "priority",
        "id",
        sqlite_where=_IS_PENDING,
        postgresql_where=_IS_PENDING,
    ),
    Index(None, "publisher_id", "state", "next_due_at"),
    index_where_set("frontier", "held_by"),
    # A crawl that is asked for by name reads every source at once.
    Index(
        "ix_frontier_source", "publisher_id", sqlite_where=_IS_SOURCE, postgresql_where=_IS_SOURCE
    ),
)
"""The URLs to be fetched, by their numbers; the SQL view ``url`` shows the URLs themselves."""

SOURCE = known_url.alias("source")
FRONTIER_URLS = frontier.join(known_url, known_url.c.id == frontier.c.id)
"""The frontier with the texts of its URLs."""
FRONTIER_SOURCES = FRONTIER_URLS.outerjoin(SOURCE, SOURCE.c.id == frontier.c.source_id)
"""The same with the texts of the sources that named them first, in ``SOURCE``."""

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
