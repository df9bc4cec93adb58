"""CDXJ lines: what they say is what cdxj-indexer says, of every capture that can be replayed."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from archive.errors import MissingPackageError
from archive.model import Original
from archive.warc.reading.cdx import cdx_lines
from archive.warc.reading.reader import Damage, RecordFile
from archive.warc.record import digest
from tests.support.odd_replies import ODD_REPLIES, PAGE
from tests.support.stores import NOON, exchange, filled, reply, store_at

NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n"
DATE = "2026-03-01T12:00:00Z"


def lines_of(path: Path) -> list[tuple[str, str, dict[str, Any]]]:
    """Key, timestamp and fields of each line; nothing in the file may be damaged."""
    with RecordFile(path) as file:
        found = list(cdx_lines(file))
    assert not [item for item in found if isinstance(item, Damage)]
    split = (item.decode().split(" ", 2) for item in found if isinstance(item, bytes))
    return [(key, timestamp, json.loads(fields)) for key, timestamp, fields in split]


def urls_of(path: Path) -> list[str]:
    return [fields["url"] for _, _, fields in lines_of(path)]


def warc(path: Path, *records: tuple[str, bytes]) -> Path:
    """Write records by hand, as other software might: header lines without length, and a block."""
    members = (
        gzip.compress(
            f"WARC/1.0\r\n{head}\r\nContent-Length: {len(block)}\r\n\r\n".encode()
            + block
            + b"\r\n\r\n"
        )
        for head, block in records
    )
    path.write_bytes(b"".join(members))
    return path


def test_the_lines_are_those_of_cdxj_indexer(tmp_path):
    # Where a record names no payload digest, for want of a payload, the stock indexer makes one:
    # over the chunk sizes too, if there are any. It keeps what it was told in its class, so that
    # it has a process of its own.
    replies = [odd for odd in ODD_REPLIES if odd.payload]
    store = store_at(tmp_path)
    name, _ = filled(store, [exchange(n, odd.wire) for n, odd in enumerate(replies)])

    ours = lines_of(store.path(name))

    indexer = Path(sys.executable).with_name("cdxj-indexer")
    stock = subprocess.run(
        [indexer, store.path(name)], capture_output=True, text=True, check=True
    ).stdout
    theirs = [line.split(" ", 2) for line in stock.splitlines()]
    for _, _, fields in ours:
        del fields["recordDigest"]
    assert ours == [(key, moment, json.loads(fields)) for key, moment, fields in theirs]
    assert len(ours) == len(replies) > 40


def test_a_line_leads_to_its_record(tmp_path):
    store = store_at(tmp_path)
    name, captures = filled(store, [exchange(n) for n in range(3)])

    lines = lines_of(store.path(name))

    places = [(int(fields["offset"]), int(fields["length"])) for _, _, fields in lines]
    assert places == [(capture.warc_offset, capture.warc_length) for capture in captures]
    data = store.path(name).read_bytes()
    for (offset, length), (_, _, fields) in zip(places, lines, strict=True):
        record = hashlib.sha256(data[offset : offset + length]).hexdigest()
        assert fields["recordDigest"] == f"sha256:{record}"


def test_what_only_confirms_an_earlier_capture_is_left_out(tmp_path):
    original = Original(url="http://demo.test/0", fetched_at=NOON, warc_record_id="<urn:uuid:0>")

    def only_of_the_first(url, *_):
        return original if url.endswith("/1") else None

    writer = store_at(tmp_path).open_writer("demo", {}, only_of_the_first)
    for number in (1, 2):
        writer.write(exchange(number, NOT_MODIFIED))
    writer.write(exchange(3))
    name = writer.file
    writer.close()

    assert name is not None
    assert urls_of(tmp_path / name) == ["http://demo.test/3"]


def test_a_revisit_of_an_equal_body_is_a_line_with_that_bodys_digest(tmp_path):
    original = Original(url="http://demo.test/0", fetched_at=NOON, warc_record_id="<urn:uuid:0>")
    writer = store_at(tmp_path).open_writer("demo", {}, lambda *_: original)
    capture = writer.write(exchange(0))
    writer.close()

    ((_, _, fields),) = lines_of(tmp_path / capture.warc_file)

    assert fields["mime"] == "warc/revisit"
    assert (fields["status"], fields["digest"]) == ("200", capture.payload_digest)


def test_replies_to_head_and_exchanges_without_a_reply_are_left_out(tmp_path):
    store = store_at(tmp_path)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
    name, _ = filled(
        store, [exchange(0, head, method="HEAD"), exchange(1, b"", error="timed out"), exchange(2)]
    )

    assert urls_of(store.path(name)) == ["http://demo.test/2"]


def test_a_post_is_found_by_what_was_posted(tmp_path):
    sent = b"POST /0 HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nq=nguyen"
    store = store_at(tmp_path)
    name, _ = filled(store, [exchange(0, method="POST", request=sent), exchange(0)])

    posted, got = lines_of(store.path(name))

    assert posted[0] == "test,demo)/0?__wb_method=post&q=nguyen"
    assert (posted[2]["method"], posted[2]["requestBody"]) == ("POST", "q=nguyen")
    assert got[0] == "test,demo)/0"


def test_a_request_may_come_before_its_reply(tmp_path):
    common = f"WARC-Target-URI: <http://demo.test/a>\r\nWARC-Date: {DATE}\r\n"
    head = (
        f"{common}WARC-Type: request\r\nWARC-Record-ID: <urn:a>\r\nWARC-Concurrent-To: <urn:b>\r\n"
        "Content-Type: application/http; msgtype=request"
    )
    request = (head, b"HEAD /a HTTP/1.1\r\n\r\n")
    head = (
        f"{common}WARC-Type: response\r\nWARC-Record-ID: <urn:b>\r\n"
        "Content-Type: application/http; msgtype=response"
    )
    response = (head, reply(b""))

    assert urls_of(warc(tmp_path / "a.warc.gz", request, response)) == []
    assert urls_of(warc(tmp_path / "b.warc.gz", response)) == ["http://demo.test/a"]


def test_a_record_of_other_software_gets_the_digest_and_the_key_that_replay_needs(tmp_path):
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfour\r\n0\r\n\r\n"
    head = (
        "WARC-Type: response\r\nWARC-Record-ID: <urn:a>\r\nWARC-Date: 2026-03-01\r\n"
        "WARC-Target-URI: http://demo.test/two words\r\n"
        "Content-Type: application/http; msgtype=response"
    )

    ((key, timestamp, fields),) = lines_of(warc(tmp_path / "a.warc.gz", (head, chunked)))

    assert (key, timestamp) == ("test,demo)/two%20words", "20260301000000")
    assert fields["digest"] == digest(b"four")


def test_a_record_in_a_file_without_any_date_is_named(tmp_path):
    head = "WARC-Type: resource\r\nWARC-Target-URI: http://demo.test/{}\r\nContent-Type: text/html"
    path = warc(tmp_path / "a.warc.gz", (head.format(1), PAGE), (head.format(2), PAGE))

    with RecordFile(path) as file:
        problems = [damage.problem for damage in cdx_lines(file)]

    assert problems == ["has no WARC-Date"] * 2


def test_records_behind_damage_are_indexed_and_the_damage_is_named(tmp_path):
    store = store_at(tmp_path)
    name, captures = filled(store, [exchange(n) for n in range(5)])
    path = store.path(name)
    data = bytearray(path.read_bytes())
    data[captures[2].warc_offset + 60] ^= 0x40
    path.write_bytes(data)

    with RecordFile(path) as file:
        found = list(cdx_lines(file))

    (damage,) = [item for item in found if isinstance(item, Damage)]
    assert damage.offset == captures[2].warc_offset
    kept = [json.loads(item.split(b" ", 2)[2])["url"] for item in found if isinstance(item, bytes)]
    assert kept == [f"http://demo.test/{number}" for number in (0, 1, 3, 4)]


def test_without_the_extra_one_line_says_how_to_install_it(tmp_path, monkeypatch):
    name, _ = filled(store_at(tmp_path), [exchange(0)])
    monkeypatch.setitem(sys.modules, "cdxj_indexer", None)
    monkeypatch.setitem(sys.modules, "cdxj_indexer.main", None)

    with (
        RecordFile(tmp_path / name) as file,
        pytest.raises(MissingPackageError, match=r"pip install '\.\[wacz\]'"),
    ):
        list(cdx_lines(file))
