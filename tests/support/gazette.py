"""The Gazette, served as version 0.1 crawled it, and what rules about it may hide."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.acceptance.first_archive.make import PROFILE, Gazette
from tests.support.server import Received, Reply, Server

PARTNERS = 'exclude = ["^/partner/"]\n'
"""Hides a section whose stories are named by shown pages, and name some."""
HOSTS = ("gazette.test", "blog.gazette.test")
BLOG = f'hosts = ["{HOSTS[1]}"]\n'


def write_profile(home: Path, *, rules: str = "", blog: bool = True) -> None:
    """Write the Gazette's profile into *home*, with *rules* more, and with its blog or without."""
    folder = home / "publishers"
    folder.mkdir(parents=True, exist_ok=True)
    assert BLOG in PROFILE
    text = PROFILE if blog else PROFILE.replace(BLOG, "")
    (folder / "gazette.toml").write_text(text + rules)


class Watched(Gazette):
    """The Gazette, with the paths that were *asked* for; *broken* ones answer 503."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.broken: set[str] = set()

    def __call__(self, received: Received) -> Reply:
        self.asked.append(received.path)
        if received.path in self.broken:
            return 503, {"Content-Type": "text/html"}, b"<p>not now</p>"
        return super().__call__(received)


@contextmanager
def served(*, again: bool) -> Iterator[tuple[Watched, tuple[str, ...]]]:
    """Serve the Gazette as on its first or second visit; give it, and a crawl's options."""
    gazette = Watched()
    gazette.again = again
    with Server(gazette) as server:
        options = [f"--connect-to={host}:80:127.0.0.1:{server.port}" for host in HOSTS]
        yield gazette, ("--contact=editor@gazette.test", *options)
