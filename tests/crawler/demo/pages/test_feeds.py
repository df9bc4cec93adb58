"""Feeds and sitemaps over the days, asked over real sockets."""

from __future__ import annotations

import gzip
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import pytest
from lxml import etree, html

from crawler.demo.exact.truth import truth
from crawler.demo.newsroom.chronicle import LAST_DAY
from crawler.demo.newsroom.events import StoryEventKind
from crawler.demo.publisher import read_publisher
from tests.support.demo_days import happenings, one_line, shown, told

PUBLISHER = read_publisher()
NAMES = {
    "a": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
}
DAYS = (0, 1, 13, 31, LAST_DAY)
HOMES = [(code, f"{item.prefix}/") for code, item in PUBLISHER.languages.items()]


def live(day, language):
    """The stories on the site by URL, the newest first."""
    found = [item.story for item in truth(day).values() if item.is_live]
    own = [story for story in found if story.language == language]
    own.sort(key=lambda story: (story.date_published, story.key), reverse=True)
    return {story.url(): story for story in own}


def feed_of(answer):
    return etree.fromstring(answer.decoded)


def find(element, path):
    return element.xpath(path, namespaces=NAMES)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize(("language", "home"), HOMES)
def test_an_rss_feed_leads_to_every_story_of_the_day_with_its_date_and_zone(
    visit, day, language, home
):
    answer = visit(day, f"{home}feed/")
    stories = live(day, language)

    items = find(feed_of(answer), "/rss[@version='2.0']/channel/item")

    assert answer.headers["Content-Type"] == "application/rss+xml; charset=UTF-8"
    assert [item.findtext("link") for item in items] == list(stories)
    for item, story in zip(items, stories.values(), strict=True):
        published = parsedate_to_datetime(item.findtext("pubDate"))
        assert published.tzinfo is not None
        assert published == story.date_published
        assert item.findtext("pubDate").endswith(" +0000")
        assert item.findtext("title") == story.headline
        assert find(item, "string(dc:creator)") == ", ".join(story.author)
        assert item.find("guid").get("isPermaLink") == "false"
        assert (
            visit(day, urlsplit(item.findtext("guid")).path + f"?p={story.post_id}").status == 301
        )


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize(("language", "home"), HOMES)
def test_an_atom_feed_leads_to_every_story_of_the_day_and_says_when_it_was_saved(
    visit, day, language, home
):
    answer = visit(day, f"{home}feed/atom/")
    stories = live(day, language)

    entries = find(feed_of(answer), "/a:feed/a:entry")

    assert answer.headers["Content-Type"] == "application/atom+xml; charset=UTF-8"
    assert [find(entry, "string(a:link[@rel='alternate']/@href)") for entry in entries] == list(
        stories
    )
    for entry, story in zip(entries, stories.values(), strict=True):
        dates = [
            datetime.fromisoformat(find(entry, f"string(a:{name})"))
            for name in ("published", "updated")
        ]
        assert dates == [story.date_published, story.date_modified]
        assert html.fromstring(find(entry, "string(a:title)")).text_content() == story.headline


def test_a_feed_holds_whole_stories_or_excerpts_as_its_language_does(visit):
    for language, home in HOMES:
        stories = list(live(31, language).values())
        items = find(feed_of(visit(31, f"{home}feed/")), "//item")
        for item, story in zip(items, stories, strict=True):
            summary = one_line(html.fromstring(item.findtext("description")).text_content())
            content = find(item, "string(content:encoded)")
            assert summary.endswith("[…]")
            assert summary.startswith(shown(story.blocks[0])[:40])
            if PUBLISHER.languages[language].feed == "excerpt":
                assert content == ""
                continue
            text = one_line(html.fromstring(f"<div>{content}</div>").text_content())
            assert shown(story.blocks[-1]) in text


def test_a_category_has_a_feed_of_its_own_stories(visit):
    own = [url for url, story in live(31, "fr").items() if story.category == "education"]

    links = find(feed_of(visit(31, "/fr/category/education/feed/")), "//item/link/text()")

    assert links == own


def test_feeds_of_comments_are_named_and_empty(visit):
    story = next(iter(live(LAST_DAY, "en").values()))
    page = visit(LAST_DAY, story.path).page

    named = page.xpath("//head/link[@type='application/rss+xml']/@href")

    assert named == [
        "http://demo.test/en/feed/",
        "http://demo.test/en/comments/feed/",
        f"{story.url()}feed/",
    ]
    for address in named[1:]:
        feed = feed_of(visit(LAST_DAY, urlsplit(address).path))
        assert find(feed, "//item") == []
        assert feed.findtext("channel/title").startswith("Comments on: ")


def test_a_category_names_its_feed_and_twins_name_those_of_their_page(visit):
    story = next(iter(live(1, "fr").values()))
    category = visit(1, "/fr/category/recherche/").page
    pages = [visit(1, target).page for target in (story.path, story.amp_path)]
    xpath = "//head/link[@type='application/rss+xml']/@href"

    assert "http://demo.test/fr/category/recherche/feed/" in category.xpath(xpath)
    assert pages[0].xpath(xpath) == pages[1].xpath(xpath) != []


def test_a_deleted_storys_feed_of_comments_is_gone_with_it(visit):
    (event, language) = happenings(StoryEventKind.DELETE)[0].values
    story = told(event.day, event, language).story

    assert visit(event.day - 1, f"{story.path}feed/").status == 200
    assert visit(event.day, f"{story.path}feed/").status == 404


# --- sitemaps -------------------------------------------------------------------------------------


def sitemap_of(answer):
    body = answer.decoded
    return etree.fromstring(gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body)


@pytest.mark.parametrize("day", DAYS)
def test_the_sitemaps_list_what_is_there_and_when_it_was_saved(visit, day):
    index = sitemap_of(visit(day, "/sitemap_index.xml"))
    named = [urlsplit(address).path for address in find(index, "//s:loc/text()")]
    posts = [path for path in named if "/post-sitemap" in path]
    stories = {url: story for code, _ in HOMES for url, story in live(day, code).items()}
    liars = {
        item.url()
        for item in truth(day).values()
        if item.standing and StoryEventKind.SITEMAP_LIE in item.standing.lies
    }

    entries = [entry for path in posts for entry in find(sitemap_of(visit(day, path)), "//s:url")]
    said = {
        find(entry, "string(s:loc)"): datetime.fromisoformat(find(entry, "string(s:lastmod)"))
        for entry in entries
    }

    assert len(said) == len(entries)
    assert set(said) == set(stories)
    for url in set(stories) - liars:
        assert said[url] == stories[url].date_modified
    assert all(visit(day, path).status == 200 for path in named)


@pytest.mark.parametrize(("event", "language"), happenings(StoryEventKind.SITEMAP_LIE))
def test_a_lying_sitemap_says_another_date_every_day(visit, event, language):
    days = (event.day - 1, event.day, event.day + 1, event.until + 1)
    story = told(event.day, event, language).story
    path = f"//s:url[s:loc='{story.url()}']/s:lastmod/text()"

    dates = [
        datetime.fromisoformat(find(sitemap_of(visit(day, "/post-sitemap-en.xml")), path)[0])
        for day in days
    ]

    assert dates[0] == told(days[0], event, language).story.date_modified
    assert [PUBLISHER.day_of(date) for date in dates[1:3]] == [event.day, event.day + 1]
    assert dates[3] == told(days[3], event, language).story.date_modified
    assert {told(day, event, language).story.date_modified for day in days[:3]} == {dates[0]}


@pytest.mark.parametrize("day", range(0, LAST_DAY + 1, 7))
def test_the_sitemap_of_news_lists_the_stories_of_two_days_and_is_named_where_it_has_any(
    visit, day
):
    fresh = {
        item.url(): item.story
        for item in truth(day).values()
        if item.is_live and (PUBLISHER.moment(day) - item.story.date_published).days < 2
    }
    index = visit(day, "/sitemap_index.xml").text
    answer = visit(day, "/news-sitemap.xml")

    assert ("/news-sitemap.xml" in index) == bool(fresh)
    assert answer.status == (200 if fresh else 404)
    if fresh:
        entries = find(sitemap_of(answer), "//s:url")
        assert {find(entry, "string(s:loc)") for entry in entries} == set(fresh)
        for entry in entries:
            story = fresh[find(entry, "string(s:loc)")]
            news = find(entry, "news:news")[0]
            assert find(news, "string(news:publication_date)") == story.date_published_raw
            assert find(news, "string(news:title)") == story.headline
            assert find(news, "string(news:publication/news:language)") == story.language
