"""Which schema is the newest is known without loading Alembic, and Alembic says the same."""

from __future__ import annotations

from archive.sql.newest import newest_schema, schema_of
from archive.sql.upgrading import head, is_known


def test_the_newest_schema_is_the_one_that_all_migrations_make():
    assert newest_schema() == head()


def test_a_new_database_has_the_newest_schema(database):
    with database.reading() as connection:
        assert schema_of(connection) == newest_schema()


def test_a_schema_that_no_migration_makes_is_not_known():
    assert is_known(newest_schema())
    assert not is_known("9999")
