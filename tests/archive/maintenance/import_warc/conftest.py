"""An archive to import into, and a folder to import from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.imports import make_profiles


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with the profiles of ``news.test`` and ``other.test``."""
    home = tmp_path / "home"
    make_profiles(home, "news", "other")
    return home


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder outside of the archive."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder
