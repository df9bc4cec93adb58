"""Correct the text of a page by what the places of its publisher's pages hold.

A frame is before or behind a text, never in the middle of it. So a line of the frame is cut only if
nothing but the frame is between it and that end of the text: the heading of a summary that stands
in each article stays. A line that was found and then left out for a reason of its own, such as an
invitation to readers, is not restored, and neither is one that several pages have.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from archive.extract.body.alignment import Placed
from archive.extract.body.captions import is_caption
from archive.extract.body.pipeline import Text
from archive.extract.body.restore_gaps import restored
from archive.extract.template.line_table import folded_digest
from archive.model import Block, BlockKind
from archive.model.template import PageRoles

_BESIDE = frozenset({BlockKind.CAPTION, BlockKind.FOOTNOTE})
"""Kinds of blocks that make no text by themselves."""


@dataclass(frozen=True, slots=True)
class Correction:
    """The *blocks* of a corrected text, and the texts of those that were *cut* and *restored*."""

    blocks: tuple[Block, ...]
    cut: tuple[str, ...]
    restored: tuple[str, ...]


def corrected(text: Text, roles: PageRoles) -> Correction | None:
    """Return *text* corrected by *roles*; None if it stays as it is.

    A text that would be cut whole stays as it is, since a template that removes a whole text is
    wrong about it.
    """
    cut = _at_ends(text, roles.frame) if roles.frame else frozenset()
    left = [each for number, each in enumerate(text.placed) if number not in cut]
    lacking = list(_lacking(text, roles)) if roles.text else []
    if not cut and not lacking:
        return None
    whole = _merged(left, lacking)
    if all(each.block.kind in _BESIDE for each in whole):
        return None
    return Correction(
        blocks=tuple(each.block for each in whole),
        cut=tuple(text.placed[number].block.text for number in sorted(cut)),
        restored=tuple(each.block.text for each in lacking),
    )


def _at_ends(text: Text, frame: Collection[int]) -> frozenset[int]:
    """Return the numbers of the blocks of the frame before and behind the text."""
    found: set[int] = set()
    for numbers in (range(len(text.placed)), reversed(range(len(text.placed)))):
        for number in numbers:
            line = text.placed[number].line
            if line is None:
                continue  # a footnote: no line of the page says where it is
            if text.places[line.number] not in frame:
                break
            found.add(number)
    return frozenset(found)


def _lacking(text: Text, roles: PageRoles) -> Iterator[Placed]:
    """Yield the lines at places of the text that it lacks, and has no copy of."""
    known = {line.letters for line in text.lines if line.number in text.kept}
    out = text.kept | text.trimmed
    for line, place in zip(text.lines, text.places, strict=True):
        if place not in roles.text or line.number in out or line.letters in known:
            continue
        if line.is_half_linked or is_caption(line.element):
            continue
        if folded_digest(line.letters) not in roles.text[place]:
            known.add(line.letters)
            yield restored(line)


def _merged(placed: Sequence[Placed], lacking: Sequence[Placed]) -> list[Placed]:
    """Return both in the order of the page.

    A block without a line stays behind the one before, but footnotes are behind all.
    """
    notes = [each for each in placed if each.block.kind is BlockKind.FOOTNOTE]
    found: list[Placed] = []
    waiting = list(reversed(lacking))
    for each in placed:
        if each.block.kind is BlockKind.FOOTNOTE:
            continue
        if each.line is not None:
            while waiting and _number(waiting[-1]) < each.line.number:
                found.append(waiting.pop())
        found.append(each)
    return [*found, *reversed(waiting), *notes]


def _number(each: Placed) -> int:
    return -1 if each.line is None else each.line.number
