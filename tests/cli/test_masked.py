"""No command hands what a site wrote to a terminal, whatever it wrote and wherever it is shown."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import JSON, select, update

from archive.library import open_archive
from archive.sql.schema import state_tables, view_tables
from crawler.cli.main import COMMANDS
from tests.cli.conftest import Result, _command
from tests.support.command import environment
from tests.support.followed import BRIDGE, ENGLISH
from tests.support.foreign import response
from tests.support.homes import make_home
from tests.support.hostile import EVIL, LITERAL, TITLE, commands_of, hostile, without_styles
from tests.support.scenarios import url_of

URL = url_of(BRIDGE)
READING = {
    "search": [["bridge"], ["bridge", "--json"]],
    "show": [[URL], [URL, "--json"], [URL, "--markdown"], [URL, "--version", "1"]],
    "history": [[URL], [URL, "--json"]],
    "diff": [[URL], [URL, "--json"], [URL, "--full"]],
    "status": [[], ["--json"]],
    "translations": [[], ["--json"], [url_of(ENGLISH)]],
    "boilerplate": [["demo"], ["demo", "--json"]],
    "template": [["demo"], ["demo", "--json"], ["demo", "--changes"]],
    "publishers": [[], ["--json"]],
    "extract": [[URL], [URL, "--json"], [URL, "--markdown"], [url_of("/moved")], [url_of("/odd")]],
    "verify": [[], ["--json"]],
    "index": [["--output", "-"], ["--json"]],
    "export": [["--format", "jsonl"], ["--format", "jsonl", "--history"]],
    "reprocess": [["--dry-run"], ["--dry-run", "--json"]],
}
"""What is asked of each command that only reads."""
HEAVY = {"reprocess"}
ELSEWHERE = {"import", "rebuild", "crawl", "fetch"}
"""Commands with tests of their own, here and in tests/acceptance/test_masked_crawl.py."""
NOT_OF_STRANGERS = {"demo", "replay", "upgrade"}
"""The tour shows our own site; a browser shows replayed pages; an upgrade prints no row."""
COLUMNS = {
    view_tables.version: "headline text removed description author section keywords image",
    view_tables.extraction: "extractor reason evidence flags confidence_reasons",
    view_tables.article: "gone_reason",
    view_tables.boilerplate: "text",
    view_tables.capture: "content_type etag last_modified error ip",
    state_tables.frontier: "skip_reason",
    view_tables.publisher: "home",
}
"""Columns that hold a site's words, or may in an archive of an earlier version."""


@pytest.fixture(scope="session")
def tampered_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hostile archive, with such text in each column, whatever today's extraction would clean."""
    home = make_home(tmp_path_factory.mktemp("tampered"), hostile())
    with open_archive(home) as archive, archive.database.writing() as connection:
        for table, names in COLUMNS.items():
            for column in (table.c[name] for name in names.split()):
                value = [f"x {EVIL}"] if isinstance(column.type, JSON) else f"x {EVIL}"
                statement = update(table).where(column.is_not(None))
                connection.execute(statement.values({column: value}))
    return home


def test_each_command_is_held_to_it():
    assert set(READING) | ELSEWHERE | NOT_OF_STRANGERS == set(COMMANDS)


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.slow] * (n in HEAVY)) for n in READING]
)
def test_a_command_prints_nothing_that_commands_a_terminal(name: str, tampered_home: Path):
    for args in READING[name]:
        done = _command(tampered_home)(name, *args)

        assert not commands_of(done.out + done.err), args
        assert done.out + done.err
        if "--json" in args:
            assert all(json.loads(line) is not None for line in done.out.splitlines())


def test_what_rich_takes_for_markup_is_shown_as_it_was_written(tampered_home: Path):
    pressmark = _command(tampered_home)

    for args in (["search", "bridge"], ["show", URL], ["history", URL], ["boilerplate", "demo"]):
        assert LITERAL in pressmark(*args).out, args


def test_json_for_programs_holds_the_very_text(tampered_home: Path):
    with open_archive(tampered_home) as archive, archive.database.reading() as connection:
        stored = connection.execute(select(view_tables.version.c.headline)).scalars().first()

    (row,) = _command(tampered_home)("show", URL, "--json").rows

    assert row["headline"] == stored
    assert "\x9b" in row["headline"]


def test_a_table_of_csv_in_a_pipe_is_exact(tampered_home: Path):
    table = _command(tampered_home)("export", "--format", "csv").out

    assert EVIL in table


@pytest.mark.slow
@pytest.mark.parametrize("args", [["show", URL], ["export", "--format", "csv"]])
def test_a_terminal_gets_colours_of_ours_and_no_other_command(args: list[str], tampered_home: Path):
    shown = on_a_terminal(tampered_home, *args)

    assert not commands_of(without_styles(shown))
    assert r"\x1b]0;owned\x07" in shown
    assert "\x1b]8" not in shown


@pytest.mark.slow
def test_files_to_import_may_bear_any_name_and_hold_anything(tmp_path: Path):
    names = [f"a {EVIL}\n.warc".replace("/", "|"), "b\x9b31m.warc"]
    for name in names:
        page = response("http://other.test/\u009b2J", EVIL * 10)
        (tmp_path / name).write_bytes(page + b"WARC/1.1\r\nWARC-Type: \x1b[31m\x1b]0;x\x07\r\n\r\n")
    home = tmp_path / "home"
    files = [str(tmp_path / name) for name in names]

    done: list[Result] = [
        _command(home)("import", *files, "--publisher", "http://demo.test/"),
        _command(home)("import", *files, "--copy", "--json", "--publisher", "http://other.test/"),
        _command(home)("rebuild"),
        _command(home)("verify", "--repair"),
    ]

    for each in done:
        assert not commands_of(each.out + each.err)
    assert "left out" in done[0].out
    assert all(path.name.isprintable() for path in (home / "warc").iterdir())


@pytest.mark.slow
def test_what_is_printed_beside_a_display_of_progress_is_masked_too(tmp_path: Path):
    file = tmp_path / f"a{TITLE}.warc"
    file.write_bytes(response("http://other.test/", "<p>Hello") + b"WARC/1.1\r\nX: \x1b[31m\r\n")

    shown = on_a_terminal(tmp_path, "import", str(file), "--publisher", "http://other.test/")

    assert not commands_of(without_styles(shown))
    assert "1 captures ingested" in shown
    assert r"a\x1b]0;owned\x07.warc" in shown


def on_a_terminal(home: Path, *args: str) -> str:
    """Return what a terminal gets of a command, stdout and stderr both."""
    ours, theirs = pty.openpty()
    script = Path(sys.executable).with_name("pressmark")
    process = subprocess.Popen(
        [str(script), "--home", str(home), *args],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env=environment({"TERM": "xterm-256color"}),
    )
    os.close(theirs)
    parts = []
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # EIO: nobody has the terminal open any more
            break
        if not part:
            break
        parts.append(part)
    process.wait()
    os.close(ours)
    return b"".join(parts).decode(errors="surrogateescape")
