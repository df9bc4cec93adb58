"""The URLs of a source that names very many, in a file instead of in memory.

A sitemap of 50 MB names 25,000 URLs of 2 kB, and a crawl may have many such sitemaps under way at
once. Whoever reads the URLs has a thousand of them in memory.
"""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import overload

from archive.model.answers import decode_candidates, encode_candidates
from archive.model.extraction import Candidate

MAX_CANDIDATES = 100_000
"""Twice the number that sitemaps.org allows in one file; a source with more is a trap."""
CANDIDATES_IN_MEMORY = 1_000
"""So many candidates of one source are kept in memory; the links of a page are fewer."""


class CandidateFile(Sequence[Candidate]):
    """Candidates in an unnamed file, each URL once, in their order; complete when it is shared.

    It is equal to another sequence of the same candidates.
    """

    def __init__(self, folder: Path) -> None:
        """Begin a file in *folder*. Raises ``OSError`` if it cannot be made."""
        self._folder = folder
        self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - see below
        weakref.finalize(self, self._file.close)
        self._places: list[tuple[int, int]] = []
        self._count = self._size = 0

    def add(self, encoded: bytes) -> None:
        """Append candidates as ``answers.encode_candidates`` encodes them.

        Raises ``ValueError`` for anything else, and ``OSError`` if they cannot be written.
        """
        self._count += len(decode_candidates(encoded))
        rest = memoryview(encoded)
        while rest:
            rest = rest[self._file.write(rest) :]
        self._places.append((self._size, len(encoded)))
        self._size += len(encoded)

    def __len__(self) -> int:
        """Return the number of candidates."""
        return self._count

    def __iter__(self) -> Iterator[Candidate]:
        """Yield the candidates, a part of them at a time in memory."""
        for offset, size in self._places:
            yield from decode_candidates(os.pread(self._file.fileno(), size, offset))

    @overload
    def __getitem__(self, place: int) -> Candidate: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Candidate]: ...
    def __getitem__(self, place: int | slice) -> Candidate | Sequence[Candidate]:
        """Return a candidate, or several; all before it are read."""
        return tuple(self)[place]

    def __eq__(self, other: object) -> bool:
        """Return whether *other* has the same candidates in the same order."""
        if not isinstance(other, Sequence) or len(other) != len(self):
            return NotImplemented if not isinstance(other, Sequence) else False
        return all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    def __hash__(self) -> int:
        """Return a hash that equal sequences of candidates share."""
        return hash(tuple(islice(self, 1)))

    def where(self, is_wanted: Callable[[Candidate], bool]) -> CandidateFile:
        """Return a file with those candidates that *is_wanted* says."""
        found = CandidateFile(self._folder)
        for part in parts_of(candidate for candidate in self if is_wanted(candidate)):
            found.add(part)
        return found


def candidates_where(
    candidates: Sequence[Candidate], is_wanted: Callable[[Candidate], bool]
) -> Sequence[Candidate]:
    """Return those of *candidates* that *is_wanted* says, in memory or in a file as they are."""
    if not isinstance(candidates, CandidateFile):
        return tuple(filter(is_wanted, candidates))
    return candidates if all(map(is_wanted, candidates)) else candidates.where(is_wanted)


def each_once(candidates: Sequence[Candidate]) -> Iterable[Candidate]:
    """Return *candidates* without those that equal another one."""
    return candidates if isinstance(candidates, CandidateFile) else dict.fromkeys(candidates)


def parts_of(candidates: Iterable[Candidate]) -> Iterator[bytes]:
    """Yield *candidates*, encoded, in parts that fit into a memory."""
    remaining = iter(candidates)
    while some := tuple(islice(remaining, CANDIDATES_IN_MEMORY)):
        yield encode_candidates(some)
