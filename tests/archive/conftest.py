"""Fixtures of the library's tests that more than one file wants."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.pipeline.ingest import Ingest
from archive.sql.database import Database
from tests.support.settled import spine


@pytest.fixture
def ingest(database: Database, tmp_path: Path) -> Iterator[Ingest]:
    """The spine on each engine."""
    with spine(database, tmp_path) as running:
        yield running
