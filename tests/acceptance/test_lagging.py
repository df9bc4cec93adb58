"""A database that is behind its WARC files, while crawls run, are killed, and go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.archives import articles
from tests.support.command import pressmark, started
from tests.support.gate import Gate
from tests.support.server import Server
from tests.support.sites import connect_to, stories, write_profile, write_settings

LAGGING = 10
READERS = (("status",), ("search", "story"), ("publishers",))


@pytest.mark.slow
def test_finished_files_are_lacking_once_their_crawl_was_killed_and_until_the_next(tmp_path: Path):
    home, table = tmp_path / "home", tmp_path / "articles.csv"
    export = ("export", "--output", str(table))
    write_settings(home, segment_bytes=4_000)  # so that a crawl finishes many
    write_profile(home)
    gate = Gate(20)
    with Server(gate) as server:
        crawl = ("crawl", "tree", *connect_to(server))
        with started(home, *crawl) as first:
            first.until(gate.reached.is_set, "the gate")
            first.until((home / "collection.jsonl").exists, "a finished file")
            for command in (*READERS, export):
                pressmark(home, *command)  # its crawl is at work on them
            before = table.read_bytes()
            first.kill()
        for command in READERS:
            done = pressmark(home, *command, code=LAGGING)
            assert "the next crawl ingests them" in done.err.splitlines()[-1]
        pressmark(home, *export, code=LAGGING)
        assert table.read_bytes() == before
        gate.opened.set()
        pressmark(home, *crawl)

    for command in (*READERS, export):
        pressmark(home, *command)
    assert set(articles(home)) == stories(20)
    assert table.read_text().count("http://tree.test/story-") >= 20
