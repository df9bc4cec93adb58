"""What readers say about the stories of the demo, and their forms for print."""

from __future__ import annotations

import pytest

from crawler.demo.newsroom.chronicle import LAST_DAY
from crawler.demo.newsroom.stories import read_stories
from tests.support.demo_days import one_line, shown

DAY = 38
STORIES = read_stories(day=LAST_DAY)
SOME = next(story for story in STORIES if story.path == "/fr/le-bus-de-nuit-qui-vous-attend/")
PRINTED = [story for story in read_stories() if story.print_path]


def said(page):
    return [
        (one_line(item.xpath("string(.//b)")), one_line(item.xpath("string(.//time)")))
        for item in page.xpath("//ol[@class='comment-list']/li")
    ]


def test_older_comments_are_on_pages_of_their_own_each_with_the_whole_story(visit):
    path, pages = SOME.path, []
    while True:
        pages.append(visit(DAY, path).page)
        older = pages[-1].xpath("//nav[contains(@class, 'comment-')]//*[@class='nav-previous']/a")
        if not older:
            break
        path = older[0].get("href").removeprefix("http://demo.test").partition("#")[0]

    assert path == f"{SOME.path}comment-page-1/"
    names = [name for page in reversed(pages) for name, _ in said(page)]
    assert len(pages) > 1
    assert len(names) == len(set(names)) > len(said(pages[0]))
    for page in pages:
        assert one_line(SOME.headline) in one_line(page.xpath("string(//h1)"))
        assert shown(SOME.blocks[0]) in one_line(page.text_content())
    assert pages[-1].xpath("//link[@rel='canonical']/@href") == [f"http://demo.test{path}"]


def test_how_long_ago_a_comment_was_is_another_every_day(visit):
    path = f"{SOME.path}comment-page-1/"
    (name, then), (same, now) = (said(visit(day, path).page)[0] for day in (38, 39))

    assert name == same
    assert then != now


def test_comments_are_gone_with_their_row(visit):
    assert visit(40, f"{SOME.path}comment-page-1/").status == 404


@pytest.mark.parametrize("story", PRINTED, ids=lambda story: story.path)
def test_the_form_for_print_has_the_story_whole_and_no_frame(visit, story):
    (link,) = visit(0, story.path).page.xpath("//span[@class='wp-print']/a/@href")
    page = visit(0, story.print_path).page

    assert link == f"http://demo.test{story.print_path}"
    assert page.xpath("//nav | //aside | //footer") == []
    text = one_line(page.xpath("string(//div[@id='Content'])"))
    assert all(shown(block) in text for block in story.blocks)


def test_the_twin_of_a_story_has_neither(visit):
    page = visit(DAY, SOME.amp_path).page

    assert page.xpath("//*[@class='wp-print'] | //ol[@class='comment-list']") == []
