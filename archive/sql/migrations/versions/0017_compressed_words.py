"""The folded words of articles: compressed on SQLite, where the search index needs no second copy."""

import zlib

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

AT_ONCE = 500
# FTS5 keeps the index only. To take an article out of it, it needs the words that were put in.
# ``inflated`` is a function that Python gives to each connection that may write.
_OLD = "'delete', old.article_id, old.headline, old.author, inflated(old.text)"
_NEW = "new.article_id, new.headline, new.author, inflated(new.text)"
_REMOVE = f"INSERT INTO article_fts(article_fts, rowid, headline, author, text) VALUES ({_OLD});"
_ADD = f"INSERT INTO article_fts(rowid, headline, author, text) VALUES ({_NEW});"
SEARCH = [
    """CREATE VIRTUAL TABLE article_fts USING fts5(headline, author, text, content='',
        tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'")""",
    f"CREATE TRIGGER article_text_added AFTER INSERT ON article_text BEGIN {_ADD} END",
    f"CREATE TRIGGER article_text_removed AFTER DELETE ON article_text BEGIN {_REMOVE} END",
    f"CREATE TRIGGER article_text_changed AFTER UPDATE ON article_text BEGIN {_REMOVE}{_ADD} END",
]


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for name in ("added", "removed", "changed"):
        op.execute(f"DROP TRIGGER article_text_{name}")
    op.execute("DROP TABLE article_fts")
    op.rename_table("article_text", "plain_text")
    op.create_table(
        "article_text",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name="fk_article_text_article_id_article",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("article_id", name="pk_article_text"),
    )
    for statement in SEARCH:
        op.get_bind().exec_driver_sql(statement)
    _copy()
    op.drop_table("plain_text")


def _copy() -> None:
    connection, last = op.get_bind(), -1
    some = sa.text(f"SELECT * FROM plain_text WHERE article_id > :last ORDER BY 1 LIMIT {AT_ONCE}")
    put = sa.text("INSERT INTO article_text VALUES (:article_id, :headline, :author, :text)")
    while rows := connection.execute(some, {"last": last}).mappings().all():
        last = rows[-1]["article_id"]
        values = [{**row, "text": zlib.compress(row["text"].encode(), 4)} for row in rows]
        connection.execute(put, values)
