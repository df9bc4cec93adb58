"""What is no story: the frame of the pages on its days, and what is served in a page's place."""

from __future__ import annotations

import http.client

import pytest

from crawler.demo.exact.truth import truth
from crawler.demo.newsroom.chronicle import LAST_DAY
from crawler.demo.newsroom.edition import Frame
from crawler.demo.newsroom.events import StoryEventKind
from crawler.demo.newsroom.stories import read_stories
from crawler.demo.publisher import DEMO_HOST, read_publisher
from crawler.demo.server import DemoServer
from crawler.demo.site import DemoSite
from tests.support.demo_days import (
    EVENTS,
    bodies_of,
    body_of,
    happenings,
    headline_of,
    one_line,
    shown,
    told,
)

PUBLISHER = read_publisher()
STORIES = read_stories(day=LAST_DAY)


@pytest.mark.parametrize(
    "event",
    [event for event in EVENTS if event.kind is StoryEventKind.COSMETIC],
    ids=lambda event: f"{event.why}",
)
def test_a_cosmetic_change_changes_pages_and_no_text(visit, event):
    before, after = truth(event.day - 1), truth(event.day)
    kept = [
        name
        for name, item in after.items()
        if item.is_shown and before[name].is_shown and item.story == before[name].story
    ]

    assert len(kept) > 9
    for name in kept[::4]:
        story, days = after[name].story, (event.day - 1, event.day)
        pages = [visit(day, story.path) for day in days]
        texts = [bodies_of(visit, day, story.page_paths) for day in days]
        assert pages[0].decoded != pages[1].decoded
        for block in after[name].story.blocks:
            assert [shown(block) in text for text in texts] == [True, True]
        assert headline_of(pages[1].page) == one_line(after[name].story.headline)


@pytest.mark.parametrize(
    ("day", "xpath", "count"),
    [
        (0, "//link[@type='application/rss+xml']", 0),
        (1, "//link[@type='application/rss+xml']", 3),
        (4, "//*[contains(@class, 'post-share-top')]", 0),
        (5, "//*[contains(@class, 'post-share-top')]", 1),
        (53, "//*[contains(@class, 'post-share-top')]", 0),
        (7, "//aside//*[@id='text-9']", 0),
        (8, "//aside//*[@id='text-9']", 1),
        (15, "//*[contains(@class, 'post-views ')]", 0),
        (16, "//*[contains(@class, 'post-views ')]", 1),
        (20, "//*[contains(@class, 'post-views ')]", 0),
        (36, "//ol[@class='comment-list']", 0),
        (38, "//ol[@class='comment-list']", 1),
        (40, "//ol[@class='comment-list']", 0),
    ],
)
def test_parts_of_the_frame_come_and_go(visit, day, xpath, count):
    page = visit(day, "/fr/le-bus-de-nuit-qui-vous-attend/").page

    assert len(page.xpath(xpath)) == count


def test_the_year_in_the_footer_turns_at_new_year(visit):
    footers = [visit(day, "/en/about/").page.xpath("string(//footer)") for day in (11, 12)]

    assert [one_line(text)[-18:] for text in footers] == [
        "© 2025 Demo Metric",
        "© 2026 Demo Metric",
    ]


def test_the_counter_of_views_shows_another_number_every_day(visit):
    path = "/fr/le-bus-de-nuit-qui-vous-attend/"
    counts = [
        visit(day, path).page.xpath("string(//*[@class='post-views-label'])") for day in (16, 17)
    ]

    assert [text.endswith(" vues") for text in counts] == [True, True]
    assert counts[0] != counts[1]


def test_turned_attributes_are_the_same_attributes(visit):
    path = "/en/about/"

    plain, turned = visit(29, path), visit(30, path)

    assert plain.decoded != turned.decoded
    assert [(e.tag, dict(e.attrib)) for e in plain.page.iter()] == [
        (e.tag, dict(e.attrib)) for e in turned.page.iter()
    ]


def test_a_closing_line_can_be_put_under_every_story_by_a_frame_of_ones_own(fetch_at):
    line = "Demo Metric belongs to its readers and to nobody else."
    frame = Frame(year=2025, closing={"en": line})
    story = next(item for item in read_stories() if item.language == "en")

    with DemoServer(DemoSite(frame=frame)) as server:
        texts = [
            one_line(fetch_at(server.port, path).text) for path in (story.path, story.amp_path)
        ]
        server.set_day(LAST_DAY)
        page = fetch_at(server.port, "/en/the-night-bus-that-waits-for-you/").page

    assert all(line in text for text in texts)
    assert line in body_of(page)


@pytest.mark.parametrize(
    ("event", "language"),
    happenings(
        StoryEventKind.CONSENT_WALL,
        StoryEventKind.PAYWALL,
        StoryEventKind.CHALLENGE,
        StoryEventKind.EMPTY,
    ),
)
def test_for_one_day_something_else_is_served_in_a_pages_place(visit, event, language):
    now = told(event.day, event, language).story
    first = one_line(now.blocks[0].text)
    last = one_line(now.blocks[-1].text)
    status = 403 if event.kind is StoryEventKind.CHALLENGE else 200

    for target in (now.path, now.amp_path):
        instead = visit(event.day, target)
        assert instead.status == status
        assert last not in one_line(instead.text)
        assert {"ETag", "Last-Modified"}.isdisjoint(instead.headers)
        if event.kind is StoryEventKind.EMPTY:
            assert instead.body == b""
        else:
            assert (first in body_or_all(instead)) == (event.kind is StoryEventKind.PAYWALL)
        for day in (event.day - 1, event.day + 1):
            assert last in body_of(visit(day, target).page)


def body_or_all(answer):
    return one_line(answer.page.text_content())


def test_a_stub_says_that_it_is_not_free(visit):
    (event, language) = happenings(StoryEventKind.PAYWALL)[0].values
    now = told(event.day, event, language).story
    pages = [visit(day, now.path) for day in (event.day, event.day + 1)]

    assert ['"isAccessibleForFree":false' in page.text for page in pages] == [True, False]
    assert [len(page.page.xpath("//div[@id='paywall']")) for page in pages] == [1, 0]


@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
def test_a_torn_reply_breaks_off_in_the_middle(moving, visit, coding):
    (event, language) = happenings(StoryEventKind.TRUNCATED)[0].values
    now = told(event.day, event, language).story
    whole = visit(event.day - 1, now.path, Accept_Encoding=coding)
    moving.set_day(event.day)

    connection = http.client.HTTPConnection("127.0.0.1", moving.port, timeout=10)
    connection.request("GET", now.path, headers={"Host": DEMO_HOST, "Accept-Encoding": coding})
    with connection.getresponse() as response, pytest.raises(http.client.IncompleteRead) as torn:
        response.read()
    connection.close()

    assert response.status == 200
    assert 0 < len(torn.value.partial) < len(whole.body)
    assert visit(event.day + 1, now.path).status == 200
