"""What goes wrong is one line that says what to do, and an exit code."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.command import run

UNFORESEEN = 9


def one_line(done, code):
    """Hold *done* to exit *code* and one line on stderr; return that line."""
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith("pressmark: ")
    assert done.err.count("\n") == 1
    return done.err


READERS = (
    ("search", "x"),
    ("show", "http://demo.test/"),
    ("history", "http://demo.test/"),
    ("diff", "http://demo.test/"),
    ("status",),
    ("translations",),
    ("boilerplate", "demo"),
    ("export", "--format", "csv"),
    ("verify",),
    ("reprocess",),
    ("index",),
    ("extract", "http://demo.test/"),
)


@pytest.mark.parametrize("args", [*READERS, ("rebuild",), ("replay",)], ids=lambda args: args[0])
def test_a_home_without_an_archive_is_named_and_not_made(pressmark, tmp_path, args):
    done = pressmark("--home", str(tmp_path / "none"), *args)

    assert "there is no archive here; make one with `pressmark crawl`" in one_line(done, 2)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("args", READERS, ids=lambda args: args[0])
def test_an_unknown_setting_is_wrong_usage(pressmark, home, args):
    (home / "archive.toml").write_text("colour = 1\n")

    assert "archive.toml: colour: is not a known key" in one_line(pressmark(*args), 2)


def test_an_unknown_key_of_a_profile_is_wrong_usage(pressmark, home):
    (home / "publishers").mkdir(exist_ok=True)
    (home / "publishers" / "news.toml").write_text('home = "http://n.test/"\nspeed = 9\n')

    assert "news.toml: speed: is not a known key" in one_line(pressmark("publishers"), 2)


def test_a_database_of_a_newer_pressmark_is_named_with_what_to_do(pressmark, home):
    with closing(sqlite3.connect(home / "archive.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")

    line = one_line(pressmark("search", "x"), 1)

    assert "has schema 9999" in line
    assert "upgrade Pressmark, or delete the database and run `pressmark rebuild`" in line


def test_a_database_that_is_none_is_named(pressmark, home):
    (home / "archive.db").write_bytes(b"this is no database" * 100)

    assert "cannot be opened: file is not a database" in one_line(pressmark("search", "x"), 1)


def test_a_database_that_is_damaged_is_named(pressmark, home):
    data = bytearray((home / "archive.db").read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    (home / "archive.db").write_bytes(data)

    assert "archive.db" in one_line(pressmark("search", "x"), 1)


def test_a_database_on_a_server_that_is_not_there_is_named(pressmark, home, tmp_path):
    url = f"postgresql+psycopg://postgres@/archive?host={tmp_path}"
    (home / "archive.toml").write_text(f'database = "{url}"\n')

    assert "cannot be opened" in one_line(pressmark("search", "x"), 1)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://user:secret@host/archive", "SQLite or PostgreSQL, and does not know 'mysql'"),
        ("postgresql+pg8000://user:secret@host/x", "needs the package pg8000"),
        ("postgresql+nothing://user:secret@host/x", "cannot be used"),
        ("archive.db", "is no SQLAlchemy URL"),
    ],
)
def test_a_database_of_another_kind_is_told_which_kinds_there_are(pressmark, home, url, words):
    (home / "archive.toml").write_text(f'database = "{url}"\n')

    line = one_line(pressmark("search", "x"), 1)

    assert words in line
    assert "expected sqlite:///FILE or postgresql+psycopg://" in line
    assert "secret" not in line


@pytest.mark.parametrize("args", [("show",), ("history",), ("diff",), ("extract",)], ids="-".join)
def test_an_address_without_its_scheme_is_told_what_was_meant(pressmark, args):
    done = pressmark(*args, "www.example.org/news")

    assert (done.code, done.out) == (2, "")
    assert "https://www.example.org/news" in done.err or args == ("extract",)


@pytest.mark.parametrize(
    "args", [("status", "x.org"), ("boilerplate", "x.org"), ("translations", "x.org")]
)
def test_a_site_in_place_of_a_publisher_is_told_how_to_name_it(pressmark, args):
    assert "or a URL, such as https://x.org/" in one_line(pressmark(*args), 2)


def test_a_search_of_an_unknown_publisher_is_wrong_usage(pressmark):
    assert "nothing is archived" in one_line(pressmark("search", "x", "--publisher", "nobody"), 2)


def test_a_rebuild_into_a_database_that_holds_captures_is_wrong_usage(pressmark, home):
    done = pressmark("rebuild", "--into", f"sqlite:///{home / 'archive.db'}")

    assert "a rebuild needs an empty database" in one_line(done, 2)


def test_a_file_in_place_of_the_home_is_wrong_usage(pressmark, tmp_path):
    (tmp_path / "file").write_text("")

    done = pressmark("--home", str(tmp_path / "file"), "search", "x")

    assert done.code == 2
    assert "is a file" in done.err


def test_the_home_may_be_named_by_the_environment(home):
    done = run("pressmark", "publishers", "--json", env={"PRESSMARK_HOME": str(home)})

    assert {row["name"]: row["captures"] for row in done.rows}["demo"] == 6


def test_a_reader_that_has_seen_enough_is_no_error(home):
    """``pressmark search x | head -1``."""
    import subprocess
    import sys
    from pathlib import Path

    script = Path(sys.executable).with_name("pressmark")
    words = "nguyen --json " * 1
    command = f"'{script}' --home '{home}' search {words} | head -c 1"

    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False
    )

    assert done.stdout == "{"
    assert "Traceback" not in done.stderr


def test_an_error_that_nobody_foresaw_has_a_code_of_its_own_and_its_traceback(pressmark, home):
    _break(home)

    done = pressmark("status")

    assert (done.code, done.out) == (UNFORESEEN, "")
    assert "Traceback (most recent call last)" in done.err
    assert done.err.splitlines()[-1].startswith("pressmark: JSONDecodeError: ")
    assert "please report it" in done.err.splitlines()[-1]


def test_a_package_of_the_same_name_is_named_after_such_an_error(
    pressmark, home, tmp_path, monkeypatch
):
    other = tmp_path / "zipper-1.0.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: zipper\nVersion: 1.0\n")
    (other / "top_level.txt").write_text("archive\n")
    monkeypatch.syspath_prepend(tmp_path)
    _break(home)

    done = pressmark("status")

    assert "the distribution 'zipper' installs a package of the same name" in done.err


def _break(home: Path) -> None:
    with closing(sqlite3.connect(home / "archive.db")) as database, database:
        # A row as no version of this program has written it.
        database.execute("UPDATE extraction SET flags = '{' WHERE flags IS NOT NULL")
