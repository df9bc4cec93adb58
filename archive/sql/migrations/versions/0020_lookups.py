"""Indexes for lookups of every page: at which URLs a payload is, and which articles are a group."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_capture_publisher_id_payload_digest", "capture")
    op.create_index(
        "ix_capture_publisher_id_payload_digest_url",
        "capture",
        ["publisher_id", "payload_digest", "url"],
    )
    is_set = sa.text("translation_group IS NOT NULL")
    op.create_index(
        "ix_article_translation_group",
        "article",
        ["publisher_id", "translation_group"],
        sqlite_where=is_set,
        postgresql_where=is_set,
    )
