"""What is shown: why a capture is hidden, and under what a publisher's articles were settled."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("capture", sa.Column("hidden", sa.Text(), nullable=True))
    # Without a row all of a publisher is settled anew by the next crawl or reprocess.
    op.create_table(
        "settled",
        sa.Column("publisher_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("hosts", sa.JSON(), nullable=False),
        sa.Column("exclude", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publisher_id"],
            ["publisher.id"],
            name="fk_settled_publisher_id_publisher",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("publisher_id", name="pk_settled"),
    )
