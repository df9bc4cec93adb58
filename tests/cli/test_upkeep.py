"""``verify`` and ``rebuild``."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from archive.sql.database import open_database
from tests.support.view import assert_same_view, dump_view


@pytest.fixture
def warc(home):
    (file,) = (home / "warc").glob("*.warc.gz")
    return file


@pytest.fixture
def flipped(home, warc):
    """The record id of a capture in whose record a byte is flipped."""
    with closing(sqlite3.connect(home / "archive.db")) as database:
        statement = "SELECT warc_offset, warc_length, warc_record_id FROM capture WHERE id = 2"
        offset, length, record_id = database.execute(statement).fetchone()
    data = bytearray(warc.read_bytes())
    data[offset + length // 2] ^= 1
    warc.write_bytes(data)
    return record_id


def test_a_sound_archive_is_said_to_be_sound(pressmark):
    done = pressmark("verify")

    assert done.code == 0
    assert done.out.endswith("6 rows that lead to their records: all sound\n")


def test_verify_prints_a_line_of_json_for_each_file(pressmark, warc):
    (row,) = pressmark("verify", "--json").rows

    assert (row["file"], row["size_bytes"]) == (warc.name, warc.stat().st_size)
    assert (row["rows"], row["waiting"], row["problems"]) == (6, 0, [])


def test_a_flipped_byte_makes_verify_name_the_record_and_exit_1(pressmark, warc, flipped):
    done, machine = pressmark("verify"), pressmark("verify", "--json")

    assert (done.code, machine.code) == (1, 1)
    assert warc.name in done.out.splitlines()[0]
    assert flipped in done.out.splitlines()[0]
    assert machine.rows[0]["problems"] == done.out.splitlines()[:-1]


def test_captures_that_are_not_ingested_yet_are_said_to_wait(pressmark, home):
    for file in home.glob("archive.db*"):
        file.unlink()

    done = pressmark("verify")

    assert done.code == 0
    assert "6 captures are not in the database yet" in done.out
    assert list(home.glob("archive.db*")) == []


def test_rebuild_makes_the_database_anew(pressmark, home):
    before = view(home)
    for file in home.glob("archive.db*"):
        file.unlink()

    done = pressmark("rebuild")

    assert (done.code, done.out) == (0, "6 captures ingested\n")
    assert_same_view(before, view(home))


def test_rebuild_into_another_database_leaves_the_archives_own(pressmark, home, tmp_path):
    done = pressmark("rebuild", "--into", f"sqlite:///{tmp_path / 'new.db'}", "--json")

    assert done.rows == [{"captures": 6, "problems": [], "read_before": 0}]
    assert_same_view(view(home), view(home, f"sqlite:///{tmp_path / 'new.db'}"))


def test_rebuild_names_what_it_could_not_read_and_exits_1(pressmark, warc, flipped):
    done = pressmark("rebuild")

    assert done.code == 1
    assert warc.name in done.err


def view(home, url="sqlite:///archive.db"):
    database = open_database(url, home)
    try:
        return dump_view(database)
    finally:
        database.close()
