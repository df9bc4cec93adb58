from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.errors import NotFoundError, RecordError, StorageError
from archive.model import Capture, RecordType, Truncation
from archive.warc.exchange import draft
from archive.warc.reading.reader import RecordFile
from archive.warc.record import HTTP_RESPONSE
from archive.warc.segment import Segment
from tests.support.odd_replies import ODD_REPLIES
from tests.support.stores import NOON, exchange, filled, reply, store_at


def test_a_scan_finds_every_capture_as_write_returned_it(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    odd = [exchange(i, odd.wire, method=odd.method) for i, odd in enumerate(ODD_REPLIES)]
    failed = [
        exchange(100, b"", error="TimeoutError", truncated=Truncation.TIME),
        exchange(101, b"garbage", request=b""),
        exchange(102, error="an error\nof two lines ", truncated=Truncation.DISCONNECT),
        exchange(103, b"HTTP/1.1 200 OK\r\n\r\ncut", truncated=Truncation.LENGTH, ip=None),
        exchange(104, reply(b"", b'HTTP/1.1 200 OK\r\nETag: W/"\xe9"\r\nLast-Modified: now\r\n')),
        exchange(105, reply(b"x", b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 200_000 + b"\r\n")),
    ]

    name, captures = filled(store, odd + failed)

    assert list(store.scan(name)) == captures


def test_a_scan_from_an_offset_finds_what_lies_behind_it(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    name, captures = filled(store, [exchange(i) for i in range(5)])
    known = captures[1]

    found = list(store.scan(name, known.warc_offset + known.warc_length))

    assert found == captures[2:]


def test_a_file_is_read_and_scanned_while_it_is_written(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    writer = store.open_writer("demo", {})
    first = writer.write(exchange(1))

    assert list(store.scan(first.warc_file)) == [first]
    second = writer.write(exchange(2))
    assert store.read(second.warc_file, second.warc_offset) == exchange(2)
    assert [(file.complete, file.name) for file in store.files()] == [(False, first.warc_file)]
    writer.close()
    assert [(file.complete, file.name) for file in store.files()] == [(True, first.warc_file)]
    assert list(store.scan(first.warc_file)) == [first, second]


def test_every_record_is_one_gzip_member_at_the_offset_that_the_capture_names(
    tmp_path: Path,
) -> None:
    store = store_at(tmp_path)
    name, captures = filled(store, [exchange(i) for i in range(3)])

    with store.path(name).open("rb") as file:
        iterator = ArchiveIterator(file)
        places = {}
        for record in iterator:
            record.content_stream().read()
            offset = iterator.get_record_offset()
            places[record.rec_headers["WARC-Record-ID"]] = offset, iterator.get_record_length()

    for capture in captures:
        assert places[capture.warc_record_id] == (capture.warc_offset, capture.warc_length)


def test_a_file_begins_with_what_is_known_of_the_crawl(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    writer = store.open_writer("vietmetric", {"robots": "obey", "profile": "name = 1\n\n  b = 2"})

    capture = writer.write(exchange())
    writer.close()

    info = store.info(capture.warc_file)
    assert info["isPartOf"] == "vietmetric"
    assert info["robots"] == "obey"
    assert info["profile"] == "name = 1\n\n  b = 2"
    assert info["software"].startswith("Pressmark/")
    assert info["format"] == "WARC File Format 1.1"
    assert info["hostname"] == socket.gethostname()
    with RecordFile(store.path(capture.warc_file)) as file:
        warcinfo = file.record_at(0).header
        response = file.record_at(capture.warc_offset).header
    assert warcinfo.get("WARC-Filename") == capture.warc_file
    assert response.get("WARC-Warcinfo-ID") == warcinfo.record_id


def test_a_file_past_its_size_is_finished_and_another_begun(tmp_path: Path) -> None:
    store = store_at(tmp_path, segment_bytes=3_000)
    writer = store.open_writer("demo", {})

    captures = [writer.write(exchange(i)) for i in range(12)]
    writer.close()

    files = store.files()
    assert len(files) > 2
    assert all(file.complete for file in files)
    assert all(3_000 <= file.size < 6_000 for file in files[:-1])
    found = [capture for file in files for capture in store.scan(file.name)]
    assert found == captures
    assert {store.info(file.name)["isPartOf"] for file in files} == {"demo"}


def test_a_limit_smaller_than_the_warcinfo_record_still_lets_each_exchange_have_a_file(
    tmp_path: Path,
) -> None:
    store = store_at(tmp_path, segment_bytes=1)
    writer = store.open_writer("demo", {})

    captures = [writer.write(exchange(i)) for i in range(3)]
    writer.close()

    assert len({capture.warc_file for capture in captures}) == len(store.files()) == 3


def test_two_writers_of_one_publisher_have_a_file_each(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    one, other = store.open_writer("demo", {}), store.open_writer("demo", {})

    captures = [writer.write(exchange(i)) for i in range(4) for writer in (one, other)]
    one.close()
    other.close()

    files = {capture.warc_file for capture in captures}
    assert files == {file.name for file in store.files()}
    assert len(files) == 2
    for name in files:
        assert len(list(store.scan(name))) == 4


def test_a_writer_that_wrote_no_exchange_leaves_no_file(tmp_path: Path) -> None:
    store = store_at(tmp_path)

    store.open_writer("demo", {}).close()

    assert list(tmp_path.iterdir()) == []


def test_a_closed_writer_writes_no_more_and_can_be_synced_and_closed_again(tmp_path: Path) -> None:
    writer = store_at(tmp_path).open_writer("demo", {})
    writer.write(exchange())
    writer.close()

    writer.sync()
    writer.close()
    with pytest.raises(StorageError, match="closed"):
        writer.write(exchange())


def test_sync_from_another_thread_while_files_are_written_and_rotated_harms_nothing(
    tmp_path: Path,
) -> None:
    store = store_at(tmp_path, segment_bytes=20_000)
    writer = store.open_writer("demo", {})
    done, failures = threading.Event(), []

    def keep_syncing() -> None:
        while not done.is_set():
            try:
                writer.sync()
            except Exception as error:
                failures.append(error)

    thread = threading.Thread(target=keep_syncing)
    thread.start()
    captures = [writer.write(exchange(i)) for i in range(300)]
    done.set()
    thread.join()
    writer.close()

    assert failures == []
    assert [item for file in store.files() for item in store.scan(file.name)] == captures


@pytest.mark.parametrize("prefix", ["", "../up", "a/b", "a b", ".hidden"])
def test_a_prefix_that_is_no_file_name_is_refused(prefix: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a valid prefix"):
        store_at(tmp_path).open_writer(prefix, {})


def test_a_folder_that_cannot_be_made_is_a_storage_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = store_at(tmp_path / "file" / "warc")

    with pytest.raises(StorageError, match=r"file/warc: cannot be made: Not a directory"):
        store.open_writer("demo", {})


@pytest.mark.parametrize("name", ["absent.warc.gz", "../secret.warc.gz", ""])
def test_a_file_that_the_store_does_not_hold_is_not_found(name: str, tmp_path: Path) -> None:
    (tmp_path / "secret.warc.gz").write_bytes(b"")
    store = store_at(tmp_path / "warc")

    with pytest.raises(NotFoundError):
        store.read(name, 0)
    assert store.files() == []


def test_an_offset_where_no_record_begins_is_a_record_error_that_names_it(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    name, [capture] = filled(store, [exchange()])
    end = store.path(name).stat().st_size

    with pytest.raises(RecordError, match=f"{name}: record at offset {capture.warc_offset + 1}: "):
        store.read(name, capture.warc_offset + 1)
    with pytest.raises(RecordError, match="the file ends before it"):
        store.read(name, end)


def test_a_revisit_is_scanned_and_read_with_the_record_that_it_refers_to(tmp_path: Path) -> None:
    head = b'HTTP/1.1 304 Not Modified\r\nETag: "e"\r\n\r\n'
    fields = (
        ("WARC-Type", "revisit"),
        ("WARC-Record-ID", "<urn:uuid:2>"),
        ("WARC-Date", "2026-03-01T12:00:00.123456Z"),
        ("WARC-Target-URI", "http://demo.test/0"),
        ("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/server-not-modified"),
        ("WARC-Refers-To", "<urn:uuid:1>"),
    )
    segment = Segment(tmp_path, "demo", 1)
    [(offset, length)] = segment.append([draft(fields, HTTP_RESPONSE, head)])
    segment.finish()
    store = store_at(tmp_path)

    assert list(store.scan(segment.name)) == [
        Capture(
            url="http://demo.test/0",
            fetched_at=NOON,
            warc_file=segment.name,
            warc_offset=offset,
            warc_length=length,
            warc_record_id="<urn:uuid:2>",
            record_type=RecordType.REVISIT,
            http_status=304,
            etag='"e"',
            refers_to="<urn:uuid:1>",
        )
    ]
    assert store.read(segment.name, offset).response == head


def test_metadata_about_a_page_is_no_capture_of_its_own(tmp_path: Path) -> None:
    fields = (
        ("WARC-Type", "metadata"),
        ("WARC-Record-ID", "<urn:uuid:3>"),
        ("WARC-Date", "2026-03-01T12:00:00Z"),
        ("WARC-Target-URI", "http://demo.test/0"),
    )
    segment = Segment(tmp_path, "demo", 1)
    segment.append([draft(fields, "application/warc-fields", b"via: http://demo.test/\r\n")])
    segment.finish()

    assert list(store_at(tmp_path).scan(segment.name)) == []


def test_a_store_can_be_asked_before_its_folder_is_made(tmp_path: Path) -> None:
    store = store_at(tmp_path / "none")

    store.recover()
    assert store.files() == []
