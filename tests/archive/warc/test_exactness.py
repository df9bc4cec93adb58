"""What came over the wire is what is kept, whatever it was."""

from __future__ import annotations

import mmap
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from archive.model import Exchange, RecordType, Truncation
from archive.warc.http import payload_of
from archive.warc.reading.reader import RecordFile
from archive.warc.reading.stream import Record
from archive.warc.record import digest
from archive.warc.store import Store
from tests.support.odd_replies import ODD_REPLIES, OddReply
from tests.support.stores import exchange, filled, store_at

each_odd_reply = pytest.mark.parametrize("odd", ODD_REPLIES, ids=lambda odd: odd.name)


def of(odd: OddReply, number: int = 0) -> Exchange:
    return exchange(number, odd.wire, method=odd.method)


def blocks(store: Store, name: str, type_: str) -> list[bytes]:
    with RecordFile(store.path(name)) as file:
        return [
            record.read()
            for record in file.records()
            if isinstance(record, Record) and record.header.type == type_
        ]


@each_odd_reply
def test_a_reply_is_read_back_as_it_came(odd: OddReply, tmp_path: Path) -> None:
    store = store_at(tmp_path)
    written = of(odd)

    _, [capture] = filled(store, [written])

    back = store.read(capture.warc_file, capture.warc_offset)
    truncated = None if odd.whole else Truncation.UNSPECIFIED
    assert back == replace(written, truncated=truncated)


@each_odd_reply
def test_the_response_record_is_the_message_and_nothing_else(odd: OddReply, tmp_path: Path) -> None:
    store = store_at(tmp_path)
    written = of(odd)

    name, [capture] = filled(store, [written])

    assert blocks(store, name, "response") == [odd.message]
    assert blocks(store, name, "request") == [written.request]
    assert capture.record_type is RecordType.RESPONSE
    assert capture.http_status == odd.status
    assert capture.payload_digest == (digest(odd.payload) if odd.payload else None)


@each_odd_reply
def test_the_payload_has_its_transfer_coding_removed(odd: OddReply, tmp_path: Path) -> None:
    store = store_at(tmp_path)
    _, [capture] = filled(store, [of(odd)])

    payload = payload_of(store.read(capture.warc_file, capture.warc_offset))

    assert (payload.status, payload.body) == (odd.status, odd.payload)


@each_odd_reply
def test_a_reply_in_a_memory_map_is_kept_as_one_in_memory(odd: OddReply, tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    spool.write_bytes(odd.wire)
    store = store_at(tmp_path / "warc")
    writer = store.open_writer("demo", {})

    with spool.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        from_map = writer.write(exchange(0, mapped, method=odd.method))
        assert payload_of(exchange(0, mapped, method=odd.method)).body == odd.payload
        mapped.close()  # raises BufferError if a view of it were left anywhere
    from_bytes = writer.write(of(odd))
    writer.close()

    assert from_map.payload_digest == from_bytes.payload_digest
    assert store.read(from_map.warc_file, from_map.warc_offset).response == odd.wire


def test_warcio_reads_every_record_with_the_same_bytes(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    name, captures = filled(store, [of(odd, i) for i, odd in enumerate(ODD_REPLIES)])

    with store.path(name).open("rb") as file:
        iterator = ArchiveIterator(file, no_record_parse=True)
        seen = [
            (record.rec_headers["WARC-Record-ID"], record.raw_stream.read())
            for record in iterator
            if record.rec_type == "response"
        ]
        errors = iterator.err_count

    assert errors == 0
    assert seen == [
        (capture.warc_record_id, odd.message)
        for capture, odd in zip(captures, ODD_REPLIES, strict=True)
    ]


def test_fastwarc_reads_every_record_with_the_same_bytes(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    name, captures = filled(store, [of(odd, i) for i, odd in enumerate(ODD_REPLIES)])

    data = store.path(name).read_bytes()
    seen: list[Any] = []
    for record in FastIterator(BytesIO(data), parse_http=False):
        assert record.verify_block_digest()
        if record.headers["WARC-Type"] == "response":
            seen.append((record.record_id, record.reader.read()))

    assert seen == [
        (capture.warc_record_id, odd.message)
        for capture, odd in zip(captures, ODD_REPLIES, strict=True)
    ]


def test_warcio_agrees_with_the_digests_of_every_reply_that_is_not_chunked(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    plain = [odd for odd in ODD_REPLIES if b"chunked" not in odd.message]
    name, _ = filled(store, [of(odd, i) for i, odd in enumerate(plain)])

    with store.path(name).open("rb") as file:
        passed = []
        for record in ArchiveIterator(file, check_digests=True):
            record.content_stream().read()
            passed.append(record.digest_checker.passed)

    assert len(passed) > len(plain)
    assert False not in passed


def test_no_reply_at_all_is_a_metadata_record_that_says_why(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    silent = exchange(response=b"", error="TimeoutError: 30 s", truncated=Truncation.TIME)

    name, [capture] = filled(store, [silent])

    assert capture.record_type is RecordType.METADATA
    assert (capture.http_status, capture.error) == (None, "TimeoutError: 30 s")
    assert capture.truncated is Truncation.TIME
    assert blocks(store, name, "response") == []
    assert blocks(store, name, "request") == [silent.request]
    assert store.read(name, capture.warc_offset) == silent


def test_an_exchange_that_never_reached_the_network_is_kept_with_its_method(
    tmp_path: Path,
) -> None:
    store = store_at(tmp_path)
    refused = exchange(request=b"", response=b"", method="HEAD", ip=None, error="no such host")

    _, [capture] = filled(store, [refused])

    assert store.read(capture.warc_file, capture.warc_offset) == refused


@pytest.mark.parametrize(
    "raw",
    [
        b"<html>HTTP/0.9 knows no head</html>",
        b"HTTP/1.1 200 OK\r\nContent-Type: te",
        b"HTTP/1.1 103 Early Hints\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n",
        b"\x15\x03\x01\x00\x02\x02\x50",
    ],
)
def test_a_reply_that_is_no_http_is_kept_in_the_metadata(raw: bytes, tmp_path: Path) -> None:
    store = store_at(tmp_path)

    name, [capture] = filled(store, [exchange(response=raw)])

    assert capture.record_type is RecordType.METADATA
    assert capture.error == "the reply is no HTTP/1.x response"
    assert store.read(name, capture.warc_offset).response == raw


def test_of_a_long_reply_that_is_no_http_the_beginning_and_the_length_are_kept(
    tmp_path: Path,
) -> None:
    store = store_at(tmp_path)
    raw = bytes(range(256)) * 1000

    name, [capture] = filled(store, [exchange(response=raw, request=b"")])

    assert store.read(name, capture.warc_offset).response == raw[:65_536]
    [block] = blocks(store, name, "metadata")
    assert b"unparsed-reply-length: 256000\r\n" in block


def test_a_body_that_was_cut_says_why(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    cut = exchange(
        response=b"HTTP/1.1 200 OK\r\n\r\nas far as", truncated=Truncation.LENGTH, error="too long"
    )

    _, [capture] = filled(store, [cut])

    assert (capture.truncated, capture.error) == (Truncation.LENGTH, "too long")
    assert store.read(capture.warc_file, capture.warc_offset) == cut


def test_a_whole_message_is_not_called_truncated_for_what_befell_the_connection_later(
    tmp_path: Path,
) -> None:
    store = store_at(tmp_path)

    _, [capture] = filled(store, [exchange(truncated=Truncation.DISCONNECT, error="reset")])

    assert (capture.truncated, capture.error) == (None, "reset")


def test_tls_and_address_are_kept(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    secure = exchange(ip="2001:db8::1", tls_protocol="TLSv1.3", tls_cipher="TLS_AES_256_GCM_SHA384")

    name, [capture] = filled(store, [secure])

    with RecordFile(store.path(name)) as file:
        header = file.record_at(capture.warc_offset).header
    assert header.all("WARC-Protocol") == ("http/1.1", "tls/1.3")
    assert store.read(name, capture.warc_offset) == secure


def test_an_error_of_many_lines_comes_back_whole(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    error = "first\n\n  indented: yes\n\tlast"

    _, [capture] = filled(store, [exchange(response=b"", error=error)])

    assert capture.error == error


def test_a_url_cannot_break_out_of_its_header_line(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    url = "http://demo.test/a\r\nWARC-Type: warcinfo\r\n <b>/Đà"

    name, [capture] = filled(store, [exchange(url=url)])

    assert (
        capture.url == "http://demo.test/a%0D%0AWARC-Type:%20warcinfo%0D%0A%20%3Cb%3E/%C4%90%C3%A0"
    )
    assert list(store.scan(name)) == [capture]


def test_a_date_without_a_time_zone_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    writer = store.open_writer("demo", {})
    before = store.files()

    with pytest.raises(ValueError, match="time zone"):
        writer.write(exchange(date=exchange().date.replace(tzinfo=None)))

    assert store.files() == before
    writer.close()
