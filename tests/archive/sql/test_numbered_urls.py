"""The migration that lets each URL stand once: what the tables held, the SQL views show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    LargeBinary,
    MetaData,
    Table,
    create_engine,
    event,
    func,
    insert,
    select,
)

from archive.sql import views
from archive.sql.database import MIGRATIONS, open_database
from archive.sql.known_urls import ids_of
from archive.sql.schema.view_tables import capture, known_url, naming, publisher, warc_file

BEFORE = "0024"
HOME, STORY, OTHER = (f"http://news.test/{path}" for path in ("", "Story/?b=1&a=2", "other"))
SITEMAP = "http://news.test/sitemap.xml"
NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
LONG_AGO = datetime(1955, 7, 30, 23, 59, 59, 999999, tzinfo=UTC)
HOUR = timedelta(hours=1)
_OLD_DISCOVERY = Table(
    "discovery",
    MetaData(),
    *(Column(column.name, column.type) for column in views.discovery.columns),
    Column("source_key", LargeBinary),
)
CAPTURES = ((1, HOME, NOON), (2, SITEMAP, NOON), (3, SITEMAP, NOON + HOUR))
NAMED = (
    (STORY, "link", "", 1, NOON, NOON, None),
    (STORY, "sitemap", SITEMAP, 2, NOON, NOON + HOUR, "2026-03-01"),
    (OTHER, "news_sitemap", SITEMAP, 3, NOON + HOUR, NOON + HOUR, None),
)
FRONTIER = (
    {"url": STORY, "state": "fetched", "outcome": "article", "published_at": LONG_AGO},
    {"url": HOME, "state": "pending", "source_url": None, "due_reason": "source"},
    {"url": OTHER, "state": "skipped", "skip_reason": "too deep", "is_twin": True},
)


def fill(connection: Connection) -> None:
    """Put a frontier and discoveries into a database as it was before."""
    connection.execute(insert(publisher).values(id=1, name="news"))
    connection.execute(insert(warc_file).values(id=1, name="f", complete=True))
    for key, url, moment in CAPTURES:
        row = {"id": key, "publisher_id": 1, "url": url, "fetched_at": moment, "warc_file_id": 1}
        place = {"warc_offset": key, "warc_length": 1, "warc_record_id": f"<urn:uuid:{key}>"}
        connection.execute(insert(capture).values(record_type="response", **row, **place))
    for url, via, source, key, first, last, lastmod in NAMED:
        connection.execute(
            insert(_OLD_DISCOVERY).values(
                publisher_id=1,
                url=url,
                via=via,
                source_url=source,
                source_key=source.encode(),
                first_seen_at=first,
                last_seen_at=last,
                lastmod=lastmod,
                capture_id=key,
            )
        )
    for number, values in enumerate(FRONTIER, 1):
        row = {"id": number, "publisher_id": 1, "kind": "page", "via": "sitemap", "priority": 1}
        counts = {"depth": 0, "redirects": 0, "fail_count": 0, "next_due_at": NOON + HOUR}
        source = {"source_url": SITEMAP, "is_twin": False}
        connection.execute(insert(views.url).values({**row, **counts, **source, **values}))


def held(connection: Connection) -> tuple[list[Any], list[Any]]:
    """What the names ``url`` and ``discovery`` give, whether tables or views."""
    of_urls = [column for column in views.url.columns if column.name != "id"]
    urls = connection.execute(select(*of_urls).order_by(views.url.c.id)).mappings()
    named = connection.execute(select(views.discovery)).mappings()
    return [dict(row) for row in urls], sorted((dict(row) for row in named), key=repr)


def as_utc(engine: Engine) -> None:
    if engine.dialect.name == "postgresql":

        @event.listens_for(engine, "connect")
        def prepare(connection: Any, _: Any) -> None:
            connection.execute("SET TIME ZONE 'UTC'")
            connection.commit()


def test_what_an_archive_knows_of_its_urls_is_carried_over(new_url, tmp_path: Path):
    url = new_url()
    engine = create_engine(url)
    as_utc(engine)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE)
        fill(connection)
        before = held(connection)
    engine.dispose()

    opened = open_database(url, tmp_path)

    with opened.writing() as connection:
        after = held(connection)
        lasts = connection.execute(select(naming.c.first_id, naming.c.last_id)).all()
        numbers = ids_of(connection, 1, [STORY, HOME, OTHER, SITEMAP, ""])
        stored = connection.scalar(select(func.count()).select_from(known_url))
    opened.close()
    assert after == before
    assert [row["url"] for row in after[0]] == [STORY, HOME, OTHER]
    assert {(row.first_id, row.last_id) for row in lasts} == {(1, None), (2, 3), (3, None)}
    assert len(numbers) == stored == 5
