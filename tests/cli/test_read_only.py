"""Commands that read leave the archive as it is, and need no right to write to it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.errors import DatabaseError
from archive.library import open_archive
from archive.locks import ARCHIVE, lock
from tests.support.followed import BRIDGE
from tests.support.scenarios import url_of

URL = url_of(BRIDGE)
READERS = (
    ("search", "bridge"),
    ("show", URL),
    ("history", URL),
    ("diff", URL),
    ("status",),
    ("translations",),
    ("boilerplate", "demo"),
    ("publishers",),
    ("export", "--format", "csv"),
    ("verify",),
)


def state(home: Path) -> dict[str, tuple[int, int, int]]:
    found = ((path, path.stat()) for path in (home, *home.rglob("*")))
    return {str(path): (at.st_ino, at.st_size, at.st_mtime_ns) for path, at in found}


@pytest.mark.parametrize("args", READERS, ids=lambda args: args[0])
def test_a_command_that_reads_changes_nothing_in_the_home(following, followed_home, args):
    before = state(followed_home)

    done = following(*args)

    assert (done.code, done.out != "") == (0, True)
    assert state(followed_home) == before


def test_an_archive_that_is_open_for_reading_takes_nothing_in(followed_home):
    before = state(followed_home)

    with (
        open_archive(followed_home, read_only=True) as archive,
        pytest.raises(DatabaseError, match="was opened for reading only"),
    ):
        archive.catch_up()

    assert state(followed_home) == before


def test_an_archive_can_be_read_while_another_process_has_it_for_itself(following, followed_home):
    with lock(followed_home, ARCHIVE, busy=""):
        assert following("search", "bridge").code == 0


@pytest.fixture
def foreign_home(followed_home: Path) -> Iterator[Path]:
    """A copy of the archive that everybody may read and nobody may write."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(shutil.copytree(followed_home, Path(folder) / "home"))
        for path in (*home.rglob("*"), home, Path(folder)):
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield home
        for path in (*home.rglob("*"), home, Path(folder)):
            path.chmod(0o755)


PROGRAM = """
import os, sys
from crawler.cli.main import main

main(sys.argv[1:], standalone_mode=False)
if os.geteuid() == 0:  # permissions do not bind root; all modules are imported by now
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
print("as somebody else", flush=True)
main(sys.argv[1:], standalone_mode=False)
"""


@pytest.mark.parametrize("args", [("search", "bridge"), ("status",)], ids=lambda args: args[0])
def test_a_home_that_cannot_be_written_can_be_read(foreign_home, args):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "--home", foreign_home, *args],
        capture_output=True,
        text=True,
        check=False,
        # Somebody else cannot write the figures of `make coverage` either.
        env={key: text for key, text in os.environ.items() if not key.startswith("COVERAGE_")},
    )

    assert (done.returncode, done.stderr) == (0, "")
    before, after = done.stdout.split("as somebody else\n")
    assert before == after != ""
