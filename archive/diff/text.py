"""Two texts -> what changed between them, word by word, block by block.

A text is a sequence of blocks, a line each, as ``version.text`` holds it. What is found is for
reading; it is no shortest edit script.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from archive.diff.hunks import Hunk, hunks_of
from archive.diff.tokens import BORDER, Token, tokens_of, word_count


class Op(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class DiffSegment:
    """A piece of a block. A "¶" of its own is a border of blocks that was removed or added."""

    op: Op
    text: str


@dataclass(frozen=True, slots=True)
class DiffBlock:
    """A block of either text; one with segments of all kinds was edited."""

    segments: tuple[DiffSegment, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing of it changed."""
        return all(segment.op is Op.SAME for segment in self.segments)


@dataclass(frozen=True, slots=True)
class Diff:
    """The blocks of two texts, in order; *words_removed* and *words_added* count their words."""

    blocks: tuple[DiffBlock, ...]
    words_removed: int
    words_added: int

    @property
    def is_same(self) -> bool:
        """Whether the texts have the same words in the same blocks."""
        return all(block.is_same for block in self.blocks)


def diff(before: str, after: str) -> Diff:
    """Return what changed from *before* to *after*, texts with a line for each block.

    Spaces and forms of one letter (NFC) make no difference; the text of what is the same is that
    of *after*.
    """
    hunks = hunks_of(
        [tokens_of(line) for line in before.splitlines()],
        [tokens_of(line) for line in after.splitlines()],
    )
    blocks = _Builder()
    for number, hunk in enumerate(hunks):
        follows = hunks[number + 1] if number + 1 < len(hunks) else None
        blocks.add(hunk, ends_block=follows is None or follows.before[:1] == (BORDER,))
    return Diff(
        blocks=blocks.done(),
        words_removed=word_count(hunk.before for hunk in hunks if not hunk.same),
        words_added=word_count(hunk.after for hunk in hunks if not hunk.same),
    )


class _Builder:
    """Puts hunks together into blocks, and marks borders that came or went within a block."""

    def __init__(self) -> None:
        self._blocks: list[DiffBlock] = []
        self._segments: list[DiffSegment] = []
        self._space = ""  # what stood, in the text before only, behind the last word that is kept

    def add(self, hunk: Hunk, *, ends_block: bool) -> None:
        """Take in *hunk*; *ends_block* where both texts end a block behind it."""
        if hunk.same:
            for number, piece in enumerate(_split(hunk.after)):
                if number:
                    self._close()
                self._put(Op.SAME, piece)
            self._space = "" if hunk.after[-1].space else hunk.before[-1].space
            return
        old, new = _split(hunk.before), _split(hunk.after)
        if old[0]:
            old[0] = self._space + old[0]
        is_inside = any(segment.op is Op.SAME for segment in self._segments)
        if len(old) == len(new) == 1:
            self._put_both(old[0], new[0])
        elif is_inside and not ends_block and 1 in {len(old), len(new)}:
            self._join_or_part(old, new)
        else:
            self._replace(old, new, is_inside=is_inside, ends_block=ends_block)

    def done(self) -> tuple[DiffBlock, ...]:
        """Return the blocks."""
        self._close()
        return tuple(self._blocks)

    def _join_or_part(self, old: list[str], new: list[str]) -> None:
        """Words on both sides stay, but blocks were joined (*old* has the border) or parted."""
        self._put(Op.REMOVED, f" {BORDER.text} ".join(old).strip() if len(old) > 1 else old[0])
        if len(new) == 1:
            self._put(Op.ADDED, new[0])
            return
        self._put(Op.ADDED, f"{new[0]}{BORDER.text}")
        self._close()
        for piece in new[1:-1]:
            self._put(Op.ADDED, piece)
            self._close()
        self._put(Op.ADDED, new[-1])

    def _replace(
        self, old: list[str], new: list[str], *, is_inside: bool, ends_block: bool
    ) -> None:
        """Whole blocks were removed or added, and maybe the end or beginning of one with them."""
        if is_inside:
            self._put(Op.REMOVED, old.pop(0))
            self._put(Op.ADDED, new.pop(0))
            self._close()
        for op, pieces in ((Op.REMOVED, old), (Op.ADDED, new)):
            for piece in pieces[:-1]:
                self._put(op, piece)
                self._close()
        self._put(Op.REMOVED, old[-1] if old else "")
        if ends_block and new and new[-1]:
            self._close()
        self._put(Op.ADDED, new[-1] if new else "")

    def _put_both(self, old: str, new: str) -> None:
        """Put one text in place of another; the space behind both of them stays."""
        space = new[len(new.rstrip()) :] if old and new and old[-1:].isspace() else ""
        self._put(Op.REMOVED, old.rstrip() if space else old)
        self._put(Op.ADDED, new.rstrip() if space else new)
        self._put(Op.SAME, space)

    def _put(self, op: Op, text: str) -> None:
        if not text:
            return
        last = self._segments[-1] if self._segments else None
        if last is not None and last.op is op:
            self._segments[-1] = DiffSegment(op, last.text + text)
        else:
            self._segments.append(DiffSegment(op, text))

    def _close(self) -> None:
        """End the block, without the space at its end."""
        if self._segments:
            last = self._segments.pop()
            self._put(last.op, last.text.rstrip())
        if self._segments:
            self._blocks.append(DiffBlock(tuple(self._segments)))
            self._segments = []


def _split(tokens: Sequence[Token]) -> list[str]:
    """Return the text of *tokens*, cut at the borders of blocks."""
    pieces: list[list[str]] = [[]]
    for token in tokens:
        if token == BORDER:
            pieces.append([])
        else:
            pieces[-1] += (token.text, token.space)
    return ["".join(piece) for piece in pieces]
