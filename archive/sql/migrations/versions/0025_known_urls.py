"""URLs stand once, in a table of their own, to which frontier and discoveries refer by number.

Words that repeat and times of the frontier are stored as numbers. The SQL views ``url`` and
``discovery`` show what the tables of these names held.
"""

from hashlib import blake2b

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

AT_ONCE = 500
VIAS = (
    *("link", "sitemap", "news_sitemap", "feed", "podcast", "canonical", "redirect", "amphtml"),
    *("hreflang", "part", "api", "seed", "robots", "well_known"),
)
KINDS = ("page", "amp", "sitemap", "feed", "api", "robots")
STATES = ("fetched", "pending", "retry", "disallowed", "skipped", "held_back")
REASONS = ("age", "new", "source", "lastmod", "feed", "vanished", "refresh", "probe", "retry")
OUTCOMES = (
    *("article", "listing", "page", "feed", "sitemap", "robots", "api", "redirect", "empty"),
    *("blocked", "needs_script", "not_html", "missing", "error", "revisit", "failed", "hidden"),
)

# What `pages` asks of sources: as a list, since a URL cannot be looked up by its text.
PAGES_VIEW = """
SELECT p.name AS publisher, c.url, e.outcome, e.reason, e.language AS in_language,
       {headline} AS headline, e.text, e.evidence, e.confidence, e.confidence_reasons,
       c.fetched_at, w.name AS warc_file, c.warc_offset, c.warc_record_id
FROM capture AS c
JOIN publisher AS p ON p.id = c.publisher_id
LEFT JOIN capture AS o ON o.warc_record_id = c.refers_to
JOIN extraction AS e ON e.capture_id = coalesce(o.id, c.id)
JOIN warc_file AS w ON w.id = c.warc_file_id
WHERE c.hidden IS NULL AND e.text IS NOT NULL AND NOT EXISTS (
    SELECT 1
    FROM capture AS later
    LEFT JOIN capture AS lo ON lo.warc_record_id = later.refers_to
    JOIN extraction AS le ON le.capture_id = coalesce(lo.id, later.id)
    WHERE later.publisher_id = c.publisher_id AND later.url = c.url AND later.hidden IS NULL
          AND le.outcome IN ('article', 'listing', 'page')
          AND (later.fetched_at > c.fetched_at
               OR (later.fetched_at = c.fetched_at AND later.warc_record_id > c.warc_record_id))
) AND NOT EXISTS (
    SELECT 1
    FROM address AS a
    JOIN article AS r ON r.id = a.article_id
    WHERE a.publisher_id = c.publisher_id AND a.url = c.url AND a.role <> 'part'
          AND r.seen_from <= c.fetched_at AND c.fetched_at <= r.seen_until
          AND (e.is_in_place OR a.url IN (
              SELECT k.url
              FROM naming AS n
              JOIN known_url AS k ON k.id = n.url_id
              WHERE n.via IN {of_articles} AND k.publisher_id = a.publisher_id
          ))
)
"""
HEADLINE = {"sqlite": "json_extract(e.fields, '$.headline')", "postgresql": "e.fields->>'headline'"}
URL_VIEW = """
SELECT f.id, f.publisher_id, k.url, {kind} AS kind, {via} AS via, {state} AS state, f.skip_reason,
       f.priority, f.depth, f.redirects, s.url AS source_url, f.lastmod,
       {lastmod_via} AS lastmod_via, {modified_at} AS modified_at,
       {modified_at_fetched} AS modified_at_fetched, {published_at} AS published_at,
       f.lastmod_kept, f.lastmod_false, f.lastmod_missed, f.fail_count, {outcome} AS outcome,
       {next_due_at} AS next_due_at, {due_reason} AS due_reason, {fetched_at} AS fetched_at,
       f.held_by, f.is_twin
FROM frontier AS f
JOIN known_url AS k ON k.id = f.id
LEFT JOIN known_url AS s ON s.id = f.source_id
"""
DISCOVERY_VIEW = """
SELECT k.publisher_id, k.url, {via} AS via, s.url AS source_url, first.fetched_at AS first_seen_at,
       coalesce(last.fetched_at, first.fetched_at) AS last_seen_at, n.lastmod, n.published,
       n.first_id AS capture_id
FROM naming AS n
JOIN known_url AS k ON k.id = n.url_id
JOIN known_url AS s ON s.id = n.source_id
JOIN capture AS first ON first.id = n.first_id
LEFT JOIN capture AS last ON last.id = n.last_id
"""
TIMES = ("modified_at", "modified_at_fetched", "published_at", "next_due_at", "fetched_at")
WORDS = {
    "kind": KINDS,
    "via": VIAS,
    "state": STATES,
    "lastmod_via": VIAS,
    "outcome": OUTCOMES,
    "due_reason": REASONS,
}
# SQLite cuts a division towards zero, and times before 1970 are negative.
PART = "(({column} % 1000000 + 1000000) % 1000000)"
TIME = (
    "strftime('%Y-%m-%d %H:%M:%S', ({column} - {part}) / 1000000, 'unixepoch')"
    " || printf('.%06d', {part})"
)
OF_FRONTIER = (
    *("kind", "via", "state", "skip_reason", "priority", "depth", "redirects", "lastmod"),
    *("lastmod_via", "modified_at", "modified_at_fetched", "published_at", "lastmod_kept"),
    *("lastmod_false", "lastmod_missed", "fail_count", "outcome", "next_due_at", "due_reason"),
    *("fetched_at", "held_by", "is_twin"),
)


def upgrade() -> None:
    _make_tables()
    connection = op.get_bind()
    op.create_index("known_url_by_text", "known_url", ["publisher_id", "url"])
    _number_urls(connection)
    _fill_frontier(connection)
    cases = " ".join(f"WHEN '{word}' THEN {place}" for place, word in enumerate(VIAS))
    op.execute(_FILL_NAMING.format(cases=cases))
    op.drop_index("known_url_by_text", "known_url")
    op.execute("DROP VIEW pages")
    op.drop_table("discovery")
    op.drop_table("url")
    _make_indexes()
    _make_views(connection.dialect.name)


def _make_tables() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    time = sa.BigInteger() if is_sqlite else sa.DateTime(timezone=True)
    op.create_table(
        "known_url",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publisher_id", sa.Integer(), nullable=False),
        sa.Column("fold", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        _refers("known_url", "publisher_id", "publisher"),
        sa.PrimaryKeyConstraint("id", name="pk_known_url"),
    )
    op.create_table(
        "frontier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publisher_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("via", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("skip_reason", sa.Text()),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("redirects", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer()),
        sa.Column("lastmod", sa.Text()),
        sa.Column("lastmod_via", sa.SmallInteger()),
        sa.Column("modified_at", time),
        sa.Column("modified_at_fetched", time),
        sa.Column("published_at", time),
        sa.Column("lastmod_kept", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("lastmod_false", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("lastmod_missed", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("fail_count", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.SmallInteger()),
        sa.Column("next_due_at", time),
        sa.Column("due_reason", sa.SmallInteger()),
        sa.Column("fetched_at", time),
        sa.Column("held_by", sa.Text()),
        sa.Column("is_twin", sa.Boolean(), nullable=False, server_default=sa.false()),
        _refers("frontier", "id", "known_url"),
        _refers("frontier", "publisher_id", "publisher"),
        sa.PrimaryKeyConstraint("id", name="pk_frontier"),
    )
    op.create_table(
        "naming",
        sa.Column("url_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("via", sa.SmallInteger(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer()),
        sa.Column("lastmod", sa.Text()),
        sa.Column("published", sa.Text()),
        _refers("naming", "url_id", "known_url"),
        _refers("naming", "first_id", "capture"),
        _refers("naming", "last_id", "capture"),
        sa.PrimaryKeyConstraint("url_id", "source_id", "via", name="pk_naming"),
        sqlite_with_rowid=False,
    )


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}", ondelete="CASCADE"
    )


def _make_indexes() -> None:
    op.create_index("ix_known_url_publisher_id_fold", "known_url", ["publisher_id", "fold"])
    for name, table, columns, where in (
        (
            "ix_frontier_pending",
            "frontier",
            ["publisher_id", "priority", "id"],
            f"state = {STATES.index('pending')}",
        ),
        ("ix_frontier_held_by", "frontier", ["publisher_id", "held_by"], "held_by IS NOT NULL"),
        (
            "ix_frontier_source",
            "frontier",
            ["publisher_id"],
            f"due_reason = {REASONS.index('source')}",
        ),
        ("ix_naming_last_id", "naming", ["last_id"], "last_id IS NOT NULL"),
    ):
        condition = sa.text(where)
        op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)
    op.create_index(
        "ix_frontier_publisher_id_state_next_due_at",
        "frontier",
        ["publisher_id", "state", "next_due_at"],
    )
    op.create_index("ix_naming_first_id", "naming", ["first_id"])


def _make_views(engine: str) -> None:
    shown = {name: _shown_word(f"f.{name}", words) for name, words in WORDS.items()}
    for name in TIMES:
        column = f"f.{name}"
        is_number = engine == "sqlite"
        shown[name] = (
            TIME.format(column=column, part=PART.format(column=column)) if is_number else column
        )
    of_articles = f"({VIAS.index('news_sitemap')}, {VIAS.index('feed')})"
    pages = PAGES_VIEW.format(headline=HEADLINE[engine], of_articles=of_articles)
    op.execute("CREATE VIEW pages AS " + pages)
    for name, select in (
        ("url", URL_VIEW.format(**shown)),
        ("discovery", DISCOVERY_VIEW.format(via=_shown_word("n.via", VIAS))),
    ):
        op.get_bind().exec_driver_sql(f"CREATE VIEW {name} AS {select}".replace("%", _PERCENT[engine]))


_PERCENT = {"sqlite": "%", "postgresql": "%%"}
"""A sign of its own, as the driver reads it."""


def _shown_word(column: str, words: tuple[str, ...]) -> str:
    cases = " ".join(f"WHEN {place} THEN '{word}'" for place, word in enumerate(words))
    return f"CASE {column} {cases} END"


# --- what the tables hold -------------------------------------------------------------------------


def _number_urls(connection: sa.Connection) -> None:
    """Give each URL its number, those of the frontier in their order."""
    for statement in (_OF_FRONTIER, *(_OF_OTHERS.format(column=c, table=t) for c, t in _OTHERS)):
        connection.execute(sa.text(statement))
    last = 0
    while rows := connection.execute(_UNFOLDED, {"last": last}).all():
        connection.execute(
            _FOLD, [{"number": row.id, "fold": _fold_number(row.url)} for row in rows]
        )
        last = rows[-1].id


def _fill_frontier(connection: sa.Connection) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    values = {name: f"u.{name}" for name in OF_FRONTIER}
    for name, words in WORDS.items():
        cases = " ".join(f"WHEN '{word}' THEN {place}" for place, word in enumerate(words))
        values[name] = f"CASE u.{name} {cases} END"
    for name in TIMES if is_sqlite else ():
        values[name] = _MICROSECONDS.format(column=f"u.{name}")
    statement = f"""
    INSERT INTO frontier (id, publisher_id, source_id, {", ".join(values)})
    SELECT k.id, u.publisher_id, s.id, {", ".join(values.values())}
    FROM url AS u
    JOIN known_url AS k ON k.publisher_id = u.publisher_id AND k.url = u.url
    LEFT JOIN known_url AS s ON s.publisher_id = u.publisher_id AND s.url = u.source_url
    """
    connection.exec_driver_sql(statement.replace("%", _PERCENT[connection.dialect.name]))


def _fold_number(url: str) -> int:
    head, _, query = url.partition("://")[2].lower().partition("?")
    path = "/".join(part for part in head.split("/") if part)
    fold = f"{path}?{'&'.join(sorted(set(query.split('&'))))}" if query else path
    return int.from_bytes(blake2b(fold.encode(), digest_size=6).digest()) - (1 << 47)


_OF_FRONTIER = """
INSERT INTO known_url (publisher_id, fold, url)
SELECT publisher_id, 0, url FROM url ORDER BY id
"""
_OF_OTHERS = """
INSERT INTO known_url (publisher_id, fold, url)
SELECT DISTINCT publisher_id, 0, {column}
FROM {table} AS t
WHERE {column} IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM known_url AS k WHERE k.publisher_id = t.publisher_id AND k.url = t.{column}
)
"""
_OTHERS = (("source_url", "url"), ("url", "discovery"), ("source_url", "discovery"))
_UNFOLDED = sa.text(
    f"SELECT id, url FROM known_url WHERE id > :last ORDER BY id LIMIT {AT_ONCE}"
)
_FOLD = sa.text("UPDATE known_url SET fold = :fold WHERE id = :number")
_MICROSECONDS = (
    "CAST(strftime('%s', substr({column}, 1, 19)) AS INTEGER) * 1000000"
    " + CAST(substr({column}, 21, 6) AS INTEGER)"
)
# The last capture of a source is the one of its URL at the instant that the row has.
_FILL_NAMING = """
INSERT INTO naming (url_id, source_id, via, first_id, last_id, lastmod, published)
SELECT url_id, source_id, via, first_id, NULLIF(last_id, first_id), lastmod, published
FROM (
    SELECT k.id AS url_id, s.id AS source_id, CASE d.via {cases} END AS via,
           d.capture_id AS first_id, d.lastmod, d.published,
           CASE WHEN d.first_seen_at <> d.last_seen_at THEN (
               SELECT c.id
               FROM capture AS c
               WHERE c.publisher_id = d.publisher_id AND c.url = d.source_url
                     AND c.fetched_at = d.last_seen_at
               ORDER BY c.warc_record_id DESC
               LIMIT 1
           ) END AS last_id
    FROM discovery AS d
    JOIN known_url AS k ON k.publisher_id = d.publisher_id AND k.url = d.url
    JOIN known_url AS s ON s.publisher_id = d.publisher_id AND s.url = d.source_url
) AS named
"""
