"""Addresses that may be those of subpages, in the words of many systems, and others."""

from __future__ import annotations

import pytest

from archive.subpage_addresses import StoryAddress, subpage_address

SITE = "https://news.test"


@pytest.mark.parametrize(
    ("story", "page"),
    [
        ("/a-mole-was-found/", "/a-mole-was-found/comment-page-2/"),
        ("/a-mole-was-found/", "/a-mole-was-found/comments"),
        ("/mole/", "/mole/binh-luan/trang-2/"),
        ("/mole/", "/mole/%D0%BF%D0%B5%D1%87%D0%B0%D1%82%D1%8C/"),
        ("/2026/03/01/mole/", "/2026/03/01/mole/gallery/3"),
        ("/mole.html", "/mole-print.html"),
        ("/mole.html", "/mole,druck.html"),
        ("/mole.html", "/mole/kommentare.html"),
        ("/mole.html", "/mole.html?print=1"),
        ("/mole/", "/mole/?slide=3"),
        ("/mole/", "/mole?showComments=1"),
        ("/mole/", "/mole/?replytocom=48213"),
        ("/news.php?id=7", "/news.php?id=7&showComments=1"),
        ("/news.php?id=7", "/news.php?view=print&id=7"),
        ("/?p=1423", "/?p=1423&cpage=2"),
    ],
)
def test_what_adds_something_to_the_address_of_a_story_is_below_it(story: str, page: str):
    assert StoryAddress(SITE + story).is_above(SITE + page)
    assert not StoryAddress(SITE + page).is_above(SITE + story)


@pytest.mark.parametrize(
    ("story", "page"),
    [
        ("/mole/", "/mole"),
        ("/mole.html", "/mole.html"),
        ("/mole/", "/molehill/"),
        ("/", "/comments/"),
        ("/fr/", "/fr/comments/"),
        ("/briefing/", "/briefing/2026-03-01/"),
        ("/briefing/", "/briefing/20260301/"),
        ("/briefing/", "/briefing/1-3-26/"),
        ("/briefing/", "/briefing/?date=2026-03-01"),
        ("/live/", "/live/why-the-mole-was-found/"),
        ("/live/", "/live/48213/"),
        ("/news.php?id=7", "/news.php?id=8&print=1"),
        ("/mole/", "https://other.test/mole/comments/"),
    ],
)
def test_a_name_of_its_own_is_not_below_a_story(story: str, page: str):
    url = page if "://" in page else SITE + page

    assert not StoryAddress(SITE + story).is_above(url)


@pytest.mark.parametrize(
    ("story", "page"),
    [
        ("/news/48213", "/print/48213"),
        ("/news/a-mole-was-found-48213.html", "/comments/48213"),
        ("/2026/03/01/a-mole-was-found/", "/print/a-mole-was-found/"),
        ("/news.php?id=1423", "/pechat.php?id=1423"),
        ("/news.php?id=7", "/pechat.php?id=7"),
        ("/a/5f3a9b2c1d", "/otzyvy/5f3a9b2c1d/2/"),
    ],
)
def test_the_same_slug_or_number_may_be_in_another_address(story: str, page: str):
    assert StoryAddress(SITE + story).shares_a_name(SITE + page)
    assert StoryAddress(SITE + page).shares_a_name(SITE + story)


@pytest.mark.parametrize(
    ("story", "page"),
    [
        ("/2026/03/01/mole", "/2026/03/01/weir"),
        ("/2026/03/01/a-mole-was-found/", "/2026/03/01/"),
        ("/world-news-today/a-mole-was-found", "/world-news-today/"),
        ("/48213-a-mole-was-found/", "/48213-the-mole-was-seen/"),
        ("/news.php?id=7", "/print.php?id=8"),
        ("/news.php?id=1423", "/print.php?id=1424&from=1423"),
        ("/mole/", "/print/"),
        ("/news/48213", "https://other.test/print/48213"),
    ],
)
def test_a_section_a_date_or_another_slug_is_no_common_name(story: str, page: str):
    url = page if "://" in page else SITE + page

    assert not StoryAddress(SITE + story).shares_a_name(url)


@pytest.mark.parametrize("path", ["/", "/en/", "/mole/amp/", "/mole/?amp=1", "/mole.pdf"])
def test_front_pages_amp_pages_and_files_are_no_subpages(path: str):
    assert not subpage_address(SITE + path)
