"""Verify: every record, and every row's way to it; each problem is named with its place."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import ColumnElement, event, select

from archive.library import Archive, open_archive
from archive.maintenance import file_rows
from archive.maintenance.verify import FileReport, verify
from archive.profile import find_profile
from archive.sql.schema import view_tables
from archive.warc.segment import OPEN_SUFFIX
from archive.warc.store import Store
from tests.support.homes import make_home
from tests.support.scenarios import exchange, http

PATHS = tuple(f"/{name}" for name in ("robots.txt", "one", "two", "three"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of one WARC file with four captures."""
    replies = [http(404, f"<p>No {path}</p>" * 20, etag='"\x00\xff"') for path in PATHS]
    pairs = zip(PATHS, replies, strict=True)
    exchanges = [exchange(path, n, reply) for n, (path, reply) in enumerate(pairs)]
    return make_home(tmp_path_factory.mktemp("made"), exchanges)


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    """A copy of that archive, to be damaged."""
    return Path(shutil.copytree(made, tmp_path / "home"))


@pytest.fixture
def archive(home: Path) -> Iterator[Archive]:
    with open_archive(home) as opened:
        yield opened


def reports(archive: Archive) -> list[FileReport]:
    return list(verify(archive.database, archive.store))


def problems(archive: Archive) -> list[str]:
    return [problem for report in reports(archive) for problem in report.problems]


def warc(home: Path) -> Path:
    (file,) = (home / "warc").glob("*.warc.gz*")
    return file


def rows(archive: Archive) -> list[Any]:
    """The rows of ``capture`` by their place in the file."""
    with archive.database.reading() as connection:
        return list(
            connection.execute(
                select(view_tables.capture).order_by(view_tables.capture.c.warc_offset)
            )
        )


def change(archive: Archive, statement: Any) -> None:
    with archive.database.writing() as connection:
        connection.execute(statement)


def flip(file: Path, offset: int) -> None:
    data = bytearray(file.read_bytes())
    data[offset] ^= 0x10
    file.write_bytes(data)


def test_a_sound_archive_has_no_problems(archive, home):
    (report,) = reports(archive)

    assert report == FileReport(
        file=warc(home).name,
        size_bytes=warc(home).stat().st_size,
        records=9,  # the warcinfo record, and a response and a request of each capture
        rows=4,
        problems=(),
    )


def test_a_missing_file_is_named_with_the_rows_that_point_into_it(archive, home):
    name = warc(home).name
    warc(home).unlink()

    (problem,) = problems(archive)
    assert problem.startswith(f"{name}: the file is missing")
    assert problem.endswith("; 4 rows point into it")


def test_a_flipped_byte_is_named_by_record_and_row(archive, home):
    row = rows(archive)[1]
    flip(warc(home), row.warc_offset + row.warc_length // 2)

    found = problems(archive)

    assert len(found) == 2
    assert f"bytes {row.warc_offset} to {row.warc_offset + row.warc_length}" in found[0]
    assert row.warc_record_id in found[0]
    assert f"the row of {row.url} points to offset {row.warc_offset}" in found[1]


def test_damage_in_the_last_record_of_a_finished_file_is_named(archive, home):
    size = warc(home).stat().st_size
    flip(warc(home), size - 3)

    assert any(f"to {size}" in problem for problem in problems(archive))


def test_a_file_that_lost_its_end_at_a_record_is_named(archive, home):
    last = rows(archive)[-1]
    with warc(home).open("rb+") as file:
        file.truncate(last.warc_offset)

    found = problems(archive)

    assert "bytes, and had" in found[0]
    assert f"the row of {last.url} points to offset {last.warc_offset}" in found[1]


def test_a_row_that_points_to_no_record_is_named(archive, home):
    row = rows(archive)[2]
    change(archive, view_tables.capture.update().filter_by(id=row.id).values(warc_offset=7))

    found = problems(archive)

    assert any("is in no row" in problem for problem in found)
    assert any("points to offset 7, where there is no such record" in problem for problem in found)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("http_status", 200),
        ("warc_length", 1),
        ("payload_digest", "sha1:AAAA"),
        ("url", "http://demo.test/another"),
        ("warc_record_id", "<urn:uuid:another>"),
        ("etag", None),
    ],
)
def test_a_row_that_differs_from_its_record_is_named_with_both_values(archive, column, value):
    row = rows(archive)[1]
    change(archive, view_tables.capture.update().filter_by(id=row.id).values({column: value}))

    (problem,) = problems(archive)

    assert f"the row of offset {row.warc_offset} differs: {column} is {value!r}" in problem
    assert f"in the record {getattr(row, column)!r}" in problem


def test_a_record_of_a_finished_file_that_is_in_no_row_is_named(archive):
    row = rows(archive)[3]
    change(archive, view_tables.capture.delete().filter_by(id=row.id))

    (problem,) = problems(archive)

    assert f"offset {row.warc_offset} ({row.warc_record_id}) is in no row" in problem


def test_captures_that_no_crawl_has_ingested_yet_wait_and_are_no_problem(archive):
    change(archive, view_tables.warc_file.delete())

    (report,) = reports(archive)

    assert (report.problems, report.rows, report.waiting) == ((), 0, 4)


def test_a_file_that_is_being_written_is_verified_as_far_as_it_is_written(archive, home):
    profile = find_profile(home, "demo")
    writer = archive.store.open_writer("demo", {})
    capture = writer.write(exchange("/four", 4, http(200, "<p>four</p>")))
    archive.ingest.submit(capture, profile).result()
    writer.write(exchange("/five", 5, http(200, "<p>five</p>")))

    finished, open_file = reports(archive)

    assert (finished.rows, open_file.rows, open_file.waiting) == (4, 1, 1)
    assert finished.problems == open_file.problems == ()
    writer.close()


def opened(home: Path) -> Path:
    """The file as it was while it was written: by the name that it had then."""
    return warc(home).rename(warc(home).with_name(warc(home).name + OPEN_SUFFIX))


@pytest.fixture
def unfinished(home: Path) -> Iterator[tuple[Archive, Path]]:
    """The archive with its only file still open, its rows stored and not complete."""
    path = opened(home)
    (home / "collection.jsonl").unlink(missing_ok=True)
    with open_archive(home) as archive:
        change(archive, view_tables.warc_file.update().values(complete=False, size_bytes=None))
        yield archive, path


@pytest.mark.parametrize("written", [1, 5, 15, 200])
def test_a_last_record_of_which_a_part_is_there_is_no_damage(unfinished, written):
    archive, path = unfinished
    row = rows(archive)[0]
    record = path.read_bytes()[row.warc_offset : row.warc_offset + row.warc_length]
    with path.open("ab") as file:
        file.write(record[:written])

    assert problems(archive) == []


def test_a_damaged_last_record_of_an_open_file_is_damage(unfinished):
    archive, path = unfinished
    row = rows(archive)[-1]
    with path.open("rb+") as file:
        file.truncate(row.warc_offset + row.warc_length)
    flip(path, row.warc_offset + row.warc_length // 2)

    found = problems(archive)

    assert any(row.warc_record_id in problem for problem in found)


def test_garbage_at_the_end_of_an_open_file_is_damage(unfinished):
    archive, path = unfinished
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(b"\x00" * 40)

    (problem,) = problems(archive)

    assert f"bytes {size} to {size + 40}" in problem


def test_damage_in_the_middle_of_an_open_file_is_damage(unfinished):
    archive, path = unfinished
    row = rows(archive)[1]
    flip(path, row.warc_offset + row.warc_length // 2)

    assert any(row.warc_record_id in problem for problem in problems(archive))


def test_no_transaction_is_open_while_a_file_is_read(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
):
    open_now = Counter[str]()
    event.listen(archive.database.engine, "checkout", lambda *_: open_now.update(["open"]))
    event.listen(archive.database.engine, "checkin", lambda *_: open_now.subtract(["open"]))
    read = Store.scan
    during: list[int] = []

    def noting(*args: Any) -> Iterator[Any]:
        for item in read(*args):
            during.append(open_now["open"])
            yield item

    monkeypatch.setattr(Store, "scan", noting)

    (report,) = verify(archive.database, archive.store, archive.find_owner)

    assert during == [0] * len(PATHS)
    assert (report.rows, report.problems) == (len(PATHS), ())


@pytest.mark.parametrize("size", [1, 2, 3])
def test_rows_are_compared_the_same_in_pages_of_any_size(
    size: int, archive: Archive, monkeypatch: pytest.MonkeyPatch
):
    with archive.database.writing() as connection:
        offsets = select(view_tables.capture.c.warc_offset).order_by("warc_offset")
        second, third = list(connection.execute(offsets).scalars())[1:3]
        change = view_tables.capture.update()
        connection.execute(change.where(_at(second)).values(warc_offset=second + 1))
        connection.execute(change.where(_at(third)).values(http_status=500))
    as_one = problems(archive)

    monkeypatch.setattr(file_rows, "ROWS_A_PAGE", size)

    assert problems(archive) == as_one
    assert [len([text for text in as_one if what in text]) for what in
            ("no row", "no such record", "http_status is 500")] == [1, 1, 1]  # fmt: skip


def _at(offset: int) -> ColumnElement[bool]:
    return view_tables.capture.c.warc_offset == offset
