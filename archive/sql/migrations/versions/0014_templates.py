"""Templates: the lines of each page by place, and the roles of the places of a publisher's pages."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Null until the page is extracted again: an earlier extractor did not keep its lines.
    op.add_column("extraction", sa.Column("lines", sa.LargeBinary(), nullable=True))
    op.add_column("extraction", sa.Column("template", sa.Text(), nullable=True))
    op.add_column("extraction", sa.Column("by_site", sa.JSON(none_as_null=True), nullable=True))
    op.add_column(
        "extraction",
        sa.Column("is_in_place", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "template_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publisher_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Float(), nullable=False),
        sa.Column("repeated", sa.Float(), nullable=False),
        sa.Column("linked", sa.Float(), nullable=False),
        sa.Column("after_link", sa.Float(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("repeated_lines", sa.JSON(), nullable=False),
        sa.Column("by_profile", sa.Boolean(), nullable=False),
        sa.Column("capture_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["publisher_id"],
            ["publisher.id"],
            name="fk_template_place_publisher_id_publisher",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["capture_id"],
            ["capture.id"],
            name="fk_template_place_capture_id_capture",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_template_place"),
        sa.UniqueConstraint(
            "publisher_id",
            "language",
            "place",
            "ordinal",
            name="uq_template_place_publisher_id_language_place_ordinal",
        ),
    )
    op.create_index("ix_template_place_capture_id", "template_place", ["capture_id"])
