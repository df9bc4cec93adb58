"""A database that lags behind its WARC files: every command that reads says so, with a code."""

from __future__ import annotations

import json
import sqlite3
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from archive.library import open_archive
from archive.locks import ARCHIVE, IMPORT, lock, of_publisher
from archive.maintenance.rebuild import rebuild
from archive.warc.collection import Collection, Listed
from crawler.due import due_publishers
from tests.support.homes import make_home
from tests.support.scenarios import STORIES, exchange, http
from tests.support.sites import write_profile

LAGGING = 10
URL = next(told for told in STORIES if told.language == "vi").url()
READERS = (
    ("search", "nguyen"),
    ("status",),
    ("export", "--format", "csv"),
    *(
        pytest.param(args, marks=pytest.mark.slow)
        for args in (
            ("show", URL),
            ("history", URL),
            ("diff", URL),
            ("status", "demo"),
            ("translations",),
            ("translations", "demo"),
            ("boilerplate", "demo"),
            ("publishers",),
            ("extract", URL),
        )
    ),
)


def without_database(home: Path) -> None:
    for file in home.glob("archive.db*"):
        file.unlink()


def with_lag(home: Path) -> None:
    """Let the database say that it lacks a part of the file that it has."""
    with closing(sqlite3.connect(home / "archive.db")) as database, database:
        database.execute("UPDATE warc_file SET complete = 0")


@pytest.mark.parametrize("args", READERS, ids="-".join)
def test_a_deleted_database_is_told_in_a_line_and_not_made(pressmark, home, args):
    without_database(home)

    done = pressmark(*args)

    assert (done.code, done.out) == (LAGGING, "")
    (line,) = done.err.splitlines()
    assert "the database lacks all records of 1 WARC file of the archive" in line
    assert "`pressmark rebuild` or the next crawl ingests them" in line
    assert list(home.glob("archive.db*")) == []


@pytest.mark.parametrize("args", READERS, ids="-".join)
def test_of_a_database_that_lags_what_is_there_is_shown_but_not_exported(pressmark, home, args):
    sound = pressmark(*args)
    with_lag(home)

    done = pressmark(*args)

    assert done.code == LAGGING
    assert "lacks some records of 1 WARC file" in done.err.splitlines()[-1]
    assert done.out == ("" if args[0] == "export" else sound.out)


def test_an_export_leaves_the_old_file_as_it_is(pressmark, home, tmp_path):
    table, wacz = tmp_path / "articles.csv", tmp_path / "archive.wacz"
    pressmark("export", "--output", str(table))
    wacz.write_bytes(b"the last one")
    before = table.read_bytes()
    with_lag(home)

    codes = [pressmark("export", "--output", str(file)).code for file in (table, wacz)]

    assert codes == [LAGGING, LAGGING]
    assert (table.read_bytes(), wacz.read_bytes()) == (before, b"the last one")


def test_an_address_that_is_not_found_may_be_in_what_is_lacking(pressmark, home):
    with_lag(home)

    done = pressmark("show", "http://demo.test/never/")

    assert (done.code, done.err.count("\n")) == (LAGGING, 1)
    assert "lacks some records" in done.err


def test_an_archive_without_a_finished_file_does_not_lag_and_gets_no_database(pressmark, tmp_path):
    (tmp_path / "new" / "warc").mkdir(parents=True)

    done = pressmark("--home", str(tmp_path / "new"), "search", "x")

    assert (done.code, done.err) == (0, "nothing found\n")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["warc"]


@pytest.mark.slow
def test_after_a_rebuild_nothing_is_lacking(pressmark, home):
    without_database(home)

    rebuild(home)

    assert pressmark("search", "nguyen").code == 0


@pytest.mark.slow
def test_an_empty_database_on_a_server_lags_until_what_it_lacks_is_taken_in(
    pressmark, home, postgres
):
    name = postgres.create()
    (home / "archive.toml").write_text(f'database = "{postgres.url(name)}"\n')

    done = pressmark("search", "nguyen")

    assert (done.code, done.out) == (LAGGING, "")
    assert "`pressmark verify --repair` or the next crawl ingests them" in done.err
    engine = create_engine(postgres.url(name))
    assert inspect(engine).get_table_names() == []
    engine.dispose()
    assert pressmark("verify", "--repair").code == 0
    assert pressmark("search", "nguyen").code == 0


@pytest.mark.parametrize("name", [of_publisher("demo"), ARCHIVE])
def test_what_a_process_is_at_work_on_is_not_lacking(pressmark, home, name):
    with_lag(home)

    with lock(home, name, busy=""):
        assert pressmark("search", "nguyen").code == 0
    assert pressmark("search", "nguyen").code == LAGGING


def test_an_empty_database_lags_also_while_it_is_rebuilt(pressmark, home):
    without_database(home)

    with lock(home, ARCHIVE, busy=""):
        done = pressmark("search", "nguyen")

    assert done.code == LAGGING
    assert "the rebuild that is running or the next crawl ingests them" in done.err


def test_another_publishers_crawl_is_not_at_work_on_it(pressmark, home):
    with_lag(home)

    with ExitStack() as held:
        for name in (of_publisher("vietmetric"), IMPORT):
            held.enter_context(lock(home, name, busy=""))
        assert pressmark("search", "nguyen").code == LAGGING


def test_an_imported_file_is_its_importers(pressmark, home):
    with open_archive(home) as archive:
        (file,) = archive.store.files()
        listed = Collection(home).contents().listed[file.name]
    values = {**json.loads((home / "collection.jsonl").read_text()), "publishers": ("demo",)}
    Collection(home).add(Listed(**{**values, "imported_from": str(home / listed.location)}))

    with lock(home, of_publisher("demo"), busy=""):
        assert pressmark("search", "nguyen").code == LAGGING
    with lock(home, IMPORT, busy=""):
        assert pressmark("search", "nguyen").code == 0


def test_an_export_does_not_go_ahead_of_a_crawl_that_still_takes_in_older_files(pressmark, home):
    with_lag(home)

    with lock(home, of_publisher("demo"), busy=""):
        assert pressmark("export", "--format", "csv").code == LAGGING


@pytest.mark.slow
def test_a_file_that_is_missing_is_not_lacking_but_wrong(pressmark, home):
    with_lag(home)
    (file,) = (home / "warc").iterdir()
    file.unlink()

    assert pressmark("search", "nguyen").code == 0
    assert pressmark("verify").code == 1


@pytest.mark.slow
def test_a_file_of_a_publisher_without_a_profile_is_not_lacking(pressmark, tmp_path):
    home = tmp_path / "news"
    write_profile(home, "news")
    make_home(home, [exchange("/", 1, http(404))], publisher="news")
    without_database(home)
    at = ("--home", str(home))
    assert pressmark(*at, "status").code == LAGGING

    (home / "publishers" / "news.toml").unlink()

    assert pressmark(*at, "status").code == 0
    assert "has no profile; put" in pressmark(*at, "rebuild").err


@pytest.mark.parametrize("given", [(), pytest.param(("demo",), marks=pytest.mark.slow)])
def test_a_schedule_crawls_what_the_database_lacks(home, given):
    """Also a publisher whose profile is built in, of whom nothing else tells."""
    without_database(home)

    assert [p.name for p in due_publishers(home, datetime.now(UTC), given).profiles] == ["demo"]
