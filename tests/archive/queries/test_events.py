"""What befell an article between its versions, told from the captures of its addresses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from archive.model import Outcome
from archive.queries.events import EventKind, events_of
from tests.support.graphs import DAWN, url_of

HERE = url_of("/a/")
OLD = url_of("/old/")


def capture(hour: int, outcome: Outcome = Outcome.ARTICLE, **values: Any) -> dict[str, Any]:
    """A capture of the article's page, as the query gives it."""
    return {
        "url": HERE,
        "fetched_at": DAWN + timedelta(hours=hour),
        "http_status": 200,
        "error": None,
        "outcome": outcome,
        "flags": [],
        "reason": None,
        "target_url": None,
        "warc_file": "a.warc.gz",
        "warc_offset": hour,
        "warc_record_id": f"<urn:{hour}>",
        **values,
    }


def events(*captures: dict[str, Any]) -> list[tuple[EventKind, str | None, int, int]]:
    """Kind, what, hour and number of captures of each event."""
    hour = timedelta(hours=1)
    return [
        (event.kind, event.what, (event.at - DAWN) // hour, event.captures)
        for event in events_of(captures, {HERE, OLD})
    ]


def test_an_article_that_stays_has_no_events():
    assert events(capture(0), capture(1), capture(2)) == []


def test_gone_lasts_until_it_is_restored():
    assert events(
        capture(0),
        capture(1, Outcome.MISSING, http_status=410),
        capture(2, Outcome.MISSING, http_status=410),
        capture(3),
        capture(4),
    ) == [(EventKind.GONE, "410", 1, 2), (EventKind.RESTORED, None, 3, 1)]


def test_another_way_to_be_gone_is_another_event():
    assert events(
        capture(0),
        capture(1, Outcome.MISSING, http_status=404),
        capture(2, Outcome.MISSING, http_status=410),
    ) == [(EventKind.GONE, "404", 1, 1), (EventKind.GONE, "410", 2, 1)]


def test_a_page_that_says_it_is_gone_is_named_so():
    gone = capture(1, Outcome.MISSING, flags=["soft_404"])

    assert events(capture(0), gone) == [(EventKind.GONE, "soft_404", 1, 1)]


def test_a_failure_in_between_does_not_hide_that_it_was_restored():
    assert events(
        capture(0),
        capture(1, Outcome.MISSING, http_status=404),
        capture(2, Outcome.ERROR, http_status=503),
        capture(3),
    ) == [
        (EventKind.GONE, "404", 1, 1),
        (EventKind.FAILED, "503", 2, 1),
        (EventKind.RESTORED, None, 3, 1),
    ]


def test_a_wall_a_stub_and_a_torn_page_are_doubtful():
    assert events(
        capture(0),
        capture(1, Outcome.BLOCKED, flags=["consent_wall"]),
        capture(2, flags=["amp", "paywall_stub"]),
        capture(3, flags=["truncated: disconnect"]),
        capture(4, Outcome.EMPTY, reason="no words"),
        capture(5, Outcome.LISTING),
        capture(6),
    ) == [
        (EventKind.DOUBTFUL, "consent_wall", 1, 1),
        (EventKind.DOUBTFUL, "paywall_stub", 2, 1),
        (EventKind.DOUBTFUL, "truncated", 3, 1),
        (EventKind.DOUBTFUL, "no words", 4, 1),
        (EventKind.DOUBTFUL, "listing", 5, 1),
    ]


def test_an_address_that_leads_to_another_of_the_article_has_moved():
    old = [capture(0, url=OLD), capture(1, Outcome.REDIRECT, url=OLD, target_url=HERE)]

    assert events(*old, capture(2)) == [(EventKind.MOVED, f"leads to {HERE}", 1, 1)]


def test_an_address_that_leads_elsewhere_is_gone():
    home = url_of("/")

    assert events(capture(0), capture(1, Outcome.REDIRECT, target_url=home)) == [
        (EventKind.GONE, f"leads to {home}", 1, 1)
    ]


def test_a_short_link_that_never_bore_the_article_has_no_events():
    short = capture(0, Outcome.REDIRECT, url=OLD, target_url=HERE)

    assert events(short, capture(1)) == []


def test_a_revisit_of_what_is_not_there_tells_nothing():
    assert events(capture(0), capture(1, Outcome.REVISIT), capture(2)) == []
