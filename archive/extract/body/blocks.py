"""Convert trafilatura's body tree to Blocks, in order.

A line break inside a paragraph ends a block. So each line of a poem, of an address or of a list
with typed bullets is a block, and a later edit changes only that block.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lxml.etree import _Element

from archive.extract.coding import NO_BREAK_SPACES, one_line
from archive.extract.dom.lines import LAYOUT_LETTERS, PROSE_LETTERS, row_text, weight_of
from archive.model import Block, BlockKind, clean

_STRUCTURED = frozenset({"head", "p", "list", "item", "quote", "table", "code", "ab", "div"})
_DIVIDING = _STRUCTURED - {"code"} | {"lb"}
MAX_DEPTH = 20
"""Deeper lists count as this level: text indents lists, and an attack nests them without end."""
_CAPTION_MARK = chr(0xF0001)
_HIDDEN = {ord(space): chr(0xF0000 + ord(space)) for space in NO_BREAK_SPACES}
_SHOWN = {ord(sign): chr(space) for space, sign in _HIDDEN.items()}


def as_caption(text: str) -> str:
    """Return the caption *text*, marked so that ``blocks_of`` recognises it.

    trafilatura has no captions, and turns each white space into a plain space.
    """
    return _CAPTION_MARK + text.translate(_HIDDEN)


def blocks_of(body: _Element) -> tuple[Block, ...]:
    """Return the blocks of *body*, a tree from trafilatura, without blank ones."""
    found = []
    for block in _children(body, BlockKind.PARAGRAPH):
        kind, text = block.kind, block.text
        text = clean(text.rstrip()) if kind is BlockKind.CODE else one_line(text)
        if text.startswith(_CAPTION_MARK):
            kind, text = BlockKind.CAPTION, text[1:].translate(_SHOWN)
        if text := text.replace(_CAPTION_MARK, ""):
            found.append(Block(kind, text, block.level))
    return tuple(found)


def _children(parent: _Element, kind: BlockKind) -> Iterator[Block]:
    """Yield the blocks of a container; text outside its children becomes a block of *kind*."""
    loose = [parent.text or ""]
    for child in parent:
        if child.tag == "lb":
            yield Block(kind, "".join(loose))
            loose = []
        elif child.tag in _STRUCTURED and not (child.tag == "code" and parent.tag == "p"):
            yield Block(kind, "".join(loose))
            loose = []
            yield from _block(child, kind)
        else:
            loose.append(_inline(child))
        loose.append(child.tail or "")
    yield Block(kind, "".join(loose))


def _block(element: _Element, kind: BlockKind) -> Iterator[Block]:
    match element.tag:
        case "head":
            rank = (element.get("rend") or "h2")[-1:]
            yield Block(BlockKind.HEADING, _inline(element), int(rank) if rank in "123456" else 2)
        case "list":
            yield from _list(element, 1)
        case "item":
            yield from _item(element, 1)
        case "table":
            yield from _table(element, kind)
        case "quote":
            yield from _children(element, BlockKind.QUOTE)
        case "code":
            yield Block(BlockKind.CODE, "".join(element.itertext()))
        case _:
            yield from _children(element, kind)


def _list(element: _Element, depth: int) -> Iterator[Block]:
    for child in element:
        if child.tag == "list":
            yield from _list(child, min(depth + 1, MAX_DEPTH))
        else:
            yield from _item(child, depth)


def _item(element: _Element, depth: int) -> Iterator[Block]:
    """Yield an item, then the lists inside it; text after these is a block of its own."""
    loose = [element.text or ""]
    for child in element:
        if child.tag == "list":
            yield Block(BlockKind.LIST_ITEM, "".join(loose), depth)
            loose = []
            yield from _list(child, min(depth + 1, MAX_DEPTH))
        elif child.tag in _STRUCTURED or child.tag == "lb":
            loose.extend((" ", _inline(child), " "))
        else:
            loose.append(_inline(child))
        loose.append(child.tail or "")
    yield Block(BlockKind.LIST_ITEM, "".join(loose), depth)


def _table(element: _Element, kind: BlockKind) -> Iterator[Block]:
    for row in element.iterchildren("row"):
        cells = list(row.iterchildren("cell"))
        texts = [_inline(cell) for cell in cells]
        is_short = all(len(text) <= LAYOUT_LETTERS for text in texts)
        if row.find(".//table") is None and is_short and not any(map(_has_paragraphs, cells)):
            yield Block(BlockKind.TABLE_ROW, row_text(texts))
        else:
            for cell in cells:
                yield from _children(cell, kind)


def _has_paragraphs(cell: _Element) -> bool:
    texts = map(_inline, cell.iterchildren("p", "div"))
    return len(list(islice((t for t in texts if weight_of(t) >= PROSE_LETTERS), 2))) > 1


def _inline(element: _Element) -> str:
    """Return the text under *element*, with a space where a block or a break divides words."""
    parts = [element.text or ""]
    for child in element:
        divides = child.tag in _DIVIDING
        parts.append(f" {_inline(child)} " if divides else _inline(child))
        parts.append(child.tail or "")
    return "".join(parts)
