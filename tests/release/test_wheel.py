"""The wheel and the sdist that `make release` built, and the wheel where it is installed alone."""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.support.command import ROOT
from tests.support.pages import PROSE, STORY, story

pytestmark = pytest.mark.release
PACKAGES = ("archive/", "crawler/")


def only(pattern: str) -> Path:
    """Return the only file of ``dist/`` whose name matches *pattern*."""
    (found,) = (ROOT / "dist").glob(pattern)
    return found


def tracked() -> Iterator[str]:
    """Yield the paths of the files that git tracks and that are there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for path in listed.stdout.decode().split("\0"):
        if path and (ROOT / path).is_file():
            yield path


def installed(program: str, *args: str, cwd: Path) -> str:
    """Return what *program* of the clean environment prints; it must exit with 0."""
    command = [str(ROOT / ".venv-release" / "bin" / program), *args]
    env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}  # nothing that could name the checkout
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_every_file_of_the_packages_and_no_other():
    with ZipFile(only("*.whl")) as wheel:
        held = {name for name in wheel.namelist() if ".dist-info/" not in name}

    assert held == {path for path in tracked() if path.startswith(PACKAGES)}


def test_the_sdist_holds_what_its_tests_and_documents_need():
    with tarfile.open(only("*.tar.gz")) as sdist:
        held = {name.partition("/")[2] for name in sdist.getnames()}

    left_out = {path for path in tracked() if not path.startswith((".ci/", ".github/"))} - held

    assert left_out == set()


def test_the_installed_command_is_not_the_checkouts(tmp_path: Path):
    where = installed("python", "-c", "import archive; print(*archive.__path__)", cwd=tmp_path)

    assert Path(where.strip()).is_relative_to(ROOT / ".venv-release")
    assert "Usage: pressmark" in installed("pressmark", "--help", cwd=tmp_path)


def test_the_installed_command_extracts_an_article(tmp_path: Path):
    (tmp_path / "page.html").write_text(story(), encoding="utf-8")

    out = installed("pressmark", "extract", "page.html", "--url", STORY, cwd=tmp_path)

    assert all(paragraph in out for paragraph in PROSE)


@pytest.mark.timeout(600)
def test_the_installed_command_archives_the_demo_without_a_miss(tmp_path: Path):
    out = installed("pressmark", "--home", "home", "demo", "--json", cwd=tmp_path)

    assert json.loads(out)["exactness"]["misses"] == []
