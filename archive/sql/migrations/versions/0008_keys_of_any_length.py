"""Keys of any length: a source by its digest, and what is too long for an index cut to a digest."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOST_BYTES = 2048
"""Of a URL or a record id, as those are stored from now on."""
NAMES = (
    ("capture", "url"),
    ("capture", "refers_to"),
    ("capture", "refers_to_url"),
    ("capture", "warc_record_id"),
    ("edge", "source_url"),
    ("discovery", "source_url"),
    ("article", "canonical_url"),
    ("article", "translation_group"),
    ("address", "url"),
    ("unsettled", "url"),
    ("reread", "source_url"),
)
"""Columns that hold what an imported record may have brought."""


def upgrade() -> None:
    connection = op.get_bind()
    # Too long to be asked for.
    url = sa.table("url", sa.column("url", sa.Text()))
    connection.execute(sa.delete(url).where(sa.func.length(url.c.url) > MOST_BYTES))
    for name, column in NAMES:
        _cut(connection, sa.table(name, sa.column(column, sa.Text())).c[column])
    op.add_column("discovery", sa.Column("source_key", sa.LargeBinary(), nullable=True))
    _give_keys(connection)
    with op.batch_alter_table("discovery") as discovery:
        discovery.alter_column("source_key", existing_type=sa.LargeBinary(), nullable=False)
        discovery.drop_constraint("uq_discovery_publisher_id_url_via_source_url", type_="unique")
        discovery.create_unique_constraint(
            "uq_discovery_publisher_id_url_via_source_key",
            ["publisher_id", "url", "via", "source_key"],
        )


def _cut(connection: sa.Connection, column: sa.Column[str]) -> None:
    # No text of fewer characters than a quarter has more bytes.
    long = sa.select(column).distinct().where(sa.func.length(column) > MOST_BYTES // 4)
    for (text,) in connection.execute(long).all():
        data = text.encode()
        if len(data) > MOST_BYTES:
            digest = "#sha256:" + hashlib.sha256(data).hexdigest()
            cut = data[: MOST_BYTES - len(digest)].decode(errors="ignore") + digest
            change = sa.update(column.table).where(column == text).values({column.name: cut})
            connection.execute(change)


def _give_keys(connection: sa.Connection) -> None:
    discovery = sa.table(
        "discovery",
        sa.column("publisher_id", sa.Integer()),
        sa.column("source_url", sa.Text()),
        sa.column("source_key", sa.LargeBinary()),
    )
    change = (
        sa.update(discovery)
        .where(
            discovery.c.publisher_id == sa.bindparam("owner"),
            discovery.c.source_url == sa.bindparam("source"),
        )
        .values(source_key=sa.bindparam("key"))
    )
    sources = sa.select(discovery.c.publisher_id, discovery.c.source_url).distinct()
    found = [
        {"owner": owner, "source": source, "key": _key(source)}
        for owner, source in connection.execute(sources)
    ]
    if found:
        connection.execute(change, found)


def _key(source: str) -> bytes:
    return hashlib.blake2b(source.encode(), digest_size=16).digest()
