"""The archive's settings: ``archive.toml`` in the home folder, read once at a door and frozen."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, fields
from math import isfinite
from pathlib import Path
from typing import Any

from archive.errors import SettingsError

SETTINGS_FILE = "archive.toml"
DEFAULT_HOME = Path("data")
HOME_VARIABLE = "PRESSMARK_HOME"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator may set. Every field has its unit in its name and its reason here."""

    database: str = "sqlite:///archive.db"
    """SQLAlchemy URL; a relative SQLite path is taken from the home folder."""
    database_patience_seconds: float = 60.0
    """How long a database server that went away (a restart, an upgrade) is waited for."""
    contact: str | None = None
    """E-mail address or URL for the publisher's webmaster; it goes into the User-Agent."""
    segment_bytes: int = 1_000_000_000
    """A WARC file is closed once it is past this size (the 1 GB that WARC 1.1 recommends)."""
    segment_seconds: int = 86_400
    """And once it is this old, so that what was crawled today can be copied elsewhere tonight."""
    keep_request_secrets: bool = False
    """Whether values of Cookie and Authorization headers stay in request records."""
    workers: int = os.cpu_count() or 1
    """Extraction processes; extraction takes most of the time of a crawl."""
    extract_timeout_seconds: float = 10.0
    """CPU time; a worker that takes longer over a page is killed. The page keeps bytes and row."""
    extract_memory_bytes: int = 800_000_000
    """Address space above what a worker has at its start, after which it is ended."""
    spool_bytes: int = 1_000_000
    """A reply larger than this is kept in a temporary file while it arrives."""
    page_bytes: int = 16_000_000
    """A page longer than this is cut, and its record says so."""
    sitemap_bytes: int = 50_000_000
    """The same for sitemaps (50 MB is the limit of sitemaps.org)."""
    robots_bytes: int = 524_288
    """The same for robots.txt (RFC 9309 2.5 asks for at least 500 KiB)."""


_EXPECTED = {
    "str": 'a text, such as "sqlite:///archive.db"',
    "str | None": 'a text, such as "you@example.org"',
    "int": "a whole number above 0, such as 1000000000",
    "float": "a number above 0, such as 10.0",
    "bool": "true or false",
}


def default_home() -> Path:
    """Return the folder that ``PRESSMARK_HOME`` names, or ``./data`` where that is not set."""
    return Path(os.environ.get(HOME_VARIABLE) or DEFAULT_HOME)


def read_settings(home: Path) -> Settings:
    """Return the settings of *home*; the defaults where it has no ``archive.toml``.

    Raises ``SettingsError`` for a file that is no TOML, an unknown key or a value of a wrong type.
    """
    file = home / SETTINGS_FILE
    if not file.exists():
        return Settings()
    return Settings(**checked(read_toml(file), file, Settings, _EXPECTED))


def read_toml(file: Path) -> dict[str, Any]:
    """Return the tables of *file*; ``SettingsError`` where it cannot be read as UTF-8 TOML."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            file, "the file", f"is no valid TOML ({error})", expected="TOML 1.0"
        ) from error
    except OSError as error:
        raise SettingsError(
            file, "the file", f"cannot be read ({error.strerror})", expected="a readable file"
        ) from error


def checked(
    values: dict[str, Any],
    file: Path,
    shape: type[Any],
    expected: dict[str, str],
    *,
    may_be_zero: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """Return *values* after holding each key and type against the dataclass *shape*.

    *expected* has, for each annotation that occurs in *shape*, the words for a valid value.
    Numbers are above 0 but for the keys in *may_be_zero*. Lists become tuples, and whole numbers
    floats where a float is meant, so that equal files give equal values. Raises
    ``SettingsError`` naming the key.
    """
    known = {item.name: str(item.type) for item in fields(shape)}
    result: dict[str, Any] = {}
    for key, value in values.items():
        if key not in known:
            raise SettingsError(
                file, key, "is no known key", expected="one of " + ", ".join(sorted(known))
            )
        is_zero = isinstance(value, int | float) and value == 0 and key in may_be_zero
        if not _fits(value, known[key], zero=is_zero):
            raise SettingsError(file, key, f"is {value!r}", expected=expected[known[key]])
        if isinstance(value, list):
            result[key] = tuple(value)
        else:
            result[key] = float(value) if known[key] == "float" else value
    return result


def _fits(value: Any, annotation: str, *, zero: bool) -> bool:
    match annotation:
        case "str" | "str | None":
            return isinstance(value, str) and bool(value)
        case "bool":
            return isinstance(value, bool)
        case "int":
            return type(value) is int and (value > 0 or zero)
        case "float":  # TOML has inf and nan
            return type(value) in {int, float} and isfinite(value) and (value > 0 or zero)
        case "tuple[str, ...]":
            return isinstance(value, list) and all(
                isinstance(entry, str) and entry for entry in value
            )
    raise TypeError(f"a field of type {annotation} has no check")
