"""The home folder: what is removed of it when nothing came of it, and what never is."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from archive.errors import HomeError, UsageError
from archive.home import made_home
from archive.library import open_archive
from archive.locks import ARCHIVE, lock


def fail(home: Path, *names: str) -> None:
    """Fail in a home that was made, once the files *names* are in it."""
    with suppress(UsageError), made_home(home):
        for name in names:
            (home / name).touch()
        raise UsageError("as a command does")


def test_of_a_first_try_that_failed_nothing_is_left_of_the_folders_above_neither(tmp_path):
    home = tmp_path / "one" / "two"

    with suppress(UsageError), open_archive(home, create=True):
        with lock(home, ARCHIVE, shared=True, busy=""):
            assert (home / "archive.db").exists()
        raise UsageError("as a command does")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "file", ["warc/news.warc.gz", "collection.jsonl", "archive.toml", "publishers/mine.toml", "x"]
)
def test_a_home_that_holds_anything_else_stays_as_it_is(tmp_path, file):
    home = tmp_path / "home"

    fail(home, "archive.db", file)

    assert (home / file).exists()
    assert (home / "archive.db").exists()


def test_a_home_that_was_there_stays(tmp_path):
    fail(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["publishers", "warc"]


def test_a_home_where_another_process_is_at_work_stays(tmp_path):
    home = tmp_path / "home"

    with ExitStack() as other, suppress(UsageError), made_home(home):
        other.enter_context(lock(home, ARCHIVE, shared=True, busy=""))
        raise UsageError("as a command does")

    assert (home / "warc").is_dir()


def test_of_a_home_that_cannot_be_made_nothing_is_left(tmp_path: Path):
    (tmp_path / "file").touch()

    with pytest.raises(HomeError, match="cannot be made"), made_home(tmp_path / "file" / "home"):
        pass

    assert [path.name for path in tmp_path.iterdir()] == ["file"]
