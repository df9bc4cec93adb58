"""Decide what a page is by a table of signs: each sign has a name, a weight and a way to find it.

A verdict is a table and a threshold. The names of the signs that were found are stored as evidence,
so that a new name for a sign changes the results of extraction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Subject = TypeVar("Subject")


@dataclass(frozen=True, slots=True)
class Sign(Generic[Subject]):
    """One row of a table: a sign that may be found on a *Subject*, a page and what is known of it.

    *find* returns True or a detail when the sign is there, and False, None or an empty text when
    it is not. Evidence calls the sign *name*, with the detail in place of ``{}``. *verdict* is what
    the sign speaks for, in a table with several verdicts. A table with one verdict needs a sign
    that *is_decisive*.
    """

    name: str
    find: Callable[[Subject], str | bool | None]
    weight: float = 1.0
    verdict: str = ""
    is_decisive: bool = False


SignRow = Sign[Subject] | tuple[Sign[Subject], ...]
"""A sign, or several: of these only the first that is found counts."""
Table = Sequence[SignRow[Subject]]
"""Rows in the order in which evidence lists their signs."""


@dataclass(frozen=True, slots=True)
class FoundSign:
    """A sign that was found; *name* includes the detail."""

    name: str
    weight: float
    verdict: str


@dataclass(frozen=True, slots=True)
class Score:
    """The signs that were found on one page, in the order of their table."""

    found: tuple[FoundSign, ...]

    def total(self, verdict: str = "") -> float:
        """Return the sum of the weights for *verdict*; 0 when no sign speaks for it."""
        return sum(sign.weight for sign in self.found if sign.verdict == verdict)

    def evidence(self, label: str) -> tuple[str, ...]:
        """Return the name of each sign with *label*, the verdict, in brackets."""
        return tuple(f"{sign.name} ({label})" for sign in self.found)


def score(table: Table[Subject], subject: Subject) -> Score:
    """Return which signs of *table* are found on *subject*."""
    found = []
    for row in table:
        for sign in _signs_of(row):
            if detail := sign.find(subject):
                name = sign.name if detail is True else sign.name.format(detail)
                found.append(FoundSign(name, sign.weight, sign.verdict))
                break
    return Score(tuple(found))


def decide(table: Table[Subject], subject: Subject, threshold: float) -> Score | None:
    """Return the score of *subject* if it reaches *threshold* with a decisive sign, else None.

    Decisive signs are looked for first: most pages have none, and other signs may cost more time.
    """
    decisive = [sign for row in table for sign in _signs_of(row) if sign.is_decisive]
    if not any(sign.find(subject) for sign in decisive):
        return None
    found = score(table, subject)
    return found if found.total() >= threshold else None


def _signs_of(row: SignRow[Subject]) -> tuple[Sign[Subject], ...]:
    return row if isinstance(row, tuple) else (row,)
