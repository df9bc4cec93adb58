"""WARC files made elsewhere become part of the archive, once, and in the same way at a rebuild."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from archive.library import open_archive
from archive.profile import find_profile, make_profile
from archive.warc.collection import Collection
from archive.warc.reading import flaws
from archive.warc.reading.reader import RecordFile
from tests.support import archives, homes
from tests.support.foreign import (
    info,
    new_id,
    write_blocks,
    write_members,
    write_one_member,
    write_plain,
)
from tests.support.imports import (
    NEWS,
    OTHER,
    import_file,
    in_warc_folder,
    make_profiles,
    page,
    problems,
    rebuilt,
    view,
)
from tests.support.pages import story
from tests.support.scenarios import exchange, http
from tests.support.view import assert_same_view


@pytest.mark.parametrize("write", [write_plain, write_members])
def test_a_file_is_taken_in_where_it_lies(home, elsewhere, tmp_path, write):
    path = write(elsewhere / "a.warc", [info(), *map(page, NEWS)])

    done, caught_up = import_file(home, path)

    assert (done.captures, caught_up.captures) == ({"news": 2}, 2)
    assert set(archives.articles(home)) == set(NEWS)
    assert in_warc_folder(home) == []
    assert problems(home) == []
    assert_same_view(view(home), rebuilt(home, tmp_path))


@pytest.mark.parametrize("write", [write_one_member, write_blocks])
def test_a_file_that_cannot_be_read_record_by_record_is_written_anew(
    home, elsewhere, tmp_path, write
):
    records = [info(filename="a.warc.gz"), *map(page, NEWS)]
    path = write(elsewhere / "a.warc.gz", records)

    done, _ = import_file(home, path)

    assert done.rewritten is not None
    assert set(archives.articles(home)) == set(NEWS)
    with RecordFile(home / "warc" / "a.warc.gz") as file:
        anew = [item.head + item.read() + item.tail for item in file.records()]
    assert anew == records
    assert problems(home) == []
    path.unlink()
    assert_same_view(view(home), rebuilt(home, tmp_path))


def test_a_copy_is_the_same_file_and_needs_the_other_no_more(home, elsewhere):
    path = write_plain(elsewhere / "a.warc", map(page, NEWS))
    data = path.read_bytes()

    done, _ = import_file(home, path, copy=True)
    path.unlink()

    assert done.rewritten is None
    assert (home / "warc" / "a.warc").read_bytes() == data
    assert problems(home) == []


@pytest.mark.parametrize("write", [write_plain, write_members, write_one_member])
@pytest.mark.parametrize("copy", [False, True])
def test_the_same_file_again_changes_nothing(home, elsewhere, write, copy):
    path = write(elsewhere / "a.warc.gz", map(page, NEWS))
    import_file(home, path, copy=copy)
    before, listed = view(home), Collection(home).file.read_bytes()

    done, caught_up = import_file(home, path, copy=copy)

    assert not done.is_new
    assert caught_up.captures == 0
    assert Collection(home).file.read_bytes() == listed
    assert_same_view(before, view(home))


def test_pages_of_hosts_that_no_profile_has_are_left_out_until_one_has(home, elsewhere, tmp_path):
    site = "http://third.test/four/"
    path = write_members(elsewhere / "a.warc.gz", map(page, [*NEWS, OTHER, site]))

    done, _ = import_file(home, path)

    assert done.captures == {"news": 2, "other": 1}
    assert done.left_out == {"http://third.test/": 1}
    assert problems(home) == []
    again, caught_up = import_file(home, path, new=make_profile("http://third.test/"))
    assert again.is_new
    assert again.name == done.name
    assert caught_up.captures == 1
    assert set(archives.articles(home)) == {*NEWS, OTHER, site}
    assert_same_view(view(home), rebuilt(home, tmp_path))


def test_a_profile_that_is_made_later_does_not_change_what_a_rebuild_takes_in(
    home, elsewhere, tmp_path
):
    path = write_members(elsewhere / "a.warc.gz", map(page, [*NEWS, "http://third.test/four/"]))
    import_file(home, path)
    make_profiles(home, "third")

    with open_archive(home) as archive:
        archive.catch_up()

    assert set(archives.articles(home)) == set(NEWS)
    assert_same_view(view(home), rebuilt(home, tmp_path))


def test_a_file_may_be_taken_in_for_one_publisher_only(home, elsewhere, tmp_path):
    path = write_members(elsewhere / "a.warc.gz", map(page, [*NEWS, OTHER]))

    done, _ = import_file(home, path, publishers=["other"])

    assert done.left_out == {"http://news.test/": 2}
    assert set(archives.articles(home)) == {OTHER}
    assert_same_view(view(home), rebuilt(home, tmp_path))


def test_a_file_without_a_page_of_any_publisher_is_not_taken_in(home, elsewhere):
    path = write_members(elsewhere / "a.warc.gz", [page("http://third.test/four/")])

    done, _ = import_file(home, path)

    assert done.name is None
    assert not Collection(home).file.exists()


def test_a_profile_is_only_written_when_the_file_has_pages_of_it(home, elsewhere):
    path = write_members(elsewhere / "a.warc.gz", map(page, NEWS))

    import_file(home, path, new=make_profile("http://third.test/"))

    assert not (home / "publishers" / "third.test.toml").exists()


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_one_record_in_two_files_is_one_row_that_points_to_the_first_by_name(
    home, elsewhere, tmp_path, order
):
    shared = page(NEWS[0])
    files = {
        "a": write_members(elsewhere / "a.warc.gz", [page(NEWS[1]), shared]),
        "b": write_plain(elsewhere / "b.warc", [shared, page(OTHER)]),
    }

    for name in order:
        import_file(home, files[name])

    found = archives.articles(home)
    assert set(found) == {*NEWS, OTHER}
    assert found[NEWS[0]]["warc_file"] == "a.warc.gz"
    assert problems(home) == []
    assert_same_view(view(home), rebuilt(home, tmp_path))


def test_a_record_that_a_file_holds_twice_is_one_row_that_points_to_the_first(
    home, elsewhere, tmp_path
):
    path = write_members(elsewhere / "a.warc.gz", [*map(page, NEWS)] * 2)

    import_file(home, path)

    with archives.reading(home) as connection:
        rows = connection.exec_driver_sql("SELECT count(*), max(warc_offset) FROM capture").one()
    assert rows[0] == 2
    assert rows[1] < path.stat().st_size // 2
    assert problems(home) == []
    assert_same_view(view(home), rebuilt(home, tmp_path))


def test_an_id_that_stands_for_two_records_is_replaced_in_the_later_file(home, elsewhere, tmp_path):
    name = new_id()
    first = write_members(elsewhere / "b.warc.gz", [info(), page(NEWS[0], record_id=name)])
    later = write_members(
        elsewhere / "a.warc.gz", [info(), page(NEWS[1], record_id=name), page(OTHER)]
    )

    import_file(home, first)
    done, caught_up = import_file(home, later)

    assert caught_up.captures == 2
    assert (done.problems, done.remarks) == ((), {flaws.AMBIGUOUS_ID: 1})
    assert Collection(home).contents().listed["a.warc.gz"].ambiguous_ids == (name,)
    assert set(archives.articles(home)) == {*NEWS, OTHER}
    ids = {url: row["warc_record_id"] for url, row in archives.articles(home).items()}
    assert ids[NEWS[0]] == name != ids[NEWS[1]]
    for path in (first, later):
        again, caught_up = import_file(home, path)
        assert (again.is_new, caught_up.captures) == (False, 0)
        assert again.known == sum(again.captures.values())
    assert problems(home) == []
    assert_same_view(view(home), rebuilt(home, tmp_path))


@pytest.mark.parametrize("most", [1_000, 0], ids=["by id", "all ids"])
def test_an_id_that_stands_for_several_records_of_a_file_is_replaced_in_all(
    home, elsewhere, tmp_path, monkeypatch, most
):
    monkeypatch.setattr("archive.maintenance.import_warc.MOST_IDS", most)
    records = [page(url, record_id="<urn:x>") for url in NEWS]
    path = write_members(elsewhere / "a.warc.gz", [info(), *records, records[0]])

    done, caught_up = import_file(home, path)

    assert done.remarks == {flaws.AMBIGUOUS_ID: 1}
    assert caught_up.captures == 3
    ids = {row["warc_record_id"] for row in archives.articles(home).values()}
    assert len(ids) == 2
    assert "<urn:x>" not in ids
    assert problems(home) == []
    assert not import_file(home, path)[0].is_new
    assert_same_view(view(home), rebuilt(home, tmp_path))


def test_two_files_of_one_name_are_two_files(home, elsewhere, tmp_path):
    first = write_members(elsewhere / "a.warc.gz", [page(NEWS[0])])
    (elsewhere / "more").mkdir()
    second = write_members(elsewhere / "more" / "a.warc.gz", [page(NEWS[1])])

    names = [import_file(home, path)[0].name for path in (first, second)]

    assert names[0] == "a.warc.gz"
    assert names[1] is not None
    assert names[1].startswith("a~")
    assert set(archives.articles(home)) == set(NEWS)
    assert problems(home) == []
    assert_same_view(view(home), rebuilt(home, tmp_path))


def test_a_file_that_has_grown_since_is_read_anew(home, elsewhere, tmp_path):
    path = write_members(elsewhere / "a.warc.gz", [page(NEWS[0])])
    import_file(home, path)
    with path.open("ab") as file:
        file.write(write_members(elsewhere / "b.warc.gz", [page(NEWS[1])]).read_bytes())
    assert problems(home) != []

    import_file(home, path)

    assert list(Collection(home).contents().listed) == ["a.warc.gz"]
    assert set(archives.articles(home)) == set(NEWS)
    assert problems(home) == []
    assert_same_view(view(home), rebuilt(home, tmp_path))


def test_a_file_that_was_replaced_at_its_place_leaves_nothing_of_what_it_held(
    home, elsewhere, tmp_path
):
    path = write_members(elsewhere / "a.warc.gz", map(page, [*NEWS, OTHER]))
    import_file(home, path)
    write_members(path, [page(NEWS[1])])

    import_file(home, path)

    assert set(archives.articles(home)) == {NEWS[1]}
    assert problems(home) == []
    assert_same_view(view(home), rebuilt(home, tmp_path))


def test_a_file_that_was_moved_is_found_again_by_importing_it_from_there(home, elsewhere):
    path = write_members(elsewhere / "a.warc.gz", map(page, NEWS))
    import_file(home, path)
    moved = path.rename(elsewhere / "b.warc.gz")
    [missing] = problems(home)
    assert f"(it should be at {path})" in missing

    import_file(home, moved)

    assert list(Collection(home).contents().listed) == ["a.warc.gz"]
    assert problems(home) == []


def test_a_file_that_lies_in_the_archives_folder_is_taken_in_there(home, tmp_path):
    (home / "warc").mkdir()
    path = write_members(home / "warc" / "a.warc.gz", map(page, NEWS))
    with open_archive(home) as archive:
        [problem] = archive.catch_up().problems
    assert f"pressmark import {path}" in problem

    import_file(home, path)

    assert Collection(home).contents().listed["a.warc.gz"].location == "warc/a.warc.gz"
    assert set(archives.articles(home)) == set(NEWS)
    assert problems(home) == []
    assert_same_view(view(home), rebuilt(home, tmp_path))


def test_a_file_of_another_archive_of_ours_is_imported_like_any_other(home, tmp_path):
    other = tmp_path / "other"
    make_profiles(other, "news")
    name = crawled(other, "news", NEWS)

    done, _ = import_file(home, other / "warc" / name)

    assert done.captures == {"news": 2}
    assert set(archives.articles(home)) == set(NEWS)
    assert problems(home) == []
    assert_same_view(view(home), rebuilt(home, tmp_path))


def test_a_file_of_the_archives_own_is_in_it_already(home):
    name = crawled(home, "news", NEWS)
    before = Collection(home).file.read_bytes()

    done, caught_up = import_file(home, home / "warc" / name)

    assert (done.is_new, caught_up.captures) == (False, 0)
    assert Collection(home).file.read_bytes() == before


def test_a_home_that_is_moved_keeps_its_copies(home, elsewhere, tmp_path):
    import_file(home, write_plain(elsewhere / "a.warc", map(page, NEWS)), copy=True)
    shutil.rmtree(elsewhere)

    moved = home.rename(tmp_path / "moved")

    assert problems(moved) == []


def crawled(home: Path, publisher: str, urls: tuple[str, ...]) -> str:
    """Write *urls* as a crawl does; return the name of the WARC file."""
    paths = [url.removeprefix(f"http://{publisher}.test") for url in urls]
    exchanges = [
        exchange(path, number, http(200, story(title=path)), host=f"{publisher}.test")
        for number, path in enumerate(paths)
    ]
    with open_archive(home, create=True) as archive:
        captures = homes.crawl(archive, find_profile(home, publisher), exchanges)
    return captures[0].warc_file
