"""Events are read from TOML, and one that makes no sense is refused by name."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import timedelta

import pytest

from crawler.demo.newsroom.chronicle import LAST_DAY
from crawler.demo.newsroom.events import (
    DISTURBANCES,
    Gone,
    StoryEventKind,
    parse_event,
    read_events,
)
from crawler.demo.publisher import read_publisher

PUBLISHER = read_publisher()
EVENTS = read_events()


def event_of(text, key="night-bus"):
    return parse_event(tomllib.loads(text), key, PUBLISHER)


def test_everything_that_can_happen_does_within_sixty_days():
    assert {event.kind for event in EVENTS} == set(StoryEventKind) - {StoryEventKind.PUBLISH}
    assert {event.how for event in EVENTS if event.how} == set(Gone)
    assert max(event.until or event.day for event in EVENTS) <= LAST_DAY == 60


def test_events_come_in_order_of_time_and_no_two_of_one_story_at_once():
    moments = [event.moment for event in EVENTS]
    together = Counter(
        (event.key, event.moment, code) for event in EVENTS for code in event.languages
    )

    assert moments == sorted(moments)
    assert max(together.values()) == 1


def test_an_event_is_seen_on_its_own_day_and_not_on_the_day_before():
    for event in EVENTS:
        assert event.moment.utcoffset() == timedelta(hours=7)
        assert PUBLISHER.moment(event.day - 1) < event.moment <= PUBLISHER.moment(event.day)


def test_an_edit_says_what_it_changes_in_which_languages():
    event = event_of('day = 2\ntime = 16:20:00\nkind = "rename"\nfr.slug = "x"\nen.slug = "y"')

    assert (event.day, event.moment.isoformat()) == (2, "2025-12-22T16:20:00+07:00")
    assert event.languages == ("fr", "en")
    assert event.edits["fr"] == {"slug": "x"}


def test_an_event_without_languages_befalls_all_translations():
    event = event_of('day = 2\nkind = "delete"\nhow = "410"')

    assert (event.languages, event.how) == (("vi", "fr", "en"), Gone.GONE)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('day = 2\nkind = "explode"', "explode"),
        ('day = 2\nkind = "publish"', "date_published"),
        ('day = 0\nkind = "restore"', "day 0"),
        ('day = 2\ntime = 23:00:00\nkind = "restore"', "not seen on that day"),
        ('day = 2\nkind = "rename"\nfr.headline = "x"', "knows no"),
        ('day = 2\nkind = "rename"', "in no language"),
        ('day = 2\nkind = "delete"', "how"),
        ('day = 2\nkind = "delete"\nhow = "500"', "500"),
        ('day = 2\nkind = "empty"\nuntil = 3', "knows no"),
        ('day = 2\nkind = "empty"\nlanguages = ["de"]', "de"),
        ('day = 5\nkind = "sitemap_lie"\nuntil = 4', "before it begins"),
        ('day = 5\nkind = "cosmetic"\nframe = { widget = 1 }', "befalls night-bus"),
    ],
)
def test_an_event_that_makes_no_sense_is_refused(text, problem):
    with pytest.raises((ValueError, KeyError), match=problem):
        event_of(text)


def test_a_story_is_not_befallen_by_what_has_no_story():
    with pytest.raises(ValueError, match="the whole site"):
        event_of('day = 2\nkind = "empty"', key=None)


def test_the_message_names_the_file_and_the_event(tmp_path):
    (tmp_path / "a-key").mkdir()
    (tmp_path / "a-key" / "events.toml").write_text('[[event]]\nday = 2\nkind = "explode"\n')

    with pytest.raises(ValueError, match=r"a-key/events\.toml: event 1: .*explode"):
        read_events(PUBLISHER, folder=tmp_path)


def test_a_days_disturbances_leave_most_stories_alone():
    for day in {event.day for event in EVENTS}:
        disturbed = [e for e in EVENTS if e.day == day and e.kind in DISTURBANCES]

        assert sum(len(event.languages) for event in disturbed) <= 3
