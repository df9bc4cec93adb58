"""A scrapyd for the tests: on a free port, with its state in a temporary folder."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import psutil

from tests.support.command import PATIENCE_SECONDS, environment

PROJECT = "pressmark"


class Scrapyd:
    """A scrapyd that runs, and its API."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes], port: int) -> None:
        self.folder, self._process, self._port = folder, process, port

    def get(self, name: str, **query: str) -> dict[str, Any]:
        """Request ``NAME.json`` with *query*; its status must be ok."""
        return self._ask(f"{name}.json?{urlencode(query)}", None)

    def post(self, name: str, *fields: tuple[str, str]) -> dict[str, Any]:
        """Post *fields* to ``NAME.json``."""
        return self._ask(f"{name}.json", urlencode(fields).encode())

    def schedule(self, spider: str, settings: Mapping[str, object], **arguments: str) -> str:
        """Schedule a crawl and return its job."""
        fields = [("project", PROJECT), ("spider", spider), *arguments.items()]
        fields += [("setting", f"{name}={value}") for name, value in settings.items()]
        return str(self.post("schedule", *fields)["jobid"])

    def state(self, job: str) -> str:
        """``pending``, ``running`` or ``finished``."""
        jobs = self.get("listjobs", project=PROJECT)
        states = ("pending", "running", "finished")
        return next(state for state in states if job in [each["id"] for each in jobs[state]])

    def wait(self, job: str) -> None:
        """Wait until *job* has finished."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.state(job) != "finished":
            assert time.monotonic() < deadline, self.log(job)
            time.sleep(0.05)

    def log(self, job: str, spider: str = "*") -> str:
        """The log of *job*."""
        (file,) = (self.folder / "logs" / PROJECT).glob(f"{spider}/{job}.log")
        return file.read_text(encoding="utf-8")

    def items(self, job: str) -> list[dict[str, Any]]:
        """The items of *job*."""
        (file,) = (self.folder / "items" / PROJECT).glob(f"*/{job}.jl")
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]

    @property
    def output(self) -> str:
        """What scrapyd itself has logged."""
        return (self.folder / "output").read_text(encoding="utf-8")

    def crawls(self) -> list[psutil.Process]:
        """The crawls that it runs now."""
        children = psutil.Process(self._process.pid).children()
        return [child for child in children if "scrapyd.runner" in child.cmdline()]

    def kill(self) -> None:
        """Send SIGKILL only to scrapyd itself."""
        self._process.kill()
        self._process.wait(PATIENCE_SECONDS)

    def _ask(self, path: str, data: bytes | None) -> dict[str, Any]:
        url = f"http://127.0.0.1:{self._port}/{path}"
        with urlopen(url, data, timeout=PATIENCE_SECONDS) as reply:
            answer: dict[str, Any] = json.load(reply)
        assert answer["status"] == "ok", answer
        return answer


@contextmanager
def running_scrapyd(folder: Path, config: str, home: Path) -> Iterator[Scrapyd]:
    """Yield a scrapyd in *folder* with *config* as its ``scrapy.cfg``, for the archive in *home*.

    At the end of the block it is killed with everything that it has started.
    """
    folder.mkdir()
    port = _free_port()
    (folder / "scrapy.cfg").write_text(re.sub(r"(http_port\s*=).*", rf"\1 {port}", config))
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            [str(Path(sys.executable).with_name("scrapyd"))],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder,
            env=environment({"PRESSMARK_HOME": str(home)}),
            start_new_session=True,
        )
    try:
        _wait(process, folder / "output")
        yield Scrapyd(folder, process, port)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE_SECONDS)


def _free_port() -> int:
    # scrapyd reads 0 as "no port". In theory another process may take this port first.
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], output: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while "Site starting on" not in (said := output.read_text(encoding="utf-8")):
        assert process.poll() is None, said
        assert time.monotonic() < deadline, said
        time.sleep(0.05)
