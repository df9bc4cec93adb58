"""``collection.jsonl`` names every finished file, whatever was killed in between."""

from __future__ import annotations

import hashlib
import json
import pickle
import random
import threading
from pathlib import Path

import pytest

from archive.errors import StorageError
from archive.settings import Settings
from archive.warc.collection import Collection, Listed, Loss, Superseded, hash_file
from archive.warc.store import Store
from tests.support.limits import files_no_larger_than
from tests.support.stores import exchange, filled, reply


def store_in(home: Path, **settings: int) -> Store:
    return Store(home / "warc", Settings(**settings), Collection(home))


def entry(name: str, **values: object) -> Listed:
    facts = {"size_bytes": 1, "digest": "sha256:00", "location": f"warc/{name}", **values}
    return Listed(name=name, **facts)


def lines_of(home: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (home / "collection.jsonl").read_text().splitlines()]


def test_a_finished_file_is_listed_with_its_size_and_the_digest_of_its_bytes(tmp_path):
    name, _ = filled(store_in(tmp_path), [exchange(i) for i in range(5)])

    data = (tmp_path / "warc" / name).read_bytes()
    assert lines_of(tmp_path) == [
        {
            "name": name,
            "size_bytes": len(data),
            "digest": "sha256:" + hashlib.sha256(data).hexdigest(),
            "location": f"warc/{name}",
            "imported_from": None,
        }
    ]


def test_every_file_of_a_crawl_is_listed_as_soon_as_the_next_one_begins(tmp_path):
    store = store_in(tmp_path, segment_bytes=1)
    writer = store.open_writer("demo", {})

    first = writer.write(exchange(1))
    second = writer.write(exchange(2))

    assert [line["name"] for line in lines_of(tmp_path)] == [first.warc_file]
    writer.close()
    assert [line["name"] for line in lines_of(tmp_path)] == [first.warc_file, second.warc_file]


def test_a_writer_that_wrote_no_exchange_is_not_listed(tmp_path):
    store_in(tmp_path).open_writer("demo", {}).close()

    assert not (tmp_path / "collection.jsonl").exists()


def test_the_digest_is_right_after_a_write_that_was_taken_back(tmp_path):
    store = store_in(tmp_path)
    writer = store.open_writer("demo", {})
    first = writer.write(exchange(1))
    too_long = exchange(2, reply(random.Random(2).randbytes(4_000_000)))
    with files_no_larger_than(1_500_000), pytest.raises(StorageError):
        writer.write(too_long)
    writer.write(exchange(3))
    writer.close()

    listed = Collection(tmp_path).contents().listed[first.warc_file]

    assert listed.digest == hash_file(store.path(first.warc_file))
    assert listed.size_bytes == store.path(first.warc_file).stat().st_size


def test_a_file_that_was_finished_and_not_listed_is_listed_at_the_next_start(tmp_path):
    store = store_in(tmp_path)
    name, _ = filled(store, [exchange(1)])
    listed = Collection(tmp_path).contents()
    (tmp_path / "collection.jsonl").unlink()

    store_in(tmp_path).recover()

    assert Collection(tmp_path).contents() == listed
    assert name in listed.listed


def test_a_file_that_is_recovered_is_listed_with_what_is_left_of_it(tmp_path):
    store = store_in(tmp_path)
    name, _ = filled(store, [exchange(1), exchange(2)])
    path = store.path(name)
    whole = path.read_bytes()
    path.rename(path.with_name(name + ".open")).write_bytes(whole + b"torn")
    (tmp_path / "collection.jsonl").unlink()

    store_in(tmp_path).recover()

    listed = Collection(tmp_path).contents().listed[name]
    assert (listed.size_bytes, listed.digest) == (len(whole), hash_file(path))


def test_starting_again_lists_nothing_twice(tmp_path):
    filled(store_in(tmp_path), [exchange(1)])
    before = (tmp_path / "collection.jsonl").read_bytes()

    store_in(tmp_path).recover()
    store_in(tmp_path).recover()

    assert (tmp_path / "collection.jsonl").read_bytes() == before


@pytest.mark.parametrize("kept", range(0, 60, 7))
def test_a_torn_last_line_is_as_if_it_had_never_been_written(tmp_path, kept):
    collection = Collection(tmp_path)
    collection.add(entry("a.warc.gz"))
    whole = collection.file.read_bytes()
    collection.file.write_bytes(whole + whole[:kept])

    assert list(collection.contents().listed) == ["a.warc.gz"]
    assert collection.contents().problems == ()
    collection.add(entry("b.warc.gz"))

    assert [line["name"] for line in lines_of(tmp_path)] == ["a.warc.gz", "b.warc.gz"]


def test_a_last_line_that_only_lacks_its_line_end_counts(tmp_path):
    collection = Collection(tmp_path)
    collection.add(entry("a.warc.gz"))
    collection.file.write_bytes(collection.file.read_bytes().rstrip())

    collection.add(entry("b.warc.gz"))

    assert [line["name"] for line in lines_of(tmp_path)] == ["a.warc.gz", "b.warc.gz"]


def test_a_damaged_line_is_named_and_costs_no_other(tmp_path):
    collection = Collection(tmp_path)
    collection.add(entry("a.warc.gz"), entry("b.warc.gz"), entry("c.warc.gz"))
    lines = collection.file.read_bytes().splitlines(keepends=True)
    collection.file.write_bytes(lines[0] + b"\x00\x00" + lines[1] + lines[2])

    contents = collection.contents()

    assert list(contents.listed) == ["a.warc.gz", "c.warc.gz"]
    [problem] = contents.problems
    assert "collection.jsonl: line 2 cannot be read" in problem


def test_the_last_line_that_names_a_file_holds(tmp_path):
    collection = Collection(tmp_path)
    gone = Superseded(
        name="a.warc.gz",
        superseded_by="b.warc.gz",
        lost=(Loss(offset=3, end=9, problem="why", record_id="<urn:x>"),),
    )
    collection.add(entry("a.warc.gz"), entry("b.warc.gz"), gone)

    contents = collection.contents()

    assert list(contents.listed) == ["b.warc.gz"]
    assert contents.superseded == {"a.warc.gz": gone}
    collection.add(entry("a.warc.gz", imported_from="/else/a.warc.gz", publishers=("demo",)))
    assert list(collection.contents().listed) == ["b.warc.gz", "a.warc.gz"]
    assert collection.contents().superseded == {}


def test_what_holds_already_is_not_written_again(tmp_path):
    collection = Collection(tmp_path)
    imported = entry("a.warc", imported_from="/else/a.warc", publishers=("demo", "news"))

    collection.add(imported)
    collection.add(imported, imported)

    assert len(lines_of(tmp_path)) == 1
    assert collection.contents().listed == {"a.warc": imported}


def test_lines_of_several_writers_at_once_do_not_mix(tmp_path):
    def add(number: int) -> None:
        for serial in range(20):
            Collection(tmp_path).add(entry(f"{number}-{serial}.warc.gz"))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    contents = Collection(tmp_path).contents()
    assert len(contents.listed) == 80
    assert contents.problems == ()


def test_a_line_that_does_not_fit_on_the_disk_is_an_error_and_leaves_the_others(tmp_path):
    collection = Collection(tmp_path)
    collection.add(entry("a.warc.gz"))
    size = collection.file.stat().st_size

    with files_no_larger_than(size + 10), pytest.raises(StorageError, match=r"collection\.jsonl"):
        collection.add(entry("b.warc.gz"))

    assert collection.file.stat().st_size == size
    assert list(collection.contents().listed) == ["a.warc.gz"]


def test_a_file_listed_elsewhere_is_found_and_read_there_also_by_another_process(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    name, captures = filled(store_in(tmp_path / "other"), [exchange(1)])
    place = tmp_path / "other" / "warc" / name
    Collection(home).add(entry("alias.warc.gz", location=str(place), imported_from=str(place)))
    store = pickle.loads(pickle.dumps(store_in(home)))

    [file] = store.files()

    assert (file.name, file.complete) == ("alias.warc.gz", True)
    assert store.path("alias.warc.gz") == place
    [found] = store.scan("alias.warc.gz")
    assert found.warc_file == "alias.warc.gz"
    assert found.warc_record_id == captures[0].warc_record_id
    assert store.read("alias.warc.gz", found.warc_offset).response == exchange(1).response


def test_a_superseded_file_is_no_longer_part_of_the_store_and_put_aside_at_the_next_start(tmp_path):
    store = store_in(tmp_path)
    name, _ = filled(store, [exchange(1)])
    Collection(tmp_path).add(Superseded(name=name, superseded_by=None))

    assert store.files() == []
    store.recover()

    assert [path.name for path in (tmp_path / "warc").iterdir()] == [name + ".damaged"]


def test_a_location_in_the_home_is_relative_to_it_and_any_other_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    collection = Collection(Path("home"))

    assert collection.location(tmp_path / "home" / "warc" / "a.warc") == "warc/a.warc"
    assert collection.location(Path("a.warc")) == str(tmp_path / "a.warc")
    assert collection.location(Path("home/../a.warc")) == str(tmp_path / "a.warc")
