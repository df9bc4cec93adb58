"""Count the requests that sites with a trap cost: ``python -m tests.support.trap_requests [N]``.

Each is crawled by the installed command until it ends by itself, or after N requests (2,000).
"""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.command import pressmark
from tests.support.server import Server
from tests.support.sites import connect_to, write_profile
from tests.support.traps import TRAPS, Trap


def count(routes: Trap, budget: int) -> tuple[int, int, bool]:
    """Return requests, rows of the frontier, and whether the crawl of *routes* ended by itself."""
    with TemporaryDirectory() as folder, Server(routes) as server:
        home = Path(folder)
        write_profile(home)
        options = ("--budget", str(budget), *connect_to(server))
        done = pressmark(home, "crawl", "tree", *options, code=None, timeout=600)
        with sqlite3.connect(home / "archive.db") as database:
            (rows,) = database.execute("SELECT count(*) FROM url").fetchone()
        return len(server.received), rows, done.code == 0


if __name__ == "__main__":
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    for name, (routes, _) in TRAPS.items():
        requests, rows, has_ended = count(routes, most)
        end = "" if has_ended else ", cut off"
        sys.stdout.write(f"{name:28}{requests:6} requests{rows:8} rows{end}\n")
