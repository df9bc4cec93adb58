"""Confidence: how far the text of an extraction is to be trusted, and what speaks against it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_VIEW = """
SELECT p.name AS publisher, a.canonical_url, a.in_language, a.translation_group,{history}
       v.headline, v.text, v.description, v.author, v.date_published, v.date_modified,
       v.section, v.keywords, v.word_count, e.confidence, e.confidence_reasons,
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


def upgrade() -> None:
    # Null where an earlier extractor read the page: until it is extracted again, nothing is known.
    op.add_column("extraction", sa.Column("confidence", sa.Float(), nullable=True))
    op.add_column(
        "extraction", sa.Column("confidence_reasons", sa.JSON(none_as_null=True), nullable=True)
    )
    op.execute("DROP VIEW articles")
    op.execute("DROP VIEW article_history")
    op.execute("CREATE VIEW articles AS " + ARTICLES_VIEW)
    op.execute("CREATE VIEW article_history AS " + ARTICLE_HISTORY_VIEW)
