"""Start a site as a process of its own, and tell it which edition to serve.

A site's module calls ``serve`` with a function that answers for an edition; whoever tests it calls
``site_process``. The two speak JSON, a line each way.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from archive.profile import make_profile, write_profile
from tests.support.command import ROOT
from tests.support.server import Received, Reply, Server

Answer = Callable[[int, Received], Reply]
"""Gives the reply to a request, in an edition."""


class SiteProcess:
    """A site that runs; *ports* are those of its servers, by name."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.ports: dict[str, int] = self._line()

    def turn_to(self, edition: int) -> None:
        """Have *edition* served from now on."""
        self._ask(edition=edition)

    def heard(self) -> list[str]:
        """Return the URLs that were asked for since the last call, in order of arrival."""
        heard: list[str] = self._ask(heard=True)
        return heard

    def _ask(self, **what: Any) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        return self._line()

    def _line(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


@contextmanager
def site_process(module: str, *args: str) -> Iterator[SiteProcess]:
    """Run ``python -m MODULE ARGS``; it ends with the block."""
    command = [sys.executable, "-m", module, *args]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        try:
            yield SiteProcess(process)
        finally:
            process.kill()


def serve(servers: Mapping[str, tuple[Server, Answer]]) -> None:
    """Serve until stdin ends, and do what it says.

    The servers are made with no routes; each answers by its own function.
    """
    edition, heard = 1, list[str]()

    def routes(name: str, answer: Answer) -> Callable[[Received], Reply]:
        def reply(received: Received) -> Reply:
            heard.append(f"{name}{received.target}")
            return answer(edition, received)

        return reply

    with ExitStack() as stack:
        for name, (server, answer) in servers.items():
            server.routes = routes(name, answer)
            stack.enter_context(server)
        _say({name: server.port for name, (server, _) in servers.items()})
        for line in sys.stdin:
            order = json.loads(line)
            edition = order.get("edition", edition)
            said = [heard.pop(0) for _ in range(len(heard))] if "heard" in order else None
            _say(said)


def _say(what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def make_home(home: Path, url: str) -> None:
    """Write into *home* the profile that the bare *url* would make, without its pauses."""
    write_profile(home, replace(make_profile(url), delay_seconds=0.0))
