"""Nothing that is asked of an archive, or done for one page, reads a growing table as a whole.

The statements are those that the code runs on a small archive with all that a site has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from archive.crawl_traps import pattern_yield
from archive.model import Candidate, Via
from archive.pipeline.frontier_updates import entry_of
from archive.pipeline.ingest import Ingest
from archive.queries import (
    export_page,
    find_article,
    publisher_status,
    search,
    search_articles,
    stories_at,
)
from archive.queries.export_rows import ExportFilter
from archive.queries.history import article_histories
from archive.revisit import url_rows
from archive.revisit.url_updates import make_due_pending
from archive.settings import Settings
from archive.sql.captures import lookups
from archive.sql.database import Database
from archive.sql.frontier import store as frontier
from archive.sql.frontier.store import RESTING
from archive.sql.schema.words import REASON_WORDS, STATE_WORDS
from archive.warc.store import Store
from benchmarks.scaling.base import Prepared
from benchmarks.scaling.site import BEGINNING, HOME, PROFILE, YEARS, Site, Visit
from tests.support.invented_pages import invented_pages
from tests.support.query_plans import pretend_to_be_large, statements_of, whole_tables

NOW = BEGINNING + YEARS + timedelta(days=1)
SITE = Site(invented_pages(60))

ALLOWED = {
    # It stops at the first row: whether the publisher has any.
    "SELECT frontier.id \nFROM frontier \nWHERE frontier.publisher_id =": {"frontier"},
    # A page of results follows an index from where it begins, and stops when it is full.
    "ORDER BY publisher.name, article.canonical_url": {"article", "version"},
    # The newest articles are walked through by the index of their dates, down to a date; the date
    # is that of the article with so many before it.
    "WHERE EXISTS (SELECT": {"article"},
    "SELECT article.dated_at \nFROM": {"article"},
    # The index has nothing but the parts of articles in several pages.
    "edge.kind = 'part'": {"edge"},
    # The index has nothing but revisits that name a URL, as other software writes them; here none.
    "capture.refers_to_url IS NOT NULL": {"capture"},
    # The index has nothing but pending URLs, and is read until there are enough.
    f"frontier.state = {STATE_WORDS.index('pending')}": {"frontier"},
    # The index has nothing but sources.
    f"frontier.due_reason = {REASON_WORDS.index('source')}": {"frontier"},
}
"""Pieces of the statements that may read a table to a part, and the tables."""
COUNTED = (
    # There are few: of all texts, those with a flag.
    "CAST(extraction.flags AS TEXT)",
    # What is due is few, and pending URLs are those of a crawl that was ended.
    "frontier.kind, frontier.due_reason, frontier.state, count",
    # The first capture of nearly every file is one of the publisher.
    "coalesce(sum(warc_file.size_bytes)",
    # A twentieth of the articles has a second version, or a part of a translation.
    "version.seq > 1",
    "article.translation_group IS NOT NULL",
    "extraction.confidence < 0.5",
    "frontier.held_by IS NOT NULL",
)
"""Pieces of the statements of ``status`` that look at rows as well."""


@pytest.fixture
def taken_in(
    database: Database, tmp_path: Path
) -> Iterator[tuple[Ingest, Callable[[list[Visit]], None]]]:
    """An ingest whose archive has the site, and what takes in more of it."""
    workers = Prepared(Store(tmp_path / "warc", Settings()), Settings(workers=1))
    ingest = Ingest(database, workers)

    def take_in(visits: list[Visit]) -> None:
        workers.prepare(visits)
        for future in [ingest.submit(visit.capture, PROFILE) for visit in visits]:
            future.result()

    ingest.add(PROFILE, [Candidate(url=HOME, via=Via.SEED)]).result()
    take_in(list(SITE.visits()))
    ingest.settle_all(PROFILE, learning=False)
    pretend_to_be_large(database)
    yield ingest, take_in
    ingest.close()
    workers.close(kill=True)


def scans(
    database: Database, statements: dict[str, Any], *, counts: bool = False
) -> dict[str, set[str]]:
    found = {}
    for statement, parameters in statements.items():
        with database.engine.connect() as connection:
            tables = whole_tables(connection, statement, parameters, counts=counts)
        for piece, allowed in ALLOWED.items():
            if piece in statement:
                tables -= allowed
        if tables:
            found[statement] = tables
    return found


def questions(owner: int) -> Iterator[Callable[[Connection], Any]]:
    url = SITE.urls[7]
    yield lambda c: search_articles(c, "newsletter news")
    yield lambda c: search_articles(c, "newsletter", publisher_name=PROFILE.name, language="en")
    yield lambda c: article_histories(c, stories_at(c, url))
    yield lambda c: find_article(c, url)
    yield lambda c: export_page(c, ExportFilter())
    yield lambda c: export_page(c, ExportFilter(history=True))
    yield lambda c: lookups.answers(c, owner, url, 5)
    yield lambda c: lookups.originals(c, owner, url, "sha1:NONE")
    yield lambda c: url_rows.is_due(c, owner, NOW)
    yield lambda c: url_rows.next_retry(c, owner)
    yield lambda c: frontier.pending(c, owner, (), 32)


def next_newest(connection: Connection) -> None:
    first = search_articles(connection, "the", newest=True, limit=1)
    assert first.next_cursor
    search_articles(connection, "the", newest=True, limit=1, cursor=first.next_cursor)
    search_articles(connection, "the", newest=True, limit=1, language="en")


@pytest.mark.parametrize("few", [1, 1_000], ids=["walked", "sorted"])
def test_the_newest_hits_are_found_without_reading_a_growing_table_as_a_whole(
    taken_in, database: Database, monkeypatch, few
):
    del taken_in
    monkeypatch.setattr(search, "FEW_HITS", few)
    monkeypatch.setattr(search, "LOOKED_AT", 3)

    with statements_of(database) as statements, database.reading() as connection:
        next_newest(connection)

    assert scans(database, statements) == {}


def test_a_question_reads_no_growing_table_as_a_whole(taken_in, database: Database):
    ingest, _ = taken_in
    owner = ingest.do(partial(ingest.publisher_id, profile=PROFILE)).result()

    with statements_of(database) as statements, database.reading() as connection:
        for question in questions(owner):
            question(connection)

    assert scans(database, statements) == {}


def test_the_start_of_a_crawl_reads_no_growing_table_as_a_whole(taken_in, database: Database):
    ingest, _ = taken_in
    owner = ingest.do(partial(ingest.publisher_id, profile=PROFILE)).result()

    with statements_of(database) as statements, database.writing() as connection:
        frontier.add(connection, owner, [entry_of(Candidate(url=HOME, via=Via.SEED), PROFILE, 0)])
        pattern_yield.release_patterns(connection, owner, PROFILE)
        make_due_pending(connection, owner, NOW, RESTING, at_once=True)

    assert scans(database, statements) == {}


def test_a_page_is_stored_and_settled_without_reading_a_growing_table_as_a_whole(
    taken_in, database: Database
):
    ingest, take_in = taken_in
    visit = SITE.story(3, f"{HOME}new/3/", NOW)

    with statements_of(database) as statements:
        take_in([visit])
        ingest.settle(PROFILE, [visit.capture.url]).result()

    assert scans(database, statements) == {}


def test_the_status_reads_no_row_of_a_growing_table_that_an_index_can_count(
    taken_in, database: Database
):
    del taken_in
    with statements_of(database) as statements, database.reading() as connection:
        publisher_status(connection, PROFILE.name, NOW)

    found = scans(database, statements, counts=True)
    assert [each for each in found if not any(piece in each for piece in COUNTED)] == []
