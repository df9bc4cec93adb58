"""Candidates of a source that names very many: in a file, and equal to those in memory."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from archive.model import Candidate, Extraction, Outcome, Via
from archive.model.candidate_file import (
    CANDIDATES_IN_MEMORY,
    CandidateFile,
    candidates_where,
    each_once,
    parts_of,
)

MANY = tuple(
    Candidate(url=f"http://demo.test/{number}/", via=Via.SITEMAP, lastmod=f"2026-{number}")
    for number in range(2 * CANDIDATES_IN_MEMORY + 5)
)


def in_file(folder: Path, candidates: tuple[Candidate, ...] = MANY) -> CandidateFile:
    file = CandidateFile(folder)
    for part in parts_of(candidates):
        file.add(part)
    return file


def test_they_are_read_in_their_order_as_often_as_needed(tmp_path: Path):
    file = in_file(tmp_path)

    assert len(file) == len(MANY)
    assert tuple(file) == tuple(file) == MANY
    assert [*islice(file, 3)] == [*MANY[:3]]
    assert (file[7], file[-2:]) == (MANY[7], MANY[-2:])
    assert [*each_once(file)] == [*MANY]


def test_a_file_equals_the_same_candidates_in_memory_and_no_others(tmp_path: Path):
    extraction = Extraction(outcome=Outcome.SITEMAP, extractor="x", candidates=MANY)
    filed = replace(extraction, candidates=in_file(tmp_path))

    assert filed == extraction
    assert replace(filed, candidates=in_file(tmp_path, MANY[1:])) != extraction
    assert replace(filed, candidates=in_file(tmp_path, MANY[::-1])) != extraction


def test_some_of_them_are_chosen_in_a_file_again(tmp_path: Path):
    file = in_file(tmp_path)

    def is_odd(candidate: Candidate) -> bool:
        return candidate.url[-2] in "13579"

    assert candidates_where(file, is_odd) == tuple(filter(is_odd, MANY))
    assert isinstance(candidates_where(file, is_odd), CandidateFile)
    assert candidates_where(file, lambda _: True) is file
    assert candidates_where(MANY, is_odd) == tuple(filter(is_odd, MANY))


def test_what_is_no_list_of_candidates_is_refused(tmp_path: Path):
    file = CandidateFile(tmp_path)

    for other in (b"", b"{}", b"7", b'[["http://x.test/"]]', b"[7]"):
        with pytest.raises(ValueError):  # noqa: PT011 - of any wording
            file.add(other)

    assert len(file) == 0


def test_nothing_is_left_in_the_folder(tmp_path: Path):
    in_file(tmp_path)

    assert not [*tmp_path.iterdir()]
