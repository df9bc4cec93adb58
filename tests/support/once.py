"""The type of the fixture ``once``: work that all tests share, whichever process runs them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

Once = Callable[[str, Callable[[Path], None]], Path]
"""Takes a name and a function that fills a folder (called at most once); returns the folder."""
