"""Which publishers of an archive have something due, for ``pressmark crawl --due``."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from archive.errors import NoArchiveError, UnknownPublisherError
from archive.library import open_archive
from archive.model import Outcome
from archive.model.reason import Reason
from archive.profile import Profile, write_profile
from archive.revisit import url_updates
from archive.revisit.failing_hosts import host_failed
from archive.revisit.inputs import Due
from archive.sql.captures.store import publisher_id
from archive.sql.frontier import store as frontier
from crawler.due import DueCrawls, due_publishers
from tests.support.crawling import ingested, store_captures
from tests.support.frontier import HOUR, NOON, entry, fetched


def names(found: DueCrawls) -> list[str]:
    return [profile.name for profile in found.profiles]


def profile_of(name: str) -> Profile:
    return Profile(name=name, home=f"http://{name}.test/")


def crawled(home: Path, name: str, *, due: timedelta = HOUR, is_known: bool = True) -> int:
    """Have a publisher's front page captured at noon and due again so much later; its id.

    Unless it *is_known*, its profile is lost.
    """
    profile = profile_of(name)
    if is_known:
        write_profile(home, profile)

    def work(connection: Connection) -> int:
        owner = publisher_id(connection, name, None, profile.home)
        page = ingested(profile.home, Outcome.LISTING, warc_file=f"{name}.warc.gz")
        store_captures(connection, owner, page)
        row = fetched(profile.home, due=Due(NOON + due, Reason.SOURCE))
        url_updates.fetched(connection, owner, [row])
        return owner

    with open_archive(home) as archive, archive.database.writing() as connection:
        return work(connection)


def test_a_publisher_is_due_when_the_first_of_its_urls_is(home: Path):
    crawled(home, "news")

    assert names(due_publishers(home, NOON + HOUR - timedelta(seconds=1))) == []
    assert names(due_publishers(home, NOON + HOUR)) == ["news"]


def test_a_publisher_that_was_never_crawled_is_due(home: Path):
    write_profile(home, profile_of("news"))

    assert names(due_publishers(home, NOON)) == ["news"]


def test_publishers_are_named_by_the_alphabet_and_only_those_that_are_asked_for(home: Path):
    for name in ("sun", "moon", "star"):
        crawled(home, name)

    assert names(due_publishers(home, NOON + HOUR)) == ["moon", "star", "sun"]
    assert names(due_publishers(home, NOON + HOUR, ["sun", "moon"])) == ["moon", "sun"]


def test_a_publisher_whose_profile_is_lost_is_named_and_not_crawled(home: Path):
    crawled(home, "news", is_known=False)

    found = due_publishers(home, NOON + HOUR)

    assert (names(found), found.lacking) == ([], ["news"])


def test_a_publisher_whose_server_fails_says_what_waits_and_until_when(home: Path):
    owner = crawled(home, "news")
    failed_at = NOON + 2 * HOUR
    with open_archive(home) as archive, archive.database.writing() as connection:
        host = host_failed(connection, owner, "http://news.test", "no answer", failed_at)
        frontier.add(connection, owner, [entry("http://news.test/a/")])

    found = due_publishers(home, failed_at)

    assert names(found) == []
    (waits,) = found.waiting["news"]
    assert (waits.urls, waits.until, waits.reason) == (1, host.retry_at, "no answer")
    assert names(due_publishers(home, host.retry_at)) == ["news"]


def test_a_publisher_that_rests_without_a_failure_is_not_said_to_wait(home: Path):
    crawled(home, "news")

    assert due_publishers(home, NOON).waiting == {}


def test_a_name_that_nobody_has_is_refused_with_the_names_that_there_are(home: Path):
    crawled(home, "news")

    with pytest.raises(UnknownPublisherError, match="no publisher is called 'sun'; known: news"):
        due_publishers(home, NOON, ["sun"])


def test_where_there_is_no_archive_nothing_is_made(tmp_path: Path):
    with pytest.raises(NoArchiveError):
        due_publishers(tmp_path / "nothing", NOON)

    assert not (tmp_path / "nothing").exists()
