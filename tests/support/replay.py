"""A real pywb that replays an archive, started by ``pressmark replay``, and a client for it."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive.maintenance.replay import COLLECTION
from tests.support.command import PATIENCE_SECONDS, ROOT

WAYBACK = ROOT / ".venv-pywb" / "bin" / "wayback"


def wayback() -> Path:
    """Return the program of the pywb that make installs; the test fails without it."""
    if not WAYBACK.exists():
        pytest.fail(
            f"{WAYBACK} is missing: run `make environment-pywb` first (`make test-all` does)"
        )
    return WAYBACK


@dataclass(frozen=True, slots=True)
class Replayed:
    """What pywb answered; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Replay:
    """A client of a pywb on *port* of 127.0.0.1."""

    def __init__(self, port: int) -> None:
        self.port = port

    def get(self, url: str, timestamp: str = "2", mode: str = "id_") -> Replayed:
        """Request the capture of *url* nearest to *timestamp*; by default as it was received."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(
                "GET",
                f"/{COLLECTION}/{timestamp}{mode}/{url}",
                # Without this header pywb decodes the body; our crawler accepts gzip and br.
                headers={"Accept-Encoding": "gzip, br"},
            )
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return Replayed(answer.status, headers, answer.read())
        finally:
            connection.close()


class RunningReplay(Replay):
    """``pressmark replay`` while it runs; *line* is what it printed when pywb answered."""

    def __init__(self, process: subprocess.Popen[str], line: str) -> None:
        super().__init__(int(line.partition("127.0.0.1:")[2].partition("/")[0]))
        self.process, self.line = process, line


@contextmanager
def replaying(home: Path, log: Path) -> Iterator[RunningReplay]:
    """Run ``pressmark replay`` on a free port; pywb's log goes to *log*, its files beside it."""
    command = [
        *(str(Path(sys.executable).with_name("pressmark")), "--home", str(home), "replay"),
        *("--port", "0", "--pywb", str(wayback())),
    ]
    with (
        log.open("w") as stderr,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(log.parent)},
        ) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise AssertionError(f"no replay: exit {process.wait()}\n{log.read_text()}")
            yield RunningReplay(process, line)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
