"""``pressmark verify``, and other people's readers, on the files of a crawl."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.sql import views
from archive.sql.schema import view_tables
from crawler.demo.newsroom.stories import read_stories
from tests.support.archives import Row, count, rows
from tests.support.command import pressmark
from tests.support.demo import DemoArchive
from tests.support.warc import by_fastwarc, by_warcio, files_of

STORY = read_stories()[0].url()


@pytest.fixture
def capture(demo_copy: Path) -> Row:
    """The row of one story's capture."""
    (row,) = rows(demo_copy, select(view_tables.capture).where(view_tables.capture.c.url == STORY))
    return row


@pytest.fixture
def file(demo_copy: Path) -> Path:
    """The one WARC file of the copy."""
    (found,) = files_of(demo_copy)
    return found


def flip(file: Path, offset: int) -> None:
    """Turn round every bit of one byte."""
    with file.open("r+b") as opened:
        opened.seek(offset)
        (byte,) = opened.read(1)
        opened.seek(offset)
        opened.write(bytes([byte ^ 0xFF]))


def test_a_sound_archive_is_called_so(demo_archive: DemoArchive):
    done = pressmark(demo_archive.home, "verify")

    assert done.out.splitlines()[-1].endswith("all sound")
    assert f"{count(demo_archive.home, view_tables.capture)} rows" in done.out


@pytest.mark.parametrize("part", ["first byte", "header", "middle", "checksum"])
def test_one_flipped_byte_is_named_by_file_offset_and_record(
    demo_copy: Path, capture: Row, file: Path, part: str
):
    start, length = capture["warc_offset"], capture["warc_length"]
    inside = {"first byte": 0, "header": 40, "middle": length // 2, "checksum": length - 6}
    flip(file, start + inside[part])

    done = pressmark(demo_copy, "verify", "--json", code=1)

    (report,) = done.rows
    about = [problem for problem in report["problems"] if str(start) in problem]
    assert about != []
    assert all(file.name in problem for problem in report["problems"])
    # Of a record whose header cannot be read any more, its row tells what it was.
    names = (capture["warc_record_id"], f"the row of {STORY}")
    assert any(name in problem for problem in report["problems"] for name in names)
    # Nothing else is called damaged, and every other row still leads to its record.
    assert len(about) == len(report["problems"])
    assert report["rows"] == count(demo_copy, view_tables.capture) - 1


def test_a_file_that_is_gone_is_named_with_the_rows_that_point_into_it(demo_copy: Path, file: Path):
    file.unlink()

    done = pressmark(demo_copy, "verify", code=1)

    rows_lost = count(demo_copy, view_tables.capture)
    assert f"{file.name}: the file is missing" in done.out
    assert f"{rows_lost} rows point into it" in done.out


def test_a_row_that_leads_astray_is_named(demo_copy: Path, capture: Row):
    with sqlite3.connect(demo_copy / "archive.db") as connection:
        connection.execute(
            "UPDATE capture SET payload_digest = 'sha1:WRONG' WHERE id = ?", [capture["id"]]
        )
    connection.close()

    done = pressmark(demo_copy, "verify", code=1)

    assert "payload_digest is 'sha1:WRONG'" in done.out
    assert f"offset {capture['warc_offset']}" in done.out


def test_warcio_and_fastwarc_iterate_every_record(demo_archive: DemoArchive):
    (file,) = files_of(demo_archive.home)
    done = pressmark(demo_archive.home, "verify", "--json")
    (report,) = done.rows

    with_warcio, with_fastwarc = by_warcio(file), by_fastwarc(file)

    assert with_warcio == with_fastwarc
    assert len(with_warcio) == report["records"]
    ids = {record_id for record_id, _, _ in with_warcio}
    captured = select(view_tables.capture.c.warc_record_id)
    assert {row["warc_record_id"] for row in rows(demo_archive.home, captured)} <= ids


def test_a_rebuild_from_the_files_alone_says_the_same(demo_copy: Path):
    before = rows(demo_copy, select(views.articles).order_by(views.articles.c.canonical_url))
    for file in demo_copy.glob("archive.db*"):
        file.unlink()

    done = pressmark(demo_copy, "rebuild", "--json")

    assert json.loads(done.out)["captures"] == count(demo_copy, view_tables.capture)
    after = rows(demo_copy, select(views.articles).order_by(views.articles.c.canonical_url))
    assert after == before
    pressmark(demo_copy, "verify")
