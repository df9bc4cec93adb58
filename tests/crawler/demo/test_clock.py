"""What befalls the stories, asked over real sockets: each event on its day and not before."""

from __future__ import annotations

import http.client
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from crawler.demo.exact.truth import truth
from crawler.demo.newsroom.chronicle import LAST_DAY
from crawler.demo.newsroom.events import Gone, StoryEventKind
from crawler.demo.newsroom.stories import read_stories
from crawler.demo.publisher import DEMO_HOST, read_publisher
from crawler.demo.server import DemoServer
from crawler.demo.site import DemoSite
from tests.support.demo_days import (
    CONTENT,
    bodies_of,
    body_of,
    happenings,
    headline_of,
    of_live_stories,
    one_line,
    told,
)

PUBLISHER = read_publisher()
STORIES = read_stories(day=LAST_DAY)
LATER = [story for story in STORIES if PUBLISHER.day_of(story.date_published) > 0]


@pytest.mark.parametrize("story", LATER, ids=lambda story: f"{story.key}-{story.language}")
def test_a_story_comes_out_on_its_day_and_not_before(visit, story):
    day = PUBLISHER.day_of(story.date_published)

    before, after = visit(day - 1, f"/?p={story.post_id}"), visit(day, f"/?p={story.post_id}")

    assert before.status == 404
    assert after.headers["Location"] == story.url()
    assert headline_of(visit(day, story.path).page) == one_line(story.headline)


@pytest.mark.parametrize(("event", "language"), happenings(StoryEventKind.EDIT_HEADLINE))
def test_a_headline_changes_on_its_day(visit, event, language):
    now = told(event.day, event, language).story
    before, after = (visit(day, now.path).page for day in (event.day - 1, event.day))

    assert headline_of(before) != headline_of(after) == one_line(now.headline)
    assert one_line(after.findtext(".//title")) == f"{one_line(now.headline)} - Demo Metric"


@pytest.mark.parametrize(
    ("event", "language"),
    of_live_stories(happenings(StoryEventKind.EDIT_BODY, StoryEventKind.CORRECTION)),
)
def test_a_text_changes_on_its_day(visit, event, language):
    now = told(event.day, event, language).story
    edit = event.edits[language]
    after = bodies_of(visit, event.day, now.page_paths)
    before = bodies_of(visit, event.day - 1, now.page_paths)

    for old, new in edit["replace"]:
        assert one_line(old) in before
        assert one_line(new) in after
        assert one_line(old) not in after or old in new
    if "note" in edit:
        assert one_line(edit["note"]) not in before
        assert one_line(edit["note"]) in after


@pytest.mark.parametrize(
    ("event", "language"), happenings(StoryEventKind.EDIT_FORMATTING, StoryEventKind.EDIT_METADATA)
)
def test_another_form_or_other_metadata_are_no_other_text(visit, event, language):
    before, after = (told(day, event, language).story for day in (event.day - 1, event.day))
    pages = [visit(day, after.path) for day in (event.day - 1, event.day)]

    assert (before.headline, before.text) == (after.headline, after.text)
    assert before.date_modified < after.date_modified
    assert body_of(pages[0].page) == body_of(pages[1].page)
    assert pages[0].decoded != pages[1].decoded


@pytest.mark.parametrize(
    ("event", "language"),
    happenings(
        *(StoryEventKind.EDIT_HEADLINE, StoryEventKind.EDIT_BODY, StoryEventKind.CORRECTION),
        *(
            StoryEventKind.EDIT_FORMATTING,
            StoryEventKind.EDIT_METADATA,
            StoryEventKind.RENAME,
            StoryEventKind.RESTORE,
        ),
    ),
)
def test_a_page_says_when_it_was_last_saved(visit, event, language):
    now = told(event.day, event, language).story

    page = visit(event.day, now.path).page

    assert page.xpath("//meta[@property='article:modified_time']/@content") == [
        now.date_modified_raw
    ]
    assert now.date_modified >= event.moment


@pytest.mark.parametrize(("event", "language"), happenings(StoryEventKind.RENAME))
def test_a_renamed_story_moves_and_its_old_address_leads_to_it(visit, event, language):
    before, after = (told(day, event, language).story for day in (event.day - 1, event.day))

    assert visit(event.day - 1, before.path).status == 200
    assert visit(event.day - 1, after.path).status == 404
    for suffix in ("", "?amp=1"):
        moved = visit(event.day, before.path + suffix)
        assert (moved.status, moved.headers["Location"]) == (301, after.url() + suffix)
    page = visit(event.day, after.path).page
    assert page.xpath("//link[@rel='canonical']/@href") == [after.url()]
    assert before.text == after.text


def test_an_address_that_is_taken_over_shows_the_other_story(visit):
    first, second = (truth(LAST_DAY)[key, "fr"] for key in ("library-questions", "energy-bill"))
    path = second.story.path
    day = PUBLISHER.day_of(second.story.date_published)

    assert first.standing.old_paths == (path,)
    assert visit(0, path).status == 200
    assert visit(day - 1, path).headers["Location"] == first.url()
    assert headline_of(visit(day, path).page) == one_line(second.story.headline)
    assert visit(day, first.story.path).status == 200


ANSWERS = {Gone.NOT_FOUND: 404, Gone.GONE: 410, Gone.REDIRECT_HOME: 301, Gone.SOFT_404: 200}


@pytest.mark.parametrize(("event", "language"), happenings(StoryEventKind.DELETE))
def test_a_deleted_story_is_gone_in_its_own_way(visit, event, language):
    now = told(event.day, event, language).story
    words = PUBLISHER.words[language]

    assert headline_of(visit(event.day - 1, now.path).page) == one_line(now.headline)
    for target in (now.path, now.amp_path, now.path.rstrip("/")):
        answer = visit(event.day, target)
        assert answer.status == ANSWERS[event.how]
        if event.how is Gone.REDIRECT_HOME:
            home = f"http://{DEMO_HOST}{PUBLISHER.languages[language].prefix}/"
            assert answer.headers["Location"] == home
        else:
            assert answer.page.xpath("string(//h1)") == words["missing_title"]
            assert ("error404" in answer.text) == (event.how is not Gone.SOFT_404)


@pytest.mark.parametrize(("event", "language"), happenings(StoryEventKind.RESTORE))
def test_a_restored_story_is_there_again_as_it_was(visit, event, language):
    before, after = (told(day, event, language) for day in (event.day - 1, event.day))

    assert (before.is_live, after.is_live) == (False, True)
    assert visit(event.day - 1, after.story.path).status == ANSWERS[before.gone]
    assert headline_of(visit(event.day, after.story.path).page) == one_line(before.story.headline)


@pytest.mark.parametrize("day", [1, 9, 24, LAST_DAY])
def test_every_link_of_the_frame_leads_somewhere(visit, day):
    seen, waiting = set(), ["/"]
    while waiting:
        target = waiting.pop()
        if target in seen:
            continue
        seen.add(target)
        answer = visit(day, target)
        assert answer.status in {200, 301, 302}, target
        if answer.status != 200 or "html" not in answer.headers["Content-Type"]:
            continue
        page = answer.page
        for text in page.xpath(CONTENT):  # a story may name what is gone
            text.drop_tree()
        for address in page.xpath("//a/@href | //link/@href"):
            parts = urlsplit(address)
            if parts.netloc == DEMO_HOST and "amp=1" not in parts.query:
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))

    assert {item.story.path for item in truth(day).values() if item.is_live} <= seen


@pytest.mark.parametrize("day", range(0, LAST_DAY + 1, 15))
def test_translations_name_one_another_and_only_those_that_are_there(visit, day):
    live = {name: item.story for name, item in truth(day).items() if item.is_shown}

    for (key, _), story in live.items():
        page = visit(day, story.path).page
        named = page.xpath("//head/link[@rel='alternate'][@hreflang!='x-default']")
        assert {link.get("hreflang"): link.get("href") for link in named} == {
            language: item.story.url()
            for (other, language), item in truth(day).items()
            if other == key and item.is_live
        }


def test_the_default_is_day_zero_and_the_day_can_be_chosen_at_the_start(fetch, fetch_at):
    with DemoServer(DemoSite(day=7)) as server:
        later = fetch_at(server.port, "/en/")
        server.set_day(0)

        assert later.decoded != fetch("/en/").decoded
        assert fetch_at(server.port, "/en/").decoded == fetch("/en/").decoded


def test_requests_while_the_clock_is_moved_see_one_day_or_the_other(visit, moving):
    days = (0, LAST_DAY)
    whole = {visit(day, "/").decoded for day in days}
    client = http.client.HTTPConnection("127.0.0.1", moving.port, timeout=10)

    def ask(_number: int) -> bytes:
        client.request("GET", "/", headers={"Host": DEMO_HOST})
        return client.getresponse().read()

    with ThreadPoolExecutor(1) as pool:
        answers = pool.map(ask, range(40))
        for turn in range(20):
            moving.set_day(days[turn % 2])
        seen = set(answers)
    client.close()

    assert seen <= whole


def test_a_site_of_given_stories_has_no_clock():
    site = DemoSite(read_stories())

    with pytest.raises(ValueError, match="no clock"):
        site.set_day(1)


def test_there_is_no_day_before_the_first():
    with pytest.raises(ValueError, match="begins on day 0"):
        DemoSite(day=-1)
