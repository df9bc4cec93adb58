"""When a URL is due and why: what sources say of its dates, and what that was worth."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("discovery", sa.Column("published", sa.Text(), nullable=True))
    op.create_index(
        "ix_discovery_publisher_id_source_url", "discovery", ["publisher_id", "source_url"]
    )
    for name in ("lastmod_via", "outcome", "due_reason"):
        op.add_column("url", sa.Column(name, sa.Text(), nullable=True))
    for name in ("modified_at", "modified_at_fetched", "published_at"):
        op.add_column("url", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    for name in ("lastmod_kept", "lastmod_false", "lastmod_missed"):
        op.add_column("url", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    # By the rule so far what named new URLs was due at once, and nothing else was.
    op.execute("UPDATE url SET due_reason = 'new' WHERE state = 'pending'")
    op.execute("UPDATE url SET due_reason = 'retry' WHERE state IN ('retry', 'disallowed')")
    op.execute(
        "UPDATE url SET due_reason ="
        " CASE WHEN next_due_at = fetched_at THEN 'source' ELSE 'age' END WHERE state = 'fetched'"
    )
