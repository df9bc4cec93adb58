"""The lines of one page by place, without their text: what a publisher's template is learned from.

A table is kept for each page, so it is small: 4 bytes for a place and 5 for a line. A place has at
most ``MOST_LINES`` lines in it, a page at most ``MOST_PLACES`` places.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

MOST_LINES = 24
"""Lines of one place that are kept; those with the smallest digests, whatever their order is."""
MOST_PLACES = 100
MOST_WEIGHT = 1_023
_FORMAT = 1
"""The first byte of a table. Tables of another format teach nothing."""
_HEAD = struct.Struct("<B")
_PLACE = struct.Struct("<IBH")
_LINE = struct.Struct("<HBH")
_KEPT, _AFTER_LINK, _LINKED = 1 << 15, 1 << 14, 1 << 13
_FIELD_BITS = 10


class LineField(IntEnum):
    """Which field of the article a line says."""

    NONE = 0
    HEADLINE = 1
    AUTHOR = 2
    DATE = 3
    SECTION = 4
    KEYWORD = 5


@dataclass(frozen=True, slots=True)
class SeenLine:
    """A line of a page, as pages of one template are compared.

    *digest* is that of its letters with digits folded (24 bits). *weight* is its length, at most
    ``MOST_WEIGHT``. *is_kept* says whether the page's text has it. *is_after_link* says whether the
    line before it is a link, *is_linked* whether half of it or more is inside links.
    """

    digest: int
    weight: int
    is_kept: bool = False
    is_after_link: bool = False
    is_linked: bool = False
    field: LineField = LineField.NONE


@dataclass(frozen=True, slots=True)
class PlacedLines:
    """The lines of a page at one *place* (32 bits), and the number of its further lines: links."""

    place: int
    lines: tuple[SeenLine, ...]
    links: int = 0


def pack(places: Iterable[PlacedLines]) -> bytes:
    """Return *places* as bytes: the heaviest ``MOST_PLACES``, in the order of their numbers."""
    heaviest = sorted(places, key=lambda each: (-_weight(each), each.place))[:MOST_PLACES]
    parts = [_HEAD.pack(_FORMAT)]
    for each in sorted(heaviest, key=lambda each: each.place):
        lines = sorted(each.lines, key=lambda line: (line.digest, line.weight))[:MOST_LINES]
        parts.append(_PLACE.pack(each.place, len(lines), min(each.links, 0xFFFF)))
        parts += [
            _LINE.pack(line.digest & 0xFFFF, line.digest >> 16 & 0xFF, _said(line))
            for line in lines
        ]
    return b"".join(parts)


def unpack(table: bytes) -> tuple[PlacedLines, ...]:
    """Return the places of *table*; none for a table of another format or a broken one."""
    if not table or table[0] != _FORMAT:
        return ()
    found, at = [], _HEAD.size
    try:
        while at < len(table):
            place, number, links = _PLACE.unpack_from(table, at)
            at += _PLACE.size
            end = at + number * _LINE.size
            lines = tuple(_line(*line) for line in _LINE.iter_unpack(table[at:end]))
            found.append(PlacedLines(place, lines, links))
            at = end
    except struct.error:
        return ()
    return tuple(found)


def _weight(each: PlacedLines) -> int:
    return sum(line.weight for line in each.lines)


def _said(line: SeenLine) -> int:
    said = min(line.weight, MOST_WEIGHT) | line.field << _FIELD_BITS
    said |= _KEPT * line.is_kept | _AFTER_LINK * line.is_after_link | _LINKED * line.is_linked
    return said


def _line(low: int, high: int, said: int) -> SeenLine:
    return SeenLine(
        digest=high << 16 | low,
        weight=said & MOST_WEIGHT,
        is_kept=bool(said & _KEPT),
        is_after_link=bool(said & _AFTER_LINK),
        is_linked=bool(said & _LINKED),
        field=_FIELDS[said >> _FIELD_BITS & 0x7],
    )


_FIELDS = tuple(
    LineField(number) if number < len(LineField) else LineField.NONE for number in range(8)
)
