"""Following articles: stories that take over an address, boilerplate, translations, removals.

What settling decides is decided anew: its tables are emptied, and every URL is to be settled again
by whatever opens the archive next, a crawl or ``pressmark rebuild``.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_VIEW = """
SELECT p.name AS publisher, a.canonical_url, a.in_language, a.translation_group,{history}
       v.headline, v.text, v.description, v.author, v.date_published, v.date_modified,
       v.section, v.keywords, v.word_count, {seen}.seen_from, {seen}.seen_until,
       a.gone_at, a.gone_reason,
       w.name AS warc_file, c.warc_offset, c.warc_record_id
FROM article AS a
JOIN publisher AS p ON p.id = a.publisher_id
JOIN version AS v ON v.article_id = a.id
JOIN extraction AS e ON e.id = v.extraction_id
JOIN capture AS c ON c.id = e.capture_id
JOIN warc_file AS w ON w.id = c.warc_file_id
"""
ARTICLES_VIEW = _VIEW.format(history="", seen="a") + """
WHERE v.seq = (SELECT max(latest.seq) FROM version AS latest WHERE latest.article_id = a.id)
"""
ARTICLE_HISTORY_VIEW = _VIEW.format(history=" v.seq, v.change_kind,", seen="v")


def upgrade() -> None:
    op.execute("DROP VIEW articles")
    for table in ("article_text", "version", "address", "article"):
        op.execute(f"DELETE FROM {table}")
    op.execute(
        "INSERT INTO unsettled (publisher_id, url) SELECT DISTINCT publisher_id, url FROM capture"
        " WHERE true ON CONFLICT DO NOTHING"
    )
    with op.batch_alter_table("article") as article:
        article.add_column(sa.Column("ordinal", sa.Integer(), nullable=False))
        article.add_column(sa.Column("gone_reason", sa.Text(), nullable=True))
        article.drop_constraint("uq_article_publisher_id_canonical_url", type_="unique")
        article.create_unique_constraint(
            "uq_article_publisher_id_canonical_url_ordinal",
            ["publisher_id", "canonical_url", "ordinal"],
        )
    with op.batch_alter_table("address") as address:
        address.add_column(sa.Column("ordinal", sa.Integer(), nullable=False))
        address.drop_constraint("uq_address_publisher_id_url", type_="unique")
        address.create_unique_constraint(
            "uq_address_publisher_id_url_ordinal", ["publisher_id", "url", "ordinal"]
        )
    op.add_column("version", sa.Column("removed", sa.JSON(), nullable=False))
    op.create_table(
        "alternate",
        sa.Column("id", sa.Integer(), nullable=False),
        _key("publisher"),
        _key("article"),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("target_url", sa.Text(), nullable=False),
        _key("capture"),
        *[_refers("alternate", to) for to in ("publisher", "article", "capture")],
        sa.PrimaryKeyConstraint("id", name="pk_alternate"),
        sa.UniqueConstraint(
            "article_id",
            "language",
            "target_url",
            name="uq_alternate_article_id_language_target_url",
        ),
    )
    op.create_index(
        "ix_alternate_publisher_id_target_url", "alternate", ["publisher_id", "target_url"]
    )
    op.create_table(
        "end_block",
        _key("article"),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at_end", sa.Boolean(), nullable=False),
        _refers("end_block", "article"),
        sa.PrimaryKeyConstraint("article_id", "key", name="pk_end_block"),
    )
    op.create_index("ix_end_block_key", "end_block", ["key"])
    op.create_table(
        "boilerplate",
        sa.Column("id", sa.Integer(), nullable=False),
        _key("publisher"),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("of_articles", sa.Integer(), nullable=False),
        sa.Column("at_end", sa.Integer(), nullable=False),
        _refers("boilerplate", "publisher"),
        sa.PrimaryKeyConstraint("id", name="pk_boilerplate"),
        sa.UniqueConstraint(
            "publisher_id", "language", "key", name="uq_boilerplate_publisher_id_language_key"
        ),
    )
    op.execute("CREATE VIEW articles AS " + ARTICLES_VIEW)
    op.execute("CREATE VIEW article_history AS " + ARTICLE_HISTORY_VIEW)


def _key(to: str) -> sa.Column[int]:
    return sa.Column(f"{to}_id", sa.Integer(), nullable=False)


def _refers(table: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [f"{to}_id"], [f"{to}.id"], name=f"fk_{table}_{to}_id_{to}", ondelete="CASCADE"
    )
