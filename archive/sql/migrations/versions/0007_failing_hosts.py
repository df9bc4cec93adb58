"""Failing hosts: servers that cannot be asked rest as one, and robots.txt is no URL to fetch."""

from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

url = sa.table(
    "url",
    sa.column("id", sa.Integer()),
    sa.column("url", sa.Text()),
    sa.column("state", sa.Text()),
    sa.column("skip_reason", sa.Text()),
)


def upgrade() -> None:
    op.create_table(
        "host",
        sa.Column("publisher_id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("fail_count", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["publisher_id"],
            ["publisher.id"],
            name="fk_host_publisher_id_publisher",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("publisher_id", "origin", name="pk_host"),
    )
    connection = op.get_bind()
    # It was leased again and again where a redirect named it.
    named = sa.select(url.c.id, url.c.url).where(url.c.url.contains("/robots.txt"))
    for key, address in connection.execute(named).all():
        if urlsplit(address).path == "/robots.txt":
            connection.execute(sa.delete(url).where(url.c.id == key))
    # A robots.txt that was out of reach put off each URL for a day.
    put_off = url.c.skip_reason.like("no answer from %/robots.txt:%")
    connection.execute(
        sa.update(url)
        .where(url.c.state == "retry", put_off)
        .values(state="pending", skip_reason=None)
    )
