"""The clock tells stories and events up to a day, and may be turned back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.demo.newsroom.chronicle import LAST_DAY, Chronicle
from crawler.demo.newsroom.edition import Frame
from crawler.demo.newsroom.events import StoryEventKind, parse_event
from crawler.demo.newsroom.stories import parse_story, read_stories
from crawler.demo.publisher import read_publisher
from tests.support.demo import SOME_STORY

PUBLISHER = read_publisher()
STORY = parse_story("a-key", "fr", SOME_STORY, PUBLISHER)
DEFAULTS = {"day": 3, "languages": ["fr"]}


def event(**values):
    return parse_event(DEFAULTS | values, "a-key", PUBLISHER)


def edit(kind, day, **changes):
    return parse_event({"day": day, "kind": kind, "fr": changes}, "a-key", PUBLISHER)


def told(*events, stories=(STORY,)):
    return Chronicle(PUBLISHER, stories, events)


def test_day_zero_is_the_stories_as_first_published():
    edition = Chronicle().edition(0)

    assert edition.stories == read_stories()
    assert (edition.moved, edition.changed) == ({}, None)
    assert edition.frame == Frame(year=PUBLISHER.year)


def test_turning_the_clock_back_gives_the_earlier_day_again():
    chronicle = Chronicle()
    before = chronicle.edition(5)

    chronicle.edition(LAST_DAY)

    assert chronicle.edition(5) == before


def test_nothing_happens_after_the_last_day():
    chronicle = Chronicle()

    last, later = chronicle.edition(LAST_DAY), chronicle.edition(LAST_DAY + 30)

    assert (last.stories, last.frame, last.moved) == (later.stories, later.frame, later.moved)


@pytest.mark.parametrize("day", range(LAST_DAY + 1))
def test_no_date_on_the_site_is_later_than_the_day(day):
    edition = Chronicle().edition(day)

    assert all(
        story.date_published <= story.date_modified <= edition.moment for story in edition.stories
    )
    assert edition.changed is None or edition.changed <= edition.moment


def test_an_edit_changes_the_text_and_the_date_of_modification_and_nothing_else():
    chronicle = told(edit("edit_body", 3, replace=[["A paragraph", "Two paragraphs"]]))

    before, after = (chronicle.edition(day).stories[0] for day in (2, 3))

    assert before == STORY
    assert after.text == "Two paragraphs."
    assert after.date_modified_raw == "2025-12-23T09:00:00+07:00"
    assert replace(
        after,
        markdown=STORY.markdown,
        blocks=STORY.blocks,
        date_modified=STORY.date_modified,
        date_modified_raw=STORY.date_modified_raw,
    ) == (STORY)


def test_a_correction_adds_its_note_as_a_paragraph():
    chronicle = told(edit("correction", 3, note="It was three."))

    assert chronicle.edition(3).stories[0].text == "A paragraph.\nIt was three."


def test_a_passage_that_is_not_there_once_cannot_be_replaced():
    chronicle = told(edit("edit_body", 3, replace=[["a", "b"]]))

    with pytest.raises(ValueError, match="does not hold 'a' once"):
        chronicle.edition(3)


def test_the_old_addresses_of_a_story_lead_to_its_present_one():
    chronicle = told(edit("rename", 3, slug="b"), edit("rename", 5, slug="c"))

    assert chronicle.edition(5).moved == {"/fr/a-slug/": "/fr/c/", "/fr/b/": "/fr/c/"}


def test_an_old_address_that_another_story_takes_leads_nowhere_else():
    other = replace(parse_story("b-key", "fr", SOME_STORY, PUBLISHER), post_id=901)
    later = replace(other, date_published=PUBLISHER.moment(4))
    chronicle = told(edit("rename", 3, slug="b"), stories=(STORY, later))

    assert chronicle.edition(3).moved == {"/fr/a-slug/": "/fr/b/"}
    assert chronicle.edition(4).moved == {}
    assert {s.path: s.key for s in chronicle.edition(4).stories} == {
        "/fr/a-slug/": "b-key",
        "/fr/b/": "a-key",
    }


def test_two_stories_may_not_have_one_address():
    other = parse_story("b-key", "fr", SOME_STORY, PUBLISHER)

    with pytest.raises(ValueError, match="two stories have the address /fr/a-slug/"):
        told(stories=(STORY, other)).edition(0)


def test_a_deleted_story_is_off_the_site_until_it_is_restored():
    chronicle = told(event(kind="delete", how="404"), event(kind="restore", day=5))

    counts = [len(chronicle.edition(day).stories) for day in (2, 3, 4, 5)]

    assert counts == [1, 0, 0, 1]
    assert chronicle.edition(5).stories[0].text == STORY.text


@pytest.mark.parametrize(
    "events",
    [
        [event(kind="restore")],
        [event(kind="delete", how="404"), event(kind="delete", how="410", day=4)],
        [event(kind="delete", how="404"), edit("rename", 4, slug="b")],
    ],
)
def test_what_cannot_befall_a_story_in_its_state_is_refused(events):
    with pytest.raises(ValueError, match="a-key on day"):
        told(*events).edition(4)


def test_a_lie_holds_until_its_last_day_and_a_disturbance_for_one():
    chronicle = told(event(kind="sitemap_lie", until=4), event(kind="empty"))
    standings = [chronicle.edition(day).standings["/fr/a-slug/"] for day in (2, 3, 4, 5)]

    assert [StoryEventKind.SITEMAP_LIE in item.lies for item in standings] == [
        False,
        True,
        True,
        False,
    ]
    assert [item.disturbance for item in standings] == [None, StoryEventKind.EMPTY, None, None]
