"""What a person did wrong, or a disk: one clear line on stderr, an exit code, no traceback."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from tests.support.command import Done, pressmark, run
from tests.support.sites import write_profile, write_settings

FAILED, USAGE, DATABASE = 1, 2, 6
A_URL = "http://demo.test/"


def one_line(done: Done) -> str:
    """The only line that the command printed."""
    assert done.out == ""
    (line,) = done.err.splitlines()
    assert line.startswith("pressmark: ")
    return line


def test_an_unknown_key_of_a_profile_is_named_with_the_known_ones(tmp_path: Path):
    write_profile(tmp_path, "tree", colour='"red"')

    line = one_line(pressmark(tmp_path, "crawl", "tree", code=USAGE))

    assert f"{tmp_path / 'publishers' / 'tree.toml'}: colour: is not a known key" in line
    assert "delay_seconds" in line


def test_a_faulty_profile_of_another_publisher_is_named_too(tmp_path: Path):
    write_profile(tmp_path, "tree", colour='"red"')

    assert "tree.toml: colour" in one_line(pressmark(tmp_path, "crawl", "demo", code=USAGE))


@pytest.mark.parametrize("command", [("crawl", "demo"), ("search", "x")])
def test_a_wrong_value_in_the_settings_is_named_with_a_right_one(
    tmp_path: Path, command: tuple[str, ...]
):
    (tmp_path / "warc").mkdir()
    write_settings(tmp_path, segment_bytes='"1GB"')

    line = one_line(pressmark(tmp_path, *command, code=USAGE))

    assert "archive.toml: segment_bytes: is '1GB'; expected a whole number" in line


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("crawl", "demo"), DATABASE),
        (("show", A_URL), FAILED),
    ],
)
def test_a_database_of_a_newer_pressmark_is_left_alone(
    demo_copy: Path, command: tuple[str, ...], code: int
):
    with sqlite3.connect(demo_copy / "archive.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_of_the_future'")
    connection.close()

    line = one_line(pressmark(demo_copy, *command, code=code))

    assert "has schema 9999_of_the_future, which this Pressmark does not know" in line


@pytest.mark.parametrize(
    ("command", "code"), [(("crawl", "demo"), DATABASE), (("verify",), FAILED)]
)
def test_a_file_that_is_no_database_is_called_so(
    demo_copy: Path, command: tuple[str, ...], code: int
):
    for file in demo_copy.glob("archive.db*"):
        file.unlink()
    (demo_copy / "archive.db").write_bytes(b"no database at all" * 500)

    assert "cannot be opened" in one_line(pressmark(demo_copy, *command, code=code))


def test_a_home_below_a_file_cannot_be_made(tmp_path: Path):
    (tmp_path / "file").touch()

    line = one_line(pressmark(tmp_path / "file" / "home", "crawl", "demo", code=USAGE))

    assert "cannot be made (Not a directory)" in line


def test_a_home_that_is_a_file_cannot_be_used(tmp_path: Path):
    (tmp_path / "file").touch()

    done = pressmark(tmp_path / "file", "crawl", "demo", code=USAGE)

    assert "is a file" in done.err.splitlines()[-1]


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind root")
def test_a_home_without_write_permission_cannot_be_used(tmp_path: Path):
    for folder in (tmp_path / "warc", tmp_path / "publishers"):
        folder.mkdir()
    (tmp_path / "warc").chmod(0o500)

    assert "cannot be written" in one_line(pressmark(tmp_path, "crawl", "demo", code=USAGE))


@pytest.mark.parametrize(
    "command",
    [("crawl", "http://news.example/"), ("import", __file__)],
    ids=["no contact", "no WARC file"],
)
def test_a_first_try_that_fails_leaves_no_folder_behind(tmp_path: Path, command: tuple[str, ...]):
    done = run("pressmark", *command, cwd=tmp_path, code=USAGE)

    assert len(done.err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [("verify",), ("rebuild",)])
def test_an_archive_that_does_not_exist_is_not_made_by_looking_at_it(
    tmp_path: Path, command: tuple[str, ...]
):
    line = one_line(pressmark(tmp_path / "home", *command, code=USAGE))

    assert "there is no archive here" in line
    assert not (tmp_path / "home").exists()


def test_a_publisher_that_nobody_knows_is_refused_with_those_that_are_known(tmp_path: Path):
    line = one_line(pressmark(tmp_path, "crawl", "demmo", code=USAGE))

    assert "demmo" in line
    assert "vietmetric" in line


@pytest.mark.parametrize(
    "option", [("--connect-to", "demo.test:127.0.0.1"), ("--allow-address", "demo.test:port")]
)
def test_an_option_that_cannot_be_read_is_refused(tmp_path: Path, option: tuple[str, str]):
    done = pressmark(tmp_path, "crawl", "demo", *option, code=USAGE)

    assert option[1] in done.err.splitlines()[-1]
    assert "Traceback" not in done.err
