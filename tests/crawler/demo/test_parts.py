"""Stories of the demo that are published in several pages."""

from __future__ import annotations

import pytest

from crawler.demo.newsroom.chronicle import LAST_DAY
from crawler.demo.newsroom.stories import read_stories
from tests.support.demo_days import body_of, shown

LONG = [story for story in read_stories(day=LAST_DAY) if len(story.page_paths) > 1]
DAY = 40
"""All of them are out by then."""


def test_both_editors_write_such_stories():
    assert {story.template for story in LONG} == {"jsonld", "meta"}
    assert {len(story.page_paths) for story in LONG} == {2, 3}


@pytest.mark.parametrize("story", LONG, ids=lambda story: story.path)
def test_each_page_has_its_part_of_the_text_and_links_the_others(visit, story):
    pages = [visit(DAY, path).page for path in story.page_paths]

    for number, page in enumerate(pages, 1):
        links = page.xpath("//div[@class='page-links']/a/@href")
        assert [link.removeprefix("http://demo.test") for link in links] == [
            path for path in story.page_paths if path != story.page_paths[number - 1]
        ]
        assert page.xpath("//link[@rel='canonical']/@href")[0].endswith(
            story.page_paths[number - 1]
        )
    places = [[shown(block) in body_of(page) for page in pages] for block in story.blocks]
    assert all(sum(place) == 1 for place in places)
    assert [place.index(True) for place in places] == sorted(place.index(True) for place in places)


@pytest.mark.parametrize("story", LONG, ids=lambda story: story.path)
def test_the_amp_page_has_the_story_whole(visit, story):
    text = body_of(visit(DAY, story.amp_path).page)

    assert all(shown(block) in text for block in story.blocks)
