"""The extractor's name: another one whenever anything changed that decides what is read."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from archive.extract.stamp import (
    EXTRACTION_FILES,
    EXTRACTOR,
    LIBRARIES,
    extractor_name,
    library_versions,
)
from archive.source_digest import PACKAGE, digest_of

ELSEWHERE = {
    "__init__.py",
    "errors.py",
    "profile.py",  # has a digest of its own, over what reading depends on
    "settings.py",
    "source_digest.py",  # names the extractor, and reads no page
    "warc/__init__.py",
}
LOADED = """
import sys
import archive.extract.payload, archive.warc.http
for name, module in sys.modules.items():
    if name.partition(".")[0] == "archive":
        print(module.__file__)
"""
DISTRIBUTIONS = """
import sys
from importlib.metadata import packages_distributions
import archive.extract.payload, archive.warc.http
of = packages_distributions()
for module in {name.partition(".")[0] for name in sys.modules}:
    print(*of.get(module, ()), sep="\\n")
"""
OF_NO_TEXT = {
    "pressmark",  # has the digest of its code
    "coverage",  # measures the tests, in `make coverage`
    "certifi",  # trafilatura's downloads
    "charset-normalizer",  # trafilatura's guesses at encodings; we give it trees
    "courlan",  # trafilatura's downloads and its metadata
    "dateparser",  # htmldate's
    "filelock",  # tldextract's cache, which is off
    "htmldate",  # trafilatura's metadata; ours is read by archive.extract.metadata
    "pytz",  # dateparser's
    "regex",  # dateparser's
    "requests",  # tldextract's downloads, which are off
    "requests-file",  # the same
    "python-dateutil",  # htmldate's
    "six",  # python-dateutil's
    "tld",  # courlan's
    "tzlocal",  # dateparser's
    "urllib3",  # trafilatura's downloads
    "backports.zstd",  # urllib3's
    "setuptools",  # how some packages find their data
    "tomli_w",  # writes profiles
}
"""What is imported with the extractor, and decides nothing of what it reads."""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACKAGE, tmp_path / "archive"))


def lines_of(program: str) -> set[str]:
    """Return the lines that *program* prints, a process of its own."""
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=PACKAGE.parent, timeout=60
    )
    return {*done.stdout.split()}


def test_the_name_of_the_extractor_holds_the_digest_of_its_code():
    assert f"+{digest_of(EXTRACTION_FILES)} " in EXTRACTOR


def test_equal_code_has_an_equal_digest_in_every_folder(copy):
    assert digest_of(EXTRACTION_FILES, copy) == digest_of(EXTRACTION_FILES)


@pytest.mark.parametrize("name", ["extract/page_type.py", "extract/metadata/authors.py", "urls.py"])
def test_every_change_of_the_code_that_reads_pages_makes_another_extractor(copy, name):
    file = copy / name
    file.write_text(file.read_text().replace(" = ", "  = ", 1))

    assert digest_of(EXTRACTION_FILES, copy) != digest_of(EXTRACTION_FILES)


def test_a_typo_corrected_in_a_docstring_or_a_comment_makes_no_other_extractor(copy):
    for file in (copy / "extract").rglob("*.py"):
        file.write_text(file.read_text().replace('"""', '"""So: ', 1) + "\n# The end.\n")

    assert digest_of(EXTRACTION_FILES, copy) == digest_of(EXTRACTION_FILES)


def test_a_file_more_or_under_another_name_makes_another_extractor(copy):
    (copy / "extract" / "language.py").rename(copy / "extract" / "tongue.py")

    renamed = digest_of(EXTRACTION_FILES, copy)

    (copy / "extract" / "empty.py").touch()
    assert len({renamed, digest_of(EXTRACTION_FILES, copy), digest_of(EXTRACTION_FILES)}) == 3


def test_what_does_not_read_pages_is_no_part_of_the_extractor(copy):
    (copy / "library.py").write_text("")

    assert digest_of(EXTRACTION_FILES, copy) == digest_of(EXTRACTION_FILES)


@pytest.mark.parametrize("name", [*LIBRARIES, "libxml2", "unicode"])
def test_another_version_of_a_library_makes_another_extractor(name):
    versions = library_versions()

    assert extractor_name("c0de", {**versions, name: "0"}) != extractor_name("c0de", versions)


def test_all_code_of_ours_that_reading_a_page_loads_is_in_the_digest():
    loaded = {Path(line).relative_to(PACKAGE).as_posix() for line in lines_of(LOADED)}

    named = {
        path.relative_to(PACKAGE).as_posix()
        for pattern in EXTRACTION_FILES
        for path in PACKAGE.glob(pattern)
    }
    assert "extract/html_page.py" in loaded
    assert loaded - named - ELSEWHERE == set()


def test_all_libraries_that_reading_a_page_loads_are_in_the_name_or_decide_nothing():
    loaded = {name.lower() for name in lines_of(DISTRIBUTIONS)}

    assert "trafilatura" in loaded
    assert loaded - {*LIBRARIES} - OF_NO_TEXT == set()
