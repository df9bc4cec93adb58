"""Run the line of docs/schedule.md as cron does: its environment, its shell, from the home."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.command import Running, running_in
from tests.support.documents import example

SCHEDULE = 5
"""Fields of a crontab's line before its command."""


@contextmanager
def cron(home: Path, *more: str) -> Iterator[Running]:
    """Start what the documented crontab starts, for the archive in *home*; *more* are arguments.

    Its paths are replaced by those of the test's program and archive.
    """
    environment, command = crontab(home, Path(sys.executable).parent)
    user = home.parent / "user"
    user.mkdir(exist_ok=True)
    line = shlex.join([*shlex.split(command), *more])
    given = {
        "HOME": str(user),
        "LOGNAME": "operator",
        "SHELL": "/bin/sh",
        "PATH": "/usr/bin:/bin",
        **environment,
    }
    with running_in(user, ["/bin/sh", "-c", line], given) as process:
        yield process


def crontab(home: Path, programs: Path) -> tuple[dict[str, str], str]:
    """Return the environment and the command of the documented crontab, with paths of ours."""
    text = example("schedule.md", "crontab", "crawl --due")
    text = text.replace("/srv/pressmark/bin", str(programs)).replace("/srv/news", str(home))
    *settings, line = text.splitlines()
    environment = dict(setting.split("=", 1) for setting in settings)
    return environment, line.split(maxsplit=SCHEDULE)[SCHEDULE]
