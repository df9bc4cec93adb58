"""Divide two texts into runs of words that both have, and of words that differ.

Whole blocks are compared first, then the words between equal blocks. The result is then made
readable: a single "of" that two rewritten sentences share becomes part of the change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from archive.diff.matches import matches
from archive.diff.tokens import BORDER, Token, word_count

LEAST_KEPT_SHARE = 0.5
"""Words between two changes are shown as kept if there are more of them than this share of the
smaller change: in a rewritten sentence, an "of" that both texts have says nothing."""
LEAST_SHARE_OF_LARGER = 0.1
"""The same for the larger change, if both changes replace words."""
PASSES = 8
"""How often the words between changes are checked again, because changes grow with each pass."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """Tokens that both texts have (*same*), or different tokens in the same place."""

    before: tuple[Token, ...]
    after: tuple[Token, ...]
    same: bool


def hunks_of(old: Sequence[tuple[Token, ...]], new: Sequence[tuple[Token, ...]]) -> list[Hunk]:
    """Return the hunks of two texts, given as blocks; equal and different hunks alternate.

    Each block ends with ``BORDER``.
    """
    return _with_early_ends(_absorb(list(_compared(old, new))))


def _compared(old: Sequence[tuple[Token, ...]], new: Sequence[tuple[Token, ...]]) -> Iterator[Hunk]:
    """Yield hunks that are equal and different in turn; whole blocks are compared first."""
    blocks = matches(
        [tuple(token.key for token in block) for block in old],
        [tuple(token.key for token in block) for block in new],
        # An empty line, or a dash, is not an anchor.
        lambda block: len(block) > 2,
    )
    at = (0, 0)
    runs: list[Hunk] = []
    for i, j in [*blocks, (len(old), len(new))]:
        runs += _words(_flat(old[at[0] : i]), _flat(new[at[1] : j]))
        if i < len(old):
            runs.append(Hunk(old[i], new[j], same=True))
        at = i + 1, j + 1
    yield from _joined(runs)


def _words(old: tuple[Token, ...], new: tuple[Token, ...]) -> Iterator[Hunk]:
    a, b = [token.key for token in old], [token.key for token in new]
    at = (0, 0)
    for i, j in [*matches(a, b, lambda key: key[0].isalnum()), (len(old), len(new))]:
        if at != (i, j):
            yield Hunk(old[at[0] : i], new[at[1] : j], same=False)
        if i < len(old):
            yield Hunk((old[i],), (new[j],), same=True)
        at = i + 1, j + 1


def _flat(blocks: Sequence[tuple[Token, ...]]) -> tuple[Token, ...]:
    return tuple(token for block in blocks for token in block)


def _joined(hunks: Iterable[Hunk]) -> Iterator[Hunk]:
    """Yield *hunks* with neighbours of the same kind joined, without empty ones."""
    kind: bool | None = None
    before: list[Token] = []
    after: list[Token] = []
    for hunk in hunks:
        if not hunk.before and not hunk.after:
            continue
        if hunk.same is not kind:
            if before or after:
                yield Hunk(tuple(before), tuple(after), same=bool(kind))
            kind, before, after = hunk.same, [], []
        before += hunk.before
        after += hunk.after
    if before or after:
        yield Hunk(tuple(before), tuple(after), same=bool(kind))


def _absorb(hunks: list[Hunk]) -> list[Hunk]:
    """Return *hunks* in which few equal words between larger changes are part of the change.

    "[-the mayor said-]{+she told+} of [-a bridge-]{+the weir+}" is harder to read than two phrases.
    """
    for _ in range(PASSES):
        small = {
            number
            for number in range(1, len(hunks) - 1)
            if hunks[number].same
            and _is_too_small(hunks[number], hunks[number - 1], hunks[number + 1])
        }
        if not small:
            break
        hunks = list(
            _joined(
                Hunk(hunk.before, hunk.after, same=hunk.same and number not in small)
                for number, hunk in enumerate(hunks)
            )
        )
    return hunks


def _is_too_small(same: Hunk, left: Hunk, right: Hunk) -> bool:
    if BORDER in same.before:
        return False  # keep the end of a block visible
    words = word_count([same.before])
    smaller, larger = sorted(
        max(word_count([hunk.before]), word_count([hunk.after])) for hunk in (left, right)
    )
    is_rewritten = all(hunk.before and hunk.after for hunk in (left, right))
    return (
        words == 0
        or words < smaller * LEAST_KEPT_SHARE
        or (is_rewritten and words < larger * LEAST_SHARE_OF_LARGER)
    )


def _with_early_ends(hunks: list[Hunk]) -> list[Hunk]:
    """Return *hunks* in which the end of an edited block matches its own end in the other text.

    Example: "closed on Monday." becomes "closed on Tuesday. ¶ It reopened." Either full stop of the
    new text matches the old one. If the first is chosen, the whole second block is new.
    """
    found: list[Hunk] = []
    for number, hunk in enumerate(hunks):
        found.append(hunk)
        if hunk.same or not 0 < number < len(hunks) - 1:
            continue
        left, right = hunks[number - 1], hunks[number + 1]
        if not left.after or left.after[-1] == BORDER or BORDER not in right.after:
            continue  # the hunk is at the beginning of a block, or ends within one
        end = right.after.index(BORDER) + 1
        tail = [token.key for token in right.after[:end]]
        old, new = hunk.before, hunk.after
        longer = new if BORDER in new else old
        if (BORDER in old) is (BORDER in new) or (at := _place(tail, longer)) is None:
            continue
        rest = right.before[:end] if longer is old else right.after[:end]
        moved = (*longer[at + end :], *rest)
        own = longer[at : at + end]
        if longer is old:
            found[-1:] = [
                Hunk(old[:at], new, same=False),
                Hunk(own, right.after[:end], same=True),
                Hunk(moved, (), same=False),
            ]
        else:
            found[-1:] = [
                Hunk(old, new[:at], same=False),
                Hunk(right.before[:end], own, same=True),
                Hunk((), moved, same=False),
            ]
        hunks[number + 1] = Hunk(right.before[end:], right.after[end:], same=True)
    return list(_joined(found))


def _place(keys: list[str], tokens: Sequence[Token]) -> int | None:
    """Return where *keys*, which end a block, first occur among *tokens*; None if nowhere."""
    for border, token in enumerate(tokens):
        at = border + 1 - len(keys)
        if token == BORDER and at >= 0 and [t.key for t in tokens[at : border + 1]] == keys:
            return at
    return None
