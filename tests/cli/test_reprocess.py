"""``pressmark reprocess`` and what ``status`` says of an older extractor's archive."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.cli.commands.reprocess import Log
from archive.library import open_archive
from archive.locks import lock
from archive.sql.schema import state_tables
from crawler.cli.main import main
from tests.support.archives import captures
from tests.support.homes import make_home
from tests.support.limits import files_no_larger_than
from tests.support.older import older
from tests.support.scenarios import SCENARIOS
from tests.support.view import assert_same_view, dump_view


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive that an older extractor left."""
    exchanges = next(scenario for scenario in SCENARIOS if "changes" in scenario.name).exchanges
    home = make_home(tmp_path_factory.mktemp("made") / "home", exchanges)
    for file in home.glob("archive.db*"):
        file.unlink()
    with older(home, 30) as archive:
        archive.catch_up()
    return home


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "home"))


def run(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--home", str(home), *arguments])


def test_status_says_what_another_extractor_made_and_what_mends_it(home):
    before = run(home, "status").stdout

    run(home, "reprocess")

    assert "by another extractor; `pressmark reprocess` reads them again" in before
    assert "another extractor" not in run(home, "status").stdout


def test_a_dry_run_tells_what_the_run_then_does(home):
    told = json.loads(run(home, "reprocess", "--dry-run", "--json").stdout)

    done = json.loads(run(home, "reprocess", "--json", "--workers", "1").stdout)

    assert told["changed"]
    assert told.pop("dry_run")
    assert not done.pop("dry_run")
    assert told == done


def test_a_dry_run_shows_samples_as_diffs(home):
    shown = run(home, "reprocess", "--dry-run").stdout

    assert "would change" in shown
    assert "nothing was written" in shown
    assert "{+" in shown or "[-" in shown


def test_while_a_crawl_runs_it_says_so_in_one_line_and_exits_4(home):
    with lock(home, "archive", shared=True, busy="held"):
        done = run(home, "reprocess")

    assert done.exit_code == 4
    assert done.stderr.count("\n") == 1
    assert "a crawl is running; reprocess when it has ended" in done.stderr


def test_a_dry_run_runs_beside_a_crawl_that_is_writing(home):
    with (
        open_archive(home) as archive,
        lock(home, "archive", shared=True, busy="held"),
        archive.database.writing() as connection,
    ):
        connection.execute(state_tables.frontier.delete())
        done = run(home, "reprocess", "--dry-run", "--json")

    assert done.exit_code == 0
    assert json.loads(done.stdout)["changed"]


def test_on_a_full_disk_it_ends_with_5_and_goes_on_when_there_is_room(home, made, tmp_path):
    undisturbed = Path(shutil.copytree(made, tmp_path / "undisturbed"))
    run(undisturbed, "reprocess")
    with files_no_larger_than(60_000):
        full = run(home, "reprocess", "--workers", "1")

    with open_archive(home) as archive:
        cut_short = dump_view(archive.database)
    again = run(home, "reprocess")

    assert full.exit_code == 5
    assert full.stderr.count("\n") == 1
    assert "a reprocess goes on where it was" in full.stderr
    assert again.exit_code == 0
    with open_archive(home) as archive, open_archive(undisturbed) as other:
        assert_same_view(dump_view(archive.database), dump_view(other.database))
        assert dump_view(archive.database) != cut_short


def test_a_publisher_that_is_not_there_is_named(home):
    done = run(home, "reprocess", "--publisher", "nobody")

    assert done.exit_code == 2
    assert "--publisher nobody: there is no publisher of this name" in done.stderr


def test_since_leaves_older_captures_alone(home):
    done = json.loads(run(home, "reprocess", "--since", "2030-01-01", "--json").stdout)

    assert done["updated"] == 0


def test_a_log_is_told_once_a_minute_how_far_it_is_and_how_long_it_takes():
    seconds = iter([0, 59, 60, 100, 240, 301])
    log = Log(lambda: next(seconds))

    lines = [
        log.line(*state)
        for state in [(64, 640, 0), (128, 640, 0), (192, 640, 0), (320, 640, 0), (640, 640, 17)]
    ]

    assert lines == [
        None,
        "reprocessing: 128 of 640 captures, some 4 min left",
        None,
        "reprocessing: 320 of 640 captures, some 4 min left",
        "reprocessing: 640 of 640 captures, 17 articles settled",
    ]


def test_a_terminal_sees_how_many_captures_are_done_of_how_many(home):
    script = Path(sys.executable).with_name("pressmark")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [script, "--home", home, "reprocess"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120"},
    ):
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # Linux's way to say that the other side is closed
            while some := os.read(ours, 65_536):
                shown += some
    os.close(ours)

    total = captures(home)
    assert f"{total}/{total}".encode() in shown
    assert b"reprocessing" in shown
    assert b"settling" in shown
