"""Blocks as the page has them, to the character: what trafilatura changed on the way is undone.

It puts a space behind inline code, joins the lines of code, and drops signs that join letters (in
Persian, in emoji). Where a block was found again as a line of the page and has the same letters,
the line's own text is better than what came back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from archive.extract.captions import is_note
from archive.extract.gaps import item_depth
from archive.extract.leaves import Leaf, Placed, is_code, letters_of
from archive.model import Block, BlockKind

_MAX_JOINED = 8


def as_published(
    blocks: Sequence[Block], leaves: Sequence[Leaf], where: Sequence[int | None]
) -> Placed:
    """Return *blocks* and *where* they stand in *leaves*, with the page's own texts and kinds."""
    whole, places = _with_code(blocks, leaves, where)
    found = [
        block if at is None else _as_on_page(block, leaves, at)
        for block, at in zip(whole, places, strict=True)
    ]
    return found, places


def _as_on_page(block: Block, leaves: Sequence[Leaf], at: int) -> Block:
    letters, leaf = letters_of(block.text), leaves[at]
    if letters != leaf.letters:
        text = _joined(letters, leaves, at) if block.kind is BlockKind.LIST_ITEM else None
        return block if text is None else replace(block, text=text)
    if is_code(leaf.element):
        return Block(BlockKind.CODE, leaf.text)
    if block.kind is BlockKind.CODE:
        return block
    kind = block.kind
    if kind in {BlockKind.PARAGRAPH, BlockKind.QUOTE} and is_note(leaf):
        kind = BlockKind.CAPTION
    level = block.level
    if kind is BlockKind.LIST_ITEM:
        level = max(level, item_depth(leaf.element))
    return replace(block, kind=kind, text=leaf.text, level=level)


def _joined(letters: str, leaves: Sequence[Leaf], at: int) -> str | None:
    """Return the lines around *at* that are *letters* together, on one; None where none are."""
    for start in range(at, max(-1, at - _MAX_JOINED), -1):
        if letters.startswith(leaves[start].letters):
            break
    else:
        return None
    texts, rest = [], letters
    for leaf in leaves[start : start + _MAX_JOINED]:
        if not rest.startswith(leaf.letters):
            return None
        texts.append(leaf.text)
        rest = rest[len(leaf.letters) :]
        if not rest:
            return " ".join(texts)
    return None


def _with_code(
    blocks: Sequence[Block], leaves: Sequence[Leaf], where: Sequence[int | None]
) -> Placed:
    """Return *blocks* and *where* they are, each listing that became several blocks as one."""
    codes = {at: leaf.letters for at, leaf in enumerate(leaves) if is_code(leaf.element)}
    if not codes:
        return list(blocks), list(where)
    texts = [letters_of(block.text) for block in blocks]
    found: list[Block] = []
    places: list[int | None] = []
    number = 0
    while number < len(blocks):
        at, end = _listing(texts, number, codes)
        if at is None:
            found.append(blocks[number])
            places.append(where[number])
        else:
            found.append(Block(BlockKind.CODE, leaves[at].text))
            places.append(at)
            del codes[at]
        number = end
    return found, places


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
