"""Repair: what is sound moves to a new file, whoever wrote the old one and wherever it lies."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from archive.errors import StorageError
from archive.library import open_archive
from archive.maintenance.rebuild import rebuild
from archive.maintenance.verify import repair_archive, verify
from archive.warc.collection import Collection
from archive.warc.reading.reader import RecordFile
from archive.warc.record import digest
from archive.warc.upkeep.repair import Repaired
from tests.support import archives
from tests.support.foreign import info, record, response, write_members, write_plain
from tests.support.homes import make_home
from tests.support.imports import import_file, make_profiles, problems, view
from tests.support.limits import files_no_larger_than
from tests.support.pages import story
from tests.support.scenarios import exchange, http
from tests.support.view import assert_same_view

URLS = tuple(f"http://news.test/{name}/" for name in ("one", "two", "three"))


def page(url: str) -> bytes:
    block = http(200, story(title=f"What was seen at {url[-6:]}"))
    return record("response", block, url, block_digest=digest(block))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    make_profiles(home, "news")
    return home


def repaired(home: Path) -> list[Repaired]:
    with open_archive(home) as archive:
        done = list(repair_archive(archive.database, archive.store))
        archive.catch_up()
    return done


def assert_same_as_rebuilt(home: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'again.db'}"
    rebuild(home, url)
    assert_same_view(view(home), view(home, url))


def change(path: Path, offset: int, data: bytes) -> bytes:
    content = bytearray(path.read_bytes())
    content[offset : offset + len(data)] = data
    path.write_bytes(content)
    return bytes(content)


@pytest.mark.parametrize("write", [write_plain, write_members])
def test_a_file_of_others_is_repaired_into_the_archive_and_left_as_it_is(home, tmp_path, write):
    path = write(tmp_path / "a.warc", [info(), *map(page, URLS)])
    import_file(home, path)
    victim = archives.articles(home)[URLS[1]]
    place = victim["warc_offset"] + (0 if write is write_plain else 300)
    damaged = change(path, place, b"\xff\x00\xff")

    [done] = repaired(home)

    assert (done.new, done.records, done.mended) == (str(done.new), 3, 0)
    assert [(loss.url, loss.record_id) for loss in done.lost] == [
        (URLS[1], victim["warc_record_id"])
    ]
    assert path.read_bytes() == damaged
    assert set(archives.articles(home)) == {URLS[0], URLS[2]}
    assert problems(home) == []
    assert_same_as_rebuilt(home, tmp_path)


@pytest.mark.parametrize("spelled", ["sha1:" + "A" * 32, "md5:" + "0" * 32])
def test_a_record_of_others_whose_digest_does_not_match_is_kept_and_called_doubtful(
    home, tmp_path, spelled
):
    doubtful = response(URLS[0], story(title="A ferry"), block_digest=spelled)
    path = write_plain(tmp_path / "a.warc", [info(), doubtful, page(URLS[1]), page(URLS[2])])
    import_file(home, path)
    assert repaired(home) == []
    change(path, archives.articles(home)[URLS[1]]["warc_offset"], b"\xff\x00\xff")

    [done] = repaired(home)

    assert (done.records, len(done.lost)) == (3, 1)
    assert ["the block digest does not match" in sentence for sentence in done.doubtful] == [True]
    assert set(archives.articles(home)) == {URLS[0], URLS[2]}
    assert problems(home) == []


def test_the_good_file_imported_again_brings_back_what_was_lost(home, tmp_path):
    path = write_plain(tmp_path / "a.warc", [info(), *map(page, URLS)])
    good = shutil.copy(path, tmp_path / "good.warc")
    import_file(home, path)
    change(path, archives.articles(home)[URLS[1]]["warc_offset"], b"\xff\x00\xff")
    repaired(home)

    import_file(home, Path(good))

    assert set(archives.articles(home)) == set(URLS)
    assert problems(home) == []
    assert_same_as_rebuilt(home, tmp_path)


def test_a_repaired_file_keeps_the_publisher_though_its_first_record_is_lost(tmp_path):
    exchanges = [
        exchange(f"/{name}/", n, http(200, story(title=name))) for n, name in enumerate("abc")
    ]
    home = make_home(tmp_path / "home", exchanges)
    [path] = (home / "warc").glob("*.warc.gz")
    change(path, 30, b"\xff\x00\xff")

    [done] = repaired(home)

    assert len(done.lost) == 1
    assert len(archives.articles(home)) == 3
    assert problems(home) == []
    assert_same_as_rebuilt(home, tmp_path)


def test_records_that_a_file_lost_at_its_end_are_named_by_their_rows(home, tmp_path):
    path = write_plain(tmp_path / "a.warc", map(page, URLS))
    import_file(home, path)
    last = archives.articles(home)[URLS[2]]
    with path.open("rb+") as file:
        file.truncate(last["warc_offset"])

    [done] = repaired(home)

    assert [loss.url for loss in done.lost] == [URLS[2]]
    assert problems(home) == []


def test_bytes_that_changed_and_cost_no_record_are_no_loss(home, tmp_path):
    path = write_members(tmp_path / "a.warc.gz", map(page, URLS))
    import_file(home, path)
    change(path, 4, b"\x01\x02\x03\x04")  # the time in the first gzip header
    [problem] = problems(home)
    assert "digest" in problem

    [done] = repaired(home)

    assert done.lost == ()
    assert set(archives.articles(home)) == set(URLS)
    assert problems(home) == []


def test_a_repair_that_was_killed_before_it_was_listed_is_done_again(home, tmp_path):
    import_file(home, write_plain(tmp_path / "a.warc", map(page, URLS)), copy=True)
    change(home / "warc" / "a.warc", 0, b"\xff\x00\xff")
    before = Collection(home).file.read_bytes()
    repaired(home)
    Collection(home).file.write_bytes(before)  # as if the lines had not been written
    (home / "warc" / "a.warc.damaged").rename(home / "warc" / "a.warc")
    with open_archive(home) as archive:
        archive.catch_up()

    repaired(home)

    assert problems(home) == []
    assert set(archives.articles(home)) == {URLS[1], URLS[2]}
    assert_same_as_rebuilt(home, tmp_path)


def test_a_repair_that_was_killed_before_the_rows_were_changed_is_finished_at_the_next_start(
    home, tmp_path
):
    import_file(home, write_plain(tmp_path / "a.warc", map(page, URLS)), copy=True)
    change(home / "warc" / "a.warc", 400, b"\xff\x00\xff")
    with open_archive(home) as archive:
        list(repair_archive(archive.database, archive.store))
        reports = list(verify(archive.database, archive.store, archive.find_owner))
    assert any("is superseded by" in text for report in reports for text in report.problems)

    with open_archive(home) as archive:
        archive.catch_up()

    assert problems(home) == []
    assert (home / "warc" / "a.warc.damaged").exists()


def test_a_repair_for_which_the_disk_has_no_room_changes_nothing(home, tmp_path):
    big = [response(URLS[0], b"x" * 2_000_000), *map(page, URLS[1:])]
    import_file(home, write_plain(tmp_path / "a.warc", big))
    change(tmp_path / "a.warc", archives.articles(home)[URLS[2]]["warc_offset"] + 1, b"\xff")
    before = Collection(home).file.read_bytes()

    with files_no_larger_than(1_000_000), pytest.raises(StorageError, match="repaired-1"):
        repaired(home)

    assert Collection(home).file.read_bytes() == before
    assert list((home / "warc").iterdir()) == []


def test_a_revisit_whose_original_was_lost_is_told_of_and_is_no_problem_any_more(home, tmp_path):
    revisit = record(
        "revisit",
        b"HTTP/1.1 200 OK\r\n\r\n",
        URLS[0],
        date="2026-03-09T06:00:00Z",
        profile="http://netpreserve.org/warc/1.0/revisit/identical-payload-digest",
        refers_to_target_uri=URLS[0],
        refers_to_date="2026-03-01T06:00:00Z",
    )
    path = write_members(tmp_path / "a.warc.gz", [page(URLS[0]), revisit])
    import_file(home, path)
    change(path, 300, b"\xff\x00\xff")

    repaired(home)

    with open_archive(home) as archive:
        [report] = verify(archive.database, archive.store, archive.find_owner)
    assert report.problems == ()
    assert any("which was lost" in remark for remark in report.remarks)


def test_the_new_file_says_what_it_is_and_its_records_are_the_old_bytes(home, tmp_path):
    path = write_members(tmp_path / "a.warc.gz", [info(), *map(page, URLS)])
    import_file(home, path)
    offset = archives.articles(home)[URLS[0]]["warc_offset"]
    old = path.read_bytes()
    change(path, offset + 60, b"\xff\x00\xff")

    [done] = repaired(home)

    new = (home / "warc" / str(done.new)).read_bytes()
    assert new.endswith(old[archives.articles(home)[URLS[1]]["warc_offset"] - len(new) :])
    with open_archive(home) as archive:
        fields = archive.store.info(str(done.new))
    assert fields["description"] == "The sound records of a.warc.gz; 1 were lost"
    assert fields["records-by"].startswith("Wget")
    with RecordFile(home / "warc" / str(done.new)) as file:
        assert not file.is_ours
