"""The lines of one page by place, without their text: what a publisher's template is learned from.

A table is kept for each page, so it is small: 7 bytes for a place and 6 for a line. A place has at
most ``MOST_LINES`` lines in it, a page at most ``MOST_PLACES`` places.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntFlag

MOST_LINES = 24
"""Lines of one place that are kept; those with the smallest digests, whatever their order is."""
MOST_PLACES = 100
MOST_WEIGHT = 1_023
_FORMAT = 1
"""The first byte of a table. Tables of another format teach nothing."""
_HEAD = struct.Struct("<BB")
_PLACE = struct.Struct("<IBH")
_MORE_KEPT, _MORE_LACKING, _MOST_LINKS = 1 << 15, 1 << 14, (1 << 14) - 1
_LINE = struct.Struct("<HBHB")
_KEPT, _TRIMMED, _AFTER_LINK, _LINKED = 1 << 15, 1 << 14, 1 << 13, 1 << 12


class LineField(IntFlag):
    """Which fields of the article a line says."""

    NONE = 0
    HEADLINE = 1
    AUTHOR = 2
    DATE = 4
    SECTION = 8
    KEYWORD = 16


@dataclass(frozen=True, slots=True)
class SeenLine:
    """A line of a page, as pages of one template are compared.

    *digest* is that of its letters with digits folded (24 bits). *weight* is its length, at most
    ``MOST_WEIGHT``. *is_kept* says whether the page's text has it, *is_trimmed* whether it was
    found and then left out. *is_after_link* says whether the line before it is a link, *is_linked*
    whether half of it or more is inside links. *fields* are what it says of the article.
    """

    digest: int
    weight: int
    is_kept: bool = False
    is_trimmed: bool = False
    is_after_link: bool = False
    is_linked: bool = False
    fields: LineField = LineField.NONE


@dataclass(frozen=True, slots=True)
class PlacedLines:
    """The lines of a page at one *place* (32 bits), and the number of its further lines: links.

    If a packed table has not all of the lines, *has_more_kept* says whether the text has one of the
    others, and *has_more_lacking* whether one of the others may be restored.
    """

    place: int
    lines: tuple[SeenLine, ...]
    links: int = 0
    has_more_kept: bool = False
    has_more_lacking: bool = False


@dataclass(frozen=True, slots=True)
class LineTable:
    """The lines of a page by place, and the fields that reading it alone did not find."""

    places: tuple[PlacedLines, ...] = ()
    lacks: LineField = LineField.NONE


def may_be_restored(line: SeenLine) -> bool:
    """Return whether *line* may be restored at a place of the text."""
    return not (line.is_kept or line.is_trimmed or line.is_linked)


def pack(table: LineTable) -> bytes:
    """Return *table* as bytes: the heaviest ``MOST_PLACES``, in the order of their numbers."""
    heaviest = sorted(table.places, key=lambda each: (-_weight(each), each.place))[:MOST_PLACES]
    parts = [_HEAD.pack(_FORMAT, table.lacks)]
    for each in sorted(heaviest, key=lambda each: each.place):
        in_order = sorted(each.lines, key=lambda line: (line.digest, line.weight))
        lines, others = in_order[:MOST_LINES], in_order[MOST_LINES:]
        links = min(each.links, _MOST_LINKS)
        links |= _MORE_KEPT * (each.has_more_kept or any(line.is_kept for line in others))
        links |= _MORE_LACKING * (each.has_more_lacking or any(map(may_be_restored, others)))
        parts.append(_PLACE.pack(each.place, len(lines), links))
        parts += [
            _LINE.pack(line.digest & 0xFFFF, line.digest >> 16 & 0xFF, _said(line), line.fields)
            for line in lines
        ]
    return b"".join(parts)


def unpack(data: bytes) -> LineTable:
    """Return the table that *data* holds; an empty one for another format and for broken data."""
    if len(data) < _HEAD.size or data[0] != _FORMAT:
        return LineTable()
    found, at = [], _HEAD.size
    try:
        while at < len(data):
            place, number, links = _PLACE.unpack_from(data, at)
            at += _PLACE.size
            end = at + number * _LINE.size
            if end > len(data):
                return LineTable()
            lines = tuple(_line(*line) for line in _LINE.iter_unpack(data[at:end]))
            more = bool(links & _MORE_KEPT), bool(links & _MORE_LACKING)
            found.append(PlacedLines(place, lines, links & _MOST_LINKS, *more))
            at = end
    except struct.error:
        return LineTable()
    return LineTable(tuple(found), _FIELDS[data[1] % len(_FIELDS)])


def places_in(data: bytes) -> frozenset[int]:
    """Return the numbers of the places in *data*, a packed table, faster than ``unpack``."""
    if len(data) < _HEAD.size or data[0] != _FORMAT:
        return frozenset()
    found, at = [], _HEAD.size
    while at + _PLACE.size <= len(data):
        place, number, _ = _PLACE.unpack_from(data, at)
        found.append(place)
        at += _PLACE.size + number * _LINE.size
    return frozenset(found)


def _weight(each: PlacedLines) -> int:
    return sum(line.weight for line in each.lines)


def _said(line: SeenLine) -> int:
    said = min(line.weight, MOST_WEIGHT) | _KEPT * line.is_kept | _TRIMMED * line.is_trimmed
    return said | _AFTER_LINK * line.is_after_link | _LINKED * line.is_linked


def _line(low: int, high: int, said: int, fields: int) -> SeenLine:
    return SeenLine(
        digest=high << 16 | low,
        weight=said & MOST_WEIGHT,
        is_kept=bool(said & _KEPT),
        is_trimmed=bool(said & _TRIMMED),
        is_after_link=bool(said & _AFTER_LINK),
        is_linked=bool(said & _LINKED),
        fields=_FIELDS[fields % len(_FIELDS)],
    )


_FIELDS = tuple(LineField(number) for number in range(32))
