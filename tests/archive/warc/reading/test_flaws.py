"""A file with harmless flaws yields the same records as the clean one."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.model import Capture, Truncation
from archive.warc.http import payload_of
from archive.warc.reading import flaws
from archive.warc.reading.reader import Damage, RecordFile
from archive.warc.reading.scan import Held, captures
from archive.warc.record import digest
from tests.support.foreign import (
    info,
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

URLS = [f"http://news.test/{number}" for number in range(4)]
PAGES = [f"<html><p>Number {number} of four pages.</p></html>".encode() for number in range(4)]


def written(version: str = "1.0") -> list[bytes]:
    """Return the records of a clean file."""
    pages = zip(URLS, PAGES, strict=True)
    replies = [
        record(
            "response",
            http(200, page),
            url,
            version=version,
            record_id=f"<urn:uuid:{number:032x}>",
            payload_digest=digest(page),
        )
        for number, (url, page) in enumerate(pages)
    ]
    return [info(version=version), request(URLS[0]), *replies]


def read(path: Path, *, inflate: bool = False) -> tuple[list[Capture], Held]:
    held = Held()
    with RecordFile(path, inflate=inflate) as file:
        found = list(captures(file, held=held))
    assert not any(isinstance(item, Damage) for item in found), found
    return [item for item in found if isinstance(item, Capture)], held


def facts(found: Iterable[Capture]) -> list[Capture]:
    """Return captures without their places in the file."""
    return [replace(item, warc_file="", warc_offset=0, warc_length=0) for item in found]


def clean(tmp_path: Path) -> list[Capture]:
    return facts(read(write_plain(tmp_path / "clean.warc", written()))[0])


def counted(item: bytes, difference: int) -> bytes:
    """Return a record whose header counts *difference* more bytes than there are."""
    return re.sub(
        rb"Content-Length: (\d+)",
        lambda found: b"Content-Length: %d" % (int(found[1]) + difference),
        item,
        count=1,
    )


def head_changed(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def changed(item: bytes) -> bytes:
        head, block = item.split(b"\r\n\r\n", 1)
        return change(head + b"\r\n\r\n") + block

    return changed


def without(name: bytes) -> Callable[[bytes], bytes]:
    return head_changed(lambda head: re.sub(rb"\r\n" + name + rb": [^\r]*", b"", head))


def odd_case(head: bytes) -> bytes:
    return re.sub(rb"\n([A-Za-z-]+):", lambda found: b"\n" + found[1].swapcase() + b" :", head)


def folded(head: bytes) -> bytes:
    return head.replace(b"Type: ", b"Type:\r\n\t ", 1).replace(b"URI: ", b"URI:\r\n   ")


FLAWS: dict[str, Callable[[bytes], bytes]] = {
    "none": lambda item: item,
    "one empty line": lambda item: item[:-2],
    "no empty line": lambda item: item[:-4],
    "five empty lines": lambda item: item + b"\r\n\r\n\r\n",
    "lone line feeds behind": lambda item: item[:-4] + b"\n\n",
    "lone line feeds in the header": head_changed(lambda head: head.replace(b"\r\n", b"\n")),
    "counted too small": lambda item: counted(item, -3),
    "counted much too small": lambda item: counted(item, -60),
    "counted too large": lambda item: counted(item, 7),
    "counted not at all": without(b"Content-Length"),
    "counted in words": head_changed(
        lambda head: re.sub(rb"Content-Length: \d+", b"Content-Length: some", head)
    ),
    "no content type": without(b"Content-Type"),
    "another content type": head_changed(lambda head: head.replace(b"application/http", b"text/x")),
    "no type": without(b"WARC-Type"),
    "names in another case": head_changed(odd_case),
    "folded": head_changed(folded),
    "a line that names no field": head_changed(
        lambda head: head.replace(b"\r\nWARC-Date", b"\r\nno field\r\nWARC-Date")
    ),
    "WARC/0.17": lambda item: item.replace(b"WARC/1.0", b"WARC/0.17", 1),
    "WARC/0.18": lambda item: item.replace(b"WARC/1.0", b"WARC/0.18", 1),
    "WARC/1.1": lambda item: item.replace(b"WARC/1.0", b"WARC/1.1", 1),
    "a bare id": head_changed(lambda head: re.sub(rb"ID: <([^>]+)>", rb"ID: \1", head)),
    "a URI in brackets": head_changed(
        lambda head: re.sub(rb"URI: (\S+)", rb"URI: <\1>", head),
    ),
    "a date with an offset": head_changed(
        lambda head: head.replace(b"2026-03-01T06:00:00Z", b"2026-03-01T08:00:00+02:00")
    ),
    "a date of digits": head_changed(
        lambda head: head.replace(b"2026-03-01T06:00:00Z", b"20260301060000")
    ),
    "a header that is not UTF-8": head_changed(
        lambda head: head.replace(b"\r\n\r\n", b"\r\nX-Note: \xe9\xff\r\n\r\n")
    ),
    "a wrong digest": head_changed(
        lambda head: re.sub(rb"sha1:\w", b"sha1:7", head).replace(b"sha1:7", b"sha1:A")
    ),
}


@pytest.mark.parametrize("flaw", FLAWS.values(), ids=FLAWS)
@pytest.mark.parametrize("write", [write_plain, write_members])
def test_a_flaw_of_every_record_changes_no_capture(tmp_path, write, flaw):
    path = write(tmp_path / "a.warc", map(flaw, written()))

    found, _ = read(path)

    assert facts(found) == clean(tmp_path)
    store = store_at(tmp_path)
    bodies = [payload_of(store.read(path.name, item.warc_offset)).body for item in found]
    assert bodies == PAGES
    head = store.head(path.name, found[0].warc_offset)
    assert head is not None
    assert head.status == 200


@pytest.mark.parametrize("flaw", FLAWS.values(), ids=FLAWS)
@pytest.mark.parametrize("write", [write_one_member, write_blocks])
def test_a_flaw_within_one_stream_changes_no_capture(tmp_path, write, flaw):
    path = write(tmp_path / "a.warc.gz", map(flaw, written()))

    found, _ = read(path, inflate=True)

    assert facts(found) == clean(tmp_path)


BETWEEN = {
    "plain": [b"", b"\r\n", b"\n\n\n"],
    "members": [b"", bytes(512), b"\r\n", gzip.compress(b""), gzip.compress(b"\r\n\r\n")],
}


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_mixture_of_flaws_yields_the_captures_of_the_clean_file(tmp_path, data):
    names = data.draw(st.lists(st.sampled_from([*FLAWS]), min_size=6, max_size=6))
    form = data.draw(st.sampled_from([*BETWEEN]))
    gaps = data.draw(st.lists(st.sampled_from(BETWEEN[form]), min_size=7, max_size=7))
    flawed = [FLAWS[name](item) for name, item in zip(names, written(), strict=True)]
    if form == "members":
        flawed = [gzip.compress(item) for item in flawed]
    parts = [piece for pair in zip(gaps, flawed, strict=False) for piece in pair]
    path = tmp_path / "a.warc"
    begins = data.draw(st.sampled_from([b"", b"\xef\xbb\xbf", b" \r\n"]))
    begins = begins if form == "plain" else b""
    path.write_bytes(b"".join([begins, *parts, gaps[-1]]))

    found, _ = read(path)

    assert facts(found) == clean(tmp_path)


def test_what_is_wrong_is_counted_by_kind(tmp_path):
    records = [
        info(),
        *(response(url)[:-2] for url in URLS[:2]),
        counted(response(URLS[2]), 8),
        response(URLS[3], payload_digest="sha1:" + "A" * 32),
    ]

    found, held = read(write_plain(tmp_path / "a.warc", records))

    assert len(found) == 4
    assert held.records == {"warcinfo": 1, "response": 4}
    assert held.flaws == {flaws.ENDING: 2, flaws.SHORTER: 1, flaws.PAYLOAD_DIGEST: 1}


def test_a_clean_file_has_no_flaw(tmp_path):
    for write in (write_plain, write_members):
        assert read(write(tmp_path / "a.warc", written()))[1].flaws == {}


@pytest.mark.parametrize("write", [write_plain, write_members])
def test_bytes_after_the_last_record_are_a_remark(tmp_path, write):
    path = write(tmp_path / "a.warc", written())
    path.write_bytes(path.read_bytes() + b"some log line of the tool\n")

    found, held = read(path)

    assert facts(found) == clean(tmp_path)
    assert held.flaws == {flaws.DEBRIS: 1}


def test_a_plain_file_that_breaks_off_gives_its_last_record_as_one_that_is_cut(tmp_path):
    path = write_plain(tmp_path / "a.warc", map(response, URLS, [b"x" * 500] * 4))
    path.write_bytes(path.read_bytes()[:-300])

    found, held = read(path)

    assert [item.truncated for item in found] == [None, None, None, Truncation.UNSPECIFIED]
    assert held.flaws == {flaws.SHORTER: 1, flaws.ENDING: 1}
    exchange = store_at(tmp_path).read("a.warc", found[-1].warc_offset)
    assert exchange.truncated is Truncation.UNSPECIFIED


def test_a_record_without_an_id_gets_the_same_one_each_time(tmp_path):
    records = [without(b"WARC-Record-ID")(response(url)) for url in URLS]

    first, _ = read(write_plain(tmp_path / "a.warc", records))
    again, _ = read(write_members(tmp_path / "b.warc.gz", records[::-1]))

    ids = [item.warc_record_id for item in first]
    assert len(set(ids)) == 4
    assert ids == [item.warc_record_id for item in again][::-1]
    assert all(re.fullmatch(r"<urn:uuid:[0-9a-f-]{36}>", name) for name in ids)


def test_a_record_without_a_date_has_that_of_its_reply_or_else_the_first_in_the_file(tmp_path):
    dated = b"HTTP/1.1 200 OK\r\nDate: Sun, 08 Mar 2026 10:00:00 GMT\r\n\r\nHello"
    records = [
        record("response", http(200, b"Hello"), URLS[0], date=""),
        record("response", dated, URLS[1], date=""),
        record("response", dated, URLS[2], date="soon"),
        record("response", dated, URLS[3], date="2026-03-09T10:00:00Z"),
    ]

    found, held = read(write_plain(tmp_path / "a.warc", records))

    assert [item.fetched_at.day for item in found] == [8, 8, 8, 9]
    assert held.flaws == {flaws.NO_DATE: 3}


def test_a_reply_without_a_url_is_left_alone_and_counted(tmp_path):
    records = [record("response", http(200, b"Hello")), response(URLS[0])]

    found, held = read(write_plain(tmp_path / "a.warc", records))

    assert [item.url for item in found] == URLS[:1]
    assert held.left_alone == {"response without a URL": 1}


@pytest.mark.parametrize("flaw", FLAWS.values(), ids=FLAWS)
def test_a_record_is_found_wherever_the_pieces_of_a_stream_end(tmp_path, flaw):
    path = write_blocks(tmp_path / "a.warc.gz", map(flaw, written()), size=3)

    found, _ = read(path, inflate=True)

    assert facts(found) == clean(tmp_path)


def test_empty_lines_between_two_records_take_no_time_by_the_square_of_their_number(tmp_path):
    first, *others = written()
    begun = process_time()

    found, _ = read(write_plain(tmp_path / "a.warc", [first, b"\r\n" * 500_000, *others]))

    assert facts(found) == clean(tmp_path)
    assert process_time() - begun < 3
