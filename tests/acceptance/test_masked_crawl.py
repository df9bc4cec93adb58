"""A crawl of a server that attacks whoever reads what the crawl prints and logs."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.download.guard import CONNECT_TO
from tests.support.command import pressmark, run
from tests.support.hostile import TITLE, commands_of, served
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
    assert "no http URL: foo:]0;owned" in again.out
    assert not commands_of(crawl.out)
    assert not commands_of(crawl.err)
    assert not commands_of(again.out + again.err)


def test_a_log_that_scrapy_keeps_at_its_loudest_is_masked_too(tmp_path: Path):
    log = tmp_path / "crawl.log"
    write_profile(tmp_path)
    with Server(served(URL)) as server:
        settings = {
            "LOG_LEVEL": "DEBUG",
            "LOG_FILE": log,
            CONNECT_TO: connect_to(server)[1],
            "BOT_NAME": f"bot{TITLE}",  # Scrapy logs it
        }
        given = [part for key, value in settings.items() for part in ("-s", f"{key}={value}")]
        run("scrapy", "crawl", "tree", *given, env={"PRESSMARK_HOME": str(tmp_path)})

    text = log.read_text()
    assert "Crawled (301)" in text
    assert r"(bot: bot\x1b]0;owned\x07)" in text
    assert not commands_of(text)
