"""The pages that a template is learned from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from archive.model.line_table import LineField, PlacedLines


@dataclass(frozen=True, slots=True)
class SampledPage:
    """A capture of an article, by its own verdict: its lines by place, and none of its text.

    *moment* is that of the capture, UTC. *record_id* is that of its WARC record. *lacks* are the
    fields that were not found on it.
    """

    url: str
    record_id: str
    language: str
    moment: datetime
    places: tuple[PlacedLines, ...]
    lacks: LineField = LineField.NONE
