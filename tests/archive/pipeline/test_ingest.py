"""What of a page's links reaches the database: each once, whatever came first or failed between."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from archive.errors import StorageError
from archive.extract.stamp import EXTRACTOR
from archive.library import open_archive
from archive.model import Candidate, Capture, Extraction, Outcome, RecordType, Via
from archive.pipeline.storing import CaptureRow, WriterJob
from archive.profile import Profile
from archive.sql import views
from archive.sql.captures.store import Ingestible
from tests.support.stores import NOON

PROFILE = Profile(name="example", home="https://example.org/", max_depth=1)
LINK = "https://example.org/linked/"


@pytest.fixture
def archive(tmp_path):
    with open_archive(tmp_path / "home", create=True) as opened:
        yield opened


def page(number, *candidates, url=None):
    """A page that names *candidates*, captured *number* seconds after noon."""
    capture = Capture(
        url=url or f"https://example.org/page-{number}/",
        fetched_at=NOON + timedelta(seconds=number),
        warc_file="example.warc.gz",
        warc_offset=number,
        warc_length=1,
        warc_record_id=f"<urn:uuid:{number}>",
        record_type=RecordType.RESPONSE,
    )
    found = Extraction(outcome=Outcome.PAGE, extractor=EXTRACTOR, candidates=candidates)
    return CaptureRow(PROFILE, Ingestible(capture, found, PROFILE.reading_digest))


def links(*urls):
    return [Candidate(url=url, via=Via.LINK) for url in urls]


def rows(archive, table, *columns):
    with archive.database.reading() as connection:
        found = connection.execute(select(table).order_by(table.c.url)).mappings().all()
        return [tuple(row[column] for column in columns) for row in found]


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_of_a_link_the_first_capture_that_names_it_is_kept_in_whatever_order_they_come(
    archive, order
):
    for number in order:
        archive.ingest._commit([page(number, *links(LINK))])

    assert rows(archive, views.discovery, "url", "first_seen_at", "last_seen_at") == [
        (LINK, NOON + timedelta(seconds=1), NOON + timedelta(seconds=1))
    ]


def test_a_sitemap_that_names_a_url_again_is_seen_to_do_so(archive):
    for number in (1, 2):
        named = Candidate(url=LINK, via=Via.SITEMAP, lastmod=f"2026-03-0{number}")
        archive.ingest._commit([page(number, named, url="https://example.org/sitemap.xml")])

    assert rows(archive, views.discovery, "url", "last_seen_at", "lastmod") == [
        (LINK, NOON + timedelta(seconds=2), "2026-03-02")
    ]


def test_links_of_a_transaction_that_failed_are_written_by_the_next(archive):
    def fail(_):
        raise StorageError("the disk is on fire")

    lost = page(1, *links(LINK))
    archive.ingest._commit([lost, WriterJob(fail)])
    archive.ingest._commit([page(2, *links(LINK))])

    assert isinstance(lost.future.exception(), StorageError)
    assert rows(archive, views.discovery, "url") == [(LINK,)]
    assert (LINK, "pending") in rows(archive, views.url, "url", "state")


def test_a_link_too_deep_is_fetched_once_a_page_nearer_by_names_it(archive):
    deep, near = "https://example.org/deep/", "https://example.org/near/"
    archive.ingest.add(PROFILE, links(deep), depth=1).result()
    archive.ingest.add(PROFILE, links(near), depth=0).result()

    for number, url in enumerate((deep, deep, near)):
        archive.ingest._commit([page(number, *links(LINK), url=url)])

    assert (LINK, "pending", 1) in rows(archive, views.url, "url", "state", "depth")


def test_a_url_that_was_fetched_is_not_pending_again_for_being_linked_again(archive):
    archive.ingest._commit([page(1, *links(LINK))])
    archive.ingest._commit([page(2, url=LINK)])
    archive.ingest._commit([page(3, *links(LINK))])

    assert (LINK, "fetched") in rows(archive, views.url, "url", "state")
