"""Results as objects of JSON: the one place where the fields of a result get their names there.

Times are ISO 8601 in UTC with their offset, tuples are lists, and None is null.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from enum import Enum
from typing import Any

from archive.queries.history import ArticleHistory, HistoryEntry
from archive.queries.versions import VersionDiff

NOT_IN_HISTORY = frozenset({"text", "removed"})
"""Fields of a version that a history leaves out, or has by another name."""
PLACE = ("seq", "seen_from", "seen_until", "url", "warc_file", "warc_offset", "warc_record_id")
"""Fields that say which version it is, and where its record is."""


def json_object(result: Any, kind: type | None = None) -> dict[str, Any]:
    """Return the fields of *result*, a dataclass; with *kind*, only those that *kind* has."""
    return {
        field.name: _plain(getattr(result, field.name)) for field in fields(kind or type(result))
    }


def history_objects(history: ArticleHistory) -> Iterator[dict[str, Any]]:
    """Yield an object for each version of an article, the first one first."""
    addresses = _plain(history.addresses)
    for entry in history.entries:
        yield {**_entry(entry), "addresses": addresses}


def diff_object(found: VersionDiff, *, full: bool) -> dict[str, Any]:
    """Return what one version changes in another; with *full*, also the blocks that are equal."""
    return {
        "publisher": found.newer.publisher,
        "canonical_url": found.newer.canonical_url,
        "from": {name: _plain(getattr(found.older, name)) for name in PLACE},
        "to": {name: _plain(getattr(found.newer, name)) for name in PLACE},
        "changed": _plain(found.changed),
        "words_removed": found.words.words_removed,
        "words_added": found.words.words_added,
        "changes": [
            {"block": number, "segments": _plain(block.segments)}
            for number, block in enumerate(found.words.blocks, 1)
            if full or not block.is_same
        ],
    }


def _entry(entry: HistoryEntry) -> dict[str, Any]:
    version = json_object(entry.version)
    return {
        **{name: value for name, value in version.items() if name not in NOT_IN_HISTORY},
        "words_removed": entry.words_removed,
        "words_added": entry.words_added,
        "changed": _plain(entry.changed),
        "boilerplate": version["removed"],
        "events": _plain(entry.events),
    }


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case Enum():
            return value.value
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case tuple() | list():
            return [_plain(item) for item in value]
        case _ if hasattr(value, "__dataclass_fields__"):
            return json_object(value)
        case _:
            return value
