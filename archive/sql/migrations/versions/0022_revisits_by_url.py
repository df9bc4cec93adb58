"""Revisits that name a URL and an instant, as other software writes them, in a small index."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_NAMES_URL = sa.text("refers_to_url IS NOT NULL")


def upgrade() -> None:
    op.drop_index("ix_capture_publisher_id_refers_to_url", "capture")
    op.create_index(
        "ix_capture_refers_to_url",
        "capture",
        ["publisher_id", "refers_to_url", "refers_to_at"],
        sqlite_where=_NAMES_URL,
        postgresql_where=_NAMES_URL,
    )
