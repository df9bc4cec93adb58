"""Articles in several pages: which part a page is, and what each version is made of."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_VIEW = """
SELECT p.name AS publisher, a.canonical_url, a.in_language, a.translation_group,{history}
       v.headline, v.text, v.description, v.author, v.date_published, v.date_modified,
       v.section, v.keywords, v.word_count, v.missing_parts, e.confidence, e.confidence_reasons,
       {seen}.seen_from, {seen}.seen_until, a.gone_at, a.gone_reason,
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
_IS_PART = sa.text("kind = 'part'")


def upgrade() -> None:
    # Null until the page is extracted again: an earlier extractor did not number parts.
    op.add_column("extraction", sa.Column("part", sa.JSON(none_as_null=True), nullable=True))
    op.add_column(
        "version", sa.Column("missing_parts", sa.JSON(), nullable=False, server_default="[]")
    )
    op.create_index(
        "ix_edge_part",
        "edge",
        ["publisher_id", "target_url"],
        sqlite_where=_IS_PART,
        postgresql_where=_IS_PART,
    )
    op.create_table(
        "version_part",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("extraction_id", sa.Integer(), nullable=False),
        sa.Column("blocks", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["version.id"],
            name="fk_version_part_version_id_version",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["extraction_id"],
            ["extraction.id"],
            name="fk_version_part_extraction_id_extraction",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("version_id", "number", name="pk_version_part"),
    )
    op.create_index("ix_version_part_extraction_id", "version_part", ["extraction_id"])
    op.execute("DROP VIEW articles")
    op.execute("DROP VIEW article_history")
    op.execute("CREATE VIEW articles AS " + ARTICLES_VIEW)
    op.execute("CREATE VIEW article_history AS " + ARTICLE_HISTORY_VIEW)
