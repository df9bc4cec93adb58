"""The date of each article in its row and in an index, to find the newest ones."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# A default spares SQLite a copy of the table, on which others depend; each row gets its date now.
_NO_DATE = "1970-01-01 00:00:00.000000"
_DATES = """
UPDATE article SET dated_at = coalesce(
    (SELECT version.date_published FROM version
     WHERE version.article_id = article.id ORDER BY version.seq DESC LIMIT 1),
    seen_from)
"""


def upgrade() -> None:
    op.add_column(
        "article",
        sa.Column("dated_at", sa.DateTime(timezone=True), nullable=False, server_default=_NO_DATE),
    )
    op.execute(_DATES)
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("article", "dated_at", server_default=None)
    op.create_index(
        "ix_article_dated_at_publisher_id_in_language",
        "article",
        ["dated_at", "publisher_id", "in_language"],
    )
