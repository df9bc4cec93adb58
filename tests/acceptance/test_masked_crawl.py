"""A crawl of a server that attacks whoever reads what the crawl prints and logs."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.guard import CONNECT_TO
from tests.support.command import pressmark, run
from tests.support.hostile import commands_of, served
from tests.support.server import Server
from tests.support.sites import connect_to, write_profile

pytestmark = pytest.mark.slow
URL = "http://tree.test"


def test_neither_its_log_nor_its_account_commands_a_terminal(tmp_path: Path):
    write_profile(tmp_path)
    with Server(served(URL)) as server:
        crawl = pressmark(tmp_path, "crawl", "tree", *connect_to(server), "-v", code=None)
        again = pressmark(
            tmp_path, "fetch", f"{URL}/elsewhere", *connect_to(server), "-v", code=None
        )

    assert "1 article pages" in crawl.out
    assert r"no http URL: foo:\x1b]0;owned\x07" in again.out
    assert not commands_of(crawl.out)
    assert not commands_of(crawl.err)
    assert not commands_of(again.out + again.err)


def test_a_log_that_scrapy_keeps_at_its_loudest_is_masked_too(tmp_path: Path):
    log = tmp_path / "crawl.log"
    write_profile(tmp_path)
    with Server(served(URL)) as server:
        settings = ("LOG_LEVEL=DEBUG", f"LOG_FILE={log}", f"{CONNECT_TO}={connect_to(server)[1]}")
        given = [part for setting in settings for part in ("-s", setting)]
        run("scrapy", "crawl", "tree", *given, env={"PRESSMARK_HOME": str(tmp_path)})

    text = log.read_text()
    assert "Crawled (301)" in text
    assert not commands_of(text)
