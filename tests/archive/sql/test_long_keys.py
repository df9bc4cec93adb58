"""Keys of URLs that no index could hold whole, and the migration that brings an archive to them."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect, select, text

from archive.sql import views
from archive.sql.database import MIGRATIONS, Database, open_database
from archive.sql.schema import state_tables, view_tables
from archive.urls import MAX_LENGTH, bounded, host_of, is_cut
from tests.support.extractions import noise

LONG = f"http://news.test/{noise(0, 1_200)}"
TOO_LONG = f"http://news.test/{'a' * 8_000}"  # an index of PostgreSQL compresses this one
NOON = "2026-03-01 12:00:00"
BEFORE = f"""
INSERT INTO publisher (id, name) VALUES (1, 'news');
INSERT INTO warc_file (id, publisher_id, name, complete) VALUES (1, 1, 'f', true);
INSERT INTO capture (id, publisher_id, url, fetched_at, record_type, warc_file_id, warc_offset,
                     warc_length, warc_record_id)
VALUES (1, 1, '{TOO_LONG}', '{NOON}', 'response', 1, 0, 1, 'i');
INSERT INTO discovery (publisher_id, url, via, source_url, first_seen_at, last_seen_at, capture_id)
VALUES (1, '{LONG}', 'sitemap', '{LONG}', '{NOON}', '{NOON}', 1),
       (1, 'http://news.test/', 'link', '', '{NOON}', '{NOON}', 1),
       (1, 'http://news.test/', 'canonical', '{TOO_LONG}', '{NOON}', '{NOON}', 1);
INSERT INTO url (publisher_id, url, kind, via, state, priority, depth, redirects, fail_count)
VALUES (1, '{TOO_LONG}', 'page', 'seed', 'fetched', 0, 0, 0, 0)
"""


def upgrade(url: str, revision: str) -> None:
    engine = create_engine(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def test_an_archive_of_before_gets_keys_that_fit_and_loses_no_row(new_url, tmp_path: Path):
    url = new_url()
    upgrade(url, "0007")
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in BEFORE.split(";"):
            connection.execute(text(statement))
    engine.dispose()

    opened = open_database(url, tmp_path)

    with opened.reading() as connection:
        stored = connection.scalars(select(view_tables.capture.c.url)).all()
        found = connection.scalars(select(views.discovery.c.source_url)).all()
        asked = connection.scalars(select(views.url.c.url)).all()
    opened.close()
    assert stored == [bounded(TOO_LONG)]
    assert sorted(found) == sorted([LONG, "", bounded(TOO_LONG)])
    assert asked == []


@pytest.mark.parametrize("name", ["http://news.test/a", "<urn:uuid:1>", "đ" * 900])
def test_a_name_that_is_short_enough_stays_as_it_is(name: str):
    assert bounded(name) == name
    assert not is_cut(name)


@pytest.mark.parametrize("letter", ["a", "đ", "📌"])
def test_a_name_that_is_too_long_keeps_its_beginning_and_stays_apart_from_others(letter: str):
    names = [f"http://news.test/{letter * 4_000}{end}" for end in "xy"]

    cut = [bounded(name) for name in names]

    assert all(MAX_LENGTH - 4 < len(name.encode()) <= MAX_LENGTH for name in cut)
    assert len({*cut}) == 2
    assert [bounded(name) for name in cut] == cut
    assert all(is_cut(name) and host_of(name) == "news.test" for name in cut)


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_no_index_holds_two_urls(database: Database):
    long = {"url", "source_url", "target_url", "refers_to", "refers_to_url", "canonical_url"}
    long |= {"warc_record_id"}
    with database.reading() as connection:
        found = inspect(connection)
        indexes = [
            (table, index["column_names"])
            for table in state_tables.ALL_TABLES.tables
            for index in (*found.get_indexes(table), *found.get_unique_constraints(table))
        ]
    assert len(indexes) > 15
    assert [each for each in indexes if len(long.intersection(each[1])) > 1] == []
