"""Bring a database's schema up to date with Alembic, which only this module loads."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection

from archive.sql.database import MIGRATIONS


def is_known(schema: str) -> bool:
    """Return whether one of the migrations makes *schema*."""
    try:
        ScriptDirectory.from_config(_config()).get_revision(schema)
    except CommandError:
        return False
    return True


def upgrade(connection: Connection) -> None:
    """Make the migrations that the database lacks, in the transaction of *connection*."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def head() -> str | None:
    """Return the name of the schema that all migrations together make."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
