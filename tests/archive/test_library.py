"""Opening an archive, taking in what its files hold, and making its database anew."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.errors import (
    HomeError,
    LockedError,
    NotFoundError,
    SettingsError,
    UsageError,
)
from archive.library import Archive, IntakeProgress, open_archive
from archive.locks import lock
from archive.maintenance.rebuild import rebuild
from archive.profile import Profile, find_profile, write_profile
from archive.sql.schema import view_tables
from archive.warc.segment import OPEN_SUFFIX
from tests.support.homes import crawl, make_home
from tests.support.scenarios import exchange, http

ROOT = Path(__file__).parents[2]
OTHER = Profile(name="other", home="http://other.test/")
PATHS = ("/one", "/two", "/three")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of two publishers, each with a WARC file of its own."""
    home = tmp_path_factory.mktemp("made")
    make_home(home, [exchange(path, n, page(path)) for n, path in enumerate(PATHS)])
    write_profile(home, OTHER)
    with open_archive(home) as archive:
        crawl(archive, OTHER, [exchange("/four", 4, page("/four"), host="other.test")])
    return home


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    """A copy of that archive, for a test that changes it."""
    return Path(shutil.copytree(made, tmp_path / "home"))


def page(path: str) -> bytes:
    return http(404, f"<p>No {path}</p>" * 30)


def warc(home: Path, publisher: str) -> Path:
    (file,) = (home / "warc").glob(f"{publisher}-*.warc.gz*")
    return file


def without_database(home: Path) -> Path:
    for file in home.glob("archive.db*"):
        file.unlink()
    return home


def captured(archive: Archive) -> set[str]:
    with archive.database.reading() as connection:
        return set(connection.execute(select(view_tables.capture.c.url)).scalars())


def urls(*paths: str, host: str = "demo.test") -> set[str]:
    return {f"http://{host}{path}" for path in paths}


ALL = urls(*PATHS) | urls("/four", host="other.test")


# --- opening --------------------------------------------------------------------------------------


def test_a_new_archive_is_made_with_its_folders(tmp_path):
    with open_archive(tmp_path / "a" / "b", create=True) as archive:
        assert captured(archive) == set()

    names = {entry.name for entry in (tmp_path / "a" / "b").iterdir()}
    assert names >= {"warc", "publishers", "archive.db"}


def test_an_archive_that_is_not_there_is_not_made_by_looking(tmp_path):
    with pytest.raises(NotFoundError, match="there is no archive here"), open_archive(tmp_path):
        pass

    assert list(tmp_path.iterdir()) == []


def test_a_file_where_the_home_should_be_is_one_clear_line(tmp_path):
    (tmp_path / "home").write_text("no folder")

    with (
        pytest.raises(HomeError, match=r"cannot be made .*; choose a folder with --home") as raised,
        open_archive(tmp_path / "home", create=True),
    ):
        pass

    assert "\n" not in str(raised.value)


def test_an_unknown_setting_is_refused_by_its_file_and_key(home):
    (home / "archive.toml").write_text("segment_size = 1\n")

    with (
        pytest.raises(SettingsError, match=r"archive\.toml: segment_size: is not a known key"),
        open_archive(home),
    ):
        pass


def test_what_is_not_needed_is_not_started(home):
    with open_archive(home) as archive:
        assert captured(archive) == ALL

        assert "workers" not in vars(archive)
        assert "ingest" not in vars(archive)


# --- catching up ----------------------------------------------------------------------------------


def test_what_the_database_holds_whole_is_not_read_again(home):
    warc(home, "demo").write_bytes(b"\x00" * warc(home, "demo").stat().st_size)

    with open_archive(home) as archive:
        result = archive.catch_up()

    assert (result.captures, result.problems) == (0, ())


def test_a_file_that_a_killed_crawl_left_is_finished_and_taken_in(home):
    without_database(home)
    left = warc(home, "demo")
    open_name = left.rename(left.with_name(left.name + OPEN_SUFFIX))
    with open_name.open("ab") as file:
        file.write(b"\x1f\x8b\x08 a record that was never whole")

    with open_archive(home) as archive:
        result = archive.catch_up()

        assert captured(archive) == ALL
    assert (result.captures, result.problems) == (4, ())
    assert left.exists()
    assert not open_name.exists()


def test_a_file_that_is_being_written_is_left_alone(home):
    with open_archive(home) as archive:
        writer = archive.store.open_writer("demo", {})
        writer.write(exchange("/five", 5, page("/five")))
        writer.sync()

        result = archive.catch_up()

        assert result.captures == 0
        assert captured(archive) == ALL
        writer.close()
        assert archive.catch_up().captures == 1


def test_files_of_a_publisher_without_a_profile_are_named_and_the_rest_is_taken_in(home):
    profile = home / "publishers" / "other.toml"
    text = profile.read_text()
    profile.unlink()
    without_database(home)

    with open_archive(home) as archive:
        result = archive.catch_up()

        archive.complete(find_profile(home, "demo"))
        assert captured(archive) == urls(*PATHS)
    (problem,) = result.problems
    assert "is part of publisher 'other', which has no profile" in problem
    assert str(profile) in problem

    profile.write_text(text)
    with open_archive(home) as archive:
        assert archive.catch_up().captures == 1


def test_a_damaged_record_is_named_and_all_others_are_taken_in(home):
    with open_archive(home) as archive, archive.database.reading() as connection:
        second = connection.execute(
            select(view_tables.capture).where(view_tables.capture.c.url.in_(urls("/two")))
        ).one()
    file = warc(home, "demo")
    data = bytearray(file.read_bytes())
    data[second.warc_offset + second.warc_length // 2] ^= 1
    file.write_bytes(data)

    result = rebuild(home)

    with open_archive(home) as archive:
        assert captured(archive) == ALL - urls("/two")
    (problem,) = result.problems
    assert f"offset={second.warc_offset}" in problem or str(second.warc_offset) in problem
    assert file.name in problem


def test_a_file_whose_first_record_is_damaged_is_known_by_its_name(home):
    file = warc(home, "other")
    data = bytearray(file.read_bytes())
    data[40] ^= 1
    file.write_bytes(data)

    result = rebuild(home)

    with open_archive(home) as archive:
        assert captured(archive) == ALL
    assert len(result.problems) == 1


def test_progress_grows_to_the_size_of_all_files(home):
    without_database(home)
    reports: list[IntakeProgress] = []

    with open_archive(home) as archive:
        archive.catch_up(reports.append)

    done = [report.done_bytes for report in reports]
    total = sum(file.stat().st_size for file in (home / "warc").glob("*.warc.gz"))
    assert done == sorted(done)
    assert (done[-1], reports[-1].total_bytes, reports[-1].captures) == (total, total, 4)


# --- locks ----------------------------------------------------------------------------------------


def test_a_lock_is_held_by_one_at_a_time(tmp_path):
    with lock(tmp_path, "demo", busy="another crawl is running"):
        with (
            pytest.raises(LockedError, match="another crawl is running"),
            lock(tmp_path, "demo", busy="another crawl is running"),
        ):
            pass
        with lock(tmp_path, "other", busy=""):
            pass

    with lock(tmp_path, "demo", busy="it is free again"):
        pass


def test_a_rebuild_waits_for_no_crawl_and_crawls_share_the_archive(home):
    with (
        lock(home, "archive", shared=True, busy=""),
        lock(home, "archive", shared=True, busy=""),
        pytest.raises(LockedError, match="a crawl is running; rebuild when it has ended"),
    ):
        rebuild(home)


def test_a_crawl_does_not_begin_during_a_rebuild(home):
    with (
        lock(home, "archive", busy=""),
        pytest.raises(LockedError, match="it is being rebuilt"),
        lock(home, "archive", shared=True, busy="it is being rebuilt"),
    ):
        pass


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds a lock until it is killed."""
    code = (
        "import sys, time; from pathlib import Path; from archive.locks import lock\n"
        "with lock(Path(sys.argv[1]), 'demo', busy=''):\n"
        "    print('held', flush=True)\n"
        "    time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_lock_goes_with_its_process(holder, tmp_path):
    with pytest.raises(LockedError), lock(tmp_path, "demo", busy="held by another process"):
        pass

    holder.kill()
    holder.wait()

    with lock(tmp_path, "demo", busy="free again"):
        pass


# --- rebuilding -----------------------------------------------------------------------------------


def test_a_rebuild_goes_into_an_empty_database_only(home, tmp_path):
    into = f"sqlite:///{tmp_path / 'new.db'}"
    rebuild(home, into)

    with pytest.raises(UsageError, match="a rebuild needs an empty database"):
        rebuild(home, into)


def test_a_rebuild_beside_a_server_needs_to_be_told_where(home):
    (home / "archive.toml").write_text('database = "postgresql+psycopg://postgres@/archive"\n')

    with pytest.raises(UsageError, match="give an empty database with --into"):
        rebuild(home)


def test_a_database_that_cannot_be_read_is_kept_aside_and_made_anew(home):
    without_database(home)
    (home / "archive.db").write_bytes(b"no database" * 1_000)

    result = rebuild(home)

    with open_archive(home) as archive:
        assert captured(archive) == ALL
    (problem,) = result.problems
    assert "it is kept as" in problem
    assert (home / "archive.db.unreadable").read_bytes().startswith(b"no database")


def test_a_rebuild_that_was_killed_is_begun_anew(home):
    (home / "archive.db.rebuild").write_bytes(b"half a database")

    result = rebuild(home)

    assert (result.captures, result.problems) == (4, ())
    assert not (home / "archive.db.rebuild").exists()
    assert {file.name for file in home.glob("archive.db*")} <= {"archive.db"}
