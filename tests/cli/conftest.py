"""A small archive for the commands, and a way to call them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crawler.cli.main import main
from tests.support.followed import followed
from tests.support.homes import make_home
from tests.support.scenarios import SITE, STORIES, demo_reply, exchange, http

STORY = next(told for told in STORIES if told.language == "vi")
OTHERS = [told for told in STORIES if told.key == STORY.key and told is not STORY]
PATHS = (STORY.path, STORY.amp_path, *(told.path for told in OTHERS), "/robots.txt")


@dataclass(frozen=True, slots=True)
class Result:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What it printed with ``--json``."""
        return [json.loads(line) for line in self.out.splitlines()]


Command = Callable[..., Result]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of one story in three languages, of its AMP twin and of a redirect to it."""
    exchanges = [exchange(path, n, demo_reply(path, SITE)) for n, path in enumerate(PATHS)]
    short = http(301, location=STORY.url())
    return make_home(
        tmp_path_factory.mktemp("made"),
        [*exchanges, exchange(f"/?p={STORY.post_id}", 9, short)],
    )


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    """A copy of that archive."""
    return Path(shutil.copytree(made, tmp_path / "home"))


@pytest.fixture
def pressmark(home: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Call the command line on the archive (or another, with --home), in this process."""
    monkeypatch.delenv("PRESSMARK_HOME", raising=False)

    return _command(home)


@pytest.fixture(scope="session")
def followed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of a few stories over six days; tests only read it."""
    return make_home(tmp_path_factory.mktemp("followed"), followed())


@pytest.fixture
def following(followed_home: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Call the command line on that archive."""
    monkeypatch.delenv("PRESSMARK_HOME", raising=False)
    return _command(followed_home)


def _command(home: Path) -> Command:
    def call(*args: str) -> Result:
        at = () if args[:1] == ("--home",) else ("--home", str(home))
        done = CliRunner().invoke(main, [*at, *args], catch_exceptions=False)
        return Result(done.exit_code, done.stdout, done.stderr)

    return call
