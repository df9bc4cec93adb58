"""End blocks: shorter keys, and on SQLite no second copy of each row in an index."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE boilerplate SET key = substr(key, 1, 16)")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("UPDATE end_block SET key = substr(key, 1, 16)")
        return
    op.drop_index("ix_end_block_key", "end_block")
    op.rename_table("end_block", "old_end_block")
    op.create_table(
        "end_block",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at_end", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name="fk_end_block_article_id_article",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("article_id", "key", name="pk_end_block"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO end_block SELECT article_id, substr(key, 1, 16), at_end FROM old_end_block"
    )
    op.drop_table("old_end_block")
    op.create_index("ix_end_block_key", "end_block", ["key"])
