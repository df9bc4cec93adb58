"""A disk that fills up while it is crawled on: nothing that was acknowledged is lost."""

from __future__ import annotations

import random
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.library import open_archive
from archive.sql.schema import state_tables, view_tables
from tests.support.archives import articles, captures, rows
from tests.support.command import pressmark
from tests.support.imports import problems
from tests.support.server import Received, Reply, Server
from tests.support.sites import connect_to, stories, tree, write_profile

PAGES = 60
DISK_FULL = 5
"""The exit code of a crawl that could not write a WARC file."""
LIMITED = """
import os, resource, sys
limit = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
os.execv(sys.argv[2], sys.argv[2:])
"""
IN_NAMESPACE = """
set -u
mount -t tmpfs -o size={small} tmpfs {mounted}
{prepare}
{crawl} > {out}/first.log 2>&1; echo $? > {out}/first
{status} > {out}/status.log 2>&1
cp -r {home} {out}/after-first
mount -o remount,size=200m {mounted}
{crawl} > {out}/second.log 2>&1; echo $? > {out}/second
{verify} > {out}/verify.log 2>&1; echo $? > {out}/verify
cp -r {home} {out}/after-second
"""


def bulky(site: Callable[[Received], Reply]) -> Callable[[Received], Reply]:
    """The same site, each page with 120 kB that cannot be compressed in a comment."""

    def reply(received: Received) -> Reply:
        answer = site(received)
        if not isinstance(answer, str):
            return answer
        noise = random.Random(received.path).randbytes(120_000).hex()
        return answer.replace("</body>", f"<!-- {noise} --></body>")

    return reply


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(bulky(tree(PAGES))) as running:
        yield running


def command(home: Path, *args: str) -> list[str]:
    """A command line, to be run by something else."""
    return [str(Path(sys.executable).with_name("pressmark")), "--home", str(home), *args]


def assert_all_is_readable(home: Path) -> None:
    """Every committed row leads to its record, and no record is damaged."""
    assert problems(home) == []
    places = rows(
        home,
        select(view_tables.capture.c.warc_offset, view_tables.warc_file.c.name).join(
            view_tables.warc_file
        ),
    )
    with open_archive(home) as archive:
        for place in places:
            archive.store.read(place["name"], place["warc_offset"])
    assert len(places) == captures(home) > 0


def test_a_crawl_whose_file_cannot_grow_ends_with_5_and_keeps_what_it_acknowledged(
    tmp_path, server
):
    home, limit = tmp_path / "home", 6_000_000
    write_profile(home)
    crawl = command(home, "crawl", "tree", *connect_to(server))

    full = subprocess.run(
        [sys.executable, "-c", LIMITED, str(limit), *crawl],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert full.returncode == DISK_FULL, full.stderr
    assert "cannot write at offset" in full.stderr
    assert "File too large" in full.stderr
    assert "disk full" in pressmark(home, "status").out
    assert list((home / "warc").glob("*.open")) == []
    assert_all_is_readable(home)
    acknowledged = articles(home).keys()
    assert 0 < len(acknowledged) < PAGES
    pressmark(home, "crawl", "tree", *connect_to(server))
    assert acknowledged <= articles(home).keys() == stories(PAGES)
    assert_all_is_readable(home)


def can_mount() -> bool:
    """Whether a user may mount a tmpfs in a namespace of its own, as most systems allow."""
    try:
        done = subprocess.run(
            ["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"],
            capture_output=True,
            timeout=20,
            check=False,
        )
    except FileNotFoundError:
        return False
    return done.returncode == 0


@pytest.mark.skipif(not can_mount(), reason="a tmpfs cannot be mounted here (unshare -rm)")
@pytest.mark.parametrize(
    "what", ["the WARC folder", pytest.param("the whole home", marks=pytest.mark.slow)]
)
def test_a_crawl_on_a_full_file_system_ends_with_5_and_goes_on_when_there_is_room(
    tmp_path, server, what
):
    home, out = tmp_path / "home", tmp_path / "out"
    template = tmp_path / "template"
    write_profile(template)
    out.mkdir()
    whole = what == "the whole home"
    mounted = home if whole else home / "warc"
    mounted.mkdir(parents=True)
    prepare = f"cp -r {template}/publishers {home}/"
    crawl = command(home, "crawl", "tree", *connect_to(server))
    script = IN_NAMESPACE.format(
        small="4m" if whole else "2m",
        mounted=mounted,
        prepare=prepare,
        crawl=shlex.join(crawl),
        status=shlex.join(command(home, "status")),
        verify=shlex.join(command(home, "verify")),
        home=home,
        out=out,
    )

    subprocess.run(["unshare", "-rm", "sh", "-c", script], timeout=110, check=True)

    ends = {name: (out / name).read_text().strip() for name in ("first", "second", "verify")}
    log = (out / "first.log").read_text()
    assert ends["first"] == "5", log
    assert "No space left on device" in log or "full" in log
    status = (out / "status.log").read_text()
    assert "disk full" in status, status
    assert "disk full" in pressmark(out / "after-first", "status", code=None).out  # it may lag
    assert_all_is_readable(out / "after-first")
    assert (ends["second"], ends["verify"]) == ("0", "0"), (out / "second.log").read_text()
    assert articles(out / "after-first").keys() <= articles(out / "after-second").keys()
    assert articles(out / "after-second").keys() == stories(PAGES)
    ends_of_crawls = rows(
        out / "after-second", select(state_tables.crawl).order_by(state_tables.crawl.c.id)
    )
    assert [row["exit_state"] for row in ends_of_crawls] == ["disk", "done"]
    assert_all_is_readable(out / "after-second")
