"""Run the line of docs/schedule.md as cron does: its environment, its shell, from the home."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.command import Running
from tests.support.documents import example

SCHEDULE = 5
"""Fields of a crontab's line before its command."""


@contextmanager
def cron(home: Path, *more: str) -> Iterator[Running]:
    """Start what the documented crontab starts, for the archive in *home*; *more* are arguments.

    Its paths are put where the program and the archive of the test lie.
    """
    environment, command = crontab(home, Path(sys.executable).parent)
    user = home.parent / "user"
    user.mkdir(exist_ok=True)
    process = subprocess.Popen(
        ["/bin/sh", "-c", shlex.join([*shlex.split(command), *more])],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=user,
        env={
            "HOME": str(user),
            "LOGNAME": "operator",
            "SHELL": "/bin/sh",
            "PATH": "/usr/bin:/bin",
            **environment,
        },
        start_new_session=True,
    )
    try:
        with process:
            try:
                yield Running(process)
            finally:
                process.kill()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def crontab(home: Path, programs: Path) -> tuple[dict[str, str], str]:
    """Return the environment and the command of the documented crontab, with paths of ours."""
    text = example("schedule.md", "crontab", "crawl --due")
    text = text.replace("/srv/pressmark/bin", str(programs)).replace("/srv/news", str(home))
    *settings, line = text.splitlines()
    environment = dict(setting.split("=", 1) for setting in settings)
    return environment, line.split(maxsplit=SCHEDULE)[SCHEDULE]
