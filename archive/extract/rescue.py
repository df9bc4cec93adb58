"""Complete a text that breaks off, where the page itself shows which lines belong to it.

trafilatura takes one part of an article that is divided. Two kinds of evidence say so: JSON-LD's
articleBody has what is missing, or an element inside the one that holds the text has as much again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lxml.html import HtmlElement

from archive.extract.gaps import block_of, held, holder_of
from archive.extract.leaves import Leaf, Placed, letters_of
from archive.model import Block

_LINE_LETTERS = 12
_OWN_SHARE = 0.5
"""Share of the text that an articleBody must have to be that of this text."""
_MISSING_SHARE = 0.1
_MISSING_LETTERS = 300
_PART_SHARE = 0.5
"""How large a part is, seen from the text that was found: boxes inside a text are smaller."""
_PART_LETTERS = 600


def rescued(
    blocks: Sequence[Block], leaves: Sequence[Leaf], where: Sequence[int | None], body: str
) -> Placed:
    """Return *blocks* and *where* they stand in *leaves*, completed where they break off.

    *body* are the letters of JSON-LD's articleBody, empty where there is none.
    """
    missing = _told(blocks, leaves, where, body) or _parts(blocks, leaves, where)
    if not missing:
        return list(blocks), list(where)
    found: list[tuple[Block, int | None]] = []
    for block, at in zip(blocks, where, strict=True):
        while at is not None and missing and missing[0] < at:
            place = missing.pop(0)
            found.append((block_of(leaves[place]), place))
        found.append((block, at))
    found.extend((block_of(leaves[place]), place) for place in missing)
    return [block for block, _ in found], [at for _, at in found]


def _left_out(
    blocks: Sequence[Block], leaves: Sequence[Leaf], where: Sequence[int | None]
) -> list[int]:
    """Return the lines that are not in *blocks*, but for those that the page has several times."""
    kept = {at for at in where if at is not None}
    text = "".join(letters_of(block.text) for block in blocks)
    often = Counter(leaf.letters for leaf in leaves)
    return [
        at
        for at, leaf in enumerate(leaves)
        if at not in kept
        and often[leaf.letters] == 1
        and leaf.element.tag != "h1"
        and not (len(leaf.letters) >= _LINE_LETTERS and leaf.letters in text)
    ]


def _told(
    blocks: Sequence[Block], leaves: Sequence[Leaf], where: Sequence[int | None], body: str
) -> list[int]:
    """Return the lines that *blocks* lack by *body*, if that is of this text, and longer."""
    said = [letters_of(block.text) for block in blocks]
    own = sum(len(letters) for letters in said if letters in body)
    total = sum(map(len, said))
    if len(body) < total + max(_MISSING_LETTERS, _MISSING_SHARE * total):
        return []
    if own < _OWN_SHARE * total:
        return []
    found = [
        at
        for at in _left_out(blocks, leaves, where)
        if len(leaves[at].letters) >= _LINE_LETTERS and leaves[at].letters in body
    ]
    letters = sum(len(leaves[at].letters) for at in found)
    if letters < max(_MISSING_LETTERS, _MISSING_SHARE * len(body)):
        return []
    return found


def _parts(
    blocks: Sequence[Block], leaves: Sequence[Leaf], where: Sequence[int | None]
) -> list[int]:
    """Return the lines of an element inside the text's own that has much of what was left out."""
    letters = held(blocks, leaves, where)
    if not letters:
        return []
    home = max(letters, key=lambda each: letters[each])
    kept = {at for at in where if at is not None}
    inside = {
        at
        for at, leaf in enumerate(leaves)
        if at not in kept and any(ancestor is home for ancestor in leaf.element.iterancestors())
    }
    if sum(len(leaves[at].letters) for at in inside) < _PART_LETTERS:
        return []  # nearly always, and far cheaper than to know what is left out
    left = [at for at in _left_out(blocks, leaves, where) if at in inside]
    prose: Counter[HtmlElement] = Counter()
    for at in left:
        leaf = leaves[at]
        if leaf.is_prose:
            prose[holder_of(leaf.element)] += len(leaf.letters)
    parts = {
        element
        for element, count in prose.items()
        if count >= max(_PART_LETTERS, _PART_SHARE * letters.total())
        and any(ancestor is home for ancestor in element.iterancestors())
    }
    return [at for at in left if parts and holder_of(leaves[at].element) in parts]
