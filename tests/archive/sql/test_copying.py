"""A copy of the database to try something out on."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from archive.errors import StorageError
from archive.sql.captures.store import publisher_id
from archive.sql.copying import PREFIX, copied
from archive.sql.database import Database
from archive.sql.fulltext import indexed
from archive.sql.rows import insert_ids
from archive.sql.schema import state_tables, view_tables
from tests.support.limits import files_no_larger_than

NOON = datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC)


@pytest.fixture(autouse=True)
def temporary(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files; PostgreSQL, which *database* may start, keeps its own."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def fill(database: Database, number: int = 2_500) -> None:
    with database.writing() as connection:
        owner = publisher_id(connection, "demo", "Démo", None)
        connection.execute(
            state_tables.crawl.insert(),
            [
                {
                    "publisher_id": owner,
                    "command": f"crawl {n}",
                    "started_at": NOON,
                    "profile_digest": "sha256:0",
                    "software": {"a": ["é", n]},
                    "counts": {},
                }
                for n in range(number)
            ],
        )


def fill_compressed(database: Database) -> None:
    with database.writing() as connection:
        owner = publisher_id(connection, "demo", None, None)
        connection.execute(
            view_tables.block_list.insert(),
            {"publisher_id": owner, "digest": b"1", "blocks": [["paragraph", 0, "Mưa rơi."]]},
        )
        (key,) = insert_ids(
            connection,
            view_tables.article,
            [
                {
                    "publisher_id": owner,
                    "canonical_url": "http://demo.test/",
                    "ordinal": 1,
                    "seen_from": NOON,
                    "seen_until": NOON,
                    "dated_at": NOON,
                }
            ],
        )
        words = indexed("Rain", [], "Mưa rơi.")
        connection.execute(view_tables.article_text.insert(), {"article_id": key, **words})


def rows(database: Database) -> list[tuple[object, ...]]:
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(select(state_tables.crawl).order_by("id"))]


def test_a_copy_has_every_row_with_its_id(database):
    fill(database)

    with copied(database) as copy:
        assert rows(copy) == rows(database)
        assert copy.engine.dialect.name == "sqlite"


def test_a_copy_says_what_is_compressed_and_is_searched_as_the_database_is(database):
    fill_compressed(database)

    with copied(database) as copy, copy.reading() as connection:
        (blocks,) = connection.scalars(select(view_tables.block_list.c.blocks))
        (words,) = connection.scalars(select(view_tables.article_text.c.text))
        index = text("SELECT rowid FROM article_fts WHERE article_fts MATCH 'mua'")
        assert connection.execute(index).all() == [(1,)]
    assert (blocks, words) == ([["paragraph", 0, "Mưa rơi."]], "mua roi")


def test_what_is_done_to_a_copy_reaches_neither_the_database_nor_the_disk(database, temporary):
    fill(database, 3)
    before = rows(database)

    with copied(database) as copy:
        assert [path.name.startswith(PREFIX) for path in temporary.iterdir()] == [True]
        fill(copy, 4)

    assert rows(database) == before
    assert [*temporary.iterdir()] == []


def test_a_copy_can_be_made_and_used_while_another_is_writing(database):
    fill(database, 3)

    with database.writing() as connection:
        connection.execute(state_tables.crawl.delete())
        with copied(database) as copy:
            fill(copy, 4)
            with copy.reading() as here:
                assert here.scalar(select(func.count()).select_from(state_tables.crawl)) == 7


def test_where_there_is_no_room_for_a_copy_it_says_where_to_make_some(database, temporary):
    fill(database)

    with (
        files_no_larger_than(100_000),
        pytest.raises(StorageError, match="TMPDIR") as raised,
        copied(database),
    ):
        pass

    assert str(temporary) in str(raised.value)
    assert [*temporary.iterdir()] == []
