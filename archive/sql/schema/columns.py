"""What the definitions of tables share: the metadata, and kinds of columns and indexes."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, MetaData, Table, text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Names of constraints and indexes; ``state_tables.ALL_TABLES`` is this with every table in it."""

NullableJson = JSON(none_as_null=True)
"""JSON whose None is SQL's NULL, as anybody who queries the table expects."""

REFERS_TO = "refers to"
"""Key of ``Column.info``: the table whose ids a column without a foreign key has."""


def row_id() -> Column[int]:
    """Return the surrogate key of a table."""
    return Column("id", Integer, primary_key=True)


def refers(
    name: str, to: Table, *, nullable: bool = False, delete: str | None = "CASCADE"
) -> Column[int]:
    """Return a column that refers to a row of *to*; None for *delete* refuses to delete that."""
    return Column(name, ForeignKey(to.c.id, ondelete=delete), nullable=nullable)


def key_of(to: Table) -> Column[int]:
    """Return the column ``<to>_id`` of a primary key, which refers to a row of *to*."""
    return Column(f"{to.name}_id", ForeignKey(to.c.id, ondelete="CASCADE"), primary_key=True)


def index_where_set(table: str, column: str) -> Index:
    """Return an index of *column* by publisher that leaves out rows where it is null."""
    name, is_set = f"ix_{table}_{column}", text(f"{column} IS NOT NULL")
    return Index(name, "publisher_id", column, sqlite_where=is_set, postgresql_where=is_set)
