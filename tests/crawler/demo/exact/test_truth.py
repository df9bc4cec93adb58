"""The truth by day equals the pages by day, and tells what an archive of some days must hold."""

from __future__ import annotations

import pytest

from crawler.demo.exact.truth import expected, truth
from crawler.demo.newsroom.chronicle import LAST_DAY, Chronicle
from crawler.demo.newsroom.events import Gone, StoryEvent, StoryEventKind, parse_event
from crawler.demo.newsroom.stories import parse_story, read_stories
from crawler.demo.publisher import read_publisher
from tests.support.demo import SOME_STORY
from tests.support.demo_days import EVENTS, bodies_of, headline_of, one_line, shown

PUBLISHER = read_publisher()
NAME = ("a-key", "fr")
TOMBSTONES = {Gone.NOT_FOUND: 404, Gone.GONE: 410, Gone.REDIRECT_HOME: 301, Gone.SOFT_404: 200}


def chronicle(*events):
    story = parse_story("a-key", "fr", SOME_STORY, PUBLISHER)
    parsed = [parse_event({"languages": ["fr"]} | event, "a-key", PUBLISHER) for event in events]
    return Chronicle(PUBLISHER, [story], parsed)


def edit(day, new, **more):
    return {"day": day, "kind": "edit_body", "fr": {"replace": [["paragraph", new]]}} | more


@pytest.mark.parametrize("day", [0, *sorted({event.day for event in EVENTS})][::3])
def test_every_page_says_what_the_truth_does(visit, day):
    for (key, language), item in truth(day).items():
        assert (item.key, item.language, item.day) == (key, language, day)
        if item.story is None:
            continue
        answer = visit(day, item.story.path)
        if item.gone:
            assert answer.status == TOMBSTONES[item.gone]
        elif item.is_shown:
            text = bodies_of(visit, day, item.story.page_paths)
            assert answer.page.xpath("//link[@rel='canonical']/@href") == [item.url()]
            assert headline_of(answer.page) == one_line(item.story.headline)
            places = [text.find(shown(block)) for block in item.story.blocks]
            assert -1 not in places
            assert answer.page.xpath("//a[@rel='author']/text()") == list(item.story.author)
            assert answer.page.xpath("//meta[@property='article:published_time']/@content") == [
                item.story.date_published_raw
            ]


def test_every_story_is_known_on_every_day_even_before_it_is_out():
    names = {(story.key, story.language) for story in read_stories(day=LAST_DAY)}

    assert set(truth(0)) == set(truth(LAST_DAY)) == names
    assert {name for name, item in truth(0).items() if item.story} == {
        (story.key, story.language) for story in read_stories()
    }


def story_history(key: str, language: str) -> list[StoryEvent]:
    """All that befalls a story from its publication on, the frame's changes included."""
    days = (truth(day)[key, language] for day in range(LAST_DAY + 1))
    return [event for item in days for event in item.changes]


def test_a_history_begins_with_the_publication_and_goes_on_in_order():
    events = story_history("library-questions", "fr")
    own = [(event.day, event.kind) for event in events if event.kind is not StoryEventKind.COSMETIC]

    assert own == [
        (0, StoryEventKind.PUBLISH),
        (6, StoryEventKind.RENAME),
        (22, StoryEventKind.EDIT_BODY),
        (30, StoryEventKind.EMPTY),
        (60, StoryEventKind.EDIT_BODY),
    ]
    assert [event.moment for event in events] == sorted(event.moment for event in events)


def test_a_history_holds_the_changes_of_the_frame_since_publication():
    days = [e.day for e in story_history("exam-graders", "vi") if e.kind is StoryEventKind.COSMETIC]

    assert days == [40, 44, 53]


def test_edits_between_two_visits_are_one_version():
    told = chronicle(edit(2, "line"), edit(4, "x", fr={"replace": [["line", "word"]]}))

    (item,) = expected([0, 3, 5, 9], told).values()

    assert [(v.seen_from, v.seen_until, v.text) for v in item.versions] == [
        (0, 0, "A paragraph."),
        (3, 3, "A line."),
        (5, 9, "A word."),
    ]
    assert [v.text for v in expected([0, 5], told)[NAME].versions] == ["A paragraph.", "A word."]


def test_a_text_that_comes_back_as_it_was_is_a_third_version():
    told = chronicle(edit(2, "line"), edit(4, "x", fr={"replace": [["line", "paragraph"]]}))

    assert [v.text for v in expected([0, 3, 5], told)[NAME].versions] == [
        "A paragraph.",
        "A line.",
        "A paragraph.",
    ]
    assert len(expected([0, 5], told)[NAME].versions) == 1


def test_a_deleted_story_has_a_tombstone_of_the_first_visit_that_found_it_gone():
    told = chronicle({"day": 2, "kind": "delete", "how": "410"})

    item = expected([0, 3, 5], told)[NAME]

    assert (item.gone_on, item.gone) == (3, Gone.GONE)
    assert [(v.seen_from, v.seen_until) for v in item.versions] == [(0, 0)]


def test_a_restored_story_lives_on_in_the_same_version():
    told = chronicle({"day": 2, "kind": "delete", "how": "404"}, {"day": 4, "kind": "restore"})

    item = expected([0, 3, 5], told)[NAME]

    assert (item.gone_on, item.gone) == (None, None)
    assert [(v.seen_from, v.seen_until) for v in item.versions] == [(0, 5)]


def test_what_is_served_in_a_pages_place_is_no_sight_of_it():
    told = chronicle({"day": 3, "kind": "paywall"})

    assert [(v.seen_from, v.seen_until) for v in expected([0, 3], told)[NAME].versions] == [(0, 0)]
    assert expected([3], told) == {}


def test_a_renamed_story_keeps_its_versions_and_its_old_address():
    told = chronicle({"day": 2, "kind": "rename", "fr": {"slug": "b"}})

    item = expected([0, 3], told)[NAME]

    assert (item.path, item.old_paths) == ("/fr/b/", ("/fr/a-slug/",))
    assert len(item.versions) == 1


def test_other_form_other_metadata_and_other_frames_make_no_version():
    plain = {StoryEventKind.EDIT_HEADLINE, StoryEventKind.EDIT_BODY, StoryEventKind.CORRECTION}

    for (key, language), item in expected(range(LAST_DAY + 1)).items():
        days = {event.day for event in story_history(key, language) if event.kind in plain}
        assert len(item.versions) == 1 + len(days), (key, language)


def test_sixty_days_leave_tombstones_of_all_that_is_gone_at_the_end():
    found = {name: item.gone for name, item in expected(range(LAST_DAY + 1)).items() if item.gone}

    assert found == {name: item.gone for name, item in truth(LAST_DAY).items() if item.gone}
    assert set(found.values()) >= {Gone.NOT_FOUND, Gone.GONE, Gone.REDIRECT_HOME}
