"""An index of the extractions that have flags, which are few, for their count."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    condition = sa.text("CAST(flags AS TEXT) <> '[]'")
    op.create_index(
        "ix_extraction_flags",
        "extraction",
        ["capture_id"],
        sqlite_where=condition,
        postgresql_where=condition,
    )
