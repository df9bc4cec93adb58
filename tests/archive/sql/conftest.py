"""A transaction on each engine, and a publisher in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from archive.sql.captures.store import publisher_id
from archive.sql.database import Database


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.writing() as writing:
        yield writing


@pytest.fixture
def owner(connection: Connection) -> int:
    return publisher_id(connection, "news", None, None)
