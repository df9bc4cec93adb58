"""Restore the exact characters of the page, which trafilatura changes.

trafilatura adds a space after inline code, joins the lines of code, and drops characters that join
letters (in Persian, in emoji). So a block with the same letters as its line of the page gets the
text of the line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from archive.extract.body.alignment import Placed
from archive.extract.body.captions import is_table_note
from archive.extract.body.restore_gaps import item_depth
from archive.extract.dom.lines import Line, is_code, letters_of
from archive.model import Block, BlockKind

_MAX_JOINED = 8


def as_published(placed: Sequence[Placed], lines: Sequence[Line]) -> list[Placed]:
    """Return *placed*, from a page with *lines*, with the texts and kinds of the page."""
    return [_as_on_page(each, lines) for each in _with_code(placed, lines)]


def _as_on_page(placed: Placed, lines: Sequence[Line]) -> Placed:
    block, line = placed.block, placed.line
    if line is None:
        return placed
    letters = letters_of(block.text)
    if letters != line.letters:
        is_item = block.kind is BlockKind.LIST_ITEM
        text = _joined(letters, lines, line.number) if is_item else None
        return placed if text is None else Placed(replace(block, text=text), line)
    if is_code(line.element):
        return Placed(Block(BlockKind.CODE, line.text), line)
    if block.kind is BlockKind.CODE:
        return placed
    kind = block.kind
    if kind in {BlockKind.PARAGRAPH, BlockKind.QUOTE} and is_table_note(line):
        kind = BlockKind.CAPTION
    level = block.level
    if kind is BlockKind.LIST_ITEM:
        level = max(level, item_depth(line.element))
    return Placed(replace(block, kind=kind, text=line.text, level=level), line)


def _joined(letters: str, lines: Sequence[Line], at: int) -> str | None:
    """Return the lines around *at* that together have *letters*, joined; None if none do."""
    for start in range(at, max(-1, at - _MAX_JOINED), -1):
        if letters.startswith(lines[start].letters):
            break
    else:
        return None
    texts, rest = [], letters
    for line in lines[start : start + _MAX_JOINED]:
        if not rest.startswith(line.letters):
            return None
        texts.append(line.text)
        rest = rest[len(line.letters) :]
        if not rest:
            return " ".join(texts)
    return None


def _with_code(placed: Sequence[Placed], lines: Sequence[Line]) -> list[Placed]:
    """Return *placed* with each code listing as one block."""
    codes = {line.number: line.letters for line in lines if is_code(line.element)}
    if not codes:
        return list(placed)
    texts = [letters_of(each.block.text) for each in placed]
    found: list[Placed] = []
    number = 0
    while number < len(placed):
        at, end = _listing(texts, number, codes)
        if at is None:
            found.append(placed[number])
        else:
            found.append(Placed(Block(BlockKind.CODE, lines[at].text), lines[at]))
            del codes[at]
        number = end
    return found


def _listing(texts: Sequence[str], start: int, codes: dict[int, str]) -> tuple[int | None, int]:
    """Return the one of *codes* that the *texts* from *start* on make up, and where they end."""
    if texts[start]:
        for at, code in codes.items():
            rest, end = code, start
            while rest and end < len(texts) and rest.startswith(texts[end]):
                rest = rest[len(texts[end]) :]
                end += 1
            if not rest:
                return at, end
    return None, start + 1
