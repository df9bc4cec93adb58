"""Blocks as the page has them, to the character: what trafilatura changed on the way is undone.

It puts a space behind inline code, joins the lines of code, and drops signs that join letters (in
Persian, in emoji). Where a block was found again as a line of the page and has the same letters,
the line's own text is better than what came back.
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
    """Return *placed*, of a page with the lines *lines*, with the page's own texts and kinds."""
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
    """Return the lines around *at* that are *letters* together, on one; None where none are."""
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
    """Return *placed*, each listing that became several blocks as one."""
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
    """Return which of *codes* the *texts* from *start* on are, and where they end."""
    if texts[start]:
        for at, code in codes.items():
            rest, end = code, start
            while rest and end < len(texts) and rest.startswith(texts[end]):
                rest = rest[len(texts[end]) :]
                end += 1
            if not rest:
                return at, end
    return None, start + 1
