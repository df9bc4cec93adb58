"""Blocks of pages: compressed, and once for all captures of a publisher that show the same.

Fields of pages that say nothing are left out.
"""

import hashlib
import json
import zlib

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

AT_ONCE = 500
_UNUSED = """DELETE FROM block_list WHERE id = old.block_list_id
    AND NOT EXISTS (SELECT 1 FROM extraction WHERE block_list_id = old.block_list_id);"""
# A capture may go in many ways, some of them by cascade, so the database itself deletes a list that
# no extraction refers to any more.
SQLITE_TRIGGERS = [
    f"""CREATE TRIGGER extraction_removed AFTER DELETE ON extraction
    WHEN old.block_list_id IS NOT NULL BEGIN {_UNUSED} END""",
    f"""CREATE TRIGGER extraction_changed AFTER UPDATE OF block_list_id ON extraction
    WHEN old.block_list_id IS NOT new.block_list_id BEGIN {_UNUSED} END""",
]
POSTGRESQL_TRIGGERS = [
    f"""CREATE FUNCTION delete_unused_block_list() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN {_UNUSED} RETURN NULL; END $$""",
    """CREATE TRIGGER extraction_removed AFTER DELETE ON extraction FOR EACH ROW
    WHEN (old.block_list_id IS NOT NULL) EXECUTE FUNCTION delete_unused_block_list()""",
    """CREATE TRIGGER extraction_changed AFTER UPDATE OF block_list_id ON extraction FOR EACH ROW
    WHEN (old.block_list_id IS DISTINCT FROM new.block_list_id)
    EXECUTE FUNCTION delete_unused_block_list()""",
]


def upgrade() -> None:
    op.create_table(
        "block_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publisher_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("blocks", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publisher_id"],
            ["publisher.id"],
            name="fk_block_list_publisher_id_publisher",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_block_list"),
        sa.UniqueConstraint("publisher_id", "digest", name="uq_block_list_publisher_id_digest"),
    )
    op.execute(
        "ALTER TABLE extraction ADD COLUMN block_list_id INTEGER"
        " CONSTRAINT fk_extraction_block_list_id_block_list REFERENCES block_list (id)"
    )
    _move()
    op.drop_column("extraction", "blocks")
    op.create_index("ix_extraction_block_list_id", "extraction", ["block_list_id"])
    engine = op.get_bind().dialect.name
    for statement in SQLITE_TRIGGERS if engine == "sqlite" else POSTGRESQL_TRIGGERS:
        op.execute(statement)


def _move() -> None:
    """Move the blocks of the extractions that are there, some at a time."""
    connection, last = op.get_bind(), 0
    value = ":fields" if connection.dialect.name == "sqlite" else "CAST(:fields AS JSON)"
    refer = sa.text(_REFER.format(value=value))
    some = sa.text(
        "SELECT e.id, c.publisher_id, CAST(e.blocks AS TEXT) AS blocks,"
        " CAST(e.fields AS TEXT) AS fields FROM extraction AS e"
        " JOIN capture AS c ON c.id = e.capture_id"
        f" WHERE e.blocks IS NOT NULL AND e.id > :last ORDER BY e.id LIMIT {AT_ONCE}"
    )
    while rows := connection.execute(some, {"last": last}).all():
        last = rows[-1].id
        for row in rows:
            data = row.blocks.encode()
            key = {
                "owner": row.publisher_id,
                "digest": hashlib.blake2b(data, digest_size=16).digest(),
            }
            connection.execute(_PUT, {**key, "blocks": zlib.compress(data, 4)})
            connection.execute(refer, {**key, "id": row.id, "fields": _said(row.fields)})


def _said(fields: str) -> str:
    said = {name: value for name, value in json.loads(fields).items() if value not in (None, [])}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


_PUT = sa.text(
    "INSERT INTO block_list (publisher_id, digest, blocks) VALUES (:owner, :digest, :blocks)"
    " ON CONFLICT (publisher_id, digest) DO NOTHING"
)
_REFER = (
    "UPDATE extraction SET fields = {value}, block_list_id = (SELECT id FROM block_list"
    " WHERE publisher_id = :owner AND digest = :digest) WHERE id = :id"
)
