"""The stamp of settling: another one whenever code changed that says what captures amount to."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from archive.pipeline.settlement import stamp_of
from archive.profile import Profile
from archive.settle.stamp import SETTLING, SETTLING_FILES
from archive.source_digest import PACKAGE, digest_of

ELSEWHERE = {
    "__init__.py",
    "errors.py",
    "printable.py",
    "source_digest.py",
    "profile.py",  # its rules stand in the stamp themselves
    "settings.py",
    "extract/__init__.py",
    "pipeline/__init__.py",
    "sql/__init__.py",
}
LOADED = """
import pkgutil, sys
import archive.scope, archive.settle, archive.sql.fulltext
for module in pkgutil.iter_modules(archive.settle.__path__):
    __import__(f"archive.settle.{module.name}")
for name, module in sys.modules.items():
    if name.partition(".")[0] == "archive":
        print(module.__file__)
"""
PROFILE = Profile(name="news", home="http://news.test/")


def test_all_code_of_ours_that_settling_and_folding_load_is_in_the_digest():
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        capture_output=True,
        text=True,
        check=True,
        cwd=PACKAGE.parent,
    )

    loaded = {Path(line).relative_to(PACKAGE).as_posix() for line in done.stdout.splitlines()}
    named = {
        path.relative_to(PACKAGE).as_posix()
        for pattern in SETTLING_FILES
        for path in PACKAGE.glob(pattern)
    }
    assert "settle/identity.py" in loaded
    assert loaded - named - ELSEWHERE == set()
    assert all(list(PACKAGE.glob(pattern)) for pattern in SETTLING_FILES)


@pytest.mark.parametrize("name", ["settle/versions.py", "sql/fulltext.py", "scope.py"])
def test_a_change_of_the_code_that_settles_makes_another_stamp(tmp_path, name):
    copy = Path(shutil.copytree(PACKAGE, tmp_path / "archive"))
    assert digest_of(SETTLING_FILES, copy) == SETTLING
    file = copy / name
    file.write_text(file.read_text() + "MORE = 1\n")

    assert digest_of(SETTLING_FILES, copy) != SETTLING


def test_what_only_asks_the_index_makes_no_other_stamp(tmp_path):
    copy = Path(shutil.copytree(PACKAGE, tmp_path / "archive"))
    (copy / "queries" / "search.py").write_text("")

    assert digest_of(SETTLING_FILES, copy) == SETTLING


@pytest.mark.parametrize(
    "change", [{"exclude": ("^/live/",)}, {"hosts": ("other.test",)}, {"home": "http://new.test/"}]
)
def test_the_rules_of_what_is_shown_are_in_the_stamp(change):
    assert stamp_of(replace(PROFILE, **change)) != stamp_of(PROFILE)


@pytest.mark.parametrize("change", [{"max_depth": 9}, {"amp": "fetch"}, {"delay_seconds": 9.0}])
def test_what_says_only_what_is_fetched_is_not(change):
    assert stamp_of(replace(PROFILE, **change)) == stamp_of(PROFILE)
