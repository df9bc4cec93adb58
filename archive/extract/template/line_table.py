"""The table of the lines of a page, from which the template of its publisher is learned."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from zlib import crc32

from archive.extract.body.pipeline import Text
from archive.extract.dom.lines import Line
from archive.model.line_table import LineField, LineTable, PlacedLines, SeenLine, pack

_DIGITS = re.compile(r"\d+")

Fields = Callable[[Line], LineField]


def line_table(text: Text, says: Fields, lacks: LineField) -> bytes:
    """Return the table of the lines of *text*, packed.

    *says* tells which fields of the article a line says. *lacks* are those that were not found.
    """
    found: dict[int, list[SeenLine]] = defaultdict(list)
    links: dict[int, int] = defaultdict(int)
    is_after_link = False
    for line, place in zip(text.lines, text.places, strict=True):
        is_kept, fields = line.number in text.kept, says(line)
        if line.is_link and not is_kept and not fields:
            links[place] += 1
        else:
            found[place].append(
                SeenLine(
                    digest=folded_digest(line.letters),
                    weight=line.weight,
                    is_kept=is_kept,
                    is_trimmed=line.number in text.trimmed,
                    is_after_link=is_after_link,
                    is_linked=line.is_half_linked,
                    fields=fields,
                )
            )
        is_after_link = line.is_link
    places = (
        PlacedLines(place, tuple(found[place]), links[place])
        for place in found.keys() | links.keys()
    )
    return pack(LineTable(tuple(places), lacks))


def folded_digest(letters: str) -> int:
    """Return 24 bits of the CRC-32 of *letters* with each number as 0, since counters change."""
    return crc32(_DIGITS.sub("0", letters).encode("utf-8", "surrogatepass")) & 0xFFFFFF
