"""Compare two texts word by word and block by block.

A text is a sequence of blocks, one line each, as in ``version.text``. The result is meant for
readers; it is not the shortest edit script.
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
    """A piece of a block. A single "¶" is a border between blocks that was removed or added."""

    op: Op
    text: str


@dataclass(frozen=True, slots=True)
class DiffBlock:
    """A block of either text; a block with segments of several kinds was edited."""

    segments: tuple[DiffSegment, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing in the block changed."""
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

    Spaces, and different ways to compose a letter (NFC), make no difference. Segments that are the
    same have the text of *after*.
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
    """Joins hunks into blocks, and marks borders that were added or removed within a block."""

    def __init__(self) -> None:
        self._blocks: list[DiffBlock] = []
        self._segments: list[DiffSegment] = []
        self._space = ""  # the space after the last kept word, if only the text before has it

    def add(self, hunk: Hunk, *, ends_block: bool) -> None:
        """Add *hunk*; *ends_block* says that both texts end a block after it."""
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
        """Add a change within a text that joins blocks (*old* has the border) or splits one."""
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
        """Add a change that removes or adds whole blocks, and maybe the end or beginning of one."""
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
        """Replace one text by another; the space after both is kept."""
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
    """Return the text of *tokens*, split at the borders of blocks."""
    pieces: list[list[str]] = [[]]
    for token in tokens:
        if token == BORDER:
            pieces.append([])
        else:
            pieces[-1] += (token.text, token.space)
    return ["".join(piece) for piece in pieces]
