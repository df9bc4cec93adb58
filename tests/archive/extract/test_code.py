"""The extractor's name: another one whenever any of the code changed that reads pages."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from archive.extract.code import EXTRACTION_FILES, ROOT, code_digest
from archive.extract.payload import EXTRACTOR

ELSEWHERE = {
    "__init__.py",
    "errors.py",
    "profile.py",  # has a digest of its own, over what reading depends on
    "settings.py",
    "warc/__init__.py",
}
LOADED = """
import sys
import archive.extract.payload, archive.warc.http
for name, module in sys.modules.items():
    if name.partition(".")[0] == "archive":
        print(module.__file__)
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT, tmp_path / "archive"))


def test_the_name_of_the_extractor_bears_the_digest_of_its_code():
    assert f"+{code_digest()} " in EXTRACTOR


def test_equal_code_has_an_equal_digest_wherever_it_lies(copy):
    assert code_digest(copy) == code_digest()


@pytest.mark.parametrize(
    "name", ["extract/body/pipeline.py", "extract/metadata/authors.py", "urls.py"]
)
def test_every_change_of_the_code_that_reads_pages_makes_another_extractor(copy, name):
    file = copy / name
    file.write_text(file.read_text().replace("=", "= ", 1))

    assert code_digest(copy) != code_digest()


def test_a_file_more_or_under_another_name_makes_another_extractor(copy):
    (copy / "extract" / "dates.py").rename(copy / "extract" / "days.py")

    renamed = code_digest(copy)

    (copy / "extract" / "empty.py").touch()
    assert len({renamed, code_digest(copy), code_digest()}) == 3


def test_what_does_not_read_pages_is_no_part_of_the_extractor(copy):
    (copy / "library.py").write_text("")

    assert code_digest(copy) == code_digest()


def test_all_code_of_ours_that_reading_a_page_loads_is_in_the_digest():
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, cwd=ROOT.parent
    )

    loaded = {Path(line).relative_to(ROOT).as_posix() for line in done.stdout.splitlines()}
    named = {
        path.relative_to(ROOT).as_posix()
        for pattern in EXTRACTION_FILES
        for path in ROOT.glob(pattern)
    }
    assert "extract/html_page.py" in loaded
    assert loaded - named - ELSEWHERE == set()
