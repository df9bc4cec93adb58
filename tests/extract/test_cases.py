"""Every folder in ``cases/``: a page, and what must come out of it (docs/extraction.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.extract.testcases import case_advice, differences, read_case

CASES = Path(__file__).parent / "cases"
FOLDERS = sorted(folder for folder in CASES.iterdir() if folder.is_dir())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_page_comes_out_as_its_case_says(folder, request):
    case = read_case(folder)
    if case.not_yet:
        request.applymarker(pytest.mark.xfail(reason=case.not_yet, strict=True))

    found = differences(case)

    if found:
        place = folder.relative_to(CASES.parents[2])
        pytest.fail("\n".join([f"{place}:", *found, case_advice(place)]), pytrace=False)


def test_there_are_cases():
    assert len(FOLDERS) >= 12
