"""``--help``: there at once, and for every command."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from crawler.cli.main import COMMANDS

ROOT = Path(__file__).parents[2]
HEAVY = ("scrapy", "twisted", "sqlalchemy", "alembic", "trafilatura", "lxml", "warcio")
"""What takes a third of a second and more to import, together over a second."""


def imported_by(*args: str) -> set[str]:
    """Run the command line with *args* in a fresh process; return the heavy modules it loaded."""
    code = (
        "import sys, contextlib, io\n"
        "from crawler.cli.main import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    main(sys.argv[1:])\n"
        f"print(*[name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *args],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("args", [("--help",), ("--version",), ("no-such-command",)])
def test_help_imports_nothing_that_takes_long(args):
    assert imported_by(*args) == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_imports_nothing_that_takes_long(name):
    assert imported_by(name, "--help") == set()


def test_help_lists_every_command_with_a_line(pressmark):
    done = pressmark("--help")

    assert done.code == 0
    for name, (_, line) in COMMANDS.items():
        assert f"  {name}" in done.out
        assert line.split()[0] in done.out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_every_option_of_it_is_explained(name):
    from click import Argument, Context

    from crawler.cli.main import main

    command = main.get_command(Context(main), name)

    assert command is not None
    assert command.name == name
    assert command.help
    for parameter in command.params:
        if not isinstance(parameter, Argument):
            assert getattr(parameter, "help", None), parameter.name


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_shows_no_escape(pressmark, name):
    """Click's mark for a paragraph that stays as it is, in a docstring where it is only letters."""
    done = pressmark(name, "--help")

    assert done.code == 0
    assert "\\" not in done.out
    assert "\b" not in done.out


def test_the_version_is_that_of_the_distribution(pressmark):
    done = pressmark("--version")

    assert done.out == f"pressmark, version {version('pressmark')}\n"


def test_an_unknown_command_is_wrong_usage(pressmark):
    done = pressmark("crawll")

    assert done.code == 2
    assert "No such command 'crawll'" in done.err
