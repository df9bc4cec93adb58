from __future__ import annotations

import hashlib
import random
from pathlib import Path

from archive.model import Capture
from archive.warc.exchange import draft, drafts_of
from archive.warc.record import HTTP_RESPONSE, WARC_FIELDS, Header, digest
from archive.warc.segment import Segment
from archive.warc.upkeep.check import Checked, Finding, check_file
from tests.support.odd_replies import ODD_REPLIES
from tests.support.stores import exchange, filled, store_at


def findings(path: Path) -> list[Finding]:
    return [item for item in check_file(path) if isinstance(item, Finding)]


def test_every_odd_reply_passes_and_every_byte_is_accounted_for(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    odd = [exchange(i, odd.wire, method=odd.method) for i, odd in enumerate(ODD_REPLIES)]
    name, _ = filled(store, [*odd, exchange(100, b"", error="no reply")])

    [checked] = check_file(store.path(name))

    size = store.path(name).stat().st_size
    assert isinstance(checked, Checked)
    assert (checked.file, checked.sound_bytes) == (name, size)
    assert checked.records > 2 * len(odd)


def test_a_changed_byte_anywhere_is_found_in_the_record_that_holds_it(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    name, captures = filled(store, [exchange(i, request=b"") for i in range(20)])
    path = store.path(name)
    data = path.read_bytes()
    rng = random.Random(7)

    for _ in range(150):
        hit = rng.choice(captures)
        position = hit.warc_offset + rng.randrange(hit.warc_length)
        broken = bytearray(data)
        # All its bits: deflate leaves up to seven unused between blocks, which mean nothing.
        broken[position] ^= 0xFF
        path.write_bytes(broken)

        [finding] = findings(path)

        assert (finding.file, finding.offset) == (name, hit.warc_offset)
        assert finding.end == hit.warc_offset + hit.warc_length
        assert finding.record_id in {hit.warc_record_id, None} or in_header(hit, position)


def in_header(capture: Capture, position: int) -> bool:
    """Whether *position* lies where the record's id may have been hit itself."""
    return position < capture.warc_offset + 400


def test_a_flip_in_the_body_or_the_checksum_names_the_record_by_its_id(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    body = random.Random(3).randbytes(100_000)
    name, captures = filled(store, [exchange(0), exchange(1, b"HTTP/1.1 200 OK\r\n\r\n" + body)])
    path, hit = store.path(name), captures[1]
    data = path.read_bytes()

    for position in (5_000, 50_000, hit.warc_length - 7, hit.warc_length - 1):
        broken = bytearray(data)
        broken[hit.warc_offset + position] ^= 0x10
        path.write_bytes(broken)

        [finding] = findings(path)

        assert (finding.offset, finding.record_id) == (hit.warc_offset, hit.warc_record_id)
        assert str(finding).startswith(f"{name}: bytes {hit.warc_offset} to {finding.end} (<urn:")


def test_a_flip_in_the_warcinfo_record_is_found_wherever_it_is(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    name, captures = filled(store, [exchange()])
    path = store.path(name)
    data = path.read_bytes()

    for position in range(captures[0].warc_offset):
        broken = bytearray(data)
        broken[position] ^= 0xFF
        path.write_bytes(broken)

        assert [finding.offset for finding in findings(path)] == [0]


def test_a_digest_that_does_not_match_is_found_though_the_gzip_member_is_sound(
    tmp_path: Path,
) -> None:
    drafts = drafts_of(exchange(), "<urn:uuid:0>")
    segment = Segment(tmp_path, "demo", 1)
    for name in ("WARC-Block-Digest", "WARC-Payload-Digest"):
        fields = tuple(
            (key, "sha1:" + "A" * 32 if key == name else value)
            for key, value in drafts.main.header.fields
        )
        main = drafts.main
        segment.append([type(main)(Header(fields), main.buffer, main.start, main.end)])
    segment.finish()

    problems = [finding.problem for finding in findings(tmp_path / segment.name)]

    assert problems == [
        "the block digest does not match the block",
        "the payload digest does not match the payload",
    ]


def test_digests_in_other_spellings_are_verified_too(tmp_path: Path) -> None:
    block = b"HTTP/1.1 200 OK\r\n\r\nbody"
    base = (
        ("WARC-Type", "response"),
        ("WARC-Record-ID", "<urn:uuid:1>"),
        ("WARC-Date", "2020-01-01T00:00:00Z"),
    )
    spellings = [
        ("sha256:" + hashlib.sha256(b"body").hexdigest(), True),
        ("md5:" + hashlib.md5(b"body", usedforsecurity=False).hexdigest().upper(), True),
        ("sha256:" + hashlib.sha256(b"other").hexdigest(), False),
        ("sha1:tooshort", False),
        ("blake9:whatever", True),
    ]
    segment = Segment(tmp_path, "demo", 1)
    for promised, _ in spellings:
        segment.append([draft((*base, ("WARC-Payload-Digest", promised)), HTTP_RESPONSE, block)])
    segment.finish()

    found = findings(tmp_path / segment.name)

    assert len(found) == sum(not good for _, good in spellings)


def test_a_payload_digest_over_the_chunks_is_right_in_files_of_others_only(tmp_path: Path) -> None:
    head, body = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"4\r\nfour\r\n0\r\n\r\n"
    info = (("WARC-Type", "warcinfo"), ("WARC-Record-ID", "<urn:uuid:0>"))
    fields = (
        ("WARC-Type", "response"),
        ("WARC-Record-ID", "<urn:uuid:1>"),
        ("WARC-Payload-Digest", digest(body)),
    )
    date = (("WARC-Date", "2020-01-01T00:00:00Z"),)
    found = {}

    for software in (b"Wget/1.21.3 (linux-gnu)", b"Pressmark/1"):
        segment = Segment(tmp_path, "demo", 1)
        warcinfo = b"software: %b\r\n" % software
        segment.append([draft((*info, *date), WARC_FIELDS, warcinfo)])
        segment.append([draft((*fields, *date), HTTP_RESPONSE, head + body)])
        segment.finish()
        found[software] = [item.problem for item in findings(tmp_path / segment.name)]

    assert list(found.values()) == [[], ["the payload digest does not match the payload"]]


def test_a_revisit_without_a_profile_and_a_header_without_a_date_are_found(
    tmp_path: Path,
) -> None:
    fields = (("WARC-Type", "revisit"), ("WARC-Record-ID", "<urn:uuid:1>"))
    segment = Segment(tmp_path, "demo", 1)
    segment.append([draft(fields, HTTP_RESPONSE, b"HTTP/1.1 304 Not Modified\r\n\r\n")])
    segment.finish()

    problems = " ".join(finding.problem for finding in findings(tmp_path / segment.name))

    assert "has no WARC-Date" in problems
    assert "has no WARC-Profile" in problems
