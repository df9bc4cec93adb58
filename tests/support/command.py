"""Run Pressmark's commands as a user does: the installed script in a process of its own.

Commands are started in a session of their own, so a signal to them reaches nothing else. What a
test leaves running is killed at the end of its block.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.support.worker_processes import workers_of

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60.0
"""How long a step may take on a busy machine before the test fails; no test waits for it."""


@dataclass(frozen=True, slots=True)
class Done:
    """A command that ended, with what it printed; *code* is negative after a signal."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What it printed with ``--json``: a dict for each line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def account(self) -> dict[str, Any]:
        """The account of its only crawl, from ``--json``."""
        (row,) = self.rows
        return row

    @property
    def counts(self) -> dict[str, int]:
        """What its only crawl counted."""
        counts: dict[str, int] = self.account["counts"]
        return counts


def pressmark(
    home: Path, *args: str, code: int | None = 0, timeout: float = PATIENCE_SECONDS, **options: Any
) -> Done:
    """Run ``pressmark --home HOME ARGS`` to its end, and check its exit *code* (None: any)."""
    return run("pressmark", "--home", str(home), *args, code=code, timeout=timeout, **options)


def run(
    script: str,
    *args: str,
    code: int | None = 0,
    timeout: float = PATIENCE_SECONDS,
    cwd: Path = ROOT,
    env: Mapping[str, str] | None = None,
    user: int | None = None,
    text_in: str | None = None,
) -> Done:
    """Run a script of this environment (``pressmark``, ``scrapy``) to its end."""
    ended = subprocess.run(
        _command(script, args),
        input=text_in,
        stdin=subprocess.DEVNULL if text_in is None else None,
        capture_output=True,
        text=True,
        timeout=timeout,
        cwd=cwd,
        env=environment(env),
        user=user,
        check=False,
        start_new_session=True,
    )
    done = Done(ended.returncode, ended.stdout, ended.stderr)
    if code is not None and done.code != code:
        raise AssertionError(f"{script} {' '.join(args)}: exit {done.code}\n{done.out}\n{done.err}")
    return done


class Running:
    """A command while it runs."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.pid = process.pid

    @property
    def workers(self) -> list[psutil.Process]:
        """Its extraction processes."""
        return workers_of(self.pid)

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    def kill(self) -> None:
        """Send SIGKILL to the command itself, as ``kill -9 PID`` does, and wait for its end."""
        self._process.kill()
        self._process.wait(PATIENCE_SECONDS)

    def terminate(self) -> float:
        """Send SIGTERM; return the seconds (wall clock) until it ended."""
        began = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(PATIENCE_SECONDS)
        return time.monotonic() - began

    def result(self, timeout: float = PATIENCE_SECONDS) -> Done:
        """Wait for its end and return the ended command."""
        out, err = self._process.communicate(timeout=timeout)
        return Done(self._process.returncode, out, err)

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until *condition* holds while the command runs; fail when it ends before."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if not self.running:
                done = self.result()
                raise AssertionError(f"ended with {done.code} before {what}\n{done.out}{done.err}")
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {PATIENCE_SECONDS:g} s: {what}")
            time.sleep(0.01)


@contextmanager
def started(home: Path, *args: str, env: Mapping[str, str] | None = None) -> Iterator[Running]:
    """Start ``pressmark --home HOME ARGS``; what still runs at the end of the block is killed."""
    with running("pressmark", "--home", str(home), *args, env=env) as process:
        yield process


@contextmanager
def running(script: str, *args: str, env: Mapping[str, str] | None = None) -> Iterator[Running]:
    """Start a script of this environment; what still runs at the end of the block is killed."""
    with running_in(ROOT, _command(script, args), environment(env)) as process:
        yield process


@contextmanager
def running_in(
    folder: Path, command: Sequence[str], environment: Mapping[str, str]
) -> Iterator[Running]:
    """Start *command* in *folder* with only *environment*; its children end with it."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=environment,
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


def _command(script: str, args: tuple[str, ...]) -> list[str]:
    return [str(Path(sys.executable).with_name(script)), *args]


def environment(more: Mapping[str, str] | None) -> dict[str, str]:
    """Return this environment without what a developer may have set for Pressmark."""
    kept = {key: text for key, text in os.environ.items() if not key.startswith("PRESSMARK_")}
    return {**kept, **(more or {})}
