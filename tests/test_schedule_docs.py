"""The units of docs/schedule.md, held to what systemd and the archive ask of them.

There is no systemd where the tests run: that the keys are systemd's own is not seen here.
"""

from __future__ import annotations

import re
from configparser import ConfigParser
from pathlib import Path

from crawler.cli.crawl import crawl_command
from crawler.cli.main import COMMANDS
from crawler.exits import Exit
from tests.support.cron import crontab
from tests.support.documents import document, example


def unit(holding: str) -> ConfigParser:
    parser = ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(example("schedule.md", "ini", holding))
    return parser


def test_the_service_runs_what_the_crontab_runs():
    environment, command = crontab(Path("/srv/news"), Path("/srv/pressmark/bin"))

    service = unit("[Service]")["Service"]

    assert service["ExecStart"] == command
    assert environment["PRESSMARK_HOME"] == service["ReadWritePaths"] == "/srv/news"
    assert command.split()[1] in COMMANDS


def test_the_service_is_given_the_time_that_a_crawl_takes_to_end():
    service = unit("[Service]")["Service"]

    assert float(service["TimeoutStopSec"]) > 30
    assert (service["KillSignal"], service["TimeoutStartSec"]) == ("SIGTERM", "infinity")


def test_the_service_fails_only_where_somebody_has_to_do_something():
    lenient = {
        Exit(int(code)) for code in unit("[Service]")["Service"]["SuccessExitStatus"].split()
    }

    assert lenient == {Exit.PARTLY, Exit.LOCKED, Exit.INTERRUPTED, Exit.LIMIT}


def test_every_exit_code_is_in_the_table():
    listed = re.findall(r"^\| (\d) \|", document("schedule.md"), re.MULTILINE)

    assert [int(code) for code in listed] == sorted(Exit)


def test_every_option_of_a_crawl_is_there_as_a_setting():
    own = {"targets", "as_json", "verbose", "help"}  # of the command itself, or of its output
    options = {option.name for option in crawl_command.params} - own | {"home"}

    listed = re.findall(
        r"^\| `--([a-z-]+)` \| `(PRESSMARK_[A-Z_]+)` \|", document("schedule.md"), re.MULTILINE
    )

    assert {name.replace("-", "_") for name, _ in listed} == options
    assert all(f"PRESSMARK_{name.replace('-', '_').upper()}" == setting for name, setting in listed)
