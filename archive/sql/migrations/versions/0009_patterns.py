"""Patterns: what the URLs of one shape yielded, and which of them are held back for it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pattern",
        sa.Column("publisher_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fetched", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("children", sa.Integer(), nullable=False),
        sa.Column("turned_away", sa.Integer(), nullable=False),
        sa.Column("probes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("probe_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["publisher_id"],
            ["publisher.id"],
            name="fk_pattern_publisher_id_publisher",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("publisher_id", "key", name="pk_pattern"),
    )
    op.add_column("url", sa.Column("held_by", sa.Text(), nullable=True))
    op.add_column("url", sa.Column("fold", sa.BigInteger(), nullable=True))
    op.add_column(
        "url", sa.Column("is_twin", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    for name, columns in (
        ("held_by", ["publisher_id", "held_by"]),
        ("fold", ["publisher_id", "fold"]),
    ):
        is_set = sa.text(f"{name} IS NOT NULL")
        op.create_index(
            f"ix_url_{name}", "url", columns, sqlite_where=is_set, postgresql_where=is_set
        )
    op.create_index(
        "ix_capture_publisher_id_payload_digest", "capture", ["publisher_id", "payload_digest"]
    )
    op.create_index("ix_extraction_text_sha256", "extraction", ["text_sha256"])
