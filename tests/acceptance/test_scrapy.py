"""The project as a Scrapy user meets it: ``scrapy list``, ``crawl -O``, ``fetch``, ``shell``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archive.profile import BUILT_IN
from crawler.demo.newsroom.stories import read_stories
from crawler.demo.server import DemoServer
from tests.support.archives import articles
from tests.support.command import run
from tests.support.demo import RecordingSite
from tests.support.server import Server
from tests.support.sites import page, write_profile


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def env(home: Path) -> dict[str, str]:
    return {"PRESSMARK_HOME": str(home)}


def test_every_profile_is_a_spider(home: Path, env: dict[str, str]):
    write_profile(home, "tree")

    done = run("scrapy", "list", env=env)

    built_in = {file.stem for file in BUILT_IN.glob("*.toml")}
    assert set(done.out.split()) == built_in | {"tree"}


def test_scrapy_crawl_exports_a_line_for_each_article(
    home: Path, env: dict[str, str], tmp_path: Path
):
    file = tmp_path / "articles.jsonl"

    run("scrapy", "crawl", "demo", "-O", str(file), env=env)

    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    stories = {story.url(): story for story in read_stories()}
    assert len(lines) == len(stories)
    assert {line["canonical_url"] for line in lines} == set(stories) == set(articles(home))
    for line in lines:
        story = stories[line["canonical_url"]]
        assert line["headline"] == story.headline
        assert line["author"] == list(story.author)
        assert line["text"] == articles(home)[line["canonical_url"]]["text"]


@pytest.mark.parametrize("command", ["fetch", "shell"])
def test_looking_at_a_page_of_a_publisher_crawls_nothing_and_makes_no_archive(
    home: Path, env: dict[str, str], command: str
):
    site = RecordingSite()
    with DemoServer(site) as server:
        to_server = ("-s", f"PRESSMARK_CONNECT_TO=demo.test:80:127.0.0.1:{server.port}")
        url = "http://demo.test/gioi-thieu/"
        ask = ["-c", "response.css('h1::text').get()"] if command == "shell" else []

        done = run("scrapy", command, "--nolog", *to_server, *ask, url, env=env)

    assert "Giới thiệu và liên hệ" in done.out
    assert [target for target in site.targets if target != "/robots.txt"] == ["/gioi-thieu/"]
    assert not home.exists()


def test_a_plain_spider_runs_as_everywhere_and_makes_no_archive(
    home: Path, env: dict[str, str], tmp_path: Path
):
    with Server({"/": page("A plain page", links=("/next",)), "/next": page("Next")}) as server:
        script, items = tmp_path / "plain.py", tmp_path / "items.jsonl"
        script.write_text(
            f"""
import scrapy

class PlainSpider(scrapy.Spider):
    name = "plain"
    start_urls = ["{server.url}/"]

    def parse(self, response):
        yield {{"headline": response.css("h1::text").get()}}
        yield from response.follow_all(css="a")
"""
        )
        allow = ("-s", f"PRESSMARK_ALLOW_ADDRESS={server.netloc}")

        run("scrapy", "runspider", str(script), "-O", str(items), *allow, env=env)

    found = [json.loads(line)["headline"] for line in items.read_text().splitlines()]
    assert found == ["A plain page", "Next"]
    assert not home.exists()
