"""ARC files become WARC files with the same blocks, whatever version and form they have."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.warc.collection import hash_file
from archive.warc.reading.arc import is_arc
from archive.warc.reading.reader import Damage, RecordFile
from archive.warc.upkeep.check import Checked, check_file
from archive.warc.upkeep.convert import MISCOUNTED, convert_arc
from tests.support.arc import arc_page, arc_record, description, write_arc
from tests.support.scenarios import http

URLS = [f"http://news.test/{number}" for number in range(4)]
BODIES = [b"<p>Page %d</p>\n" % number * 50 for number in range(4)]
Converted = dict[str, tuple[str, str | None, str, bytes]]


def converted(path: Path, *, problems: int = 0, miscounted: bool = False) -> Converted:
    """Return type, IP address, date and block of each converted record by its URL."""
    target = path.with_name("converted.warc.gz")
    found_problems, remarks = convert_arc(path, target, hash_file(path))
    assert len(found_problems) == problems
    assert remarks == [MISCOUNTED] * miscounted
    assert [type(item) for item in check_file(target)] == [Checked]
    found: Converted = {}
    with RecordFile(target) as file:
        assert not file.is_ours
        for item in file.records():
            assert not isinstance(item, Damage)
            header, block = item.header, item.read()
            url = header.target_uri or header.type
            place = header.get("WARC-IP-Address"), header.get("WARC-Date") or ""
            found[url] = (header.type, *place, block)
    return found


@pytest.mark.parametrize("name", ["a.arc", "a.arc.gz", "without an ending"])
@pytest.mark.parametrize("version", [1, 2])
def test_records_keep_their_bytes_dates_and_addresses(tmp_path, name, version):
    pages = [arc_page(*page, version=version) for page in zip(URLS, BODIES, strict=True)]
    path = write_arc(tmp_path / name, [description(version), *pages])

    found = converted(path)

    assert is_arc(path)
    info = found.pop("warcinfo")[3].decode()
    assert f"{name} ({hash_file(path)})" in info
    assert "Alexa Internet" in info
    assert found == {
        url: ("response", "192.0.2.7", "2008-03-01T06:00:00.000000Z", http(200, body))
        for url, body in zip(URLS, BODIES, strict=True)
    }


def test_the_whole_file_may_be_one_gzip_member(tmp_path):
    path = tmp_path / "a.arc.gz"
    path.write_bytes(gzip.compress(description() + arc_page(URLS[0], BODIES[0])))

    assert list(converted(path)) == ["warcinfo", URLS[0]]


def test_the_same_file_gives_the_same_bytes_each_time(tmp_path):
    path = write_arc(tmp_path / "a.arc", [description(), arc_page(URLS[0], BODIES[0])])

    first, second = tmp_path / "1.warc.gz", tmp_path / "2.warc.gz"
    for target in (first, second):
        convert_arc(path, target, hash_file(path))

    assert first.read_bytes() == second.read_bytes()


def test_blocks_are_those_that_warcio_reads(tmp_path):
    records = [description(), *map(arc_page, URLS, BODIES)]
    path = write_arc(tmp_path / "a.arc.gz", records)

    with path.open("rb") as file:
        blocks = {
            record.rec_headers.get_header("uri"): record.raw_stream.read()
            for record in ArchiveIterator(file, no_record_parse=True)
        }

    found = converted(path)
    assert {url: found[url][3] for url in URLS} == {url: blocks[url] for url in URLS}


def test_odd_headers_stay_as_the_server_sent_them(tmp_path):
    block = b"http/1.0 200 OK\nX-A:1\r\nX-b :\t2\n\n<p>\xff\x00</p>"

    found = converted(write_arc(tmp_path / "a.arc", [description(), arc_record(URLS[0], block)]))

    assert found[URLS[0]][3] == block


def test_what_is_no_reply_is_kept_as_another_kind_of_record(tmp_path):
    records = [
        description(),
        arc_record("dns:news.test", b"20080301\nnews.test. 1 IN A 192.0.2.7", kind="text/dns"),
        arc_record("ftp://news.test/x", b"x", kind="no-type", ip="0.0.0.0"),
        arc_record(URLS[0], b"<p>no head</p>"),
    ]

    found = converted(write_arc(tmp_path / "a.arc", records))

    kinds = {url: item[0] for url, item in found.items()}
    assert kinds == {
        "warcinfo": "warcinfo",
        "dns:news.test": "response",
        "ftp://news.test/x": "resource",
        URLS[0]: "resource",
    }
    assert found["ftp://news.test/x"][1] is None


@pytest.mark.parametrize(
    "line",
    [
        "http://news.test/a b 192.0.2.7 20080301060000 text/html {}",
        "http://news.test/a 2001:db8::1 20080301060000 text/html;charset=x y {}",
        "http://news.test/a - 20080301 {}",
        "http://news.test/a 192.0.2.7 20080301060000  {}",
    ],
)
def test_lines_with_odd_fields_are_read(tmp_path, line):
    block = http(200, b"Hello")
    record = line.format(len(block)).encode() + b"\n" + block + b"\n"

    found = converted(write_arc(tmp_path / "a.arc", [description(), record]))

    [url] = set(found) - {"warcinfo"}
    assert url.startswith("http://news.test/a")
    assert found[url][3] == block


@pytest.mark.parametrize("difference", [-5, 5, 100_000])
def test_a_wrong_length_costs_neither_the_record_nor_the_next(tmp_path, difference):
    block = http(200, BODIES[0])
    wrong = arc_record(URLS[0], block, length=len(block) + difference)
    path = write_arc(tmp_path / "a.arc", [description(), wrong, arc_page(URLS[1], BODIES[1])])

    found = converted(path, miscounted=True)

    assert found[URLS[0]][3] == block
    assert found[URLS[1]][3] == http(200, BODIES[1])


@pytest.mark.parametrize("name", ["a.arc", "a.arc.gz"])
def test_bytes_that_are_no_record_are_named_and_the_next_record_is_read(tmp_path, name):
    records = [b"\0garbage\n" * 9, arc_page(URLS[1], BODIES[1])]

    found = converted(write_arc(tmp_path / name, records), problems=1)

    assert found[URLS[1]][3] == http(200, BODIES[1])


def test_bytes_after_a_record_that_begin_no_other_belong_to_it(tmp_path):
    records = [description(), arc_page(URLS[0], BODIES[0]), b"more\n", arc_page(URLS[1], b"x")]

    found = converted(write_arc(tmp_path / "a.arc", records), miscounted=True)

    assert found[URLS[0]][3] == http(200, BODIES[0]) + b"\nmore"


def test_a_file_that_breaks_off_gives_what_it_has(tmp_path):
    path = write_arc(tmp_path / "a.arc", [description(), *map(arc_page, URLS, BODIES)])
    path.write_bytes(path.read_bytes()[:-100])

    assert set(converted(path, miscounted=True)) == {"warcinfo", *URLS}


def test_lone_spaces_do_not_take_long(tmp_path):
    path = write_arc(tmp_path / "a.arc", [b"http:" + b" " * 60_000 + b"\n"] * 30)

    converted(path, problems=1)


@pytest.mark.parametrize("content", [b"", b"WARC/1.0\r\n", b"http://x/ no record\n", b"PK\x03\x04"])
def test_other_files_are_no_arc_files(tmp_path, content):
    (tmp_path / "a.arc").write_bytes(content)

    assert not is_arc(tmp_path / "a.arc")


@pytest.mark.parametrize("name", ["a.arc", "a.arc.gz"])
def test_a_miscounted_page_ends_before_the_address_of_the_next_host(tmp_path, name):
    wrong = arc_page(URLS[0], BODIES[0]).replace(b" %d\n" % len(http(200, BODIES[0])), b" 7\n", 1)
    host = b"dns:other.test 192.0.2.1 20080301060000 text/dns 22\n20080301060000\nA 1.2.3\n"
    path = write_arc(tmp_path / name, [description(), wrong, host, arc_page(URLS[1], BODIES[1])])

    found = converted(path, miscounted=True)

    assert found[URLS[0]][3] == http(200, BODIES[0])
    assert "dns:other.test" in found
    assert found[URLS[1]][3] == http(200, BODIES[1])


@pytest.mark.parametrize("wrong", [b" 20081301060000 ", b" text/html -"])
def test_a_page_whose_line_is_damaged_is_named_and_no_part_of_the_page_before_it(tmp_path, wrong):
    first, second, third = (arc_page(*page) for page in list(zip(URLS, BODIES, strict=True))[:3])
    right = b" 20080301060000 " if b"2008" in wrong else b" text/html "
    assert right in second
    records = [description(), first, second.replace(right, wrong, 1), third]
    path = write_arc(tmp_path / "a.arc", records)

    found = converted(path, problems=1)

    assert found[URLS[0]][3] == http(200, BODIES[0])
    assert list(found) == ["warcinfo", URLS[0], URLS[2]]
