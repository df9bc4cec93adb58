"""The table of the lines of a page, from which the template of its publisher is learned."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from zlib import crc32

from archive.extract.dom.lines import Line
from archive.model.line_table import PlacedLines, SeenLine, pack

_DIGITS = re.compile(r"\d+")


def line_table(lines: Sequence[Line], places: Sequence[int], kept: Collection[int]) -> bytes:
    """Return the table of *lines*, which are at *places*; *kept* are the numbers in the text."""
    found: dict[int, list[SeenLine]] = defaultdict(list)
    links: dict[int, int] = defaultdict(int)
    is_after_link = False
    for line, place in zip(lines, places, strict=True):
        is_kept = line.number in kept
        if line.is_link and not is_kept:
            links[place] += 1
        else:
            found[place].append(
                SeenLine(
                    digest=folded_digest(line.letters) & 0xFFFFFF,
                    weight=line.weight,
                    is_kept=is_kept,
                    is_after_link=is_after_link,
                    is_linked=line.is_half_linked,
                )
            )
        is_after_link = line.is_link
    return pack(
        PlacedLines(place, tuple(found[place]), links[place])
        for place in found.keys() | links.keys()
    )


def folded_digest(letters: str) -> int:
    """Return the CRC-32 of *letters* with each number as 0, since counters and dates change."""
    return crc32(_DIGITS.sub("0", letters).encode("utf-8", "surrogatepass"))
