"""Whether two addresses showed different texts at one time: a pure function of their captures.

An address spans the time from its first capture of a story to its last. What two addresses show
while their spans overlap are two articles if the texts differ, whatever canonical links, headlines
and dates claim. States that are near in time are compared, because a live page is edited.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.model import Flag, Reading
from archive.settle.parts import VISIT
from archive.settle.stories import all_lines, have_one_text, same_story


@dataclass(frozen=True, slots=True)
class Span:
    """The captures of one address that showed its story, in order of time.

    *removed_at* is when the address was first found without the story after the last of them.
    """

    readings: Sequence[Reading]
    removed_at: datetime | None = None
    is_amp: bool = False


class Comparison:
    """Compares spans, and each pair of states only once."""

    def __init__(self) -> None:
        self._states: dict[Hashable, int] = {}
        self._state_of: dict[int, int] = {}
        self._verdicts: dict[tuple[int, int, bool], bool | None] = {}

    def are_apart(self, one: Span, other: Span) -> bool:
        """Return whether two spans overlap and show different texts, so that they are two articles.

        Different texts are none of two articles if both belong to the story that the addresses are
        known to share by one text at one time: it was edited between two captures, or a page was
        misread in between. What else an address showed is a story of its own, also if both showed
        the same page before or later, such as an error.
        """
        pairs = list(_beside(one, other))
        states = [(self.state(a), self.state(b)) for a, b in pairs]
        if all(here == there for here, there in states):
            return False
        is_amp = one.is_amp or other.is_amp
        verdicts = [
            self._verdict(state, pair, is_amp=is_amp)
            for state, pair in zip(states, pairs, strict=True)
        ]
        alike = [pair for pair, is_one in zip(pairs, verdicts, strict=True) if is_one]
        shared = [[pair[side] for pair in alike] for side in (0, 1)]
        known = {self.state(reading): reading for some in shared for reading in some}.values()
        return any(
            is_one is False
            and not all(_belongs(pair[side], shared[side], known) for side in (0, 1))
            for pair, is_one in zip(pairs, verdicts, strict=True)
        )

    def state(self, reading: Reading) -> int:
        """Return the number of what *reading* shows, which equal states share."""
        key = reading.extraction_id
        if key not in self._state_of:
            said = reading.article
            is_stub = Flag.PAYWALL_STUB in reading.flags
            state = (said.headline, said.date_published, is_stub, all_lines(said))
            self._state_of[key] = self._states.setdefault(state, len(self._states))
        return self._state_of[key]

    def _verdict(
        self, state: tuple[int, int], pair: tuple[Reading, Reading], *, is_amp: bool
    ) -> bool | None:
        key = (min(state), max(state), is_amp)
        if key not in self._verdicts:
            self._verdicts[key] = have_one_text(*pair, is_amp=is_amp)
        return self._verdicts[key]


def _beside(one: Span, other: Span) -> Iterator[tuple[Reading, Reading]]:
    """Yield what the two show at one time: each capture with those around it at the other address.

    Captures of one visit show one time, although one comes after the other.
    """
    if not one.readings or not other.readings:
        return
    if one.readings[0].fetched_at > other.readings[0].fetched_at:
        yield from ((a, b) for b, a in _beside(other, one))
        return
    last, first = one.readings[-1], other.readings[0]
    if last.fetched_at >= first.fetched_at:
        yield from _inside(one.readings, other.readings)
        yield from ((a, b) for b, a in _inside(other.readings, one.readings))
    elif first.fetched_at - last.fetched_at <= VISIT and not _left(one):
        yield last, first


def _left(span: Span) -> bool:
    """Return whether the story was found removed in the visit that saw it last."""
    last = span.readings[-1].fetched_at
    return span.removed_at is not None and span.removed_at - last <= VISIT


def _inside(
    around: Sequence[Reading], readings: Sequence[Reading]
) -> Iterator[tuple[Reading, Reading]]:
    """Yield each of *readings* inside the span of *around*, after the one before and the next."""
    moments = [reading.fetched_at for reading in around]
    for reading in readings:
        if moments[0] <= reading.fetched_at <= moments[-1]:
            at = bisect_left(moments, reading.fetched_at)
            for near in around[max(at - 1, 0) : at + 1]:
                yield near, reading


def _belongs(reading: Reading, here: Sequence[Reading], known: Collection[Reading]) -> bool:
    """Return whether *reading* is a state of the story of *known*, or stands between two of *here*.

    *here* are the captures of its address that show that story, in any order.
    """
    moments = [each.fetched_at for each in here]
    if moments and min(moments) < reading.fetched_at < max(moments):
        return True
    return any(same_story(reading.article, each.article) for each in known)
