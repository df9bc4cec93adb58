"""Validators over the days: true where no lie is told, and lies where one is."""

from __future__ import annotations

from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime

import pytest
from lxml import html

from crawler.demo.exact.truth import truth
from crawler.demo.newsroom.chronicle import LAST_DAY, Chronicle
from crawler.demo.newsroom.events import LIES, StoryEventKind
from crawler.demo.newsroom.stories import read_stories
from crawler.demo.publisher import read_publisher
from tests.support.demo_days import (
    EVENTS,
    happenings,
    told,
)

PUBLISHER = read_publisher()
STORIES = read_stories(day=LAST_DAY)


@pytest.mark.parametrize("day", range(1, LAST_DAY + 1))
def test_validators_tell_the_truth_where_no_lie_is_told(visit, day):
    days = truth(day - 1), truth(day)
    honest = [
        item.story.path
        for name, item in days[1].items()
        if all(known[name].is_shown and not LIES & set(known[name].standing.lies) for known in days)
    ]
    others = ["/", "/fr/page/2/", "/en/about/", "/post-sitemap.xml", "/fr/feed/", "/feed/atom/"]
    paths = [honest[day % len(honest)], honest[-day % len(honest)], others[day % len(others)]]
    held = {path: answer for path in paths if (answer := visit(day - 1, path)).status == 200}

    for path, before in held.items():
        now = visit(day, path)
        by_tag = visit(day, path, If_None_Match=before.headers["ETag"])
        by_date = visit(day, path, If_Modified_Since=before.headers["Last-Modified"])
        if now.decoded != before.decoded:
            assert (by_tag.status, by_date.status) == (now.status, now.status)
        else:
            assert by_tag.status == 304


@pytest.mark.parametrize(("event", "language"), happenings(StoryEventKind.ETAG_FROZEN))
def test_a_frozen_tag_stays_over_an_edit(visit, event, language):
    first, last = (told(day, event, language).story for day in (event.day, event.until))
    before, after = (visit(day, first.path) for day in (event.day, event.until))
    sent = {
        "If_None_Match": before.headers["ETag"],
        "If_Modified_Since": before.headers["Last-Modified"],
    }

    asked = visit(event.until, first.path, **sent)
    later = visit(event.until + 1, first.path, **sent)

    assert first.text != last.text
    assert before.decoded != after.decoded
    for name in ("ETag", "Last-Modified"):
        assert before.headers[name] == after.headers[name] == asked.headers[name]
    assert asked.status == (304 if event.answers_304 else 200)
    assert asked.decoded == (b"" if event.answers_304 else after.decoded)
    assert later.status == 200


@pytest.mark.parametrize(("event", "language"), happenings(StoryEventKind.ETAG_RESTLESS))
def test_a_restless_tag_changes_though_the_page_does_not(visit, event, language):
    now = told(event.day, event, language).story
    changed = {other.day for other in EVENTS if other.kind not in LIES}
    changed |= {PUBLISHER.day_of(story.date_published) for story in STORIES}
    changed |= {day for day in range(LAST_DAY) if Chronicle().frame(day).shows_comments}
    quiet = [day for day in range(event.day + 1, event.until + 1) if day not in changed]

    assert quiet
    for day in quiet:
        before, after = (visit(day - 1 + n, now.path) for n in (0, 1))
        asked = visit(
            day,
            now.path,
            If_None_Match=before.headers["ETag"],
            If_Modified_Since=before.headers["Last-Modified"],
        )
        assert before.decoded == after.decoded
        assert before.headers["ETag"] != after.headers["ETag"]
        assert before.headers["Last-Modified"] != after.headers["Last-Modified"]
        assert asked.status == 200


@pytest.mark.parametrize("day", [0, 12, 33, LAST_DAY])
def test_no_page_was_changed_later_than_the_day(visit, day):
    for path in ("/", "/fr/", "/en/about/", "/post-sitemap.xml", "/feed/", "/fr/feed/atom/"):
        changed = parsedate_to_datetime(visit(day, path).headers["Last-Modified"])

        assert changed <= PUBLISHER.moment(day), format_datetime(changed.astimezone(UTC))


def test_pages_of_a_day_hold_no_link_to_what_is_not_there(visit):
    live = {item.story.path for item in truth(LAST_DAY).values() if item.is_live}
    gone = {item.story.path for item in truth(LAST_DAY).values() if not item.is_live}

    for path in ("/", "/fr/", "/en/", "/en/page/2/"):
        tree = html.document_fromstring(visit(LAST_DAY, path).decoded)
        linked = {address.removeprefix("http://demo.test") for address in tree.xpath("//a/@href")}
        assert linked & live
        assert not linked & gone
