"""What the operator is told of the archive, on each engine."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from archive.model import Outcome
from archive.profile import Profile
from archive.queries import PublisherStatus, publisher_status
from archive.sql.captures.lookups import publisher_ids
from archive.sql.known_urls import ids_for
from archive.sql.schema import state_tables, view_tables
from tests.support.graphs import DAWN, Seen, missing, url_of
from tests.support.settled import new_profile, settled, store

HOUR = timedelta(hours=1)


def told(database, profile: Profile, hours: float = 0) -> PublisherStatus:
    with database.reading() as connection:
        return publisher_status(connection, profile.name, DAWN + hours * HOUR)


def add(database, profile: Profile, *urls: dict[str, Any]) -> None:
    """Add rows to the frontier; *due* is in hours after the dawn."""
    with database.writing() as connection:
        owner = publisher_ids(connection)[profile.name]
        for number, values in enumerate(urls):
            due = values.pop("due", None)
            url = url_of(f"/frontier/{number}/")
            row = {
                "id": ids_for(connection, owner, [url])[url],
                "publisher_id": owner,
                "kind": "page",
                "via": "link",
                "state": "fetched",
                "priority": 1,
                "depth": 1,
                "redirects": 0,
                "fail_count": 0,
                "next_due_at": None if due is None else DAWN + due * HOUR,
                **values,
            }
            connection.execute(state_tables.frontier.insert().values(**row))


def test_it_counts_what_is_archived(database, ingest):
    profile = settled(
        ingest,
        Seen("/a/", 0, alternates=(("fr", "/b/"),)),
        Seen("/a/", 1, text="other words", alternates=(("fr", "/b/"),)),
        Seen("/b/", 2, alternates=(("en", "/a/"),)),
        Seen("/c/", 3),
        missing("/c/", 4),
    )
    settled(ingest, Seen("/d/", 0))

    found = told(database, profile)

    assert (found.articles, found.gone, found.versions, found.captures) == (3, 1, 4, 5)
    assert (found.translated, found.translation_groups) == (2, 1)
    assert (found.warc_files, found.warc_bytes, found.unsettled) == (1, 0, 0)
    assert found.first_capture_at == DAWN
    assert found.last_capture_at == DAWN + timedelta(minutes=4)


def test_what_waits_to_be_settled_is_counted(database, ingest):
    profile = new_profile()
    store(ingest, profile, [(0, Seen("/a/", 0)), (1, Seen("/b/", 1))])

    assert told(database, profile).unsettled == 2


def test_what_another_extractor_made_is_counted_and_so_is_what_another_profile_did(
    database, ingest
):
    profile = settled(ingest, Seen("/a/", 0), Seen("/b/", 1), missing("/b/", 2))
    settled(ingest, Seen("/c/", 0))

    def count(made_by: tuple[str, str] | None) -> int:
        with database.reading() as connection:
            found = publisher_status(connection, profile.name, DAWN, made_by=made_by)
            return found.of_another_extractor

    made = [("test", "sha256:0"), ("newer", "sha256:0"), ("test", "sha256:1"), None]
    assert [count(by) for by in made] == [0, 3, 3, 0]


def test_those_that_another_extractor_made_are_no_more_once_they_are_replaced(database, ingest):
    profile = settled(ingest, Seen("/a/", 0), Seen("/b/", 1))
    with database.writing() as connection:
        one = view_tables.extraction.c.id.in_(
            select(func.min(view_tables.extraction.c.id))
            .join(view_tables.capture)
            .where(view_tables.capture.c.publisher_id == publisher_ids(connection)[profile.name])
        )
        connection.execute(view_tables.extraction.update().where(one).values(extractor="newer"))

    with database.reading() as connection:
        found = publisher_status(connection, profile.name, DAWN, made_by=("newer", "sha256:0"))

    assert found.of_another_extractor == 1


def test_what_is_due_is_told_by_kind_and_reason(database, ingest):
    profile = settled(ingest, Seen("/a/", 0))
    add(
        database,
        profile,
        {"state": "pending", "due_reason": "new"},
        {"state": "pending"},
        {"due": 1, "due_reason": "age"},
        {"due": 1, "due_reason": "source", "kind": "sitemap"},
        {"due": 1, "due_reason": "retry", "state": "retry"},
        {"due": 3, "due_reason": "age"},
        {"due": 1, "state": "skipped"},
        {},
    )

    found = told(database, profile, hours=2)

    assert found.due == {
        "page": {"age": 1, "new": 1, "pending": 1, "retry": 1},
        "sitemap": {"source": 1},
    }
    assert found.next_due_at == DAWN + 3 * HOUR
    assert found.urls == {"fetched": 4, "pending": 2, "retry": 1, "skipped": 1}


def test_the_worst_failures_are_named(database, ingest):
    profile = settled(ingest, Seen("/a/", 0))
    add(
        database,
        profile,
        *[{"state": "retry", "fail_count": n, "outcome": "error"} for n in range(1, 6)],
    )

    found = told(database, profile)

    assert found.failing == 5
    assert [failing.fail_count for failing in found.failures] == [5, 4, 3]
    assert found.failures[0].url == url_of("/frontier/4/")
    assert found.failures[0].outcome == "error"


def test_articles_are_counted_whose_current_text_has_a_low_confidence(database, ingest):
    profile = settled(
        ingest,
        Seen("/a/", 0, confidence=0.2),
        Seen("/b/", 0, confidence=0.2),
        Seen("/b/", 1, text="other words", confidence=0.9),
        Seen("/c/", 0, confidence=0.5),
        Seen("/d/", 0),
    )
    settled(ingest, Seen("/e/", 0, confidence=0.1))

    assert told(database, profile).low_confidence == 1


def test_flags_are_counted_and_other_remarks_are_not(database, ingest):
    profile = settled(
        ingest,
        Seen("/a/", 0, flags=frozenset({"paywall_stub"})),
        Seen("/b/", 1, flags=frozenset({"paywall_stub", "truncated: length"})),
        Seen("/c/", 2, Outcome.BLOCKED, flags=frozenset({"consent_wall"})),
        Seen("/d/", 3, is_amp=True),
        Seen("/e/", 4),
    )

    assert told(database, profile).doubts == {"consent_wall": 1, "paywall_stub": 2, "truncated": 1}


def test_the_last_crawl_is_the_one_that_was_begun_last(database, ingest):
    profile = settled(ingest, Seen("/a/", 0))
    with database.writing() as connection:
        for hour, exit_state in ((0, "dead"), (1, "done"), (2, None)):
            ended = DAWN + (hour + 0.5) * HOUR if exit_state else None
            connection.execute(
                state_tables.crawl.insert().values(
                    publisher_id=publisher_ids(connection)[profile.name],
                    command="pressmark crawl",
                    started_at=DAWN + hour * HOUR,
                    ended_at=ended,
                    profile_digest="",
                    software={},
                    counts={"lying_etags": hour},
                    exit_state=exit_state,
                )
            )

    last = told(database, profile).last_crawl

    assert last is not None
    assert (last.started_at, last.ended_at, last.exit_state) == (DAWN + 2 * HOUR, None, None)
    assert last.counts == {"lying_etags": 2}


def test_a_publisher_that_was_never_crawled_has_no_last_crawl(database, ingest):
    assert told(database, settled(ingest, Seen("/a/", 0))).last_crawl is None
