"""Indexes for a million articles: the captures that alternates refer to, and what is counted."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_alternate_capture_id", "alternate", ["capture_id"])
    op.create_index("ix_capture_publisher_id_fetched_at", "capture", ["publisher_id", "fetched_at"])
    for name, table, columns, where in (
        ("ix_capture_hidden", "capture", ["publisher_id", "hidden"], "hidden IS NOT NULL"),
        ("ix_article_gone_at", "article", ["publisher_id", "gone_at"], "gone_at IS NOT NULL"),
        ("ix_url_source", "url", ["publisher_id"], "due_reason = 'source'"),
        ("ix_version_later", "version", ["article_id"], "seq > 1"),
        ("ix_extraction_low_confidence", "extraction", ["confidence"], "confidence < 0.5"),
    ):
        condition = sa.text(where)
        op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)
