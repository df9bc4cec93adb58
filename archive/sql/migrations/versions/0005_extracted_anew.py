"""Extracted anew: what has to be read again to know which capture was the first to name a URL."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reread",
        sa.Column("publisher_id", sa.Integer(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["publisher_id"],
            ["publisher.id"],
            name="fk_reread_publisher_id_publisher",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("publisher_id", "source_url", name="pk_reread"),
    )
    op.create_index("ix_discovery_capture_id", "discovery", ["capture_id"])
