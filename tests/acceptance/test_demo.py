"""Crawls of the demo publisher, held against what its stories really say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.extract.discovery.links import WELL_KNOWN_FEEDS
from archive.model import Outcome
from archive.sql.schema.state_tables import crawl
from archive.sql.schema.view_tables import block_list, capture, extraction
from crawler.demo.newsroom.stories import Story, read_stories
from crawler.demo.pages.listings import listings
from crawler.demo.publisher import read_publisher
from crawler.demo.server import DemoServer
from tests.support.archives import addresses, articles, outcomes, rows
from tests.support.command import pressmark
from tests.support.demo import DemoArchive, RecordingSite, connect_to, folded, frame_phrases

STORIES = read_stories()
PRINTED = {
    f"http://demo.test{story.print_path}": story.url() for story in STORIES if story.print_path
}
NIGHT_BUS = "http://demo.test/fr/le-bus-de-nuit-qui-vous-attend/"


def test_a_crawl_of_the_demo_goes_well(demo_archive: DemoArchive):
    account = demo_archive.done.account

    assert (demo_archive.done.code, account["exit"]) == (0, "done")
    assert account["counts"]["articles"] == len(STORIES)
    assert demo_archive.done.err == ""


def test_every_story_is_an_article_once_and_nothing_else_is(demo_archive: DemoArchive):
    assert set(articles(demo_archive.home)) == {story.url() for story in STORIES}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: f"{story.key}-{story.language}")
def test_a_story_comes_out_as_it_was_written(demo_archive: DemoArchive, story: Story):
    row = articles(demo_archive.home)[story.url()]

    assert folded(row["text"]) == folded(story.text)
    assert row["headline"] == story.headline
    assert row["author"] == list(story.author)
    assert row["date_published"] == story.date_published
    assert row["date_modified"] == story.date_modified
    assert row["in_language"].partition("-")[0] == story.language
    assert (row["section"], row["keywords"]) == ([story.section], list(story.keywords))


def test_nothing_of_the_pages_frame_is_in_any_text_amp_pages_included(demo_archive: DemoArchive):
    pages = capture.join(extraction).join(block_list, extraction.c.block_list_id == block_list.c.id)
    statement = select(capture.c.url, block_list.c.blocks).select_from(pages)
    is_article = extraction.c.outcome == Outcome.ARTICLE
    read = rows(demo_archive.home, statement.where(is_article))

    strays = {
        (row["url"], phrase)
        for row in read
        for phrase in frame_phrases()
        for block in row["blocks"]
        if phrase in str(block)
    }

    # Each story, its AMP twin, and the form for print that some have.
    assert len(read) == 2 * len(STORIES) + len(PRINTED)
    assert strays == set()


def test_every_listing_and_every_standing_page_is_known_for_what_it_is(demo_archive: DemoArchive):
    found = outcomes(demo_archive.home)

    seen = {url.removeprefix("http://demo.test"): row["outcome"] for url, (row,) in found.items()}
    paths = {item.path for item in listings(read_publisher(), STORIES)}
    assert {path: seen.pop(path) for path in paths} == dict.fromkeys(paths, Outcome.LISTING)
    assert Counter(seen.values()) == {
        Outcome.ARTICLE: 2 * len(STORIES) + len(PRINTED),
        Outcome.PAGE: 3,
        Outcome.SITEMAP: 6,
        Outcome.ROBOTS: 1,
        # The front page names no feed yet, so the usual places are asked.
        Outcome.FEED: 1,
        Outcome.MISSING: len(WELL_KNOWN_FEEDS) - 1,
    }


def test_what_robots_txt_forbids_is_never_asked_for(demo_archive: DemoArchive):
    assert demo_archive.targets[0] == "/robots.txt"
    assert [target for target in demo_archive.targets if "/private/" in target] == []
    assert demo_archive.done.counts["disallowed"] == 1


def test_every_exchange_with_the_server_is_a_row(demo_archive: DemoArchive):
    captured = rows(demo_archive.home, select(capture.c.url))

    asked_for = Counter(f"http://demo.test{target}" for target in demo_archive.targets)
    assert Counter(row["url"] for row in captured) == asked_for
    assert max(asked_for.values()) == 1


def test_each_article_is_found_by_its_amp_twin_too(demo_archive: DemoArchive):
    known = addresses(demo_archive.home)

    expected = {story.url(): (story.url(), "canonical") for story in STORIES}
    expected |= {f"{story.url()}?amp=1": (story.url(), "amp") for story in STORIES}
    expected |= {page: (url, "subpage") for page, url in PRINTED.items()}
    assert known == expected


def test_the_crawl_itself_is_a_row(demo_archive: DemoArchive):
    (row,) = rows(demo_archive.home, select(crawl))

    assert row["exit_state"] == "done"
    assert row["counts"] == demo_archive.done.counts
    assert row["started_at"] < row["ended_at"]


def test_variants_redirects_and_shortlinks_are_addresses_of_the_one_article(
    demo_copy: Path, demo_server: DemoServer
):
    variants = {
        "http://demo.test/?p=394": "redirect",
        NIGHT_BUS.removesuffix("/"): "redirect",
        f"{NIGHT_BUS}?ref=newsletter": "alias",
        f"{NIGHT_BUS}?utm_source=mail&utm_medium=friday": "canonical",  # is not asked for at all
    }

    pressmark(demo_copy, "fetch", *variants, *connect_to(demo_server))

    assert len(articles(demo_copy)) == len(STORIES)
    known = {url: role for url, (of, role) in addresses(demo_copy).items() if of == NIGHT_BUS}
    assert known == {
        NIGHT_BUS: "canonical",
        f"{NIGHT_BUS}?amp=1": "amp",
        "http://demo.test/print/394/": "subpage",
        f"{NIGHT_BUS}?ref=newsletter": "alias",
        NIGHT_BUS.removesuffix("/"): "redirect",
        "http://demo.test/?p=394": "redirect",
    }


def test_fetch_prints_the_text_of_what_it_fetched_whatever_it_is(
    demo_copy: Path, demo_server: DemoServer
):
    about = "http://demo.test/en/about/"

    story = pressmark(demo_copy, "fetch", NIGHT_BUS, *connect_to(demo_server))
    page = pressmark(demo_copy, "fetch", about, *connect_to(demo_server))
    shown = pressmark(demo_copy, "show", about)

    assert articles(demo_copy)[NIGHT_BUS]["text"].split("\n")[0] in story.out
    assert f"{about}: no article: page (another page of the site)" in page.err
    assert len(page.out.split("\n\n")[-2]) > 20
    assert "no article: page" in shown.err
    assert about in shown.out


def test_a_second_crawl_right_after_the_first_asks_for_no_article_again(
    demo_copy: Path, demo_site: RecordingSite, demo_server: DemoServer
):
    before = articles(demo_copy)

    done = pressmark(demo_copy, "crawl", "demo", "--json", *connect_to(demo_server))

    again = {f"http://demo.test{target}" for target in demo_site.targets}
    assert again.isdisjoint(addresses(demo_copy))
    assert done.counts["exchanges"] == len(demo_site.targets) > 1
    assert articles(demo_copy) == before
