"""Alembic's entry: run the migrations on the connection that the database module hands over."""

from alembic import context

from archive.sql.schema.state_tables import ALL_TABLES

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=ALL_TABLES, transactional_ddl=False)
context.run_migrations()
