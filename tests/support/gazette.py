"""The Gazette, served as version 0.1 crawled it, and what rules about it may hide."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.acceptance.first_archive.make import PROFILE, Gazette
from tests.support.server import Server

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


@contextmanager
def served(*, again: bool) -> Iterator[tuple[Gazette, tuple[str, ...]]]:
    """Serve the Gazette as on its first or second visit; give it, and a crawl's options."""
    gazette = Gazette()
    gazette.again = again
    with Server(gazette) as server:
        options = [f"--connect-to={host}:80:127.0.0.1:{server.port}" for host in HOSTS]
        yield gazette, ("--contact=editor@gazette.test", *options)
