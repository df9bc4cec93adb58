"""The settings of an archive: ``archive.toml`` in the home folder, read once and frozen."""

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
    """What the operator can set. The name of a field has its unit."""

    database: str = "sqlite:///archive.db"
    """SQLAlchemy URL; a relative SQLite path is taken from the home folder."""
    database_patience_seconds: float = 60.0
    """How long to wait for a database server that went away (a restart, an upgrade)."""
    contact: str | None = None
    """E-mail address or URL for the publisher's webmaster; it is part of the User-Agent."""
    segment_bytes: int = 1_000_000_000
    """A WARC file is closed when it is larger than this (WARC 1.1 recommends 1 GB)."""
    segment_seconds: int = 86_400
    """And when it is older than this, so today's captures can be copied elsewhere tonight."""
    keep_request_secrets: bool = False
    """Whether request records keep the values of Cookie and Authorization headers."""
    workers: int = os.cpu_count() or 1
    """Extraction processes; extraction takes most of the time of a crawl."""
    extract_timeout_seconds: float = 10.0
    """CPU time; a worker that takes longer for a page is killed. The page keeps its bytes and
    row."""
    extract_memory_bytes: int = 800_000_000
    """Address space that a worker may use in addition to what it has at its start."""
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
    """Return the folder that ``PRESSMARK_HOME`` names, or ``./data`` if it is not set."""
    return Path(os.environ.get(HOME_VARIABLE) or DEFAULT_HOME)


def read_settings(home: Path) -> Settings:
    """Return the settings of *home*; the defaults if it has no ``archive.toml``.

    Raises ``SettingsError`` for a file that is not TOML, an unknown key or a value of a wrong type.
    """
    file = home / SETTINGS_FILE
    if not file.exists():
        return Settings()
    return Settings(**checked(read_toml(file), file, Settings, _EXPECTED))


def read_toml(file: Path) -> dict[str, Any]:
    """Return the tables of *file*; raises ``SettingsError`` if it cannot be read as UTF-8 TOML."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            file, "the file", f"is not valid TOML ({error})", expected="TOML 1.0"
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
    """Return *values* after checking each key and type against the dataclass *shape*.

    *expected* describes a valid value for each annotation of *shape*. Numbers must be above 0,
    except for the keys in *may_be_zero*. Lists become tuples, and whole numbers become floats if
    the field is a float, so that equal files give equal values. Raises ``SettingsError`` with the
    name of the key.
    """
    known = {item.name: str(item.type) for item in fields(shape)}
    result: dict[str, Any] = {}
    for key, value in values.items():
        if key not in known:
            raise SettingsError(
                file, key, "is not a known key", expected="one of " + ", ".join(sorted(known))
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
