"""Fixtures of the library's tests that more than one file wants."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from archive.pipeline.ingest import Ingest
from archive.sql.captures.store import publisher_id
from archive.sql.database import Database
from tests.support.settled import spine


@pytest.fixture
def ingest(database: Database, tmp_path: Path) -> Iterator[Ingest]:
    """The spine on each engine."""
    with spine(database, tmp_path) as running:
        yield running


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """A transaction on each engine."""
    with database.writing() as writing:
        yield writing


@pytest.fixture
def owner(connection: Connection) -> int:
    """A publisher in that transaction."""
    return publisher_id(connection, "news", None, None)
