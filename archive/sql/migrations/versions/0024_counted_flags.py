"""The index of extractions that have flags has the flags too, to count them without the rows."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    flags = sa.text("CAST(flags AS TEXT)")
    condition = sa.text("CAST(flags AS TEXT) <> '[]'")
    op.drop_index("ix_extraction_flags", "extraction")
    op.create_index(
        "ix_extraction_flags",
        "extraction",
        [flags, "capture_id"],
        sqlite_where=condition,
        postgresql_where=condition,
    )
