"""Time from the start of a process to its first request, less the imports that every crawl needs.

A crawl of a loopback server and a process that only imports Scrapy and SQLAlchemy run in turn. The
difference is what our modules take, and opening the archive and the WARC file. A crawl into an
archive that exists is measured apart from the first one, which makes the database.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic
from typing import Any, Self

ROUNDS = 7
BAR_SECONDS = 0.3
_IMPORTS = "import scrapy.crawler, scrapy.core.downloader.handlers.http11, sqlalchemy"
COMMANDS = ("status", "search ferry", "--help")
"""What is timed as well, without a bar; in the archive that the crawls made."""


def needs(_data: Path) -> list[Path]:
    """Return no file: the server has one page."""
    return []


def run(_data: Path) -> dict[str, Any]:
    """Measure all in turn, several times; the figures are medians in seconds."""
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder, _Server() as server:
        for number in range(ROUNDS):
            new, old = Path(folder) / str(number), Path(folder) / "old"
            for name, seconds in (
                ("imports", _seconds([sys.executable, "-c", _IMPORTS])),
                ("first crawl", _until_asked(server, new)),
                ("next crawl", _until_asked(server, old)),
                *((each, _seconds(_pressmark(old, *each.split()))) for each in COMMANDS),
            ):
                found.setdefault(name, []).append(seconds)
    del found["next crawl"][0]  # it made the archive
    medians = {name: round(statistics.median(values), 3) for name, values in found.items()}
    beyond = medians["next crawl"] - medians["imports"]
    return {
        "reached": beyond <= BAR_SECONDS,
        "seconds": medians,
        "beyond_imports": round(beyond, 3),
        "first_beyond_imports": round(medians["first crawl"] - medians["imports"], 3),
    }


def lines(report: dict[str, Any]) -> list[str]:
    """Return the medians, and what a crawl takes beyond the imports."""
    found = [f"{name:14} {seconds:.2f} s" for name, seconds in report["seconds"].items()]
    return [
        *found,
        f"first request beyond the imports: {report['beyond_imports']:.2f} s (bar {BAR_SECONDS})",
        f"in an archive that is made for it: {report['first_beyond_imports']:.2f} s",
    ]


class _Server:
    """A server of one page that notes when it was asked first."""

    def __enter__(self) -> Self:
        self.asked: list[float] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(monotonic())
                with suppress(ConnectionError):
                    self.send_response(200)
                    self.end_headers()
                    self.wfile.write(b"<p>The ferry stayed at its berth.</p>")

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()


def _until_asked(server: _Server, home: Path) -> float:
    server.asked.clear()
    url = f"http://{server.address}/"
    command = _pressmark(home, "fetch", url, "--allow-address", server.address)
    began = monotonic()
    subprocess.run(command, capture_output=True, check=False)
    return server.asked[0] - began


def _seconds(command: list[str]) -> float:
    began = monotonic()
    subprocess.run(command, capture_output=True, check=False)
    return monotonic() - began


def _pressmark(home: Path, *args: str) -> list[str]:
    return [str(Path(sys.executable).with_name("pressmark")), "--home", str(home), *args]
