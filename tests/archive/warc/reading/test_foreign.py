"""WARC files of other software: uncompressed, without digests, in another order, by other rules."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.model import Capture, RecordType, Truncation
from archive.warc.reading.reader import Damage, RecordFile
from archive.warc.reading.scan import Held, captures
from archive.warc.record import digest
from archive.warc.upkeep.check import Checked, Finding, check_file
from tests.support.foreign import (
    info,
    new_id,
    record,
    request,
    response,
    write_blocks,
    write_members,
    write_one_member,
    write_plain,
)
from tests.support.scenarios import http
from tests.support.stores import store_at

URL = "http://news.test/"
URLS = [f"{URL}{number}" for number in range(6)]


def scanned(path: Path) -> list[Capture | Damage]:
    with RecordFile(path) as file:
        return list(captures(file))


def only(path: Path) -> Capture:
    [found] = scanned(path)
    assert isinstance(found, Capture)
    return found


@pytest.mark.parametrize("write", [write_plain, write_members])
def test_records_are_found_and_read_one_by_one_by_their_offsets(tmp_path, write):
    path = write(tmp_path / "a.warc", [info(), *map(response, URLS)])
    store = store_at(tmp_path)

    found = scanned(path)

    assert [item.url for item in found] == URLS
    data = path.read_bytes()
    for item in found:
        assert store.read("a.warc", item.warc_offset).response == http(200, b"<p>Hello</p>")
    assert found[-1].warc_offset + found[-1].warc_length == len(data)
    [checked] = check_file(path)
    assert checked == Checked(file="a.warc", records=7, sound_bytes=len(data))


def test_in_an_uncompressed_file_offset_and_length_hold_the_record_as_it_stands(tmp_path):
    records = [info(), *map(response, URLS)]
    path = write_plain(tmp_path / "a.warc", records)

    found = scanned(path)

    data = path.read_bytes()
    cut = [data[item.warc_offset : item.warc_offset + item.warc_length] for item in found]
    assert cut == records[1:]


def test_lone_line_feeds_and_further_empty_lines_belong_to_an_uncompressed_record(tmp_path):
    records = [response(url).replace(b"\r\n\r\n", b"\n\n", 1) + b"\r\n\n" for url in URLS]

    found = scanned(write_plain(tmp_path / "a.warc", records))

    assert [item.url for item in found] == URLS


@pytest.mark.parametrize("write", [write_plain, write_members])
def test_around_damage_all_that_is_sound_is_found_also_without_compression(tmp_path, write):
    records = [info(), *(response(url, b"<p>%d</p>" % n * 200) for n, url in enumerate(URLS))]
    path = write(tmp_path / "a.warc", records)
    data, whole = path.read_bytes(), scanned(path)
    hit = whole[2]
    header = slice(hit.warc_offset, hit.warc_offset + 40)

    path.write_bytes(data[: header.start] + bytes(40) + data[header.stop :])
    found = scanned(path)

    assert [item for item in found if isinstance(item, Capture)] == whole[:2] + whole[3:]
    [damage] = [item for item in found if isinstance(item, Damage)]
    assert (damage.offset, damage.end) == (hit.warc_offset, hit.warc_offset + hit.warc_length)


def test_a_cut_anywhere_in_an_uncompressed_file_is_named_and_costs_the_records_it_hit(tmp_path):
    chance = random.Random(5)
    blocks = [http(200, b"<p>%d</p>" % number * 200) for number in range(len(URLS))]
    pairs = zip(URLS, blocks, strict=True)
    records = [record("response", block, url, block_digest=digest(block)) for url, block in pairs]
    path = write_plain(tmp_path / "a.warc", records)
    data, whole = path.read_bytes(), scanned(path)
    for _ in range(50):
        start = data.index(b"<p>", chance.randrange(len(data) - 500))  # within a block
        stop = min(len(data), start + chance.randrange(1, 900))
        path.write_bytes(data[:start] + data[stop:])

        found = scanned(path)
        problems = [item for item in check_file(path) if isinstance(item, Finding)]

        untouched = {
            item.url
            for item in whole
            if item.warc_offset + item.warc_length <= start or item.warc_offset >= stop
        }
        assert problems != []
        assert untouched <= {item.url for item in found if isinstance(item, Capture)}


def test_a_changed_byte_in_an_uncompressed_block_is_told_by_its_digest(tmp_path):
    block = http(200, b"<p>Hello</p>")
    lying = record("response", block, URL, block_digest=digest(block)).replace(b"Hello", b"Jello")

    [finding, _] = check_file(write_plain(tmp_path / "a.warc", [lying, response(URL)]))

    assert finding.problem == "the block digest does not match the block"


def test_a_warc_file_within_a_miscounted_uncompressed_record_yields_no_records(tmp_path):
    warcinfo = new_id()
    inner = b"".join([info(), response("http://evil.test/")])
    mine = {"warcinfo_id": warcinfo}
    path = write_plain(
        tmp_path / "a.warc",
        [
            info(record_id=warcinfo, filename="a.warc"),
            record("response", http(200, inner), URL, **mine).replace(b"Length: ", b"Length: 9", 1),
            response(URLS[1], **mine),
        ],
    )

    found = scanned(path)

    assert [item.url for item in found] == [URL, URLS[1]]
    assert store_at(tmp_path).read("a.warc", found[0].warc_offset).response == http(200, inner)


def test_a_file_that_one_gzip_member_holds_is_read_as_the_stream_that_it_inflates_to(tmp_path):
    records = [info(), *map(response, URLS)]
    plain = scanned(write_plain(tmp_path / "a.warc.gz", records))
    for write in (write_one_member, write_blocks):
        write(tmp_path / "a.warc.gz", records)

        with RecordFile(tmp_path / "a.warc.gz", inflate=True) as file:
            found = list(captures(file))

        assert found == plain


def test_of_a_stream_that_is_damaged_all_before_the_damage_is_read(tmp_path):
    chance = random.Random(3)
    bodies = [chance.randbytes(30_000).hex() for _ in URLS]
    path = write_one_member(tmp_path / "a.warc.gz", map(response, URLS, bodies))
    data = bytearray(path.read_bytes())
    with RecordFile(path, inflate=True) as file:
        whole = list(captures(file))
    path.write_bytes(data[: len(data) // 2])

    with RecordFile(path, inflate=True) as file:
        found = list(captures(file))

    assert found[:-1] == whole[:3] or found[:-1] == whole[:2]
    assert found[-1].url == whole[len(found) - 1].url
    assert found[-1].truncated is Truncation.UNSPECIFIED


def test_a_payload_digest_is_computed_whatever_the_record_says(tmp_path):
    body = b"<p>Hello</p>"
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n<p>Hello</p>\r\n0\r\n\r\n"
    records = [
        response(URLS[0]),
        response(URLS[1], payload_digest="sha256:" + "0" * 64),
        record("response", chunked, URLS[2], payload_digest=digest(chunked)),
    ]

    found = scanned(write_members(tmp_path / "a.warc.gz", records))

    assert [item.payload_digest for item in found] == [digest(body)] * 3


def test_a_request_may_come_before_or_behind_its_response_and_either_may_name_the_other(tmp_path):
    ids = [new_id() for _ in range(4)]
    records = [
        request(URLS[0], "POST", record_id=ids[0]),
        response(URLS[0], concurrent_to=ids[0]),
        response(URLS[1], record_id=ids[1]),
        request(URLS[1], "PUT", concurrent_to=ids[1]),
        request(URLS[2], record_id=ids[2]),
        response(URLS[2], concurrent_to=ids[2]),
        response(URLS[3], record_id=ids[3]),
        request(URLS[3], concurrent_to=ids[3]),
        request(URLS[4], "POST"),
        response(URLS[4]),
    ]
    path = write_members(tmp_path / "a.warc.gz", records)
    held = Held()

    with RecordFile(path) as file:
        found = list(captures(file, held=held))

    assert [item.url for item in found] == URLS[2:5]
    assert held.left_alone == {"POST response": 1, "PUT response": 1}


def test_what_is_no_page_is_left_alone_and_counted_by_kind(tmp_path):
    records = [
        info(),
        record(
            "response",
            b"20260301\nnews.test. 1 IN A 1.2.3.4",
            "dns:news.test",
            content_type="text/dns",
        ),
        record("response", b"x", "ftp://news.test/x", content_type="text/plain"),
        record("resource", b"log", "metadata://gnu.org/wget", content_type="text/plain"),
        record("conversion", b"text", URL, content_type="text/plain"),
        record("metadata", b"via: x\r\n", URL, content_type="application/warc-fields"),
        response(URL),
        record("continuation", b"rest", URL),
    ]
    held = Held()

    with RecordFile(write_plain(tmp_path / "a.warc", records)) as file:
        found = list(captures(file, held=held))

    assert [item.url for item in found] == [URL]
    assert held.left_alone == {
        "dns response": 1,
        "ftp response": 1,
        "resource": 1,
        "conversion": 1,
        "continuation": 1,
    }


def test_a_url_is_taken_in_the_spelling_in_which_urls_are_compared(tmp_path):
    written = "<HTTP://News.Test:80/a b?utm_source=x#part>"

    found = only(write_members(tmp_path / "a.warc.gz", [response(written)]))

    assert found.url == "http://news.test/a%20b"


def test_a_revisit_names_its_original_by_url_and_date_alone(tmp_path):
    revisit = record(
        "revisit",
        b"HTTP/1.1 200 OK\r\n\r\n",
        URLS[1],
        refers_to_target_uri="<HTTP://news.test/0>",
        refers_to_date="2026-03-01T06:00:00Z",
        profile="http://netpreserve.org/warc/1.0/revisit/identical-payload-digest",
    )

    found = only(write_members(tmp_path / "a.warc.gz", [revisit]))

    assert found.record_type is RecordType.REVISIT
    assert found.refers_to is None
    assert found.refers_to_url == URLS[0]
    assert found.refers_to_at == datetime(2026, 3, 1, 6, tzinfo=UTC)
    [checked] = check_file(tmp_path / "a.warc.gz")
    assert isinstance(checked, Checked)


def test_a_body_that_is_shorter_than_promised_is_cut_whatever_the_record_says(tmp_path):
    whole = http(200, b"x" * 1000)
    head_reply = whole[: whole.index(b"\r\n\r\n") + 4]
    records = [
        record("response", whole[:-10], URLS[0]),
        record("response", whole, URLS[1], truncated="time"),
        record("response", whole, URLS[2]),
        record("response", head_reply, URLS[3]),
    ]

    found = scanned(write_members(tmp_path / "a.warc.gz", records))

    reasons = [item.truncated for item in found]
    assert reasons == [Truncation.UNSPECIFIED, Truncation.TIME, None, None]


@pytest.mark.parametrize(
    "headers",
    [
        b"Transfer-Encoding: chunked\r\n",
        b"Content-Encoding: gzip\r\nContent-Length: 7\r\n",
        b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
    ],
)
def test_a_body_kept_decoded_beside_its_old_headers_is_taken_whole(tmp_path, headers):
    body = b"<html><p>All of this is the body.</p></html>"
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + headers + b"\r\n" + body

    found = only(write_members(tmp_path / "a.warc.gz", [record("response", block, URL)]))

    assert found.payload_digest == digest(body)
    assert found.truncated is None


def test_a_large_block_is_measured_outside_of_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("archive.warc.reading.scan.IN_MEMORY_BYTES", 1000)
    body = b"<p>Hello</p>" * 1000

    found = only(write_members(tmp_path / "a.warc.gz", [response(URL, body)]))

    assert found.payload_digest == digest(body)
